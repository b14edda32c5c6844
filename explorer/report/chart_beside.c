/* Points of equal x are drawn side by side, where x is a word or a value that a sweep sets. */
#include "explorer/report/chart_parts.h"
#include "explorer/report/plot_parts.h"

#include <math.h>
#include <stdlib.h>

/* compare: -1, 0 or 1; no value (NAN) comes last. */
static int compare(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

/* by_group: in the order of the legend, or of the scale of colours. */
static int by_group(const struct plot_point *a, const struct plot_point *b)
{
    const int colour = compare(a->colour, b->colour), shape = compare(a->shape, b->shape);
    return colour != 0 ? colour : shape != 0 ? shape : compare(a->shade, b->shade);
}

/* by_place: from left to right in each panel. */
static int by_place(const void *a, const void *b)
{
    const struct plot_point *const *p = a, *const *q = b;
    const int panel = (*p)->panel - (*q)->panel, x = compare((*p)->x, (*q)->x);
    return panel != 0 ? panel : x != 0 ? x : by_group(*p, *q);
}

/* gap_of: between neighbours on the axis, in pixels. */
static double gap_of(const struct plot_axis *a, const struct plot_ruler *x)
{
    double gap = 0.6 * x->area;
    if (a->n_words > 0)
        return x->area / a->n_words;
    for (int i = 1; i < a->n_tics; i++)
        gap = fmin(gap, plot_pixels(x, a->tics[i]) - plot_pixels(x, a->tics[i - 1]));
    return gap;
}

/* count_groups: of the points of equal x from `from` on; *to: behind the last of them. */
static int count_groups(struct plot_point *const *sorted, int n, int from, int *to)
{
    int groups = 1;
    for (*to = from + 1; *to < n && sorted[*to]->panel == sorted[from]->panel && sorted[*to]->x == sorted[from]->x; ++*to)
        groups += by_group(sorted[*to], sorted[*to - 1]) != 0;
    return groups;
}

/* place: the groups at each x side by side, with their middle at x. */
static void place(struct plot_point **sorted, int n, const struct chart *c)
{
    const struct plot_ruler x = plot_ruler(&c->plot, true);
    int most = 1;
    for (int from = 0, to; from < n; from = to)
        most = (int)fmax(most, count_groups(sorted, n, from, &to));
    const double step = fmin(1.3 * plot_em(&c->plot), 0.8 * gap_of(&c->plot.x, &x) / most) / x.area;
    for (int from = 0, to; from < n; from = to) {
        double at = -0.5 * step * (count_groups(sorted, n, from, &to) - 1);
        for (int i = from; i < to; i++) {
            at += i > from && by_group(sorted[i], sorted[i - 1]) != 0 ? step : 0.0;
            sorted[i]->shift = at;
        }
    }
}

enum status chart_beside(struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n;
    if (n > PLOT_MANY || c->plot.x.n_tics + c->plot.x.n_words == 0)
        return STATUS_OK;
    struct plot_point **sorted = malloc((size_t)n * sizeof(struct plot_point *));
    if (sorted == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d points", n);
    for (int i = 0; i < n; i++)
        sorted[i] = &c->points[i];
    qsort(sorted, (size_t)n, sizeof(struct plot_point *), by_place);
    place(sorted, n, c);
    free(sorted);
    return STATUS_OK;
}
