/* Which of many vectors are covered by others: what Pareto fronts are found with. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

/* A vector covers another if it is at most as great in every coordinate. Both functions divide and conquer (H. T. Kung,
 * F. Luccio, F. P. Preparata, "On Finding the Maxima of a Set of Vectors", J. ACM 22 (4), 1975): O(n (log n)^(K - 1)),
 * however many vectors are on the front. cost is row-major, K columns, without NAN; infinities are numbers. Both fail
 * without memory alone. */

enum { DOMINANCE_COORDINATES = 64 }; /* most of K */

/* dominance_front: front[i] (n) = whether no vector unlike vector i covers it. Equal vectors are on the front together,
 * or none of them is. */
enum status dominance_front(const double *cost, int n, int K, bool *front, struct errmsg *e);

/* dominance_cover: covered[j] = true for each of the last n_b rows of cost, row n_a + j, that one of the first n_a rows
 * covers; the others of covered (n_b) stay as they are. */
enum status dominance_cover(const double *cost, int n_a, int n_b, int K, bool *covered, struct errmsg *e);
