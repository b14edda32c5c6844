/* Files of data sets, with gzip or without. */
#include "models/nn/data/whole_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct whole_file f = {.bytes = NULL};
    struct errmsg e = {""};
    const char *path = fuzz_file(bytes, n_bytes), *name = strrchr(path, '/') + 1;
    fuzz_told(whole_file_read("/proc/self/fd", name, &f, &e), &e);
    whole_file_free(&f);
    return 0;
}
