#include "explorer/report/chart.h"

#include "explorer/report/chart_parts.h"
#include "explorer/report/pareto.h"
#include "models/fpga/device/resources.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* front_of: of the points of one panel. values and on have room for all points. */
static enum status front_of(struct chart *c, int panel, const bool maximise[2], double *values, bool *on,
                            struct errmsg *e)
{
    int n = 0;
    for (int i = 0; i < c->plot.n; i++)
        if (c->points[i].panel == panel) {
            values[2 * n] = c->points[i].x;
            values[2 * n++ + 1] = c->points[i].y;
        }
    double *x = malloc(2 * (size_t)n * sizeof *x + 1), *y = malloc(2 * (size_t)n * sizeof *y + 1);
    c->fronts[panel] = (struct plot_front){0, x, y}; /* chart_free frees both */
    if (x == NULL || y == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the front of %d points", n);
    enum status s = pareto_front(values, n, 2, maximise, on, e);
    for (int i = 0, k = 0; i < c->plot.n && s == STATUS_OK; i++)
        if (c->points[i].panel == panel)
            c->points[i].front = on[k++];
    return s != STATUS_OK ? s : pareto_line(values, n, maximise, on, x, y, &c->fronts[panel].n, e);
}

enum status chart_front(const struct table *t, struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n;
    if (c->x.of.known == NULL || c->y.of.known == NULL || c->x.of.known == c->y.of.known ||
        c->x.of.known->direction == 0 || c->y.of.known->direction == 0)
        return STATUS_OK;
    c->unlike = table_column(t, "dataset") >= 0 && chart_dataset(t, c) == NULL;
    if (c->unlike)
        return STATUS_OK;
    const bool maximise[2] = {c->x.of.known->direction > 0, c->y.of.known->direction > 0};
    double *values = calloc((size_t)n + 1, 2 * sizeof *values);
    bool *on = malloc((size_t)n * sizeof *on + 1);
    enum status s = values != NULL && on != NULL
                        ? STATUS_OK
                        : fail(e, STATUS_ENVIRONMENT, "out of memory for the front of %d points", n);
    for (int panel = 0; panel < c->plot.facets.n && s == STATUS_OK && values != NULL && on != NULL; panel++)
        s = front_of(c, panel, maximise, values, on, e);
    free(values);
    free(on);
    return s;
}

/* budget: how much of the column's resource the part has; 0: it is no such column. */
static double budget(const struct device *d, const char *column, bool all_memory)
{
    int n;
    const struct share_kind *shares = share_kinds(&n);
    if (strcmp(column, "weight_storage_bits") == 0)
        return (double)(all_memory ? d->bram_bits + d->lutram_bits : d->bram_bits);
    for (int i = 0; i < n && !all_memory; i++)
        if (shares[i].column != NULL && strcmp(shares[i].column, column) == 0)
            return (double)shares[i].budget(d);
    return 0.0;
}

/* add_guide: a line where the part ends, if that is near the data. */
static void add_guide(struct chart *c, const struct device *d, unsigned panels, const char *column, bool x,
                      bool all_memory)
{
    const double scale = x ? c->x.scale : c->y.scale, at = scale * budget(d, column, all_memory);
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < c->plot.n; i++) {
        low = fmin(low, x ? c->points[i].x : c->points[i].y);
        high = fmax(high, x ? c->points[i].x : c->points[i].y);
    }
    if (at <= 0.0 || at < low / 1.5 || at > high * 1.5 || c->plot.n_guides == MAX_GUIDES)
        return;
    char *text = c->guide_texts[c->plot.n_guides];
    const bool memory = strcmp(column, "weight_storage_bits") == 0;
    snprintf(text, sizeof c->guide_texts[0], "%.24s: %.50s", d->name,
             all_memory ? "block and LUT RAM"
             : memory   ? "block RAM"
             : x        ? c->x.of.title
                        : c->y.of.title);
    c->guides[c->plot.n_guides++] = (struct plot_guide){.vertical = x, .at = at, .panels = panels, .label = text};
}

enum { MOST_PARTS = 4 }; /* whose budgets are drawn */

/* The parts of the points, and in which panels these are. */
struct parts {
    int n;
    const char *names[MOST_PARTS];
    unsigned panels[MOST_PARTS];
};

/* find_parts: none if there are too many. */
static struct parts find_parts(const struct table *t, const struct chart *c)
{
    const int column = table_column(t, "device");
    struct parts all = {.n = 0};
    for (int i = 0; i < c->plot.n && column >= 0; i++) {
        const char *name = table_cell(t, c->rows[i], column)->text;
        int k = 0;
        while (k < all.n && name != NULL && strcmp(all.names[k], name) != 0)
            k++;
        if (name == NULL || k == MOST_PARTS)
            return (struct parts){.n = 0};
        all.n = k == all.n ? k + 1 : all.n;
        all.names[k] = name;
        all.panels[k] |= 1u << c->points[i].panel;
    }
    return all;
}

void chart_guides(const struct table *t, struct chart *c)
{
    const struct parts all = find_parts(t, c);
    c->plot.guides = c->guides;
    for (int i = 0; i < all.n; i++) {
        const struct device *d = device_find(all.names[i]);
        for (int k = 0; k < 4 && d != NULL; k++)
            add_guide(c, d, all.panels[i], k < 2 ? c->x.of.name : c->y.of.name, k < 2, k % 2 == 1);
    }
}

enum status chart_make_points(const struct table *t, struct chart *c, struct errmsg *e)
{
    c->rows = malloc((size_t)t->n_rows * sizeof *c->rows + 1);
    c->points = malloc((size_t)t->n_rows * sizeof *c->points + 1);
    if (c->rows == NULL || c->points == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    c->plot.points = c->points;
    c->plot.fronts = c->fronts;
    return STATUS_OK;
}

/* finish: what follows once the points have their groups. */
static enum status finish(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    enum status s = STATUS_OK;
    if (!r->curves && (s = chart_front(t, c, e)) != STATUS_OK)
        return s;
    if ((s = chart_ranges(r, c, e)) != STATUS_OK || (s = chart_marks(t, r, c, e)) != STATUS_OK)
        return s;
    if (!r->curves)
        chart_guides(t, c);
    if (r->curves && (s = chart_curves(t, c, e)) != STATUS_OK)
        return s;
    chart_titles(t, r, c);
    if (r->curves)
        c->plot.n = 0; /* the lines stand for the points */
    else if ((s = chart_beside(c, e)) == STATUS_OK && (s = chart_overlap(c, e)) == STATUS_OK)
        s = chart_thin(c, e);
    chart_room(r, c);
    return s;
}

enum status chart_new(const struct table *t, const struct chart_request *r, struct chart **out, struct errmsg *e)
{
    struct chart *c = calloc(1, sizeof *c);
    enum status s = STATUS_OK;

    *out = NULL;
    if (c == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a plot");
    c->plot.width = r->width > 0.0 ? r->width : 960.0;
    c->plot.height = r->height > 0.0 ? r->height : 600.0;
    if (r->parallel != NULL && (s = chart_parallel(t, r, c, e)) == STATUS_OK) {
        *out = c;
        return STATUS_OK;
    }
    if (s == STATUS_OK && (s = chart_make_points(t, c, e)) == STATUS_OK && (s = chart_axes(t, r, c, e)) == STATUS_OK &&
        (s = chart_groups(t, r, c, e)) == STATUS_OK && (s = finish(t, r, c, e)) == STATUS_OK) {
        *out = c;
        return STATUS_OK;
    }
    chart_free(c);
    return s;
}

void chart_free(struct chart *c)
{
    if (c == NULL)
        return;
    free(c->rows);
    free(c->points);
    free(c->corners);
    free(c->lines);
    free(c->marks);
    free(c->x.words);
    free(c->y.words);
    free(c->counts);
    for (int i = 0; i < c->plot.n_dims; i++)
        free(c->dim_scales[i].words);
    for (int i = 0; i < PLOT_PANELS; i++) {
        free((double *)c->fronts[i].x);
        free((double *)c->fronts[i].y);
    }
    free(c);
}

const struct plot *chart_plot(const struct chart *c)
{
    return &c->plot;
}

const char *chart_note(const struct chart *c)
{
    return c->note;
}
