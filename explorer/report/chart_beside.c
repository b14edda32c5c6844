/* Points of equal x, or almost, that would hide one another are drawn side by side. */
#include "explorer/report/chart_parts.h"
#include "explorer/report/plot_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SLOTS = 24 };

/* The groups that need places, from left to right. */
struct slots {
    int n;
    int key[MOST_SLOTS];
};

/* key_of: the group, in the order of the legend. */
static int key_of(const struct plot_point *p)
{
    return p->colour * PLOT_STYLES + p->shape;
}

/* add_slot: a place right of those there are. */
static void add_slot(struct slots *s, int key)
{
    for (int i = 0; i < s->n; i++)
        if (s->key[i] == key)
            return;
    if (s->n < MOST_SLOTS)
        s->key[s->n++] = key;
}

static int compare_keys(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* shift: from the middle of the places to that of the point, in pixels. */
static double shift(const struct slots *s, const struct plot_point *p, double step)
{
    for (int i = 0; i < s->n; i++)
        if (s->key[i] == key_of(p))
            return step * (i - 0.5 * (s->n - 1));
    return 0.0;
}

static int by_x(const void *a, const void *b)
{
    const struct plot_point *const *x = a, *const *y = b;
    return (*x)->x != (*y)->x ? ((*x)->x > (*y)->x) - ((*x)->x < (*y)->x) : key_of(*x) - key_of(*y);
}

/* The plot's axes and the size of a dot, in pixels. */
struct ground {
    struct plot_ruler x, y;
    double dot;
};

/* span_of: from where to where a point and its interval go, from the foot of the plot. */
static struct plot_range span_of(const struct ground *g, const struct plot_point *p)
{
    const bool is_low = !isnan(p->y_low) && (!g->y.log || p->y_low > 0.0);
    return (struct plot_range){plot_pixels(&g->y, is_low ? p->y_low : p->y) - 0.45 * g->dot,
                               plot_pixels(&g->y, isnan(p->y_high) ? p->y : p->y_high) + 0.45 * g->dot};
}

/* overlap: whether two points or their intervals touch. */
static bool overlap(const struct ground *g, const struct plot_point *a, const struct plot_point *b)
{
    const struct plot_range m = span_of(g, a), n = span_of(g, b);
    return m.low < n.high && n.low < m.high;
}

/* gap_of: between neighbours on an axis of single values, in pixels. */
static double gap_of(const struct plot_axis *a, const struct plot_ruler *x)
{
    double gap = 0.6 * x->area;
    if (a->n_words > 0)
        return x->area / a->n_words;
    for (int i = 1; i < a->n_tics; i++)
        gap = fmin(gap, plot_pixels(x, a->tics[i]) - plot_pixels(x, a->tics[i - 1]));
    return gap;
}

/* place_single: an axis of single values: each group has the same place beside every value. */
static void place_single(struct plot_point **sorted, int n, const struct ground *g, struct chart *c)
{
    struct slots all = {.n = 0};
    bool shared = false;
    for (int i = 0; i < n; i++) {
        add_slot(&all, key_of(sorted[i]));
        shared |= i > 0 && sorted[i]->x == sorted[i - 1]->x && key_of(sorted[i]) != key_of(sorted[i - 1]);
    }
    qsort(all.key, (size_t)all.n, sizeof all.key[0], compare_keys);
    const double step = fmin(1.3 * g->dot, 0.8 * gap_of(&c->plot.x, &g->x) / all.n);
    for (int i = 0; i < n && shared; i++)
        sorted[i]->shift = shift(&all, sorted[i], step) / g->x.area;
}

/* hides: whether the point and one of another group would hide one another; both are among from … to − 1. */
static bool hides(struct plot_point *const *sorted, int i, int from, int to, const struct ground *g)
{
    for (int k = from; k < to; k++)
        if (key_of(sorted[i]) != key_of(sorted[k]) && overlap(g, sorted[i], sorted[k]))
            return true;
    return false;
}

/* place_measured: an axis of measured values: only points that would hide one another move, by the width of a dot, and
 * what is left stays left. */
static void place_measured(struct plot_point **sorted, int n, const struct ground *g, struct chart *c)
{
    for (int from = 0, to; from < n; from = to) {
        const double at = plot_pixels(&g->x, sorted[from]->x);
        struct slots some = {.n = 0};
        for (to = from + 1; to < n && plot_pixels(&g->x, sorted[to]->x) - at < 0.5 * g->dot;)
            to++;
        if (to - from > 500) /* no place for so many */
            continue;
        for (int i = from; i < to; i++)
            if (hides(sorted, i, from, to, g))
                add_slot(&some, key_of(sorted[i]));
        c->moved |= some.n > 1;
        for (int i = from; i < to && some.n > 1; i++)
            sorted[i]->shift = shift(&some, sorted[i], 0.75 * g->dot) / g->x.area;
    }
}

enum status chart_beside(struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n;
    if (n > PLOT_MANY)
        return STATUS_OK;
    struct plot_point **sorted = malloc((size_t)n * sizeof(struct plot_point *));
    if (sorted == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d points", n);
    const struct ground ground = {plot_ruler(&c->plot, true), plot_ruler(&c->plot, false), plot_em(&c->plot)};
    for (int i = 0; i < n; i++)
        sorted[i] = &c->points[i];
    qsort(sorted, (size_t)n, sizeof(struct plot_point *), by_x);
    if (c->plot.x.n_tics > 0 || c->plot.x.n_words > 0)
        place_single(sorted, n, &ground, c);
    else
        place_measured(sorted, n, &ground, c);
    const size_t used = strlen(c->subtitle);
    if (c->moved)
        snprintf(c->subtitle + used, sizeof c->subtitle - used, "  ·  equal x side by side");
    free(sorted);
    return STATUS_OK;
}
