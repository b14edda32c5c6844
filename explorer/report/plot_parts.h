/* What the files of a plot's script share. */
#pragma once

#include "explorer/report/plot.h"

extern const char plot_ink[], plot_faint[]; /* colours of texts and of the grid */

/* Okabe and Ito's colours; shapes as gnuplot's point types. Numbers of legend entries, which may be too large. */
const char *plot_colour(int i);
int plot_shape(int i);
const char *plot_dashes(int i);
/* plot_letter: of a published point. */
char plot_letter(int i);
/* plot_all: how many points there are, also those that are not drawn: what is drawn with few points and with many. */
int plot_all(const struct plot *p);
/* plot_dot: the size of a dot, in gnuplot's measure. */
double plot_dot(const struct plot *p);

#define PLOT_NEXT ", \\\n     " /* between two parts of the plot command */

/* plot_em: the size of the font in pixels. */
double plot_em(const struct plot *p);
/* plot_legend_below: whether the page is too narrow for a legend beside the plot. */
bool plot_legend_below(const struct plot *p);
/* plot_legend_place: makes room for the legend. It writes one below the plot at once, and one beside it with
 * plot_legend_key at the end of the plot command. plot_legend_height: pixels of one below. plot_has_legend: whether there
 * is anything in it. */
void plot_legend_place(const struct plot *p, FILE *f);
void plot_legend_key(const struct plot *p, FILE *f);
double plot_legend_height(const struct plot *p);
bool plot_has_legend(const struct plot *p);
/* plot_text_width: about how wide a text is, in sizes of its font. */
double plot_text_width(const char *text);
/* plot_bottom: height of what is below the horizontal axis, with or without the legend. plot_words_turned: whether the
 * words of that axis are too long to stand side by side. */
double plot_bottom(const struct plot *p, bool legend);
bool plot_words_turned(const struct plot *p);
/* plot_subtitle_cut: whether lines of the subtitle are left out, so that the plot keeps its share of the page. */
#define PLOT_LEAST_SHARE 0.4
bool plot_subtitle_cut(const struct plot *p);
/* plot_top: height of what is above the plot. plot_left: of several panels, width of what is left of the first. */
double plot_top(const struct plot *p);
double plot_left(const struct plot *p);
/* plot_area: about how many pixels the axis takes; what is beside it depends on texts that gnuplot sets. */
double plot_area(const struct plot *p, bool x);

struct plot_range {
    double low, high;
};
/* An axis with about how many pixels it takes. plot_pixels: where on it v is, from its low end. */
struct plot_ruler {
    struct plot_range range;
    double area;
    bool log;
};
struct plot_ruler plot_ruler(const struct plot *p, bool x);
double plot_pixels(const struct plot_ruler *r, double v);

/* plot_range: where the axis begins and ends. plot_axis_write: its range and label. plot_tics_write: its tics, with or
 * without their numbers. */
struct plot_range plot_range(const struct plot *p, bool x);
void plot_axis_write(const struct plot *p, bool x, FILE *f);
void plot_tics_write(const struct plot *p, bool x, bool numbers, FILE *f);

/* One of several panels: where it is, in pixels from the lower left corner of the page. */
struct plot_panel {
    double left, right, bottom, top;
    bool first, last; /* of its row; of its column */
};
struct plot_panel plot_panel(const struct plot *p, int panel);
/* plot_panel_size: width or height of each. plot_panel_write: its place and its name. */
double plot_panel_size(const struct plot *p, bool x);
void plot_panel_write(const struct plot *p, int panel, FILE *f);
/* plot_panels_colours: the scale of colours that all panels share. */
void plot_panels_colours(const struct plot *p, FILE *f);
/* plot_has_front: whether any panel has one; line: of more than one place. */
bool plot_has_front(const struct plot *p, bool line);
/* plot_guide_dashes: of a budget's line. */
const char *plot_guide_dashes(int i);

/* plot_tics_between: about `most` round values from low to high, at most `room` of them; returns how many. */
int plot_tics_between(double low, double high, bool log, bool whole, double most, double *at, int room);
/* plot_height: where on an axis side by side v is, 0 to 1. plot_parallel_write: the axes, the lines. plot_parallel_foot:
 * height of what is below them. plot_parallel_cut: whether there is no room for all words at the axes. */
double plot_height(const struct plot_dim *d, double v);
void plot_parallel_write(const struct plot *p, FILE *f);
double plot_parallel_foot(const struct plot *p);
bool plot_parallel_cut(const struct plot *p);

/* plot_head: the terminal, the title, the legend's place. */
void plot_head(const struct plot *p, enum plot_format format, const char *output, FILE *f);
