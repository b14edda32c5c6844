/* Parallel coordinates: an axis for each column, side by side, and a line for each row. */
#include "explorer/report/chart_parts.h"
#include "explorer/report/plot_parts.h"

#include "explorer/report/chart_unit.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LOG_FROM = 30.0; /* as for other axes */

static bool is_axis(const struct chart *c, int k)
{
    const struct view_column *known = c->dim_scales[k].of.known;
    return known != NULL && known->kind == COLUMN_AXIS;
}

static double value_of(const struct table *t, int row, const struct chart *c, int k)
{
    const struct scale *a = &c->dim_scales[k];
    return chart_value(t, row, a->of.column, a, &c->dims[k].axis);
}

/* keep_rows: those that have all results. What an axis has none of (a reference of plain weights) stays. */
static void keep_rows(const struct table *t, struct chart *c)
{
    for (int i = 0; i < t->n_rows; i++) {
        bool complete = true;
        for (int k = 0; k < c->plot.n_dims; k++)
            complete &= is_axis(c, k) || !isnan(value_of(t, i, c, k));
        c->left_out.empty += !complete;
        if (!complete)
            continue;
        c->points[c->plot.n] = (struct plot_point){.shade = NAN, .size = 1.0};
        c->rows[c->plot.n++] = i;
    }
}

/* find_columns: of the request's list. */
static enum status find_columns(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    int columns[PLOT_DIMS];
    enum status s = query_columns(r->view, t, r->parallel, columns, PLOT_DIMS, &c->plot.n_dims, e);
    for (int k = 0; k < c->plot.n_dims && s == STATUS_OK; k++) {
        struct scale *a = &c->dim_scales[k];
        a->of = (struct chart_column){.column = columns[k], .known = column_find(t->names[columns[k]])};
        snprintf(a->of.name, sizeof a->of.name, "%.100s", t->names[columns[k]]);
        snprintf(a->of.title, sizeof a->of.title, "%.100s", a->of.known != NULL ? a->of.known->title : a->of.name);
        s = chart_words(t, a, &c->dims[k].axis, e);
    }
    if (s == STATUS_OK && c->plot.n_dims < 2)
        s = fail(e, STATUS_USAGE, "--axes needs two columns or more: --axes scheme,delta_bits,test_accuracy");
    return s;
}

/* scale_dim: where the axis begins and ends, its unit, whether it is logarithmic. */
static void scale_dim(const struct table *t, struct chart *c, int k)
{
    struct scale *a = &c->dim_scales[k];
    struct plot_dim *d = &c->dims[k];
    double low = INFINITY, high = -INFINITY;
    bool whole = true;
    for (int i = 0; i < c->plot.n; i++) {
        const double v = value_of(t, c->rows[i], c, k);
        d->none |= isnan(v);
        low = fmin(low, v);
        high = fmax(high, v);
        whole &= isnan(v) || v == floor(v);
    }
    const bool any = low <= high, words = d->axis.n_words > 0;
    const struct view_column *known = a->of.known;
    const bool sized = known != NULL && known->unit != NULL && strcmp(known->unit, "fraction") != 0;
    d->axis.log = any && !words && sized && low > 0.0 && high / low > LOG_FROM;
    a->scale = chart_unit(words ? NULL : known, a->of.title, !any ? 0.0 : d->axis.log ? sqrt(low * high) : fmax(fabs(low), fabs(high)),
                          a->label, sizeof a->label);
    d->axis.whole = whole && a->scale == 1.0;
    d->axis.tics = a->values;
    for (int i = 0; i < c->plot.n && is_axis(c, k) && !words; i++) {
        const double v = a->scale * value_of(t, c->rows[i], c, k);
        if (isnan(v))
            continue;
        chart_single_value(v, a, &d->axis);
        if (d->axis.n_tics == 0) /* too many */
            break;
    }
    d->axis.low = any ? a->scale * low : 0.0;
    d->axis.high = any ? a->scale * high : 0.0;
    d->label = a->label;
}

/* draw_lines: one for each row, in the colours of its point. */
static enum status draw_lines(const struct table *t, struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n, dims = c->plot.n_dims;
    c->corners = malloc((size_t)n * (size_t)dims * sizeof *c->corners + 1);
    c->lines = malloc((size_t)n * sizeof *c->lines + 1);
    if (c->corners == NULL || c->lines == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d lines", n);
    for (int i = 0; i < n; i++) {
        struct plot_corner *corners = c->corners + (size_t)i * (size_t)dims;
        const struct plot_point *p = &c->points[i];
        for (int k = 0; k < dims; k++) {
            const double v = c->dim_scales[k].scale * value_of(t, c->rows[i], c, k);
            corners[k] = (struct plot_corner){k, isnan(v) ? PLOT_NONE : plot_height(&c->dims[k], v), NAN, NAN};
        }
        c->lines[i] = (struct plot_line){
            .colour = p->colour, .shape = p->shape, .shade = p->shade, .n = dims, .corners = corners};
    }
    c->plot.lines = c->lines;
    c->plot.n_lines = n;
    return STATUS_OK;
}

enum status chart_parallel(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    enum status s = chart_make_points(t, c, e);
    c->plot.dims = c->dims;
    if (s != STATUS_OK || (s = find_columns(t, r, c, e)) != STATUS_OK)
        return s;
    keep_rows(t, c);
    if (c->plot.n == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: none of the %d rows has all results of --axes", t->n_rows);
    for (int k = 0; k < c->plot.n_dims; k++)
        scale_dim(t, c, k);
    if ((s = chart_groups(t, r, c, e)) != STATUS_OK || (s = draw_lines(t, c, e)) != STATUS_OK)
        return s;
    snprintf(c->title, sizeof c->title, "Parallel coordinates");
    chart_titles(t, r, c);
    c->plot.n = 0; /* the lines stand for the points */
    chart_room(r, c);
    return STATUS_OK;
}
