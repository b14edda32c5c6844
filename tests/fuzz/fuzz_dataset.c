/* Whole data sets: an .npz archive of four arrays, with what is found remarkable in it. */
#include "models/nn/data/dataset.h"
#include "models/nn/data/remarks.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct dataset *d = NULL;
    struct errmsg e = {""};
    char text[1024];
    if (fuzz_told(dataset_load(fuzz_named("a.npz", bytes, n_bytes), &d, &e), &e) && d != NULL)
        remarks_find(d, text, sizeof text);
    dataset_free(d);
    return 0;
}
