/* What each column of the views `results`, `trainings` and `designs` is. The views, their help, `show`, tables and
 * plots are made from these rows. */
#pragma once

#include <stdbool.h>

enum column_kind {
    COLUMN_NAME,   /* which row it is: point, sweep, seed, … */
    COLUMN_AXIS,   /* chosen by the sweep */
    COLUMN_RESULT, /* measured or computed */
    COLUMN_ORIGIN, /* who made the row, when */
};

/* How `designs`, which has one row for all seeds of a point, gets a column of `results`. */
enum column_seeds {
    SEEDS_SAME, /* the same expression: it does not depend on the seed, or only through columns that it names */
    SEEDS_MEAN,
    SEEDS_GREATEST,
    SEEDS_SUM,
    SEEDS_APART, /* not at all: `designs` lacks the column */
    SEEDS_ONLY,  /* only `designs` has the column */
};

/* Where `show` prints it. */
enum column_group {
    SHOW_HEAD, /* the first line */
    SHOW_NETWORK,
    SHOW_CODE,
    SHOW_TRAINING,
    SHOW_ACCURACY,
    SHOW_RUNS, /* a table of the seeds, which has the accuracies too */
    SHOW_HARDWARE,
    SHOW_SPEED,
    SHOW_ESTIMATE,
    SHOW_BUDGET,  /* of the device: used, share, bar */
    SHOW_FIT,     /* below it */
    SHOW_ANSWERS, /* below it, yes or no */
    SHOW_JOBS,    /* the table of jobs */
};

struct view_column {
    const char *name;
    enum column_kind kind;
    int direction;     /* 1: more is better; -1: less is better; 0: neither */
    const char *unit;  /* "bit", "MHz", …; "" for a count, "fraction" for fractions of 1, NULL for words */
    const char *title; /* for the axis of a plot, without the unit */
    const char *description;
    /* The expression, over the tables as views.sql names them. "p." stands for p.NAME; {other} for the expression of
     * the column `other`. Of SEEDS_ONLY: over the rows d of views.sql. */
    const char *sql;
    enum column_seeds seeds;
    enum column_group group;
};

/* column_group_title: what stands above the columns of a group; NULL for groups that have a place of their own. */
const char *column_group_title(enum column_group group);

/* column_find: NULL if there is no such column. */
const struct view_column *column_find(const char *name);
/* column_may_be_published: whether it says something of a design that others can publish: an axis or a result. */
bool column_may_be_published(const struct view_column *c);
/* column_list: all of them, in the order of the views; *n is how many. */
const struct view_column *column_list(int *n);
/* column_of_training: whether it is a figure of a training, so that `designs` gathers it over the trainings of a point,
 * and not over its checks. column_in_trainings: whether the view `trainings` has it. */
bool column_of_training(const struct view_column *c);
bool column_in_trainings(const struct view_column *c);
