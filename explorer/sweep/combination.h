/* The combinations of a sweep's values, numbered: the last axis changes fastest, and the device faster than all axes. */
#pragma once

#include "explorer/sweep/sweep.h"

/* For each axis the number of its value, then that of the device. */
struct combination {
    int at[AXIS_COUNT + 1];
};

/* combination_count: how many there are; above max some number above max. */
long combination_count(const struct sweep *s, long max);
struct combination combination_at(const struct sweep *s, long i);

/* combination_point: the point that c describes, as the sweep gives it: neither its formats of layers nor its hardware
 * are made yet. */
void combination_point(const struct sweep *s, const struct combination *c, struct point *p);

/* combination_whole: the same with formats, hardware and sizes, all but its digest; *why says what makes no sense. */
enum status combination_whole(const struct sweep *s, const struct combination *c, struct point *p, struct errmsg *why);

/* A point with the combination that it was made from. */
struct made_point {
    long number; /* of the combination; -1: there is no point */
    struct combination of;
    struct point point;
};

/* combination_make: makes *m the point of combination i, as combination_whole does. Where m has a point already that
 * differs from it in the recipe of training alone, as neighbours mostly do, the rest of it stays as it is. */
enum status combination_make(const struct sweep *s, long i, struct made_point *m, struct errmsg *why);

/* combination_value: the value that c has for an axis. p has the axes that a default follows from. */
struct axis_value combination_value(const struct sweep *s, const struct combination *c, enum axis_id a,
                                    const struct point *p);
