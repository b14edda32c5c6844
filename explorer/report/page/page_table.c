/* Rows as columns, short: a column of few different values is a list of these and their numbers. */
#include "explorer/report/page/page_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A column of the chosen rows. */
struct packed {
    const struct table *t;
    const int *rows;
    int column, n;
    int *order;     /* n: indices of rows, sorted by value; NULL first, texts last */
    int *word;      /* n: number of the row's value among the distinct ones; -1: NULL */
    double *number; /* n: the row's number, or NAN */
};

static const struct cell *cell_at(const struct packed *p, int i)
{
    return table_cell(p->t, p->rows != NULL ? p->rows[i] : i, p->column);
}

static int kind_of(const struct cell *c)
{
    return c->type == CELL_NULL ? 0 : c->text == NULL ? 1 : 2;
}

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct packed *p = context;
    const int i = *(const int *)a, k = *(const int *)b;
    const double v = p->number[i], w = p->number[k];
    if (v < w || v > w)
        return v < w ? -1 : 1;
    if (v == w)
        return 0;
    const struct cell *x = cell_at(p, i), *y = cell_at(p, k);
    if (kind_of(x) != kind_of(y) || kind_of(x) < 2)
        return kind_of(x) - kind_of(y);
    const int natural = text_compare(x->text, y->text);
    return natural != 0 ? natural : strcmp(x->text, y->text);
}

/* all_same: whether all rows have one value, or none has any. Many columns are so, and need no sorting. */
static bool all_same(const struct packed *p)
{
    for (int i = 1; i < p->n; i++)
        if (!cell_equal(cell_at(p, 0), cell_at(p, i)))
            return false;
    return true;
}

/* number_words: gives each row the number of its value; returns how many values there are. */
static int number_words(struct packed *p)
{
    int words = 0;
    for (int i = 0; i < p->n; i++) {
        p->order[i] = i;
        p->number[i] = cell_number(cell_at(p, i));
    }
    qsort_r(p->order, (size_t)p->n, sizeof *p->order, compare_rows, p);
    for (int k = 0; k < p->n; k++) {
        const int i = p->order[k];
        if (cell_at(p, i)->type == CELL_NULL)
            p->word[i] = -1;
        else
            p->word[i] = k > 0 && compare_rows(&p->order[k - 1], &p->order[k], p) == 0 ? words - 1 : words++;
    }
    return words;
}

static void put_cell(const struct cell *c, struct json *j)
{
    if (c->type == CELL_INT)
        json_put_int(j, NULL, c->integer);
    else if (c->type == CELL_REAL)
        json_put_real(j, NULL, c->real);
    else if (c->type == CELL_TEXT)
        json_put_text_bytes(j, NULL, c->text, (size_t)c->integer);
    else
        json_put_null(j, NULL);
}

/* put_words: the distinct values, then their numbers. */
static void put_words(const struct packed *p, struct json *j)
{
    int next = 0;
    json_put_open(j, "words", '[', true);
    for (int k = 0; k < p->n; k++)
        if (p->word[p->order[k]] == next) {
            put_cell(cell_at(p, p->order[k]), j);
            next++;
        }
    json_put_close(j);
    json_put_open(j, "of", '[', true);
    for (int i = 0; i < p->n; i++)
        json_put_int(j, NULL, p->word[i]);
    json_put_close(j);
}

static void put_list(const struct packed *p, struct json *j)
{
    json_put_open(j, "list", '[', true);
    for (int i = 0; i < p->n; i++)
        put_cell(cell_at(p, i), j);
    json_put_close(j);
}

static void put_column(struct packed *p, struct json *j)
{
    const struct cell *first = cell_at(p, 0);
    const bool same = all_same(p);
    if (same && first->type == CELL_NULL)
        return;
    json_put_open(j, p->t->names[p->column], '{', true);
    if (same) {
        json_put_open(j, "same", '[', true);
        put_cell(first, j);
        json_put_close(j);
    } else {
        const int words = number_words(p);
        const bool texts = kind_of(cell_at(p, p->order[p->n - 1])) == 2;
        if (texts || 3 * words < p->n)
            put_words(p, j);
        else
            put_list(p, j);
    }
    json_put_close(j);
}

enum status page_put_table(const struct table *t, const int *rows, int n, const char *key, struct json *j,
                           struct errmsg *e)
{
    struct packed p = {.t = t, .rows = rows, .n = n};
    p.order = malloc((size_t)n * sizeof *p.order + 1);
    p.word = malloc((size_t)n * sizeof *p.word + 1);
    p.number = malloc((size_t)n * sizeof *p.number + 1);
    const bool room = p.order != NULL && p.word != NULL && p.number != NULL;
    if (room) {
        json_put_open(j, key, '{', false);
        json_put_int(j, "rows", n);
        json_put_open(j, "columns", '{', false);
        for (p.column = 0; p.column < t->n_columns && n > 0; p.column++)
            put_column(&p, j);
        json_put_close(j);
        json_put_close(j);
    }
    free(p.order);
    free(p.word);
    free(p.number);
    return room ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows of the page", n);
}
