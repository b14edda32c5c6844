/* Rows as columns, short: a column of few different values is a list of these and their numbers. */
#include "explorer/report/page/page_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A column of the chosen rows, and its rows in the order of their values. */
struct sorted {
    const struct table *t;
    const int *rows;
    int column, n;
    int *order; /* n: indices of rows */
    int *word;  /* n: number of the row's value among the distinct ones; -1: NULL */
};

static const struct cell *cell_at(const struct sorted *s, int i)
{
    return table_cell(s->t, s->rows != NULL ? s->rows[i] : i, s->column);
}

/* compare_cells: NULL before numbers, numbers before texts. */
static int compare_cells(const void *a, const void *b, void *context)
{
    const struct sorted *s = context;
    const struct cell *x = cell_at(s, *(const int *)a), *y = cell_at(s, *(const int *)b);
    const int x_kind = x->type == CELL_NULL ? 0 : x->text == NULL ? 1 : 2;
    const int y_kind = y->type == CELL_NULL ? 0 : y->text == NULL ? 1 : 2;
    if (x_kind != y_kind)
        return x_kind - y_kind;
    if (x_kind == 2) {
        const int natural = text_compare(x->text, y->text);
        return natural != 0 ? natural : strcmp(x->text, y->text);
    }
    const double v = cell_number(x), w = cell_number(y);
    return x_kind == 0 ? 0 : (v > w) - (v < w);
}

/* number_words: gives each row the number of its value; returns how many values there are. */
static int number_words(struct sorted *s)
{
    int words = 0;
    for (int i = 0; i < s->n; i++)
        s->order[i] = i;
    qsort_r(s->order, (size_t)s->n, sizeof *s->order, compare_cells, s);
    for (int k = 0; k < s->n; k++) {
        const int i = s->order[k];
        if (cell_at(s, i)->type == CELL_NULL)
            s->word[i] = -1;
        else
            s->word[i] = k > 0 && compare_cells(&s->order[k - 1], &s->order[k], s) == 0 ? words - 1 : words++;
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
static void put_words(const struct sorted *s, struct json *j)
{
    int next = 0;
    json_put_open(j, "words", '[', true);
    for (int k = 0; k < s->n; k++)
        if (s->word[s->order[k]] == next) {
            put_cell(cell_at(s, s->order[k]), j);
            next++;
        }
    json_put_close(j);
    json_put_open(j, "of", '[', true);
    for (int i = 0; i < s->n; i++)
        json_put_int(j, NULL, s->word[i]);
    json_put_close(j);
}

static void put_column(struct sorted *s, struct json *j)
{
    const int words = number_words(s);
    if (words == 0)
        return;
    const struct cell *least = cell_at(s, s->order[0]), *greatest = cell_at(s, s->order[s->n - 1]);
    json_put_open(j, s->t->names[s->column], '{', true);
    if (words == 1 && least->type != CELL_NULL) {
        json_put_open(j, "same", '[', true);
        put_cell(least, j);
        json_put_close(j);
    } else if (greatest->text != NULL || 3 * words < s->n)
        put_words(s, j);
    else {
        json_put_open(j, "list", '[', true);
        for (int i = 0; i < s->n; i++)
            put_cell(cell_at(s, i), j);
        json_put_close(j);
    }
    json_put_close(j);
}

enum status page_put_table(const struct table *t, const int *rows, int n, const char *key, struct json *j,
                           struct errmsg *e)
{
    struct sorted s = {.t = t, .rows = rows, .n = n};
    s.order = malloc((size_t)n * sizeof *s.order + 1);
    s.word = malloc((size_t)n * sizeof *s.word + 1);
    const bool room = s.order != NULL && s.word != NULL;
    if (room) {
        json_put_open(j, key, '{', false);
        json_put_int(j, "rows", n);
        json_put_open(j, "columns", '{', false);
        for (s.column = 0; s.column < t->n_columns && n > 0; s.column++)
            put_column(&s, j);
        json_put_close(j);
        json_put_close(j);
    }
    free(s.order);
    free(s.word);
    return room ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows of the page", n);
}
