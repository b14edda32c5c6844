/* Two sweeps side by side, of one database or of two. */
#pragma once

#include "explorer/report/table.h"

#include <sqlite3.h>

/* What to compare: a sweep in a database; sweep NULL: all that the database has. db is borrowed. */
struct compare_side {
    sqlite3 *db;
    const char *sweep;
};

struct comparison {
    struct table *differs;         /* axis, a, b: axes that have one value in each of the two, and not the same */
    struct table *pairs;           /* a row for each point that both have: the axes that vary, and both figures */
    struct table *only_a, *only_b; /* points of one alone */
    int n;                         /* pairs that have both figures */
    double mean, ci95;             /* of their differences b - a; half of the interval of Student's t; NAN: unknown */
};

/* compare_sides: pairs the points of a and b that agree in all axes but those that `differs` has. The figure is a
 * column of `results`. A difference is b - a: with two common seeds or more the mean over these seeds and the interval
 * of the paired differences, else of the means, and Welch's interval. STATUS_USAGE: no such column or sweep. */
enum status compare_sides(const struct compare_side *a, const struct compare_side *b, const char *column,
                          struct comparison *out, struct errmsg *e);
void compare_free(struct comparison *c);
