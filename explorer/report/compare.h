/* Two sweeps or two points side by side, of one database or of two. */
#pragma once

#include "explorer/report/table.h"

#include <sqlite3.h>

/* What to compare: a point, or a sweep in a database; both NULL: all that the database has. db is borrowed. */
struct compare_side {
    sqlite3 *db;
    const char *sweep;
    const char *point;
};

struct comparison {
    struct table *differs;         /* axis, a, b: axes that have one value in each of the two, and not the same */
    struct table *pairs;           /* a row for each point that both have: the axes that vary, and both figures */
    struct table *figures;         /* a row for each measured column that some pair has on both sides, see compare_sides */
    struct table *only_a, *only_b; /* points of one alone */
    int n;                         /* pairs that have both figures */
    double mean, ci95;             /* of their differences b - a; half of the interval of Student's t; NAN: unknown */
};

/* compare_sides: pairs the points of a and b that agree in all axes but those that `differs` has. The figure of `pairs` is a
 * column of `results`. Differences are b - a, over the seeds of a pair, see difference.h.
 * `figures` has the columns figure, unit, a, b, difference, ci95, n and over. Of one pair `over` is "equal seeds" or "Welch",
 * "exact" of a figure that no seed changes, or "one value", and n counts seeds. Of several pairs a, b and the
 * difference are means over them, `over` is "points", and n counts these. STATUS_USAGE: no such column, sweep or point. */
enum status compare_sides(const struct compare_side *a, const struct compare_side *b, const char *column,
                          struct comparison *out, struct errmsg *e);
void compare_free(struct comparison *c);
