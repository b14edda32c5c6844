/* Choice and order of the rows of a table in memory: an expression, a byte 0, the order. */
#include "explorer/report/select.h"
#include "explorer/report/points_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char rows[] = "name,source,scheme,delta_bits,lut\na,s,float,,100\nb,s,consecutive,4,20\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static struct table *t;
    struct table *chosen = NULL;
    struct errmsg e = {""};
    if (t == NULL && points_parse(rows, strlen(rows), "rows.csv", &t, &e) != STATUS_OK)
        abort();
    char *where = fuzz_text(bytes, n_bytes);
    const size_t n = strlen(where);
    const char *order = n < n_bytes && where[n + 1] != '\0' ? where + n + 1 : NULL;
    if (fuzz_told(select_rows(t, "rows", n > 0 ? where : NULL, order, &chosen, &e), &e))
        table_free(chosen);
    free(where);
    return 0;
}
