/* The seal of an entry of the cache. */
#include "base/seal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct errmsg why = {""};
    fuzz_named("a.so", (const uint8_t *)"abc", 3);
    fuzz_named("seal", bytes, n_bytes);
    (void)fuzz_told(seal_check(fuzz_folder(), "entry", &why) == SEAL_INTACT ? STATUS_OK : STATUS_INPUT, &why);
    return 0;
}
