/* The published points of a chart. */
#include "explorer/report/chart_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_MARKS = 26 }; /* letters of the legend */

/* of_other_data: an accuracy on a data set of no point of the plot does not belong on its axis. */
static bool of_other_data(const struct table *published, int row, const struct chart_request *r, const struct table *t,
                          const struct chart *c)
{
    const int own = table_column(published, "dataset"), theirs = table_column(t, "dataset");
    const char *name = own < 0 ? NULL : table_cell(published, row, own)->text;
    if (name == NULL || theirs < 0 || (strstr(r->x, "accuracy") == NULL && strstr(r->y, "accuracy") == NULL))
        return false;
    for (int i = 0; i < c->plot.n; i++) {
        const char *other = table_cell(t, c->rows[i], theirs)->text;
        if (other != NULL && strcmp(other, name) == 0)
            return false;
    }
    return true;
}

const char *chart_dataset(const struct table *t, const struct chart *c)
{
    const int column = table_column(t, "dataset");
    const char *first = NULL;
    for (int i = 0; i < c->plot.n && column >= 0; i++) {
        const char *own = table_cell(t, c->rows[i], column)->text;
        if (own == NULL || (first != NULL && strcmp(own, first) != 0))
            return NULL;
        first = own;
    }
    return first;
}

static bool can_be_shown(double v, const struct plot_axis *a)
{
    return !isnan(v) && (!a->log || v > 0.0) && !(v < a->low) && !(v > a->high);
}

enum status chart_marks(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    const struct table *p = r->published;
    struct chart_column x, y;
    if (p == NULL)
        return STATUS_OK;
    c->n_published = p->n_rows;
    /* A view may have columns that no published point can have. */
    if (chart_column(p, r, SLOT_X, &x, e) != STATUS_OK || chart_column(p, r, SLOT_Y, &y, e) != STATUS_OK)
        return STATUS_OK;
    c->marks = malloc((size_t)p->n_rows * sizeof *c->marks + 1);
    if (c->marks == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d published points", p->n_rows);
    const int name = table_column(p, "name");
    for (int i = 0; i < p->n_rows && c->plot.n_marks < MOST_MARKS; i++) {
        const double at_x = c->x.scale * chart_value(p, i, x.column, &c->x, &c->plot.x);
        const double at_y = c->y.scale * chart_value(p, i, y.column, &c->y, &c->plot.y);
        if (!can_be_shown(at_x, &c->plot.x) || !can_be_shown(at_y, &c->plot.y) || of_other_data(p, i, r, t, c))
            continue;
        c->marks[c->plot.n_marks++] = (struct plot_mark){at_x, at_y, table_cell(p, i, name)->text};
        if (c->plot.x.n_tics > 0)
            chart_single_value(at_x, &c->x, &c->plot.x);
        if (c->plot.y.n_tics > 0)
            chart_single_value(at_y, &c->y, &c->plot.y);
    }
    c->plot.marks = c->marks;
    return STATUS_OK;
}
