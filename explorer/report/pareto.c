#include "explorer/report/pareto.h"

#include "explorer/report/dominance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* turned: the values as costs, of which less is better; free. NULL: no memory. */
static double *turned(const double *values, int n, int K, const bool *maximise)
{
    double *cost = calloc((size_t)n * (size_t)K + 1, sizeof *cost);
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

/* Rows whose costs are intervals: their lower and upper ends (n · K each). */
struct ends {
    int n, K;
    double *best, *worst;
};

static size_t at(const struct ends *r, int row, int k)
{
    return (size_t)row * (size_t)r->K + (size_t)k;
}

/* copy_row: row `from` of a to row `to` of b. */
static void copy_row(const struct ends *a, int from, struct ends *b, int to)
{
    memmove(b->best + at(b, to, 0), a->best + at(a, from, 0), (size_t)a->K * sizeof *a->best);
    memmove(b->worst + at(b, to, 0), a->worst + at(a, from, 0), (size_t)a->K * sizeof *a->worst);
}

/* beat_in: marks the rows of b that a row of a beats in objective k by more than the intervals, while it is better by more
 * than the intervals in none. room has (a->n + b->n) · K values, front a->n. */
static enum status beat_in(const struct ends *a, const struct ends *b, int k, double *room, bool *front, bool *beaten,
                           struct errmsg *e)
{
    const size_t row_bytes = (size_t)a->K * sizeof *room;
    int n = 0;
    /* So best(a) <= worst(b) in every objective, and worst(a) < best(b) in this one. */
    for (int i = 0; i < a->n; i++) {
        if (a->worst[at(a, i, k)] == INFINITY)
            continue;
        memcpy(room + at(a, n, 0), a->best + at(a, i, 0), row_bytes);
        room[at(a, n++, k)] = nextafter(a->worst[at(a, i, k)], INFINITY);
    }
    enum status s = dominance_front(room, n, a->K, front, e);
    if (s != STATUS_OK)
        return s;
    int n_front = 0;
    for (int i = 0; i < n; i++)
        if (front[i])
            memmove(room + at(a, n_front++, 0), room + at(a, i, 0), row_bytes);
    for (int i = 0; i < b->n; i++) {
        memcpy(room + at(b, n_front + i, 0), b->worst + at(b, i, 0), row_bytes);
        room[at(b, n_front + i, k)] = b->best[at(b, i, k)];
    }
    return dominance_cover(room, n_front, b->n, a->K, beaten, e);
}

/* beat: beaten[i] = whether a row of a dominates row i of b. */
static enum status beat(const struct ends *a, const struct ends *b, bool *beaten, struct errmsg *e)
{
    double *room = calloc((size_t)a->n + (size_t)b->n + 1, (size_t)a->K * sizeof *room);
    bool *front = malloc(((size_t)a->n + 1) * sizeof *front);
    enum status s = room == NULL || front == NULL ? no_memory(a->n, e) : STATUS_OK;
    memset(beaten, 0, (size_t)b->n * sizeof *beaten);
    for (int k = 0; k < a->K && s == STATUS_OK; k++)
        s = beat_in(a, b, k, room, front, beaten, e);
    free(room);
    free(front);
    return s;
}

/* part: moves the rows that are beaten to the front of `rows`, and copies the others to `others`, which may be NULL. Their
 * names, the first of `names`, go with them; those of the others are marked in `on`, which may be NULL. */
static void part(struct ends *rows, int *names, const bool *beaten, struct ends *others, bool *on)
{
    int kept = 0;
    if (others != NULL)
        others->n = 0;
    for (int i = 0; i < rows->n; i++) {
        if (beaten[i]) {
            copy_row(rows, i, rows, kept);
            names[kept++] = names[i];
            continue;
        }
        if (others != NULL)
            copy_row(rows, i, others, others->n++);
        if (on != NULL)
            on[names[i]] = true;
    }
    rows->n = kept;
}

/* decide: rows that no undecided row dominates are on the front, and what they dominate is not; and so on with the rest. */
static enum status decide(struct ends *left, struct ends *members, int *names, bool *beaten, bool *on, struct errmsg *e)
{
    enum status s = STATUS_OK;
    while (left->n > 0 && s == STATUS_OK) {
        const int before = left->n;
        if ((s = beat(left, left, beaten, e)) != STATUS_OK)
            break;
        part(left, names, beaten, members, on);
        if (left->n == before) { /* they dominate each other in circles */
            for (int i = 0; i < before; i++)
                on[names[i]] = true;
            break;
        }
        s = beat(members, left, beaten, e);
        for (int i = 0; i < left->n; i++)
            beaten[i] = !beaten[i];
        if (s == STATUS_OK)
            part(left, names, beaten, NULL, NULL);
    }
    return s;
}

enum status pareto_significant(const double *low, const double *high, int n, int K, const bool *maximise, bool *on,
                               struct errmsg *e)
{
    const size_t size = (size_t)n * (size_t)K;
    struct ends left = {n, K, turned(low, n, K, maximise), turned(high, n, K, maximise)};
    struct ends members = {0, K, calloc(size + 1, sizeof(double)), calloc(size + 1, sizeof(double))};
    int *names = malloc((size_t)n * sizeof *names + 1);
    bool *beaten = malloc((size_t)n * sizeof *beaten + 1);
    enum status s = STATUS_OK;
    if (left.best == NULL || left.worst == NULL || members.best == NULL || members.worst == NULL || names == NULL ||
        beaten == NULL) {
        s = no_memory(n, e);
        goto done;
    }
    for (size_t i = 0; i < size; i++) {
        const double x = left.best[i];
        left.best[i] = fmin(x, left.worst[i]);
        left.worst[i] = fmax(x, left.worst[i]);
    }
    for (int i = 0; i < n; i++)
        names[i] = i;
    memset(on, 0, (size_t)n * sizeof *on);
    s = decide(&left, &members, names, beaten, on, e);
done:
    free(left.best);
    free(left.worst);
    free(members.best);
    free(members.worst);
    free(names);
    free(beaten);
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
