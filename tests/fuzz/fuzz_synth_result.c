/* The cached result of a synthesis. */
#include "models/fpga/cost/synth_result.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

/* The key that the corpus has. */
static const char hex[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct synth_result r;
    if (synth_result_read(fuzz_file(bytes, n_bytes), hex, &r) && r.timing_known && !(r.fmax_mhz > 0))
        abort();
    return 0;
}
