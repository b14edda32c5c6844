/* A forest of regression trees (L. Breiman, 2001), for rows that a tree was not fitted to. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* A column of inputs: each row has the number of its value, 0 to n_codes - 1. */
struct forest_column {
    int n_codes;
    bool ordered; /* the numbers rise with the value; else the values have no order */
    const int *codes;
};

struct forest_data {
    int n_rows, n_columns;
    const double *y; /* mean about 0, variance about 1: sums of squares then keep their digits */
    const struct forest_column *columns;
};

struct forest;

/* forest_grow: so many trees, each of rows drawn with replacement; the same seed gives the same trees. A node with few
 * rows is not split; how few is chosen by the error for rows that a tree has not seen. data must outlive the forest.
 * *out: forest_free. */
enum status forest_grow(const struct forest_data *data, int trees, uint64_t seed, struct forest **out,
                        struct errmsg *e);
void forest_free(struct forest *f);

/* forest_predict: for each row the mean prediction of the trees that have not seen it. Where swapped[c], row i has the
 * value that row from[i] has in column c; NULL: each row has its own. A row that all trees have seen (not likely from
 * some 30 trees on) gets 0. out has n_rows elements. */
void forest_predict(const struct forest *f, const bool *swapped, const int *from, double *out);
