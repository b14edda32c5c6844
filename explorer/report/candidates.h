/* What is compared for a Pareto front: rows of a view that have a value for every objective. */
#pragma once

#include "base/status.h"
#include "explorer/report/table.h"

#include <stdbool.h>

struct candidates {
    int n, K;
    int *rows;      /* n: in the table */
    double *values; /* n · K: the objectives */
    int *tasks;     /* n: number of the row's data set. Figures of two data sets are not compared */
    int n_tasks;
    int repeated; /* rows that are left out because another sweep's row is of the same point and seed */
};

/* candidates_gather: the rows of t for the objectives in K of its columns. STATUS_USAGE if one of these holds words.
 * candidates_free also after a failure. */
enum status candidates_gather(const struct table *t, const int *columns, int K, struct candidates *out,
                              struct errmsg *e);
void candidates_free(struct candidates *c);

/* candidates_front: on[i] (n): no other candidate of the same data set beats candidate i, see pareto_front. */
enum status candidates_front(const struct candidates *c, const bool *maximise, bool *on, struct errmsg *e);
