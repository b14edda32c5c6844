/* The Pareto front: the designs that no other beats in every objective. */
#ifndef DELTASWEEP_PARETO_H
#define DELTASWEEP_PARETO_H

#include "base/status.h"

#include <stdbool.h>

/* pareto_front: on[i] = whether no row dominates row i of values (n · K, row-major, no
 * NAN). Row a dominates b if it is as good in every objective and better in one; more is
 * better where maximise[k], else less. So equal rows are on the front together or not at
 * all. O(n log n) for K of 1 and 2, else O(n log n + n · front). */
enum status pareto_front(const double *values, int n, int K, const bool *maximise, bool *on, struct errmsg *e);

#endif
