/* The key `where` of a sweep: an SQL expression over the axes, and over what follows from them (models/point/forecast.h),
 * which SQLite evaluates for each combination. */
#pragma once

#include "explorer/sweep/sweep.h"

/* where_keep: sets keep[i] to 1 for each combination i (of n) that satisfies s->where, and leaves the others as they
 * are. Fails with sweep_wrong(s) if s->where is not such an expression. */
enum status where_keep(const struct sweep *s, long n, unsigned char *keep, struct errmsg *e);
