/* What a model of accuracies sees of a training: words as one number for each, 0 or 1, and all else scaled to 0 to 1,
 * widths and sizes by their logarithm. */
#pragma once

#include "explorer/sweep/sweep.h"

enum { FEATURES_MAX = 512 };

struct features {
    int n;
    struct feature {
        enum { FEATURE_WORD, FEATURE_NUMBER, FEATURE_FORMAT, FEATURE_WIDTH, FEATURE_LAYERS, FEATURE_SIZE } kind;
        int axis, number; /* number: of the word, the layer or the size */
        bool seen;
        double lo, hi;
    } all[FEATURES_MAX];
};

/* features_list: those of what the sweep varies. features_see: widens the ranges so that p is within them.
 * features_of: of p, f->n numbers; a point that was never seen may be a little outside 0 to 1. */
void features_list(const struct sweep *s, struct features *f);
void features_see(struct features *f, const struct point *p);
void features_of(const struct features *f, const struct point *p, double *out);
