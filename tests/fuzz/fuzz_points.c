/* Files of published points. */
#include "explorer/report/points_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct table *t = NULL;
    struct errmsg e = {""};
    if (fuzz_told(points_parse((const char *)bytes, n_bytes, "points.csv", &t, &e), &e))
        table_free(t);
    return 0;
}
