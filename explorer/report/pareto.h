/* The Pareto front: the designs that no other beats in every objective. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

/* pareto_front: on[i] = whether no row dominates row i of values (n · K, row-major, no NAN; K at most
 * DOMINANCE_COORDINATES). Row a dominates b if it is as good in every objective and better in one; more is better where
 * maximise[k], else less. So equal rows are on the front together or not at all. O(n (log n)^(K - 1)), and n log n for K
 * of 1 and 2. */
enum status pareto_front(const double *values, int n, int K, const bool *maximise, bool *on, struct errmsg *e);

/* pareto_significant: the same where a value is known to lie between low and high (n · K each, low <= high). Row a is better
 * in an objective if its interval lies wholly on the better side of that of b; intervals that have a number in common are
 * equal. Row a dominates b if b is better in no objective, and a in one. This dominance is not transitive: a may dominate b,
 * and b c, and c be better than a. So the front is not what no row dominates, which could be the smallest row of a
 * long chain alone. It is the set in which no row dominates another, and of which some row dominates each row outside
 * (J. von Neumann, O. Morgenstern, "Theory of Games and Economic Behavior", 1944: a stable set). With intervals in at
 * most two objectives no rows dominate each other in a circle, and there is exactly one such set, whatever the order of
 * the rows. Rows of a circle are on the front. Where all low are high it is pareto_front. */
enum status pareto_significant(const double *low, const double *high, int n, int K, const bool *maximise, bool *on,
                               struct errmsg *e);

/* pareto_line: the front of two objectives as a line of steps, on the side of the designs that it beats: x and y have
 * room for 2 n corners, *n_line are used. */
enum status pareto_line(const double *values, int n, const bool *maximise, const bool *on, double *x, double *y,
                        int *n_line, struct errmsg *e);
