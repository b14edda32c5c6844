/* The axes of a chart: columns, words, units, and the points in them. */
#include "explorer/report/chart_parts.h"

#include "base/text.h"
#include "explorer/report/chart_unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_words(const void *a, const void *b)
{
    return text_compare(*(const char *const *)a, *(const char *const *)b);
}

enum status chart_words(const struct table *t, struct scale *a, struct plot_axis *axis, struct errmsg *e)
{
    bool words = false;
    int n = 0;
    for (int i = 0; i < t->n_rows; i++)
        words |= table_cell(t, i, a->of.column)->type == CELL_TEXT;
    if (!words)
        return STATUS_OK;
    a->words = malloc((size_t)t->n_rows * sizeof *a->words);
    if (a->words == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    for (int i = 0; i < t->n_rows; i++)
        if (table_cell(t, i, a->of.column)->type == CELL_TEXT)
            a->words[n++] = table_cell(t, i, a->of.column)->text;
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

double chart_value(const struct table *t, int row, int column, const struct scale *a, const struct plot_axis *axis)
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

/* find_axis: the column, and where its interval is, if the view has one: NAME_low and NAME_high. */
static enum status find_axis(const struct table *t, const struct chart_request *r, enum chart_slot slot,
                             struct scale *a, struct plot_axis *axis, struct errmsg *e)
{
    const enum status s = chart_column(t, r, slot, &a->of, e);
    if (s != STATUS_OK)
        return s;
    char name[CHART_TITLE_BYTES + 8];
    a->low = a->high = -1;
    axis->low = axis->high = NAN;
    if (a->of.known != NULL && !r->curves) {
        snprintf(name, sizeof name, "%s_low", a->of.name);
        a->low = table_column(t, name);
        snprintf(name, sizeof name, "%s_high", a->of.name);
        a->high = table_column(t, name);
    }
    return chart_words(t, a, axis, e);
}

/* gather: the rows that have both values become points, in the columns' own units. */
static enum status gather(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    for (int i = 0; i < t->n_rows; i++) {
        struct plot_point *p = &c->points[c->plot.n];
        *p = (struct plot_point){
            .x = chart_value(t, i, c->x.of.column, &c->x, &c->plot.x),
            .y = chart_value(t, i, c->y.of.column, &c->y, &c->plot.y),
            .x_low = chart_value(t, i, c->x.low, &c->x, &c->plot.x),
            .x_high = chart_value(t, i, c->x.high, &c->x, &c->plot.x),
            .y_low = chart_value(t, i, c->y.low, &c->y, &c->plot.y),
            .y_high = chart_value(t, i, c->y.high, &c->y, &c->plot.y),
            .shade = NAN,
            .size = 1.0,
        };
        if (isnan(p->x) || isnan(p->y))
            c->left_out.empty++;
        else
            c->rows[c->plot.n++] = i;
    }
    if (c->plot.n == 0 && t->n_rows == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: no row of `%s`%s%s%s", r->view,
                    r->where == NULL ? "" : " has ", r->where == NULL ? "" : r->where,
                    r->where == NULL ? " is recorded" : "");
    if (c->plot.n == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: none of the %d rows has both %s and %s", t->n_rows,
                    c->x.of.name, c->y.of.name);
    return STATUS_OK;
}

/* The values of an axis. */
struct extent {
    double low, high, least_positive;
    bool whole;
};

static struct extent extent_of(const struct chart *c, bool x)
{
    struct extent r = {INFINITY, -INFINITY, INFINITY, true};
    for (int i = 0; i < c->plot.n; i++) {
        const double v = x ? c->points[i].x : c->points[i].y;
        r.low = fmin(r.low, v);
        r.high = fmax(r.high, v);
        r.least_positive = v > 0.0 ? fmin(r.least_positive, v) : r.least_positive;
        r.whole &= v == floor(v);
    }
    return r;
}

/* decide_log: whether the axis is logarithmic. What such an axis cannot show is left out, if the user asked for it. */
static enum status decide_log(const struct chart_request *r, struct chart *c, bool x, struct errmsg *e)
{
    const struct scale *a = x ? &c->x : &c->y;
    struct plot_axis *axis = x ? &c->plot.x : &c->plot.y;
    const struct extent v = extent_of(c, x);
    const bool asked = r->log != NULL && strchr(r->log, x ? 'x' : 'y') != NULL && strcmp(r->log, "none") != 0;
    if (asked && axis->n_words > 0)
        return fail(e, STATUS_USAGE, "--log %s: `%s` holds words, which no logarithm exists of", r->log, a->of.name);
    axis->log = asked || (r->log == NULL && axis->n_words == 0 && chart_logarithmic(a->of.known, v.low, v.high));
    if (!axis->log || v.low > 0.0)
        return STATUS_OK;
    int n = 0;
    for (int i = 0; i < c->plot.n; i++)
        if ((x ? c->points[i].x : c->points[i].y) > 0.0) {
            c->points[n] = c->points[i];
            c->rows[n++] = c->rows[i];
        }
    c->left_out.not_positive += c->plot.n - n;
    c->plot.n = n;
    if (n == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: --log %s, but no value of `%s` is above 0", r->log,
                    a->of.name);
    return STATUS_OK;
}

void chart_single_value(double v, struct scale *a, struct plot_axis *axis)
{
    int at = 0;
    while (at < axis->n_tics && a->values[at] < v)
        at++;
    if (at < axis->n_tics && a->values[at] == v)
        return;
    if (axis->n_tics == MAX_VALUES) {
        axis->n_tics = 0;
        return;
    }
    memmove(a->values + at + 1, a->values + at, (size_t)(axis->n_tics - at) * sizeof a->values[0]);
    a->values[at] = v;
    axis->n_tics++;
}

static bool is_measured(const struct view_column *c)
{
    return c->kind != COLUMN_AXIS && c->kind != COLUMN_NAME;
}

static bool is_any(const struct view_column *c)
{
    return c != NULL;
}

/* is_set: whether a sweep sets the column, or all columns of the expression. */
static bool is_set(const char *expression)
{
    return chart_names(expression, is_any) && !chart_names(expression, is_measured);
}

/* few_values: an axis of few single values, as a sweep sets them, has its tics there. */
static void few_values(const struct chart *c, bool x, bool whole, struct scale *a, struct plot_axis *axis)
{
    const bool set = is_set(a->of.name) && (whole || a->of.known != NULL);
    axis->tics = a->values;
    for (int i = 0; i < c->plot.n && set && axis->n_words == 0; i++) {
        chart_single_value(x ? c->points[i].x : c->points[i].y, a, axis);
        if (axis->n_tics == 0) /* too many */
            return;
    }
}

/* axis_scale: the label and the unit's prefix, from values still in the column's unit. */
static void axis_scale(const struct chart *c, bool x, bool curves, struct scale *a, struct plot_axis *axis)
{
    const struct extent v = extent_of(c, x);
    const double typical = axis->log ? sqrt(v.low * v.high) : fmax(fabs(v.low), fabs(v.high));
    a->scale = chart_unit(a->of.known, a->of.title, typical, a->label, sizeof a->label);
    axis->label = a->label;
    axis->whole = v.whole && a->scale == 1.0;
    axis->share = a->of.known != NULL && a->of.known->unit != NULL && strcmp(a->of.known->unit, "fraction") == 0 &&
                  v.low >= 0.0 && v.high <= 1.0;
    if (!curves)
        few_values(c, x, v.whole, a, axis);
}

static void scale_points(struct chart *c)
{
    for (int i = 0; i < c->plot.n; i++) {
        struct plot_point *p = &c->points[i];
        p->x *= c->x.scale, p->x_low *= c->x.scale, p->x_high *= c->x.scale;
        p->y *= c->y.scale, p->y_low *= c->y.scale, p->y_high *= c->y.scale;
        if (c->plot.x.share)
            p->x_low = fmax(p->x_low, isnan(p->x_low) ? NAN : 0.0),
            p->x_high = isnan(p->x_high) ? NAN : fmin(p->x_high, 100);
        if (c->plot.y.share)
            p->y_low = fmax(p->y_low, isnan(p->y_low) ? NAN : 0.0),
            p->y_high = isnan(p->y_high) ? NAN : fmin(p->y_high, 100);
        c->bars |= c->plot.n <= PLOT_MANY && (!isnan(p->x_low) || !isnan(p->y_low));
    }
}

enum status chart_axes(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    enum status s;
    if ((s = find_axis(t, r, SLOT_X, &c->x, &c->plot.x, e)) != STATUS_OK ||
        (s = find_axis(t, r, SLOT_Y, &c->y, &c->plot.y, e)) != STATUS_OK || (s = gather(t, r, c, e)) != STATUS_OK ||
        (s = decide_log(r, c, true, e)) != STATUS_OK || (s = decide_log(r, c, false, e)) != STATUS_OK)
        return s;
    axis_scale(c, true, r->curves, &c->x, &c->plot.x);
    axis_scale(c, false, r->curves, &c->y, &c->plot.y);
    scale_points(c);
    return STATUS_OK;
}

/* ---- ranges ---- */

/* parse_range: "LOW:HIGH" in the column's unit; NAN for an end that is empty. */
static enum status parse_range(bool x, const char *text, const struct scale *a, struct plot_axis *axis,
                               struct errmsg *e)
{
    const char *name = x ? "--xrange" : "--yrange", *colon = strchr(text, ':');
    const char *unit = a->of.known != NULL && a->of.known->unit != NULL ? a->of.known->unit : "";
    char *end = NULL;
    if (axis->n_words > 0)
        return fail(e, STATUS_USAGE, "%s: the axis has the words of `%s`; choose some with --where", name, a->of.name);
    const bool low = colon != NULL && colon != text, high = colon != NULL && colon[1] != '\0';
    bool good = low || high;
    if (low)
        good = (axis->low = strtod(text, &end), end == colon) && isfinite(axis->low);
    if (high && good)
        good = (axis->high = strtod(colon + 1, &end), *end == '\0') && isfinite(axis->high);
    if (!good)
        return fail(e, STATUS_USAGE, "%s is LOW:HIGH, LOW: or :HIGH with numbers in the unit of `%s`%s%s; not `%s`",
                    name, a->of.name, unit[0] != '\0' ? ", " : "", unit, text);
    if (axis->low >= axis->high)
        return fail(e, STATUS_USAGE, "%s %s: the low end is not below the high one", name, text);
    if (axis->log && (axis->low <= 0.0 || axis->high <= 0.0))
        return fail(e, STATUS_USAGE, "%s %s: a logarithmic axis has no 0 (--log none draws a linear one)", name, text);
    axis->low *= a->scale;
    axis->high *= a->scale;
    return STATUS_OK;
}

static bool is_outside(double v, const struct plot_axis *a)
{
    return v < a->low || v > a->high; /* false with NAN */
}

enum status chart_ranges(const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    enum status s = STATUS_OK;
    if (r->x_range != NULL)
        s = parse_range(true, r->x_range, &c->x, &c->plot.x, e);
    if (s == STATUS_OK && r->y_range != NULL)
        s = parse_range(false, r->y_range, &c->y, &c->plot.y, e);
    if (s != STATUS_OK)
        return s;
    const struct extent x = extent_of(c, true), y = extent_of(c, false);
    int n = 0;
    for (int i = 0; i < c->plot.n; i++)
        if (!is_outside(c->points[i].x, &c->plot.x) && !is_outside(c->points[i].y, &c->plot.y)) {
            c->points[n] = c->points[i];
            c->rows[n++] = c->rows[i];
        }
    c->left_out.outside = c->plot.n - n;
    if (n == 0)
        return fail(
            e, STATUS_VERDICT,
            "nothing to draw: all %d points are outside the ranges; `%s` goes from %.6g to %.6g, `%s` from %.6g "
            "to %.6g",
            c->plot.n, c->x.of.name, x.low / c->x.scale, x.high / c->x.scale, c->y.of.name, y.low / c->y.scale,
            y.high / c->y.scale);
    c->plot.n = n;
    return STATUS_OK;
}
