/* The seal of a simulator in the cache: the checksum beside it. */
#include "sim/seal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    fuzz_named("a.so", (const uint8_t *)"abc", 3);
    fuzz_named("a.so.sha256", bytes, n_bytes);
    (void)seal_intact(fuzz_folder(), "a.so");
    return 0;
}
