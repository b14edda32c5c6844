/* Rows of a view as a plot: axes with units, groups, error bars, the front, budgets of
 * the part, titles. */
#pragma once

#include "explorer/report/plot.h"
#include "explorer/report/table.h"

/* What is asked for; texts are the caller's. */
struct chart_request {
    const char *view, *x, *y; /* view and columns of it */
    const char *color;        /* a column, or NULL */
    const char *where;        /* the SQL expression that chose the rows, for messages; may be NULL */
    const char *log;          /* "x", "y", "xy", "none", or NULL: as suits the data */
};

struct chart;

/* chart_new: t is what query_rows read from the view, and must outlive the chart.
 * STATUS_USAGE for a column that is not there, STATUS_VERDICT if no row has both values. */
enum status chart_new(const struct table *t, const struct chart_request *r, struct chart **out, struct errmsg *e);
void chart_free(struct chart *c);

/* chart_plot: the plot, which the chart owns. chart_left_out: rows without one of the values. */
const struct plot *chart_plot(const struct chart *c);
int chart_left_out(const struct chart *c);
