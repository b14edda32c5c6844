/* The key `where` of a sweep: an SQL expression over the axes, which SQLite evaluates for each combination. */
#pragma once

#include "explorer/sweep/sweep.h"

/* where_keep: keep[i] = 1 where combination i (of n) satisfies s->where; the others stay. sweep_wrong if it is no such
 * expression. */
enum status where_keep(const struct sweep *s, long n, unsigned char *keep, struct errmsg *e);
