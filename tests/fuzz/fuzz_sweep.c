/* Sweep files up to their points. Those of many combinations are only read. */
#include "explorer/sweep/combination.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <unistd.h>

enum { FEW = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct sweep *s = NULL;
    struct points *points = NULL;
    struct errmsg e = {""};
    if (chdir(fuzz_folder()) != 0) /* a sweep may name files: here are none */
        abort();
    if (fuzz_told(sweep_parse((const char *)bytes, n_bytes, "a.yaml", &s, &e), &e) && s != NULL && s->search == NULL &&
        combination_count(s, FEW) <= FEW && fuzz_told(expand_sweep(s, &points, &e), &e)) {
        for (int i = 0; i < points->n; i++)
            (void)points_at(points, i);
        points_free(points);
    }
    sweep_free(s);
    return 0;
}
