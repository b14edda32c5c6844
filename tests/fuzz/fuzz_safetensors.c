/* safetensors files. */
#include "models/nn/io/safetensors.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct safetensors s = {.n = 0};
    struct errmsg e = {""};
    if (fuzz_told(safetensors_parse(bytes, n_bytes, "a.safetensors", &s, &e), &e))
        for (int k = 0; k < s.n; k++) {
            const struct array_view *a = &s.tensors[k].array;
            float *floats = malloc((a->count + 1) * sizeof *floats);
            if (floats != NULL)
                fuzz_told(array_floats(a, s.tensors[k].name, floats, &e), &e);
            free(floats);
        }
    safetensors_free(&s);
    return 0;
}
