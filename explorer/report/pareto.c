#include "explorer/report/pareto.h"

#include "explorer/report/dominance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* turned: the values as costs, of which less is better; free. NULL: no memory. */
static double *turned(const double *values, int n, int K, const bool *maximise)
{
    double *cost = malloc((size_t)n * (size_t)K * sizeof *cost + 1);
    for (size_t i = 0; cost != NULL && i < (size_t)n * (size_t)K; i++) {
        assert(!isnan(values[i]));
        cost[i] = maximise[i % (size_t)K] ? -values[i] : values[i];
    }
    return cost;
}

static enum status no_memory(int n, struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the Pareto front of %d rows", n);
}

enum status pareto_front(const double *values, int n, int K, const bool *maximise, bool *on, struct errmsg *e)
{
    double *cost = turned(values, n, K, maximise);
    const enum status s = cost == NULL ? no_memory(n, e) : dominance_front(cost, n, K, on, e);
    free(cost);
    return s;
}

/* beat_by: marks the rows that another row beats in objective k by more than the intervals, and that are better by more than
 * the intervals in none. best and worst are the ends of their costs, room has 2 n · K values. */
static enum status beat_by(const double *best, const double *worst, int n, int K, int k, double *room, bool *beaten,
                           struct errmsg *e)
{
    const size_t size = (size_t)n * (size_t)K;
    bool *front = malloc((size_t)n * sizeof *front + 1);
    int n_front = 0;
    if (front == NULL)
        return no_memory(n, e);
    /* a beats b so if best(a) <= worst(b) in every objective, and worst(a) < best(b) in this one. */
    memcpy(room, best, size * sizeof *room);
    for (int i = 0; i < n; i++)
        room[(size_t)i * (size_t)K + (size_t)k] = nextafter(worst[(size_t)i * (size_t)K + (size_t)k], INFINITY);
    enum status s = dominance_front(room, n, K, front, e);
    for (int i = 0; i < n && s == STATUS_OK; i++)
        if (front[i] && worst[(size_t)i * (size_t)K + (size_t)k] < INFINITY)
            memmove(room + (size_t)n_front++ * (size_t)K, room + (size_t)i * (size_t)K, (size_t)K * sizeof *room);
    double *others = room + (size_t)n_front * (size_t)K;
    memcpy(others, worst, size * sizeof *room);
    for (int i = 0; i < n; i++)
        others[(size_t)i * (size_t)K + (size_t)k] = best[(size_t)i * (size_t)K + (size_t)k];
    if (s == STATUS_OK)
        s = dominance_cover(room, n_front, n, K, beaten, e);
    free(front);
    return s;
}

enum status pareto_significant(const double *low, const double *high, int n, int K, const bool *maximise, bool *on,
                               struct errmsg *e)
{
    const size_t size = (size_t)n * (size_t)K;
    double *best = turned(low, n, K, maximise), *worst = turned(high, n, K, maximise);
    double *room = malloc(2 * size * sizeof *room + 1);
    enum status s = best == NULL || worst == NULL || room == NULL ? no_memory(n, e) : STATUS_OK;
    for (size_t i = 0; i < size && s == STATUS_OK; i++) {
        const double x = best[i];
        best[i] = fmin(x, worst[i]);
        worst[i] = fmax(x, worst[i]);
    }
    memset(on, 0, (size_t)n * sizeof *on);
    for (int k = 0; k < K && s == STATUS_OK; k++)
        s = beat_by(best, worst, n, K, k, room, on, e);
    for (int i = 0; i < n; i++)
        on[i] = !on[i];
    free(best);
    free(worst);
    free(room);
    return s;
}

/* A front's corner in the plane. */
struct corner {
    double x, y;
};

static int by_x(const void *a, const void *b)
{
    const struct corner *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

enum status pareto_line(const double *values, int n, const bool *maximise, const bool *on, double *x, double *y,
                        int *n_line, struct errmsg *e)
{
    int n_corners = 0, k = 0;
    struct corner *corners = malloc((size_t)n * sizeof *corners + 1);
    if (corners == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the Pareto front of %d rows", n);
    for (int i = 0; i < n; i++)
        if (on[i])
            corners[n_corners++] = (struct corner){values[2 * i], values[2 * i + 1]};
    qsort(corners, (size_t)n_corners, sizeof *corners, by_x);
    for (int i = 0; i < n_corners; i++) {
        if (i > 0 && by_x(&corners[i - 1], &corners[i]) == 0)
            continue;
        if (k > 0) {
            x[k] = maximise[0] ? x[k - 1] : corners[i].x;
            y[k] = maximise[0] ? corners[i].y : y[k - 1];
            k++;
        }
        x[k] = corners[i].x;
        y[k] = corners[i].y;
        k++;
    }
    free(corners);
    *n_line = k;
    return STATUS_OK;
}
