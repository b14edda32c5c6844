#include "explorer/report/importance.h"

#include "base/intern.h"
#include "base/rng.h"
#include "db/columns.h"
#include "explorer/report/factors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 2000, TREES = 100, REPEATS = 5 /* swaps of each axis */ };
static const uint64_t SEED = 11;
static const double HALF_WIDTH = 1.96; /* of a 95 % interval, in standard errors */
static const double LEAST_PAIR = 0.005; /* an interaction that is worth a line */
static const double ASSOCIATED = 0.3;  /* Cramér's V from which two axes go together */

/* A stratum and the code that parts it. */
struct stratum_key {
    int stratum, code;
};

struct work {
    struct forest_data data;
    struct forest *forest;
    const struct factors *factors;
    struct forest_column *columns; /* of the factors */
    double *association;           /* of each two */
    double *y;                     /* of mean 0 and variance 1 */
    double *nothing, *all;         /* squared errors of each row: without any axis, with all */
    double *errors[3];             /* with axes swapped */
    double *gains, *predicted;
    bool *swapped;
    int trees;
    int *stratum, *members, *starts, *from; /* rows in the order of their strata; where each of these starts */
};

static enum status no_memory(int rows, struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the importance of axes in %d rows", rows);
}

/* ---- rows ---- */

struct training_key {
    char training[72];
    int64_t seed;
};

/* of_training: whether a training alone decides the objective, so that hardware cannot matter. */
static bool of_training(const struct table *t, int objective)
{
    const struct view_column *known = column_find(t->names[objective]);
    return known != NULL && known->kind == COLUMN_RESULT && column_in_trainings(known) &&
           table_column(t, "training") >= 0;
}

/* gather: the rows with a value, each training once. Returns how many; -1: out of memory. */
static int gather(const struct table *t, int objective, int *rows)
{
    const int training = of_training(t, objective) ? table_column(t, "training") : -1, seed = table_column(t, "seed");
    struct intern seen;
    int n = 0;
    intern_init(&seen, sizeof(struct training_key));
    for (int i = 0; i < t->n_rows && n >= 0; i++) {
        struct training_key key;
        bool fresh = true;
        if (!isfinite(cell_number(table_cell(t, i, objective))))
            continue;
        memset(&key, 0, sizeof key);
        if (training >= 0 && table_cell(t, i, training)->text != NULL)
            snprintf(key.training, sizeof key.training, "%s", table_cell(t, i, training)->text);
        key.seed = seed >= 0 ? table_cell(t, i, seed)->integer : 0;
        if (training >= 0 && intern_add(&seen, &key, &fresh) < 0)
            n = -1;
        else if (fresh)
            rows[n++] = i;
    }
    intern_free(&seen);
    return n;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* draw: so many of the rows, by chance and always the same. */
static int draw(int *rows, int n, int most)
{
    struct rng r;
    if (n <= most)
        return n;
    rng_init(&r, SEED, RNG_FOREST);
    rng_shuffle(&r, rows, n);
    qsort(rows, (size_t)most, sizeof *rows, by_number);
    return most;
}

/* ---- forests ---- */

/* standardise: y of the rows; false: all are equal. */
static bool standardise(const struct table *t, int objective, const int *rows, int n, double *y)
{
    double mean = 0.0, variance = 0.0;
    for (int i = 0; i < n; i++)
        mean += (y[i] = cell_number(table_cell(t, rows[i], objective))) / n;
    for (int i = 0; i < n; i++)
        variance += (y[i] - mean) * (y[i] - mean) / n;
    for (int i = 0; i < n; i++)
        y[i] = (y[i] - mean) / sqrt(variance);
    return variance > 1e-20 * mean * mean; /* rounding is no variance */
}

/* share_of: the sum of the gains as a share of the errors without any axis, with the half width of its interval (that of
 * a ratio of means, by its linear part). */
static double share_of(const struct work *w, double *error)
{
    const int n = w->data.n_rows;
    double gains = 0.0, base = 0.0, squares = 0.0;
    for (int i = 0; i < n; i++) {
        gains += w->gains[i] / n;
        base += w->nothing[i] / n;
    }
    const double share = gains / base;
    for (int i = 0; i < n; i++) {
        const double d = (w->gains[i] - share * w->nothing[i]) / base;
        squares += d * d;
    }
    *error = HALF_WIDTH * sqrt(squares / (n - 1.0) / n);
    return fmax(0.0, share);
}

/* predict: the squared errors of the forest, with axes swapped or (NULL) as they are, added to those that are there. */
static void predict(struct work *w, const bool *swapped, double *errors)
{
    forest_predict(w->forest, swapped, w->from, w->predicted);
    for (int i = 0; i < w->data.n_rows; i++)
        errors[i] += (w->predicted[i] - w->y[i]) * (w->predicted[i] - w->y[i]);
}

/* ---- strata: rows that agree in all axes that an axis goes together with ---- */

static bool associated(const struct work *w, int a, int b)
{
    return a != b && w->association[(size_t)a * (size_t)w->factors->n + (size_t)b] >= ASSOCIATED;
}

/* part_by: the strata by the codes of one more factor. Returns how many there are; -1: out of memory. */
static int part_by(struct work *w, int factor)
{
    struct intern set;
    bool fresh;
    int last = 0;
    intern_init(&set, sizeof(struct stratum_key));
    for (int i = 0; i < w->data.n_rows && last >= 0; i++) {
        const struct stratum_key key = {w->stratum[i], w->columns[factor].codes[i]};
        last = w->stratum[i] = intern_add(&set, &key, &fresh);
    }
    const int n = last < 0 ? -1 : set.n;
    intern_free(&set);
    return n;
}

/* make_strata: for swaps of the factors a and b (which may be the same). False: out of memory. */
static bool make_strata(struct work *w, int a, int b)
{
    const int n = w->data.n_rows;
    int strata = 1;
    memset(w->stratum, 0, (size_t)n * sizeof *w->stratum);
    for (int k = 0; k < w->factors->n && strata > 0; k++)
        if (k != a && k != b && (associated(w, a, k) || associated(w, b, k)))
            strata = part_by(w, k);
    if (strata < 0)
        return false;
    memset(w->starts, 0, ((size_t)n + 1) * sizeof *w->starts);
    for (int i = 0; i < n; i++)
        w->starts[w->stratum[i] + 1]++;
    for (int k = 0; k < strata; k++)
        w->starts[k + 1] += w->starts[k];
    for (int i = n; i-- > 0;)
        w->members[--w->starts[w->stratum[i] + 1]] = i;
    /* Each start has now moved to the front of its stratum, one place too far on. */
    memmove(w->starts, w->starts + 1, (size_t)strata * sizeof *w->starts);
    w->starts[strata] = n;
    return true;
}

/* can_change: how many rows have another value of the factor in their stratum. */
static int can_change(const struct work *w, int factor)
{
    const int *codes = w->columns[factor].codes;
    int n = 0;
    for (int i = 0; i < w->data.n_rows; i++) {
        const int from = w->starts[w->stratum[i]], to = w->starts[w->stratum[i] + 1];
        bool other = false;
        for (int k = from; k < to && !other; k++)
            other = codes[w->members[k]] != codes[i];
        n += other;
    }
    return n;
}

/* draw_partners: for each row another one of its stratum, if there is one. */
static void draw_partners(struct work *w, struct rng *r)
{
    for (int i = 0; i < w->data.n_rows; i++) {
        const int from = w->starts[w->stratum[i]], others = w->starts[w->stratum[i] + 1] - from - 1;
        w->from[i] = i;
        if (others < 1)
            continue;
        const int k = (int)rng_below(r, (uint64_t)others);
        w->from[i] = w->members[from + k] != i ? w->members[from + k] : w->members[from + others];
    }
}

/* swap: w->errors[0] of swaps of a; if b is another factor, [1] of b and [2] of both at once. */
static void swap(struct work *w, int a, int b)
{
    const int n = w->data.n_rows, sets = a == b ? 1 : 3;
    struct rng r;
    rng_init(&r, SEED, RNG_FOREST);
    for (int set = 0; set < sets; set++)
        memset(w->errors[set], 0, (size_t)n * sizeof(double));
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        draw_partners(w, &r);
        for (int set = 0; set < sets; set++) {
            w->swapped[a] = set != 1;
            w->swapped[b] = set != 0 || a == b;
            predict(w, w->swapped, w->errors[set]);
            w->swapped[a] = w->swapped[b] = false;
        }
    }
}

/* ---- factors ---- */

/* measure_alone: of the variance within the rows of each code, without its bias. False: out of memory. */
static bool measure_alone(struct work *w, int k, struct importance_factor *f)
{
    const int n = w->data.n_rows, n_codes = w->columns[k].n_codes, *codes = w->columns[k].codes;
    double *sum = calloc((size_t)n_codes, sizeof *sum), *rows = calloc((size_t)n_codes, sizeof *rows);
    const bool good = sum != NULL && rows != NULL;
    for (int i = 0; i < n && good; i++) {
        sum[codes[i]] += w->y[i];
        rows[codes[i]]++;
    }
    for (int i = 0; i < n && good; i++) {
        const double d = w->y[i] - sum[codes[i]] / rows[codes[i]];
        w->gains[i] = w->nothing[i] - d * d * n / (n - n_codes);
    }
    if (good)
        f->alone = share_of(w, &f->alone_error);
    free(sum);
    free(rows);
    return good;
}

static enum status measure_factor(struct work *w, int k, struct importance_factor *f, struct errmsg *e)
{
    const int n = w->data.n_rows;
    const struct factor *it = &w->factors->at[k];
    *f = (struct importance_factor){.share = NAN, .share_error = NAN, .alone = NAN, .alone_error = NAN};
    snprintf(f->name, sizeof f->name, "%s", it->name);
    if (2 * it->column.n_codes > n) {
        snprintf(f->note, sizeof f->note, "%d different values in %d rows: too few rows of each", it->column.n_codes, n);
        return STATUS_OK;
    }
    if (!make_strata(w, k, k) || !measure_alone(w, k, f))
        return no_memory(n, e);
    if (can_change(w, k) < IMPORTANCE_LEAST_ROWS)
        return STATUS_OK;
    swap(w, k, k);
    for (int i = 0; i < n; i++)
        w->gains[i] = 0.5 * (w->errors[0][i] / REPEATS - w->all[i]);
    f->share = share_of(w, &f->share_error);
    return STATUS_OK;
}

static enum status measure_pair(struct work *w, int a, int b, struct importance *out, struct errmsg *e)
{
    struct importance_pair p = {.a = a, .b = b};
    if (associated(w, a, b) || isnan(out->factors[a].share) || isnan(out->factors[b].share))
        return STATUS_OK; /* what they do together cannot be told from what they have in common */
    if (!make_strata(w, a, b))
        return no_memory(w->data.n_rows, e);
    swap(w, a, b);
    for (int i = 0; i < w->data.n_rows; i++)
        w->gains[i] = 0.5 * ((w->errors[0][i] + w->errors[1][i] - w->errors[2][i]) / REPEATS - w->all[i]);
    p.share = share_of(w, &p.error);
    if (p.share > p.error && p.share > LEAST_PAIR)
        out->pairs[out->n_pairs++] = p;
    return STATUS_OK;
}

static enum status measure_pairs(struct work *w, struct importance *out, struct errmsg *e)
{
    const int n = out->n_factors;
    enum status s = STATUS_OK;
    out->pairs = calloc((size_t)n * (size_t)n + 1, sizeof *out->pairs);
    if (out->pairs == NULL)
        return no_memory(w->data.n_rows, e);
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n && s == STATUS_OK; b++)
            s = measure_pair(w, a, b, out, e);
    return s;
}

/* ---- words ---- */

static enum status remark(struct importance *out, struct errmsg *e, const char *before, const char *list)
{
    char(*more)[IMPORTANCE_NOTE_BYTES] = realloc(out->remarks, (size_t)(out->n_remarks + 1) * sizeof *more);
    if (more == NULL)
        return no_memory(out->n_rows, e);
    out->remarks = more;
    snprintf(out->remarks[out->n_remarks++], sizeof *more, "%s%s", before, list);
    return STATUS_OK;
}

/* put_note: what the figures of factor k do not say by themselves. */
static void put_note(const struct work *w, int k, struct importance_factor *f)
{
    const int n = w->factors->n;
    const struct factor *it = &w->factors->at[k];
    int other = -1;
    for (int i = 0; i < n; i++)
        if (associated(w, k, i) && (other < 0 || w->association[k * n + i] > w->association[k * n + other]))
            other = i;
    if (f->note[0] != '\0')
        return;
    if (other >= 0 && isnan(f->share))
        snprintf(f->note, sizeof f->note, "follows from `%s`: a share of its own cannot be told",
                 w->factors->at[other].name);
    else if (other >= 0)
        snprintf(f->note, sizeof f->note, "goes together with `%s`: its share counts only where that stays the same",
                 w->factors->at[other].name);
    else if (it->several)
        snprintf(f->note, sizeof f->note, "they always change together: one figure for all of them");
    else if (f->share <= f->share_error && f->alone <= f->alone_error)
        snprintf(f->note, sizeof f->note, "no influence seen");
}

static int by_share(const void *a, const void *b)
{
    const struct importance_factor *x = a, *y = b;
    if (isnan(x->share) || isnan(y->share))
        return isnan(x->share) != isnan(y->share) ? (isnan(x->share) ? 1 : -1) : strcmp(x->name, y->name);
    return x->share != y->share ? (x->share < y->share) - (x->share > y->share) : strcmp(x->name, y->name);
}

static int by_pair(const void *a, const void *b)
{
    const struct importance_pair *x = a, *y = b;
    return x->share != y->share ? (x->share < y->share) - (x->share > y->share)
           : x->a != y->a       ? x->a - y->a
                                : x->b - y->b;
}

static int number_of(const struct importance *out, const char *name)
{
    int k = 0;
    while (k + 1 < out->n_factors && strcmp(out->factors[k].name, name) != 0)
        k++;
    return k;
}

/* sort: the factors, and the pairs, which get the new numbers of their factors. */
static void sort(struct importance *out, const struct factors *all)
{
    qsort(out->factors, (size_t)out->n_factors, sizeof *out->factors, by_share);
    for (int i = 0; i < out->n_pairs; i++) {
        struct importance_pair *p = &out->pairs[i];
        p->a = number_of(out, all->at[p->a].name);
        p->b = number_of(out, all->at[p->b].name);
    }
    if (out->n_pairs > 0)
        qsort(out->pairs, (size_t)out->n_pairs, sizeof *out->pairs, by_pair);
}

/* ---- the whole ---- */

/* prepare: the forest, its errors, and which factors go together. */
static enum status prepare(struct work *w, struct errmsg *e)
{
    const int n = w->data.n_rows, n_factors = w->factors->n;
    const enum status s = forest_grow(&w->data, w->trees, SEED, &w->forest, e);
    if (s != STATUS_OK)
        return s;
    for (int i = 0; i < n; i++)
        w->nothing[i] = w->y[i] * w->y[i] * n / (n - 1.0);
    predict(w, NULL, w->all);
    for (int a = 0; a < n_factors; a++)
        for (int b = 0; b < n_factors; b++) {
            const double v = factors_association(&w->factors->at[a], &w->factors->at[b], n);
            if (v < 0.0)
                return no_memory(n, e);
            w->association[(size_t)a * (size_t)n_factors + (size_t)b] = v;
        }
    return STATUS_OK;
}

static enum status measure(struct work *w, bool pairs, struct importance *out, struct errmsg *e)
{
    const int n = w->data.n_rows, n_factors = w->factors->n;
    enum status s = prepare(w, e);
    if (s != STATUS_OK)
        return s;
    for (int i = 0; i < n; i++)
        w->gains[i] = w->nothing[i] - w->all[i];
    out->explained = share_of(w, &out->explained_error);
    if (out->explained <= out->explained_error) {
        snprintf(out->silent, sizeof out->silent, "the axes tell nothing about it that holds for rows not seen");
        return STATUS_OK;
    }
    out->factors = calloc((size_t)n_factors, sizeof *out->factors);
    if (out->factors == NULL)
        return no_memory(n, e);
    out->n_factors = n_factors;
    for (int k = 0; k < n_factors && s == STATUS_OK; k++)
        if ((s = measure_factor(w, k, &out->factors[k], e)) == STATUS_OK)
            put_note(w, k, &out->factors[k]);
    if (s == STATUS_OK && pairs)
        s = measure_pairs(w, out, e);
    if (s == STATUS_OK)
        sort(out, w->factors);
    return s;
}

static void work_free(struct work *w)
{
    double *const numbers[] = {w->association, w->y,         w->nothing,   w->all,      w->errors[0],
                               w->errors[1],   w->errors[2], w->gains, w->predicted};
    int *const indices[] = {w->stratum, w->members, w->starts, w->from};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        free(numbers[i]);
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++)
        free(indices[i]);
    free(w->columns);
    free(w->swapped);
    forest_free(w->forest);
}

static bool work_make(struct work *w, int n, const struct factors *factors)
{
    const size_t rows = (size_t)n + 1, n_factors = (size_t)factors->n + 1;
    double **const numbers[] = {&w->y,         &w->nothing,   &w->all,   &w->errors[0],
                                &w->errors[1], &w->errors[2], &w->gains, &w->predicted};
    int **const indices[] = {&w->stratum, &w->members, &w->starts, &w->from};
    bool good = true;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        good &= (*numbers[i] = calloc(rows, sizeof **numbers[i])) != NULL;
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++)
        good &= (*indices[i] = calloc(rows + 1, sizeof **indices[i])) != NULL;
    w->association = calloc(n_factors * n_factors, sizeof *w->association);
    w->columns = calloc(n_factors, sizeof *w->columns);
    w->swapped = calloc(n_factors, sizeof *w->swapped);
    w->factors = factors;
    w->data = (struct forest_data){n, factors->n, w->y, w->columns};
    for (int i = 0; i < factors->n && w->columns != NULL; i++)
        w->columns[i] = factors->at[i].column;
    return good && w->association != NULL && w->columns != NULL && w->swapped != NULL;
}

/* examine: the rows that are left to use. */
static enum status examine(const struct table *t, int objective, const int *rows, const struct importance_options *o,
                           struct importance *out, struct errmsg *e)
{
    const int n = out->n_rows;
    struct factors all;
    struct work w = {.trees = o->trees > 0 ? o->trees : TREES};
    enum status s = factors_of(t, rows, n, of_training(t, objective), &all, e);
    if (s == STATUS_OK && !work_make(&w, n, &all))
        s = no_memory(n, e);
    if (s == STATUS_OK && all.same[0] != '\0')
        s = remark(out, e, "of axes with a single value nothing can be said: ", all.same);
    if (s == STATUS_OK && all.passed[0] != '\0')
        s = remark(out, e, "a training does not depend on the hardware: ", all.passed);
    if (s != STATUS_OK)
        goto done;
    if (!standardise(t, objective, rows, n, w.y))
        snprintf(out->silent, sizeof out->silent, "all %d rows have the same value", n);
    else if (all.n == 0)
        snprintf(out->silent, sizeof out->silent, "no axis varies in its %d rows", n);
    else
        s = measure(&w, o->pairs, out, e);
done:
    work_free(&w);
    factors_free(&all);
    return s;
}

enum status importance_of(const struct table *t, int objective, const struct importance_options *o,
                          struct importance *out, struct errmsg *e)
{
    const int most = o->most_rows > 0 ? o->most_rows : MOST_ROWS;
    enum status s = STATUS_OK;
    *out = (struct importance){.explained = NAN, .explained_error = NAN};
    for (int i = 0; i < t->n_rows; i++)
        if (table_cell(t, i, objective)->type == CELL_TEXT)
            return fail(e, STATUS_USAGE, "`%s` holds words, and an objective must be a number", t->names[objective]);
    int *rows = malloc((size_t)t->n_rows * sizeof *rows + 1);
    const int n = rows == NULL ? -1 : gather(t, objective, rows);
    if (n < 0) {
        free(rows);
        return no_memory(t->n_rows, e);
    }
    out->n_rows = draw(rows, n, most);
    if (n > most) {
        char text[64];
        snprintf(text, sizeof text, "%d of %d rows, drawn by chance", most, n);
        s = remark(out, e, text, "");
    }
    if (n < IMPORTANCE_LEAST_ROWS)
        snprintf(out->silent, sizeof out->silent, "%d row%s a value, and at least %d are needed", n,
                 n == 1 ? " has" : "s have", (int)IMPORTANCE_LEAST_ROWS);
    else if (s == STATUS_OK)
        s = examine(t, objective, rows, o, out, e);
    free(rows);
    return s;
}

void importance_free(struct importance *i)
{
    free(i->factors);
    free(i->pairs);
    free(i->remarks);
    *i = (struct importance){.n_rows = 0};
}
