/* The Pareto front: the designs that no other beats in every objective. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

/* pareto_front: on[i] = whether no row dominates row i of values (n · K, row-major, no
 * NAN). Row a dominates b if it is as good in every objective and better in one; more is
 * better where maximise[k], else less. So equal rows are on the front together or not at
 * all. O(n log n) for K of 1 and 2, else O(n log n + n · front). */
enum status pareto_front(const double *values, int n, int K, const bool *maximise, bool *on, struct errmsg *e);

/* pareto_line: the front of two objectives as a line of steps, on the side of the designs that it beats: x and y have
 * room for 2 n corners, *n_line are used. */
enum status pareto_line(const double *values, int n, const bool *maximise, const bool *on, double *x, double *y,
                        int *n_line, struct errmsg *e);
