#include "explorer/report/candidates.h"

#include "base/intern.h"
#include "explorer/report/pareto.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void candidates_free(struct candidates *c)
{
    free(c->rows);
    free(c->values);
    free(c->tasks);
}

/* task_of: the number of the row's data set. */
static int task_of(const struct table *t, struct candidates *c, int row)
{
    const int dataset = table_column(t, "dataset");
    for (int i = c->n - 1; i >= 0 && dataset >= 0; i--)
        if (cell_equal(table_cell(t, c->rows[i], dataset), table_cell(t, row, dataset)))
            return c->tasks[i];
    return dataset < 0 && c->n_tasks > 0 ? 0 : c->n_tasks++;
}

struct row_key {
    char point[72];
    int64_t seed, trained; /* trained: it has a seed */
};

/* The rows of `results` that are known already, by point and seed. */
struct known {
    struct intern set;
    int point, seed; /* columns; -1: rows of this view come once */
};

/* is_repeated: -1 without memory. */
static int is_repeated(const struct table *t, struct known *k, int row)
{
    struct row_key key;
    bool fresh = true;
    if (k->point < 0)
        return 0;
    const struct cell *seed = table_cell(t, row, k->seed);
    memset(&key, 0, sizeof key);
    snprintf(key.point, sizeof key.point, "%s", table_cell(t, row, k->point)->text);
    key.seed = seed->integer;
    key.trained = seed->type != CELL_NULL;
    return intern_add(&k->set, &key, &fresh) < 0 ? -1 : !fresh;
}

/* values_of: the objectives of a row; complete: it has all of them. */
static enum status values_of(const struct table *t, const int *columns, int K, int row, double *out, bool *complete,
                             struct errmsg *e)
{
    *complete = true;
    for (int k = 0; k < K; k++) {
        const struct cell *cell = table_cell(t, row, columns[k]);
        if (cell->type == CELL_TEXT || cell->type == CELL_BLOB)
            return fail(e, STATUS_USAGE, "`%s` holds words, and an objective must be a number", t->names[columns[k]]);
        out[k] = cell_number(cell);
        *complete = *complete && !isnan(out[k]);
    }
    return STATUS_OK;
}

static enum status gather_rows(const struct table *t, const int *columns, struct candidates *c, struct known *known,
                               struct errmsg *e)
{
    for (int i = 0; i < t->n_rows; i++) {
        bool complete = false;
        const enum status s = values_of(t, columns, c->K, i, c->values + (size_t)c->n * (size_t)c->K, &complete, e);
        if (s != STATUS_OK)
            return s;
        const int repeated = complete ? is_repeated(t, known, i) : 0;
        if (repeated < 0)
            return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
        c->repeated += repeated;
        if (!complete || repeated)
            continue;
        c->tasks[c->n] = task_of(t, c, i);
        c->rows[c->n++] = i;
    }
    return STATUS_OK;
}

enum status candidates_gather(const struct table *t, const int *columns, int K, struct candidates *out,
                              struct errmsg *e)
{
    const int point = table_column(t, "point"), seed = table_column(t, "seed");
    struct known known = {.point = point >= 0 && seed >= 0 ? point : -1, .seed = seed};
    *out = (struct candidates){.K = K,
                               .rows = malloc((size_t)t->n_rows * sizeof *out->rows + 1),
                               .tasks = malloc((size_t)t->n_rows * sizeof *out->tasks + 1),
                               .values = malloc(((size_t)t->n_rows + 1) * (size_t)K * sizeof *out->values)};
    if (out->rows == NULL || out->values == NULL || out->tasks == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    intern_init(&known.set, sizeof(struct row_key));
    const enum status s = gather_rows(t, columns, out, &known, e);
    intern_free(&known.set);
    return s;
}

enum status candidates_front(const struct candidates *c, const bool *maximise, bool *on, struct errmsg *e)
{
    enum status s = STATUS_OK;
    double *values = malloc(((size_t)c->n + 1) * (size_t)c->K * sizeof *values);
    int *members = malloc((size_t)c->n * sizeof *members + 1);
    bool *best = malloc((size_t)c->n * sizeof *best + 1);
    const bool room = values != NULL && members != NULL && best != NULL;
    if (!room)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->n);
    for (int task = 0; room && task < c->n_tasks && s == STATUS_OK; task++) {
        int n = 0;
        for (int i = 0; i < c->n; i++)
            if (c->tasks[i] == task) {
                memcpy(values + (size_t)n * (size_t)c->K, c->values + (size_t)i * (size_t)c->K,
                       (size_t)c->K * sizeof *values);
                members[n++] = i;
            }
        s = pareto_front(values, n, c->K, maximise, best, e);
        for (int i = 0; i < n && s == STATUS_OK; i++)
            on[members[i]] = best[i];
    }
    free(values);
    free(members);
    free(best);
    return s;
}
