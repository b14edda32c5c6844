#include "explorer/report/chart.h"

#include "explorer/report/chart_parts.h"
#include "explorer/report/pareto.h"
#include "models/fpga/device/resources.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    double *values = calloc((size_t)n, 2 * sizeof *values);
    bool *on = malloc((size_t)n * sizeof *on);
    enum status s = STATUS_OK;

    c->front_x = malloc(2 * (size_t)n * sizeof *c->front_x);
    c->front_y = malloc(2 * (size_t)n * sizeof *c->front_y);
    if (values == NULL || on == NULL || c->front_x == NULL || c->front_y == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the front of %d points", n);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        values[2 * i] = c->points[i].x;
        values[2 * i + 1] = c->points[i].y;
    }
    if ((s = pareto_front(values, n, 2, maximise, on, e)) != STATUS_OK)
        goto done;
    for (int i = 0; i < n; i++)
        c->points[i].front = on[i];
    s = pareto_line(values, n, maximise, on, c->front_x, c->front_y, &c->plot.n_front, e);
    c->plot.front_x = c->front_x;
    c->plot.front_y = c->front_y;
done:
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
static void add_guide(struct chart *c, const struct device *d, const char *column, bool x, bool all_memory)
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
    snprintf(text, sizeof c->guide_texts[0], "%s: %s", d->name,
             all_memory ? "block RAM and LUT RAM"
             : memory   ? "block RAM"
                        : "all it has");
    c->guides[c->plot.n_guides++] = (struct plot_guide){.vertical = x, .at = at, .label = text};
}

void chart_guides(const struct table *t, struct chart *c)
{
    const int column = table_column(t, "device");
    const char *name = NULL;
    for (int i = 0; i < c->plot.n && column >= 0; i++) {
        const char *other = table_cell(t, c->rows[i], column)->text;
        if (other == NULL || (name != NULL && strcmp(name, other) != 0))
            return;
        name = other;
    }
    const struct device *d = name != NULL ? device_find(name) : NULL;
    c->plot.guides = c->guides;
    for (int k = 0; k < 4 && d != NULL; k++)
        add_guide(c, d, k < 2 ? c->x.of.name : c->y.of.name, k < 2, k % 2 == 1);
}

/* make_points: room for as many as there are rows. */
static enum status make_points(const struct table *t, struct chart *c, struct errmsg *e)
{
    c->rows = malloc((size_t)t->n_rows * sizeof *c->rows + 1);
    c->points = malloc((size_t)t->n_rows * sizeof *c->points + 1);
    if (c->rows == NULL || c->points == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    c->plot.points = c->points;
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
    else
        s = chart_beside(c, e);
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
    if ((s = make_points(t, c, e)) == STATUS_OK && (s = chart_axes(t, r, c, e)) == STATUS_OK &&
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
    free(c->front_x);
    free(c->front_y);
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
