/* Statistics of Yosys. No count may come out below 0. */
#include "models/fpga/cost/cells.h"
#include "models/fpga/device/device.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    const struct device *d = device_find("xc7s15");
    struct resources r;
    struct errmsg e = {""};
    int kinds = 0;
    const struct cell_kind *kind = cell_kinds(&kinds);
    char *text = fuzz_text(bytes, n_bytes);
    if (fuzz_told(cells_parse(d->family, text, &r, &e), &e)) {
        for (int i = 0; i < kinds; i++)
            if (cell_count(&r, &kind[i]) < 0)
                abort();
        (void)resources_fullness(d, &r, 1000);
    }
    free(text);
    return 0;
}
