/* Data sets of one table: what follows the colon of its name, a byte 0, the table. */
#include "models/nn/data/dataset.h"
#include "models/nn/data/remarks.h"
#include "tests/fuzz/fuzz.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct dataset *d = NULL;
    struct errmsg e = {""};
    char name[PATH_MAX], text[1024], *suffix = fuzz_text(bytes, n_bytes);
    const size_t n = strlen(suffix);
    if (n < n_bytes) {
        const char *path = fuzz_named("a.csv", bytes + n + 1, n_bytes - n - 1);
        snprintf(name, sizeof name, "%s%s%s", path, n > 0 ? ":" : "", suffix);
        if (fuzz_told(dataset_load(name, &d, &e), &e) && d != NULL)
            remarks_find(d, text, sizeof text);
    }
    dataset_free(d);
    free(suffix);
    return 0;
}
