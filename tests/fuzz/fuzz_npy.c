/* Arrays of .npy files. */
#include "models/nn/io/npy.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct array_view a = {.n_dimensions = 0};
    struct errmsg e = {""};
    if (!fuzz_told(npy_parse(bytes, n_bytes, "a.npy", &a, &e), &e))
        return 0;
    double *numbers = malloc((a.count + 1) * sizeof *numbers);
    float *floats = malloc((a.count + 1) * sizeof *floats);
    if (numbers != NULL && floats != NULL) {
        fuzz_told(array_doubles(&a, "a.npy", numbers, &e), &e);
        fuzz_told(array_floats(&a, "a.npy", floats, &e), &e);
    }
    free(numbers);
    free(floats);
    return 0;
}
