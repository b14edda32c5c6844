/* A scatter plot with groups, error bars and a front, drawn by gnuplot. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>

enum { PLOT_MANY = 3000 }; /* more points than this are drawn small, without rims, rings and error bars */

enum plot_format { PLOT_SVG, PLOT_PNG, PLOT_PDF };

/* One axis, in the unit that it is drawn in. Texts are drawn as they are. */
struct plot_axis {
    const char *label; /* "weight storage (kbit)" */
    bool log;          /* all values are positive */
    bool whole;        /* whole numbers only: no tic between two of them */
    int n_words;       /* not 0: a column of words; value i is words[i] */
    const char *const *words;
};

struct plot_point {
    double x, y;
    double x_low, x_high, y_low, y_high; /* error bars; NAN: none */
    int group;                           /* 0 … n_groups − 1 */
    double shade;                        /* value of the colour scale, if the plot is shaded; NAN: none, grey */
    bool front;                          /* drawn with a ring */
};

/* A line across the plot at a value of one axis, for example a budget. */
struct plot_guide {
    bool vertical; /* at a value of x */
    double at;
    const char *label;
};

struct plot {
    const char *title, *subtitle;
    struct plot_axis x, y;
    int n;
    const struct plot_point *points;
    int n_groups;
    const char *const *groups; /* names in the legend; one group: no legend */
    const char *legend;        /* what the groups or the shades are; may be NULL */
    bool shaded;               /* colour is a scale, groups are not used */
    int n_front;               /* corners of the front's line: front_x, front_y; 0: no line */
    const double *front_x, *front_y;
    int n_guides;
    const struct plot_guide *guides;
};

/* plot_format_of: the format that the file's name ends in; -1 if none of the three. */
int plot_format_of(const char *file);

/* plot_script: writes the gnuplot script that draws p on gnuplot's standard output. No
 * text of p can be taken for a command, whatever is in it. */
void plot_script(const struct plot *p, enum plot_format format, FILE *f);

/* plot_draw: has gnuplot draw p into file, which appears whole or not at all.
 * STATUS_MISSING without gnuplot. */
enum status plot_draw(const struct plot *p, enum plot_format format, const char *file, struct errmsg *e);

/* plot_text: text as a gnuplot literal in single quotes: ' becomes ’, control characters
 * spaces, bytes that are not UTF-8 '?'; what is longer than most characters is cut with an
 * ellipsis. */
void plot_text(const char *text, int most, FILE *f);
