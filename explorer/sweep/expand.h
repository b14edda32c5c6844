/* The points of a sweep: the combinations that `where` keeps, each made a point; equal points are one. */
#ifndef DELTASWEEP_EXPAND_H
#define DELTASWEEP_EXPAND_H

#include "explorer/sweep/sweep.h"

enum {
    SWEEP_MAX_COMBINATIONS = 1000000, /* of axis values, before they collapse */
    SWEEP_MAX_POINTS = 100000,
};

/* expand_sweep: *points is the caller's (free). dataset is the sweep's, digests are filled in. */
enum status expand_sweep(const struct sweep *s, struct point **points, int *n, struct errmsg *e);

/* expand_refuse: the message about a point that makes no sense; returns sweep_wrong. */
enum status expand_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e);

#endif
