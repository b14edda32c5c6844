/* .npz archives: zip files of arrays. */
#include "models/nn/io/npy.h"
#include "models/nn/io/npz.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct npz z = {.n = 0};
    struct errmsg e = {""};
    const char *path = fuzz_file(bytes, n_bytes);
    if (fuzz_told(npz_open(path, &z, &e), &e))
        for (int k = 0; k < z.n; k++) {
            uint8_t *array = NULL;
            size_t n_array = 0;
            struct array_view view;
            if (fuzz_told(npz_read(&z, k, &array, &n_array, &e), &e))
                fuzz_told(npy_parse(array, n_array, path, &view, &e), &e);
            free(array);
        }
    npz_close(&z);
    return 0;
}
