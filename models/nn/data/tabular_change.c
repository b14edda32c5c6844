/* What becomes of a table that was read: columns of words, and a part for the test. */
#include "models/nn/data/tabular.h"

#include "base/rng.h"
#include "models/nn/network/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for a table");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int place_of(const char *const *sorted, int n, const char *word)
{
    for (int k = 0; k < n; k++)
        if (strcmp(sorted[k], word) == 0)
            return k;
    return -1;
}

/* The words of column k of a table, sorted. */
static int sorted_words(const struct tabular *t, int k, const char *out[TABULAR_MAX_NAMES])
{
    const struct tabular_words *w = t->words[k];
    for (int i = 0; i < w->n; i++)
        out[i] = w->names[i];
    qsort(out, (size_t)w->n, sizeof *out, compare);
    return w->n;
}

/* What a table becomes. */
struct wider {
    int n;
    char **columns;
    bool *is_category;
    double *numbers;
};

/* One more column: name, or name=word. */
static bool add_column(struct wider *x, const char *name, const char *word)
{
    x->is_category[x->n] = word != NULL;
    if (asprintf(&x->columns[x->n], word != NULL ? "%s=%s" : "%s", name, word) < 0) {
        x->columns[x->n] = NULL;
        return false;
    }
    x->n++;
    return true;
}

/* Column k of t, which has words, as those of like. */
static enum status expand_column(const struct tabular *t, const struct tabular *like, int k, const char *file,
                                 int width, struct wider *x, struct errmsg *e)
{
    const char *sorted[TABULAR_MAX_NAMES] = {NULL};
    const struct tabular_words *own = t->words[k];
    const int n = sorted_words(like, k, sorted), first = x->n;
    int place[TABULAR_MAX_NAMES] = {0};
    for (int i = 0; i < own->n; i++)
        place[i] = place_of(sorted, n, own->names[i]);
    for (int i = 0; i < t->n_rows; i++) {
        const int word = (int)t->numbers[(size_t)i * (size_t)t->n_columns + (size_t)k];
        if (place[word] < 0)
            return fail(e, STATUS_INPUT, "%s:%d: column `%.60s`: no line of the training set has `%.60s`", file,
                        t->lines[i], t->columns[k], own->names[word]);
        x->numbers[(size_t)i * (size_t)width + (size_t)(first + place[word])] = 1;
    }
    for (int i = 0; i < n; i++)
        if (!add_column(x, t->columns[k], sorted[i]))
            return no_memory(e);
    return STATUS_OK;
}

enum status tabular_expand(struct tabular *t, const struct tabular *like, const char *file, bool **is_category,
                           struct errmsg *e)
{
    int width = 0;
    enum status s = STATUS_OK;
    for (int k = 0; k < t->n_columns; k++)
        width += t->words[k] != NULL && like->words[k] != NULL ? like->words[k]->n : 1;
    *is_category = NULL;
    if (width > NETWORK_MAX_WIDTH)
        return fail(e, STATUS_INPUT, "%s: the words of its columns make %d inputs; at most %d are possible", file,
                    width, NETWORK_MAX_WIDTH);
    struct wider x = {.columns = calloc((size_t)width + 1, sizeof *x.columns),
                      .is_category = calloc((size_t)width + 1, sizeof *x.is_category),
                      .numbers = calloc((size_t)t->n_rows * (size_t)width + 1, sizeof *x.numbers)};
    const bool room = x.columns != NULL && x.is_category != NULL && x.numbers != NULL;
    if (!room)
        s = no_memory(e);
    for (int k = 0; room && k < t->n_columns && s == STATUS_OK; k++) {
        if (t->words[k] != NULL) {
            s = expand_column(t, like, k, file, width, &x, e);
            continue;
        }
        for (int i = 0; i < t->n_rows; i++)
            x.numbers[(size_t)i * (size_t)width + (size_t)x.n] =
                t->numbers[(size_t)i * (size_t)t->n_columns + (size_t)k];
        if (!add_column(&x, t->columns[k], NULL))
            s = no_memory(e);
    }
    if (s != STATUS_OK) {
        for (int k = 0; k < x.n; k++)
            free(x.columns[k]);
        free(x.columns);
        free(x.is_category);
        free(x.numbers);
        return s;
    }
    *is_category = x.is_category;
    tabular_take(t, x.columns, x.numbers, x.n);
    return STATUS_OK;
}

/* Which lines are for the test: of each label a part, drawn by a generator of its own. */
static enum status draw(const struct tabular *t, double fraction, bool *is_test, struct errmsg *e)
{
    struct rng r;
    int32_t *lines = malloc(((size_t)t->n_rows + 1) * sizeof *lines);
    if (lines == NULL)
        return no_memory(e);
    rng_init(&r, 0, RNG_SPLIT);
    for (int label = 0; label < t->n_names; label++) {
        int n = 0;
        for (int i = 0; i < t->n_rows; i++)
            if (t->labels[i] == label)
                lines[n++] = i;
        int taken = (int)(fraction * n + 0.5);
        taken = taken < 1 ? 1 : taken;
        taken = taken > n - 1 ? n - 1 : taken;
        rng_shuffle(&r, lines, n);
        for (int i = 0; i < taken; i++)
            is_test[lines[i]] = true;
    }
    free(lines);
    return STATUS_OK;
}

static bool new_rows(struct tabular *t, const struct tabular *like)
{
    t->numbers = malloc(((size_t)like->n_rows * (size_t)like->n_columns + 1) * sizeof *t->numbers);
    t->labels = malloc((size_t)like->n_rows + 1);
    t->lines = malloc(((size_t)like->n_rows + 1) * sizeof *t->lines);
    t->columns = calloc((size_t)like->n_columns + 1, sizeof *t->columns);
    t->words = calloc((size_t)like->n_columns + 1, sizeof(void *));
    if (t->numbers == NULL || t->labels == NULL || t->lines == NULL || t->columns == NULL || t->words == NULL)
        return false;
    for (int k = 0; k < like->n_columns; k++, t->n_columns++)
        if ((t->columns[k] = strdup(like->columns[k])) == NULL)
            return false;
    for (int k = 0; k < like->n_names; k++, t->n_names++)
        if ((t->names[k] = strdup(like->names[k])) == NULL)
            return false;
    return true;
}

static void move_row(struct tabular *to, const struct tabular *from, int i)
{
    const size_t n = (size_t)from->n_columns;
    memmove(to->numbers + (size_t)to->n_rows * n, from->numbers + (size_t)i * n, n * sizeof *to->numbers);
    to->labels[to->n_rows] = from->labels[i];
    to->lines[to->n_rows++] = from->lines[i];
}

enum status tabular_split(struct tabular *t, double fraction, struct tabular *test, struct errmsg *e)
{
    const int n = t->n_rows;
    bool *is_test = calloc((size_t)n + 1, sizeof *is_test);
    *test = (struct tabular){0};
    enum status s = is_test == NULL || !new_rows(test, t) ? no_memory(e) : draw(t, fraction, is_test, e);
    t->n_rows = s == STATUS_OK ? 0 : n;
    for (int i = 0; i < n && s == STATUS_OK && is_test != NULL; i++)
        move_row(is_test[i] ? test : t, t, i);
    if (s == STATUS_OK && (t->n_rows == 0 || test->n_rows == 0))
        s = fail(e, STATUS_INPUT, "too few lines to split: no label has two");
    free(is_test);
    return s;
}
