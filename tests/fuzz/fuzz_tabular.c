/* Tables of data. The first byte says what is asked for: words or numbers alone; and whether a part is split off. */
#include "models/nn/data/tabular.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static void split(struct tabular *t)
{
    struct tabular test = {.n_rows = 0};
    struct errmsg e = {""};
    fuzz_told(tabular_split(t, 0.5, &test, &e), &e);
    tabular_free(&test);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct tabular t = {.n_rows = 0};
    struct errmsg e = {""};
    bool *is_category = NULL;
    if (n_bytes == 0)
        return 0;
    const struct tabular_wish wish = {.label = "label", .words = bytes[0] & 1 ? "" : bytes[0] & 4 ? "a+b" : NULL};
    if (fuzz_told(tabular_parse(bytes + 1, n_bytes - 1, &wish, "t.csv", &t, &e), &e)) {
        if (bytes[0] & 2)
            split(&t);
        fuzz_told(tabular_expand(&t, &t, "t.csv", &is_category, &e), &e);
    }
    free(is_category);
    tabular_free(&t);
    return 0;
}
