/* What is compared for a Pareto front: rows of a view that have a value for every objective. */
#pragma once

#include "base/status.h"
#include "explorer/report/table.h"

#include <stdbool.h>

struct candidates {
    int n, K;
    int *rows;      /* n: in the table */
    double *values; /* n · K: the objectives */
    double *low, *high; /* n · K: their intervals; NULL before candidates_intervals */
    int *tasks;     /* n: number of the row's data set. Figures of two data sets are not compared */
    int n_tasks;
    int repeated; /* rows that are left out because another sweep's row is of the same point and seed */
};

/* candidates_gather: the rows of t for the objectives in K of its columns. STATUS_USAGE if one of these holds words.
 * candidates_free also after a failure. */
enum status candidates_gather(const struct table *t, const int *columns, int K, struct candidates *out,
                              struct errmsg *e);
void candidates_free(struct candidates *c);

/* candidates_intervals: reads the intervals of the objectives, which are the columns NAME_low and NAME_high of t. Where
 * there are none, the value is exact. *without (may be NULL): candidates that lack one which t has a column for.
 * STATUS_USAGE if no objective has such columns. */
enum status candidates_intervals(const struct table *t, const int *columns, struct candidates *c, int *without,
                                 struct errmsg *e);

/* candidates_front: on[i] (n): no other candidate of the same data set beats candidate i, see pareto_front; with intervals
 * see pareto_significant. */
enum status candidates_front(const struct candidates *c, const bool *maximise, bool *on, struct errmsg *e);
