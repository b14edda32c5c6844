/* What the files of a chart share. */
#pragma once

#include "db/columns.h"
#include "explorer/report/chart.h"

enum { MAX_GROUPS = PLOT_STYLES, MAX_GUIDES = 8, MAX_VALUES = 12, CHART_TITLE_BYTES = 128 };

/* What a request asks for by a column or an expression. */
enum chart_slot { SLOT_X, SLOT_Y, SLOT_COLOR, SLOT_SHAPE, SLOT_FACET, SLOTS };

/* chart_asked: the request's text for a slot, NULL: none. chart_slot_name: the column that chart_rows gives to an
 * expression. chart_split: the expression without `AS title`, and the title ("": none). chart_is_name: whether it can
 * be the name of a column. */
const char *chart_asked(const struct chart_request *r, enum chart_slot slot);
const char *chart_slot_name(enum chart_slot slot);
void chart_split(const char *asked, char *expression, size_t n_bytes, char title[CHART_TITLE_BYTES]);
bool chart_is_name(const char *expression);
/* chart_names: whether the expression names a column that `is` is true of. */
bool chart_names(const char *expression, bool (*is)(const struct view_column *));

/* A column of the table that is asked for. */
struct chart_column {
    int column;                      /* in the table */
    const struct view_column *known; /* NULL: an expression */
    char name[CHART_TITLE_BYTES];    /* of the column, or the expression, cut */
    char title[CHART_TITLE_BYTES];   /* without a unit */
};
enum status chart_column(const struct table *t, const struct chart_request *r, enum chart_slot slot,
                         struct chart_column *out, struct errmsg *e);

/* One column as an axis, and where its values are. */
struct scale {
    struct chart_column of;
    int low, high; /* columns of its interval, or -1 */
    double scale;  /* from the column's unit to the axis's */
    char label[CHART_TITLE_BYTES + 32];
    const char **words; /* owned (not the words): the different texts of the column */
    double values[MAX_VALUES];
};

/* What is left out, and why. */
struct left_out {
    int empty, not_positive, outside;
};

struct chart {
    struct scale x, y;
    struct plot plot;
    struct plot_point *points;
    struct plot_corner *corners;
    struct plot_line *lines;
    struct plot_mark *marks;
    const char *colours[MAX_GROUPS], *shapes[PLOT_SHAPES], *facets[PLOT_PANELS];
    char colour_texts[MAX_GROUPS][64], shape_texts[PLOT_SHAPES][64], facet_texts[PLOT_PANELS][64];
    char colour_title[CHART_TITLE_BYTES + 32], shape_title[CHART_TITLE_BYTES + 32];
    char facet_title[CHART_TITLE_BYTES + 32];
    struct plot_front fronts[PLOT_PANELS];
    struct plot_count *counts;
    struct scale dim_scales[PLOT_DIMS];
    struct plot_dim dims[PLOT_DIMS];
    bool unlike; /* no front is drawn, because the points are of several data sets */
    struct plot_guide guides[MAX_GUIDES];
    char guide_texts[MAX_GUIDES][80];
    int *rows; /* of the points, in the table */
    char title[256], subtitle[400], note[512];
    struct left_out left_out;
    int n_published, n_seeds; /* published points there are; of a curve: the most seeds */
    bool bars;
};

/* chart_make_points: room for as many as there are rows. */
enum status chart_make_points(const struct table *t, struct chart *c, struct errmsg *e);
/* chart_parallel: the whole chart of parallel coordinates: an axis for each column, a line for each row. */
enum status chart_parallel(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e);
/* chart_words: a column of texts becomes a list of the different ones; values are their indices. */
enum status chart_words(const struct table *t, struct scale *a, struct plot_axis *axis, struct errmsg *e);
/* chart_axes: finds both columns, and turns the rows that have both values into points, in the units of the axes. */
enum status chart_axes(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e);
/* chart_single_value: v is one more value of an axis of single values; too many, and it is one no longer. */
void chart_single_value(double v, struct scale *a, struct plot_axis *axis);
/* chart_ranges: the ranges that are asked for; points outside are left out. */
enum status chart_ranges(const struct chart_request *r, struct chart *c, struct errmsg *e);
/* chart_groups: the colours, shapes and panels of the points and what they stand for: a group for each value; many
 * numbers are a scale of colours. */
enum status chart_groups(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e);
/* chart_dataset: that of all points; NULL if there are several, or if it is not known. */
const char *chart_dataset(const struct table *t, const struct chart *c);
/* chart_front: marks the points of each panel's front and makes its line, where both columns have a better direction. Points of
 * several data sets have none: their figures are not compared. */
enum status chart_front(const struct table *t, struct chart *c, struct errmsg *e);
/* chart_curves: lines of the points, one for each training, mean over its seeds. */
enum status chart_curves(const struct table *t, struct chart *c, struct errmsg *e);
/* chart_marks: the published points that have both values. */
enum status chart_marks(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e);
/* chart_guides: the budgets of the parts, in the panels that have points of them. */
void chart_guides(const struct table *t, struct chart *c);
/* chart_beside: groups at one word or swept value of x side by side. On any other axis a point stays where it is. */
enum status chart_beside(struct chart *c, struct errmsg *e);
/* chart_overlap: sizes and counts of points that lie on each other. */
enum status chart_overlap(struct chart *c, struct errmsg *e);
/* chart_thin: leaves out points that nobody would see, of very many. */
enum status chart_thin(struct chart *c, struct errmsg *e);
/* chart_titles: the title, the line below it, the note. */
void chart_titles(const struct table *t, const struct chart_request *r, struct chart *c);
/* chart_room: adds to the line below the title what chart_overlap found, and to the note what chart_thin left out and what
 * the page has too little room for. */
void chart_room(const struct chart_request *r, struct chart *c);

/* chart_value: a cell as a coordinate in the column's unit; NAN: none. */
double chart_value(const struct table *t, int row, int column, const struct scale *a, const struct plot_axis *axis);
