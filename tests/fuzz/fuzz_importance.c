/* The importance of axes: any figures and words in the rows, as a file of published points has them. */
#include "explorer/report/importance.h"
#include "explorer/report/points_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    const struct importance_options quick = {.most_rows = 40, .trees = 4, .pairs = true};
    struct importance i = {.n_rows = 0};
    struct table *t = NULL;
    struct errmsg e = {""};
    if (points_parse((const char *)bytes, n_bytes, "rows.csv", &t, &e) != STATUS_OK || t == NULL)
        return 0;
    for (int k = 0; k < t->n_columns && k < 4; k++) {
        fuzz_told(importance_of(t, k, &quick, &i, &e), &e);
        importance_free(&i);
    }
    table_free(t);
    return 0;
}
