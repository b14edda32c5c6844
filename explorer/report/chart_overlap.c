/* Points at one place: groups are drawn as rings around each other, and a number says how many points there are where
 * not all can be seen. No point is moved. */
#include "explorer/report/chart_parts.h"

#include <math.h>
#include <stdlib.h>

static const double RING = 1.6; /* size of a point over that of the one on it: a circle looks out below a square */
enum { MOST_RINGS = 2 };

static int compare(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

static int same_place(const struct plot_point *p, const struct plot_point *q)
{
    const int panel = p->panel - q->panel, x = compare(p->x, q->x), y = compare(p->y, q->y);
    return panel != 0 ? panel : x != 0 ? x : y != 0 ? y : compare(p->shift, q->shift);
}

/* by_place: at one place in the order of drawing. */
static int by_place(const void *a, const void *b)
{
    const struct plot_point *p = *(const struct plot_point *const *)a, *q = *(const struct plot_point *const *)b;
    const int place = same_place(p, q);
    return place != 0 ? place : p->colour != q->colour ? p->colour - q->colour : p->shape - q->shape;
}

static bool same_group(const struct plot_point *p, const struct plot_point *q)
{
    return p->colour == q->colour && p->shape == q->shape;
}

/* draw_rings: of the points [from, to) of one place. Returns how many can be seen. */
static int draw_rings(struct plot_point **sorted, int from, int to)
{
    int above = 0; /* groups that are drawn later */
    for (int i = to - 1; i >= from; i--) {
        above += i < to - 1 && !same_group(sorted[i], sorted[i + 1]);
        sorted[i]->size = pow(RING, above < MOST_RINGS ? above : MOST_RINGS);
    }
    return above < MOST_RINGS ? above + 1 : MOST_RINGS + 1;
}

enum status chart_overlap(struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n;
    if (n > PLOT_FEW) /* one shines through another */
        return STATUS_OK;
    struct plot_point **sorted = malloc((size_t)n * sizeof(struct plot_point *) + 1);
    c->counts = malloc((size_t)n * sizeof *c->counts + 1);
    if (sorted == NULL || c->counts == NULL) {
        free(sorted);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d points", n);
    }
    for (int i = 0; i < n; i++)
        sorted[i] = &c->points[i];
    qsort(sorted, (size_t)n, sizeof(struct plot_point *), by_place);
    for (int from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && same_place(sorted[from], sorted[to]) == 0;)
            to++;
        if (draw_rings(sorted, from, to) < to - from)
            c->counts[c->plot.n_counts++] = (struct plot_count){(int)(sorted[from] - c->points), to - from};
    }
    free(sorted);
    c->plot.n_counts = c->plot.n_counts > PLOT_COUNTS ? 0 : c->plot.n_counts;
    c->plot.counts = c->counts;
    return STATUS_OK;
}
