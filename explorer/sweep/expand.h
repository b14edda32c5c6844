/* The points of a sweep: the combinations that `where` keeps, each made a point; equal points are one. */
#pragma once

#include "explorer/sweep/sweep.h"

enum {
    SWEEP_MAX_COMBINATIONS = 1000000, /* of axis values, before they collapse */
    SWEEP_MAX_POINTS = 100000,
};

/* points_of: *points is the caller's (free). dataset is the sweep's, digests are filled in. */
enum status points_of(const struct sweep *s, struct point **points, int *n, struct errmsg *e);

/* point_refuse: the message about a point that makes no sense; returns sweep_wrong. */
enum status point_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e);
