/* What the files of a chart share. */
#pragma once

#include "db/columns.h"
#include "explorer/report/chart.h"

enum { MAX_GROUPS = 64, MAX_GUIDES = 4 };

/* One column as an axis, and where its values are. */
struct scale {
    int column, low, high;      /* in the table; low, high: of its interval, or -1 */
    const struct view_column *known; /* may be NULL */
    double scale;               /* from the column's unit to the axis's */
    char label[160];
    const char **words; /* owned (not the words): the different texts of the column */
};

struct chart {
    struct scale x, y;
    struct plot plot;
    struct plot_point *points;
    const char *groups[MAX_GROUPS];
    char group_texts[MAX_GROUPS][64];
    double *front_x, *front_y;
    struct plot_guide guides[MAX_GUIDES];
    char guide_texts[MAX_GUIDES][64];
    int *rows; /* of the points, in the table */
    char title[256], subtitle[320], legend[96];
    int left_out;
    bool bars;
};

/* chart_title: of a column, which may be one that is not in db/columns.c. */
const char *chart_title(const struct view_column *known, const char *name);

/* chart_colour: the groups of the points and their legend, one group for each value of the colour column; for many
 * numbers a scale. */
enum status chart_colour(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e);
