/* Vivado's reports; one that is read is joined with itself. */
#include "models/fpga/vivado/report.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct vivado_report r, all = {.has_power = false};
    struct errmsg e = {""};
    if (!fuzz_told(vivado_report_parse((const char *)bytes, n_bytes, &r, &e), &e))
        return 0;
    if (!fuzz_told(vivado_report_join(&all, &r, &e), &e))
        abort(); /* a whole report is the first of its kind */
    fuzz_told(vivado_report_join(&all, &r, &e), &e);
    return 0;
}
