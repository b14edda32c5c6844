/* From a sweep to its points: each combination that `where` keeps becomes a point, and equal points become one. */
#pragma once

#include "explorer/sweep/sweep.h"

#include <limits.h>

enum { POINTS_MOST = INT_MAX / 2 }; /* points and combinations are counted in an int */

/* The points of a sweep. A point is more than a kilobyte and is made in a microsecond: only where it comes from and its
 * digest are kept, and a million points take a hundred megabytes. */
struct points {
    int n;
    const struct sweep *sweep; /* borrowed */
    struct point_place {
        int combination;
        char digest[DIGEST_HEX_BYTES];
    } *places; /* n; NULL if `given` has the points */
    struct point *given;
    struct points_seen *seen; /* what points.h tells of them */
    struct made_point *made;  /* the one that points_at made last */
};

/* expand_sweep: the points of s, with hardware and digests; *out: points_free. They borrow texts of s. */
enum status expand_sweep(const struct sweep *s, struct points **out, struct errmsg *e);
/* points_given: n points that were made otherwise; they are the list's from now on, also after a failure. */
enum status points_given(const struct sweep *s, struct point *given, int n, struct points **out, struct errmsg *e);
void points_free(struct points *p);

/* points_at: point i; valid until the next call with another i. points_digest: its digest alone. */
const struct point *points_at(const struct points *p, int i);
const char *points_digest(const struct points *p, int i);

/* points_keep: leaves out each point i for which numbers[i] is -1; the others get the numbers 0, 1, 2, … in their order. */
void points_keep(struct points *p, const int *numbers);

/* expand_refuse: the message that the point p makes no sense, and why; returns sweep_wrong(s). */
enum status expand_refuse(const struct sweep *s, const struct point *p, const char *why, struct errmsg *e);
