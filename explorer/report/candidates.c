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
    free(c->low);
    free(c->high);
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

/* bound_column: the column NAME_low or NAME_high of an objective; -1: there is none. */
static int bound_column(const struct table *t, int column, const char *end)
{
    char name[128];
    snprintf(name, sizeof name, "%s_%s", t->names[column], end);
    return table_column(t, name);
}

enum status candidates_intervals(const struct table *t, const int *columns, struct candidates *c, int *without,
                                 struct errmsg *e)
{
    const size_t K = (size_t)c->K, size = ((size_t)c->n + 1) * K;
    int found = 0, lacking = 0;
    c->low = malloc(size * sizeof *c->low);
    c->high = malloc(size * sizeof *c->high);
    if (c->low == NULL || c->high == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->n);
    memcpy(c->low, c->values, (size_t)c->n * K * sizeof *c->low);
    memcpy(c->high, c->values, (size_t)c->n * K * sizeof *c->high);
    for (int k = 0; k < c->K; k++) {
        const int low = bound_column(t, columns[k], "low"), high = bound_column(t, columns[k], "high");
        if (low < 0 || high < 0)
            continue;
        found++;
        for (int i = 0; i < c->n; i++) {
            const double from = cell_number(table_cell(t, c->rows[i], low));
            const double to = cell_number(table_cell(t, c->rows[i], high));
            const bool known = from <= to; /* not so of NAN */
            lacking += !known;
            c->low[(size_t)i * K + (size_t)k] = known ? from : c->values[(size_t)i * K + (size_t)k];
            c->high[(size_t)i * K + (size_t)k] = known ? to : c->values[(size_t)i * K + (size_t)k];
        }
    }
    if (without != NULL)
        *without = lacking;
    if (found == 0)
        return fail(e, STATUS_USAGE, "--significant: none of the objectives has an interval in this view (test_accuracy and "
                    "fmax_mhz have one in `designs`)");
    return STATUS_OK;
}

/* of_task: the rows of one data set, in the arrays of `some`; *members says which rows they are. */
static void of_task(const struct candidates *c, int task, struct candidates *some, int *members)
{
    const size_t K = (size_t)c->K;
    some->n = 0;
    for (int i = 0; i < c->n; i++) {
        if (c->tasks[i] != task)
            continue;
        memcpy(some->values + (size_t)some->n * K, c->values + (size_t)i * K, K * sizeof *c->values);
        if (c->low != NULL) {
            memcpy(some->low + (size_t)some->n * K, c->low + (size_t)i * K, K * sizeof *c->low);
            memcpy(some->high + (size_t)some->n * K, c->high + (size_t)i * K, K * sizeof *c->high);
        }
        members[some->n++] = i;
    }
}

enum status candidates_front(const struct candidates *c, const bool *maximise, bool *on, struct errmsg *e)
{
    const size_t size = ((size_t)c->n + 1) * (size_t)c->K * sizeof(double);
    enum status s = STATUS_OK;
    struct candidates some = {.values = malloc(size), .low = malloc(size), .high = malloc(size)};
    int *members = malloc((size_t)c->n * sizeof *members + 1);
    bool *best = malloc((size_t)c->n * sizeof *best + 1);
    if (some.values == NULL || some.low == NULL || some.high == NULL || members == NULL || best == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->n);
        goto done;
    }
    for (int task = 0; task < c->n_tasks && s == STATUS_OK; task++) {
        of_task(c, task, &some, members);
        s = c->low == NULL ? pareto_front(some.values, some.n, c->K, maximise, best, e)
                           : pareto_significant(some.low, some.high, some.n, c->K, maximise, best, e);
        for (int i = 0; i < some.n && s == STATUS_OK; i++)
            on[members[i]] = best[i];
    }
done:
    candidates_free(&some);
    free(members);
    free(best);
    return s;
}
