/* What OpenSTA prints: its output, then what it says on its error stream after the first byte 0. */
#include "models/fpga/cost/timing.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct timing t;
    struct errmsg e = {""};
    char *text = fuzz_text(bytes, n_bytes);
    const size_t first = strlen(text);
    if (fuzz_told(timing_parse(text, first < n_bytes ? text + first + 1 : "", &t, &e), &e) && !(t.critical_path_ns > 0))
        abort();
    free(text);
    return 0;
}
