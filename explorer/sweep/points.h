/* The points of a sweep: combinations of its axes, kept by `where`, collapsed, distinct. */
#ifndef DELTASWEEP_POINTS_H
#define DELTASWEEP_POINTS_H

#include "models/point/point.h"
#include "explorer/sweep/sweep.h"

/* points_of: *points is the caller's (free). dataset is the sweep's, digests are filled in. */
enum status points_of(const struct sweep *s, struct point **points, int *n, struct errmsg *e);

/* point_refuse: the message about a point that makes no sense: STATUS_INPUT, of a command line STATUS_USAGE. */
enum status point_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e);

/* points_lacking: a line for each reason for which points have no RTL, with how many; "" if all have. */
void points_lacking(const struct point *points, int n, char *out, size_t room);

#endif
