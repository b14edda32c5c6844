/* The points of a sweep: combinations of its axes, kept by `where`, collapsed, distinct. */
#ifndef DELTASWEEP_POINTS_H
#define DELTASWEEP_POINTS_H

#include "db/record.h"
#include "explorer/sweep.h"

/* points_of: *points is the caller's (free). dataset and train are copied from the
 * sweep, digests are filled in. */
enum status points_of(const struct sweep *s, struct point **points, int *n, struct errmsg *e);

#endif
