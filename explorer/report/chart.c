#include "explorer/report/chart.h"

#include "explorer/report/chart_parts.h"
#include "explorer/report/pareto.h"
#include "explorer/report/query.h"
#include "models/fpga/device/resources.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LOG_FROM = 30.0; /* largest over smallest value, from which an axis is logarithmic */

const char *chart_title(const struct view_column *known, const char *name)
{
    return known != NULL ? known->title : name;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* axis_words: a column of texts becomes a list of the different ones; values are their indices. */
static enum status axis_words(const struct table *t, struct scale *a, struct plot_axis *axis, struct errmsg *e)
{
    bool words = false;
    int n = 0;
    for (int i = 0; i < t->n_rows; i++)
        words |= table_cell(t, i, a->column)->type == CELL_TEXT;
    if (!words)
        return STATUS_OK;
    a->words = malloc((size_t)t->n_rows * sizeof *a->words);
    if (a->words == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    for (int i = 0; i < t->n_rows; i++)
        if (table_cell(t, i, a->column)->type == CELL_TEXT)
            a->words[n++] = table_cell(t, i, a->column)->text;
    qsort(a->words, (size_t)n, sizeof *a->words, compare_words);
    axis->n_words = 0;
    for (int i = 0; i < n; i++)
        if (i == 0 || strcmp(a->words[i], a->words[axis->n_words - 1]) != 0)
            a->words[axis->n_words++] = a->words[i];
    if (axis->n_words > 40)
        return fail(e, STATUS_USAGE, "%d different words are too many for an axis: narrow them with --where",
                    axis->n_words);
    axis->words = a->words;
    return STATUS_OK;
}

static double axis_value(const struct table *t, int row, int column, const struct scale *a, const struct plot_axis *axis)
{
    if (column < 0)
        return NAN;
    const struct cell *c = table_cell(t, row, column);
    if (axis->n_words > 0) {
        if (c->type != CELL_TEXT)
            return NAN;
        const char **hit = bsearch(&c->text, axis->words, (size_t)axis->n_words, sizeof *axis->words, compare_words);
        return hit == NULL ? NAN : (double)(hit - a->words);
    }
    const double v = cell_number(c);
    return isfinite(v) ? v : NAN;
}

/* axis_scale: the label, the unit's prefix, and whether the axis is logarithmic; from the values still in the
 * column's unit. */
static void axis_scale(const struct chart *c, bool x, const char *name, const char *log, struct scale *a,
                       struct plot_axis *axis)
{
    double low = INFINITY, high = -INFINITY;
    bool whole = true;
    for (int i = 0; i < c->plot.n; i++) {
        const double v = x ? c->points[i].x : c->points[i].y;
        low = fmin(low, v);
        high = fmax(high, v);
        whole &= v == floor(v);
    }
    const char *unit = a->known != NULL && a->known->unit != NULL ? a->known->unit : "";
    const bool sized = a->known != NULL && a->known->kind == COLUMN_RESULT && strcmp(unit, "fraction") != 0;
    const char *prefix = "";
    a->scale = 1.0;
    if (strcmp(unit, "fraction") == 0) {
        a->scale = 100.0;
        unit = "%";
    } else if (strcmp(unit, "bit") == 0 || strchr(unit, '/') != NULL) {
        a->scale = high >= 1e6 && low >= 1e5 ? 1e-6 : high >= 1e4 ? 1e-3 : 1.0;
        if (high >= 1e9)
            a->scale = 1e-6;
        prefix = a->scale == 1e-6 ? "M" : a->scale == 1e-3 ? "k" : "";
    }
    const char *gap = prefix[0] != '\0' && strchr(unit, '/') != NULL ? " " : "";
    if (unit[0] != '\0')
        snprintf(a->label, sizeof a->label, "%s (%s%s%s)", chart_title(a->known, name), prefix, gap, unit);
    else
        snprintf(a->label, sizeof a->label, "%s", chart_title(a->known, name));
    axis->label = a->label;
    axis->whole = whole && a->scale == 1.0;
    axis->log = axis->n_words == 0 && low > 0.0 && isfinite(low) &&
                (log != NULL ? strchr(log, x ? 'x' : 'y') != NULL : sized && high / low > LOG_FROM);
}

static enum status find_axis(const struct table *t, const struct chart_request *r, const char *name, struct scale *a,
                             struct plot_axis *axis, struct errmsg *e)
{
    const enum status s = query_column(r->view, t, name, &a->column, e);
    if (s != STATUS_OK)
        return s;
    a->known = column_find(name);
    a->low = a->high = -1;
    if (strcmp(name, "test_accuracy") == 0) {
        a->low = table_column(t, "test_accuracy_low");
        a->high = table_column(t, "test_accuracy_high");
    }
    return axis_words(t, a, axis, e);
}

/* gather: the rows that have both values become points, in the columns' own units. */
static enum status gather(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    for (int i = 0; i < t->n_rows; i++) {
        struct plot_point *p = &c->points[c->plot.n];
        *p = (struct plot_point){
            .x = axis_value(t, i, c->x.column, &c->x, &c->plot.x),
            .y = axis_value(t, i, c->y.column, &c->y, &c->plot.y),
            .x_low = axis_value(t, i, c->x.low, &c->x, &c->plot.x),
            .x_high = axis_value(t, i, c->x.high, &c->x, &c->plot.x),
            .y_low = axis_value(t, i, c->y.low, &c->y, &c->plot.y),
            .y_high = axis_value(t, i, c->y.high, &c->y, &c->plot.y),
            .shade = NAN,
        };
        if (isnan(p->x) || isnan(p->y)) {
            c->left_out++;
            continue;
        }
        c->bars |= !isnan(p->x_low) || !isnan(p->y_low);
        c->rows[c->plot.n++] = i;
    }
    c->bars &= c->plot.n <= PLOT_MANY;
    if (c->plot.n == 0 && t->n_rows == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: no row of `%s`%s%s%s", r->view,
                    r->where == NULL ? "" : " has ", r->where == NULL ? "" : r->where,
                    r->where == NULL ? " is recorded" : "");
    if (c->plot.n == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: none of the %d rows has both %s and %s", t->n_rows, r->x,
                    r->y);
    return STATUS_OK;
}

/* find_front: marks the front's points and makes its line. */
static enum status find_front(struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n;
    if (c->x.known == NULL || c->y.known == NULL || c->x.known == c->y.known || c->x.known->direction == 0 ||
        c->y.known->direction == 0)
        return STATUS_OK;
    const bool maximise[2] = {c->x.known->direction > 0, c->y.known->direction > 0};
    double *values = malloc(2 * (size_t)n * sizeof *values);
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
    int n_line = 0;
    s = pareto_line(values, n, maximise, on, c->front_x, c->front_y, &n_line, e);
    c->plot.n_front = n_line > 1 ? n_line : 0;
    c->plot.front_x = c->front_x;
    c->plot.front_y = c->front_y;
done:
    free(values);
    free(on);
    return s;
}

static void scale_points(struct chart *c)
{
    for (int i = 0; i < c->plot.n; i++) {
        struct plot_point *p = &c->points[i];
        p->x *= c->x.scale, p->x_low *= c->x.scale, p->x_high *= c->x.scale;
        p->y *= c->y.scale, p->y_low *= c->y.scale, p->y_high *= c->y.scale;
        /* The lower end of an interval may be below what a logarithmic axis can show. */
        if (c->plot.x.log && p->x_low <= 0.0)
            p->x_low = p->x_high = NAN;
        if (c->plot.y.log && p->y_low <= 0.0)
            p->y_low = p->y_high = NAN;
    }
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

/* find_guides: the budgets of the part, if all points are of one part. */
static void find_guides(const struct table *t, const struct chart_request *r, struct chart *c)
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
        add_guide(c, d, k < 2 ? r->x : r->y, k < 2, k % 2 == 1);
}

/* write_titles: which sweeps, how many designs, how many seeds. */
static void write_titles(const struct table *t, const struct chart_request *r, struct chart *c)
{
    const int several = table_column(t, "sweeps"), seeds = table_column(t, "n");
    const int sweep = several >= 0 ? several : table_column(t, "sweep");
    const char *first = NULL, *second = NULL;
    bool more = false;
    double fewest = INFINITY, most = 0;
    for (int i = 0; i < c->plot.n; i++) {
        const char *name = sweep < 0 ? NULL : table_cell(t, c->rows[i], sweep)->text;
        if (name != NULL && first == NULL)
            first = name;
        else if (name != NULL && second == NULL && strcmp(name, first) != 0)
            second = name;
        else if (name != NULL && second != NULL && strcmp(name, first) != 0 && strcmp(name, second) != 0)
            more = true;
        const double n = seeds < 0 ? NAN : cell_number(table_cell(t, c->rows[i], seeds));
        fewest = fmin(fewest, n);
        most = fmax(most, n);
    }
    snprintf(c->title, sizeof c->title, "%.70s over %.70s", chart_title(c->y.known, r->y),
             chart_title(c->x.known, r->x));
    if (c->title[0] >= 'a' && c->title[0] <= 'z')
        c->title[0] = (char)(c->title[0] - 'a' + 'A');
    const bool designs = strcmp(r->view, "designs") == 0;
    int used = snprintf(c->subtitle, sizeof c->subtitle, "%.60s%s%.60s%s  ·  %d %s%s", first != NULL ? first : "",
                        second != NULL ? ", " : "", second != NULL ? second : "", more ? ", …" : "", c->plot.n,
                        designs ? "design" : "run", c->plot.n == 1 ? "" : "s");
    if (designs && most > 0 && used < (int)sizeof c->subtitle && fewest == most)
        used += snprintf(c->subtitle + used, sizeof c->subtitle - (size_t)used, "  ·  mean of %g seed%s", most,
                         most == 1 ? "" : "s");
    else if (designs && most > 0 && used < (int)sizeof c->subtitle)
        used += snprintf(c->subtitle + used, sizeof c->subtitle - (size_t)used, "  ·  mean of %g to %g seeds", fewest,
                         most);
    if (c->bars && used < (int)sizeof c->subtitle)
        snprintf(c->subtitle + used, sizeof c->subtitle - (size_t)used, "  ·  bars: 95 %% interval of the mean");
    c->plot.title = c->title;
    c->plot.subtitle = c->subtitle;
}

enum status chart_new(const struct table *t, const struct chart_request *r, struct chart **out, struct errmsg *e)
{
    struct chart *c = calloc(1, sizeof *c);
    enum status s = STATUS_OK;

    *out = NULL;
    if (c == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a plot");
    c->rows = malloc((size_t)t->n_rows * sizeof *c->rows + 1);
    c->points = malloc((size_t)t->n_rows * sizeof *c->points + 1);
    if (c->rows == NULL || c->points == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
        goto done;
    }
    c->plot.points = c->points;
    c->plot.groups = c->groups;
    if ((s = find_axis(t, r, r->x, &c->x, &c->plot.x, e)) != STATUS_OK ||
        (s = find_axis(t, r, r->y, &c->y, &c->plot.y, e)) != STATUS_OK || (s = gather(t, r, c, e)) != STATUS_OK ||
        (s = chart_colour(t, r, c, e)) != STATUS_OK)
        goto done;
    axis_scale(c, true, r->x, r->log, &c->x, &c->plot.x);
    axis_scale(c, false, r->y, r->log, &c->y, &c->plot.y);
    scale_points(c);
    if ((s = find_front(c, e)) != STATUS_OK)
        goto done;
    find_guides(t, r, c);
    write_titles(t, r, c);
    *out = c;
    return STATUS_OK;
done:
    chart_free(c);
    return s;
}

void chart_free(struct chart *c)
{
    if (c == NULL)
        return;
    free(c->rows);
    free(c->points);
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

int chart_left_out(const struct chart *c)
{
    return c->left_out;
}
