/* IDX files. The first byte says what is expected: images or labels. */
#include "models/nn/data/idx.h"
#include "tests/fuzz/fuzz.h"

static volatile long used;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct idx_view v = {.n = 0};
    struct errmsg e = {""};
    if (n_bytes == 0)
        return 0;
    const enum idx_kind kind = bytes[0] & 1 ? IDX_LABELS : IDX_IMAGES;
    if (!fuzz_told(idx_parse(bytes + 1, n_bytes - 1, kind, "idx", &v, &e), &e))
        return 0;
    for (int i = 0; i < v.n && kind == IDX_LABELS; i++)
        used += idx_label(&v, i);
    for (size_t i = 0; kind == IDX_IMAGES && i < (size_t)v.n * (size_t)v.features; i++)
        used += v.data[i];
    return 0;
}
