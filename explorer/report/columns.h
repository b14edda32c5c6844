/* What each column of the views `results` and `designs` is: one dictionary for help,
 * tables and plots. */
#ifndef DELTASWEEP_COLUMNS_H
#define DELTASWEEP_COLUMNS_H

enum column_kind {
    COLUMN_NAME,   /* which row it is: point, sweep, seed, … */
    COLUMN_AXIS,   /* chosen by the sweep */
    COLUMN_RESULT, /* measured or computed */
    COLUMN_ORIGIN, /* who made the row, when */
};

struct column {
    const char *name;
    enum column_kind kind;
    int direction;     /* 1: more is better; -1: less is better; 0: neither */
    const char *unit;  /* "bit", "MHz", …; "" for a count, "fraction" for fractions of 1, NULL for words */
    const char *title; /* for the axis of a plot, without the unit */
    const char *description;
};

/* column_find: NULL if there is no such column. */
const struct column *column_find(const char *name);
/* column_list: all of them, in the order of `results`; *n is how many. */
const struct column *column_list(int *n);

#endif
