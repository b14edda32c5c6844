/* Rows of a view as a plot: axes with units, groups, error bars or curves, the front, published points, budgets of the
 * part, titles. */
#pragma once

#include "explorer/report/plot.h"
#include "explorer/report/table.h"

#include <sqlite3.h>

/* What is asked for; texts are the caller's. x, y, color, shape and facet are a column of the view or an SQL expression over
 * its columns; after it may stand `AS title`. */
struct chart_request {
    const char *view, *x, *y;
    const char *color, *shape;     /* NULL: all alike */
    const char *facet;             /* a panel for each value; NULL: one plot */
    const char *parallel;          /* "COL,COL,…": an axis for each, side by side, instead of x and y; or NULL */
    const char *sweep;             /* only its points; NULL: all */
    const char *where;             /* the SQL expression that chose the rows, for messages; may be NULL */
    const char *log;               /* "x", "y", "xy", "none", or NULL: as suits the data */
    const char *title;             /* NULL: made from the axes; "": neither title nor subtitle */
    const char *x_range, *y_range; /* "LOW:HIGH" in the unit of the column, an end may be empty; may be NULL */
    double width, height;          /* in pixels of 1/96 inch; 0: 960 times 600 */
    bool curves;                   /* the rows are epochs: lines, a mean over the seeds of each training */
    const struct table *published; /* of chart_published, or NULL; must outlive the chart */
};

struct chart;

/* chart_rows: the rows of the view, with a column for each expression that is asked for. chart_published: the same of
 * the published points. */
enum status chart_rows(sqlite3 *db, const struct chart_request *r, struct table **out, struct errmsg *e);
enum status chart_published(sqlite3 *db, const struct chart_request *r, struct table **out, struct errmsg *e);

/* chart_new: t is what chart_rows read, and must outlive the chart. STATUS_USAGE for a column that is not there or a
 * range that cannot be, STATUS_VERDICT if there is nothing to draw. */
enum status chart_new(const struct table *t, const struct chart_request *r, struct chart **out, struct errmsg *e);
void chart_free(struct chart *c);

/* chart_plot: the plot, which the chart owns. chart_note: how many of the rows are drawn, which are not, and why. */
const struct plot *chart_plot(const struct chart *c);
const char *chart_note(const struct chart *c);
