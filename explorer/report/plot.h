/* A scatter plot with groups, error bars, lines and a front, drawn by gnuplot. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>

enum {
    PLOT_MANY = 3000, /* more points than this are drawn small, without rims, rings and error bars */
    PLOT_COLOURS = 7, /* that can be told apart */
    PLOT_SHAPES = 6,
    PLOT_PANELS = 12, /* small plots on a page */
    PLOT_DIMS = 16,   /* axes side by side */
    PLOT_COUNTS = 60, /* numbers beside points */
    PLOT_FEW = 300,   /* more points than this are drawn smaller, and one shines through another */
    PLOT_STYLES = PLOT_COLOURS * PLOT_SHAPES, /* colours and shapes that change together: no two pairs are equal */
};

enum plot_format { PLOT_SVG, PLOT_PNG, PLOT_PDF, PLOT_GP /* the script itself */ };

/* One axis, in the unit that it is drawn in. Texts are drawn as they are. */
struct plot_axis {
    const char *label; /* "weight storage (kbit)" */
    bool log;          /* all values are positive; intervals may end below */
    bool whole;        /* whole numbers only: no tic between two of them */
    bool share;        /* in %; all values are from 0 to 100, and the axis ends there */
    double low, high;  /* where it is to begin and to end; NAN: as suits the data */
    int n_tics;        /* not 0: no other value is drawn, and these get tics; ascending */
    const double *tics;
    int n_words; /* not 0: a column of words; value i is words[i] */
    const char *const *words;
};

struct plot_point {
    double x, y;
    double shift; /* how far from x it is drawn, in widths of the plot: beside others of equal x */
    double x_low, x_high, y_low, y_high; /* error bars; NAN: none */
    int colour, shape;                   /* numbers of legend entries */
    double shade;                        /* value of the colour scale, if the plot is shaded; NAN: none, grey */
    bool front;                          /* drawn with a ring */
    int panel;
    double size; /* 1; more: others that are drawn later lie on it, and it looks out from below them */
};

/* A line from corner to corner; low and high are the edges of a band around it, NAN: none. One
 * corner alone is a dot. */
struct plot_corner {
    double x, y, low, high;
};
struct plot_line {
    int panel;
    int colour, shape; /* shape: of its dashes */
    double shade; /* value of the colour scale, if the plot is shaded; NAN: none, grey */
    int n;
    const struct plot_corner *corners;
};

/* A point of others, with a letter that the legend explains. */
struct plot_mark {
    double x, y;
    const char *name;
};

/* A line across the plot at a value of one axis, for example a budget. The legend has its label. */
struct plot_guide {
    bool vertical; /* at a value of x */
    double at;
    unsigned panels; /* a bit for each panel that it is in */
    const char *label;
};

/* How many points lie at a place where not all can be seen. */
struct plot_count {
    int point; /* one of them */
    int n;
};

/* The corners of a front's line. n is 0: no front; 1: of one place, no line but rings. */
struct plot_front {
    int n;
    const double *x, *y;
};

/* One of several axes side by side, that lines go across: from 0 at the bottom to 1. */
struct plot_dim {
    const char *label;
    struct plot_axis axis; /* low and high are set */
    bool none;             /* some lines have no value: they pass below it, at PLOT_NONE */
};
#define PLOT_NONE (-0.12)

/* What the colours or the shapes stand for. */
struct plot_legend {
    const char *title; /* NULL: none */
    int n;             /* values */
    const char *const *names;
};

struct plot {
    double width, height;         /* in pixels of 1/96 inch */
    const char *title, *subtitle; /* "": none */
    struct plot_axis x, y;
    int n;
    const struct plot_point *points;
    int n_under; /* more points, which lie under these and are not drawn */
    int n_lines;
    const struct plot_line *lines;
    struct plot_legend colours, shapes;
    bool together; /* each colour has its own shape; shapes has no names then */
    bool shaded;   /* colour is a scale, called colours.title */
    struct plot_legend facets;       /* a panel for each value, with its name; n 1: one plot */
    const struct plot_front *fronts; /* of each panel */
    int n_dims; /* not 0: parallel coordinates, without x and y; corners of lines are at dimension, height */
    const struct plot_dim *dims;
    int n_counts;
    const struct plot_count *counts;
    int n_guides;
    const struct plot_guide *guides;
    int n_marks;
    const struct plot_mark *marks;
};

/* plot_format_of: the format that the file's name ends in; -1 if none of them. */
int plot_format_of(const char *file);

/* plot_script: writes the gnuplot script that draws p, which has its data in it. output: the file that the script
 * writes to; NULL: standard output. No text of p can be taken for a command, whatever is in it. */
void plot_script(const struct plot *p, enum plot_format format, const char *output, FILE *f);

/* plot_draw: has gnuplot draw p into file, or writes its script; the file appears whole or not at all.
 * STATUS_MISSING without gnuplot. */
enum status plot_draw(const struct plot *p, enum plot_format format, const char *file, struct errmsg *e);

/* plot_text: text as a gnuplot literal in single quotes: ' becomes ’, control characters
 * spaces, bytes that are not UTF-8 '?'; what is longer than most characters is cut with an
 * ellipsis. */
void plot_text(const char *text, int most, FILE *f);
