/* From a sweep to its points: each combination that `where` keeps becomes a point, and equal points become one. */
#pragma once

#include "explorer/sweep/sweep.h"

enum {
    SWEEP_MAX_COMBINATIONS = 1000000, /* of axis values, before they collapse */
    SWEEP_MAX_POINTS = 100000,
};

/* expand_sweep: the points of s, with hardware and digests; *points is the caller's (free). They borrow texts of s. */
enum status expand_sweep(const struct sweep *s, struct point **points, int *n, struct errmsg *e);

/* expand_refuse: the message that the point p makes no sense, and why; returns sweep_wrong(s). */
enum status expand_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e);
