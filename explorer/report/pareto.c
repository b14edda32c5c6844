#include "explorer/report/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One row with its objectives turned so that less is better. */
struct row {
    int index, K;
    const double *cost; /* K */
};

static int by_cost(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    for (int k = 0; k < x->K; k++)
        if (x->cost[k] != y->cost[k])
            return x->cost[k] < y->cost[k] ? -1 : 1;
    return 0;
}

static bool is_equal(const struct row *x, const struct row *y)
{
    return by_cost(x, y) == 0;
}

/* no_worse: whether x is at least as good as y in every objective. */
static bool no_worse(const struct row *x, const struct row *y)
{
    for (int k = 0; k < x->K; k++)
        if (x->cost[k] > y->cost[k])
            return false;
    return true;
}

/* In sorted order a row can be dominated by earlier rows only, and then by one on the
 * front. With two objectives the earlier row to hold it against is the last one on the
 * front: it has the least second cost so far. */
static void sweep_sorted(const struct row *rows, int n, int K, int *front, bool *on)
{
    int n_front = 0;
    for (int i = 0; i < n; i++) {
        bool beaten = false;
        const int first = K <= 2 && n_front > 0 ? n_front - 1 : 0;
        for (int j = first; j < n_front && !beaten; j++)
            beaten = no_worse(&rows[front[j]], &rows[i]) && !is_equal(&rows[front[j]], &rows[i]);
        on[rows[i].index] = !beaten;
        /* An equal of a row on the front beats nothing that the other does not. */
        if (!beaten && (n_front == 0 || !is_equal(&rows[front[n_front - 1]], &rows[i])))
            front[n_front++] = i;
    }
}

enum status pareto_front(const double *values, int n, int K, const bool *maximise, bool *on, struct errmsg *e)
{
    enum status s = STATUS_OK;
    double *cost = malloc((size_t)n * (size_t)K * sizeof *cost + 1);
    struct row *rows = malloc((size_t)n * sizeof *rows + 1);
    int *front = malloc((size_t)n * sizeof *front + 1);

    if (cost == NULL || rows == NULL || front == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the Pareto front of %d rows", n);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < K; k++) {
            const double v = values[i * K + k];
            assert(!isnan(v));
            cost[i * K + k] = maximise[k] ? -v : v;
        }
        rows[i] = (struct row){i, K, cost + (size_t)i * (size_t)K};
    }
    qsort(rows, (size_t)n, sizeof *rows, by_cost);
    sweep_sorted(rows, n, K, front, on);
done:
    free(cost);
    free(rows);
    free(front);
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
