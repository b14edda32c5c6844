/* The hypervolume: how good a front is, as one number. It is the volume between the rows and a reference, in the units
 * of the objectives multiplied: a row covers the box between itself and the reference, and boxes that overlap count
 * once. All objectives are costs: less is better. A row that is not better than the reference in every objective
 * covers nothing. Costs are finite, or positive infinity; K is 1 to HYPERVOLUME_MAX_OBJECTIVES. */
#pragma once

#include "base/status.h"

enum { HYPERVOLUME_MAX_OBJECTIVES = 8 };

/* hypervolume: of n rows (n · K, row-major; dominated rows are allowed and add nothing) within reference (K). Two
 * objectives take O(n log n); three the same and O(n · front) moves in memory; more take the WFG method, exponential in
 * K at worst (L. While, L. Bradstreet, L. Barone, "A fast way of calculating exact hypervolumes", IEEE Trans. Evol.
 * Comput. 16(1), 2012). */
enum status hypervolume(const double *costs, int n, int K, const double *reference, double *volume, struct errmsg *e);

/* hypervolume_gain: what one more row adds to the volume of n rows. */
enum status hypervolume_gain(const double *costs, int n, int K, const double *reference, const double *row,
                             double *gain, struct errmsg *e);

/* hypervolume_shares: shares[i] = the volume that row i alone covers, which is what would be lost without it. Equal
 * rows have none. */
enum status hypervolume_shares(const double *costs, int n, int K, const double *reference, double *shares,
                               struct errmsg *e);
