/* Rows as columns, short: a column of few different values is a list of these and their numbers. */
#include "explorer/report/page/page_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A column of the chosen rows, and its distinct values: an integer and an equal real are one, as in SQL. */
struct packed {
    const struct table *t;
    const int *rows;
    int column, n;
    const struct cell **cell; /* n: of each row */
    int *value;               /* n: the number of the row's value; -1: NULL */
    int n_values;
    int *first;     /* n_values: the first row that has the value */
    int *order;     /* n_values: the values, sorted; texts last */
    int *place;     /* n_values: where in this order each value is */
    int *slots;     /* n_slots: a hash table of values; -1: empty */
    size_t n_slots; /* a power of two, at least 2 · n */
};

static double number_of(const struct cell *c)
{
    return cell_number(c) + 0.0; /* -0.0 equals 0.0 */
}

static size_t hash_of(const struct cell *c)
{
    uint64_t h = UINT64_C(1469598103934665603);
    if (c->text != NULL) {
        for (const char *p = c->text; *p != '\0'; p++)
            h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
    } else {
        const double v = number_of(c);
        memcpy(&h, &v, sizeof h);
        h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15); /* a small whole number has its bits on top */
    }
    return (size_t)(h ^ h >> 32);
}

static bool same_value(const struct cell *a, const struct cell *b)
{
    if (a->text != NULL || b->text != NULL)
        return a->text != NULL && b->text != NULL && strcmp(a->text, b->text) == 0;
    return number_of(a) == number_of(b);
}

/* number_values: gives each row the number of its value, in the order in which they come. */
static void number_values(struct packed *p)
{
    memset(p->slots, -1, p->n_slots * sizeof *p->slots);
    p->n_values = 0;
    for (int i = 0; i < p->n; i++) {
        const struct cell *c = p->cell[i] = table_cell(p->t, p->rows != NULL ? p->rows[i] : i, p->column);
        p->value[i] = -1;
        if (c->type == CELL_NULL || c->type == CELL_BLOB)
            continue;
        size_t slot = hash_of(c) & (p->n_slots - 1);
        while (p->slots[slot] >= 0 && !same_value(p->cell[p->first[p->slots[slot]]], c))
            slot = (slot + 1) & (p->n_slots - 1);
        if (p->slots[slot] < 0) {
            p->first[p->n_values] = i;
            p->slots[slot] = p->n_values++;
        }
        p->value[i] = p->slots[slot];
    }
}

static int compare_values(const void *a, const void *b, void *context)
{
    const struct packed *p = context;
    const struct cell *x = p->cell[p->first[*(const int *)a]], *y = p->cell[p->first[*(const int *)b]];
    if (x->text == NULL && y->text == NULL)
        return (number_of(x) > number_of(y)) - (number_of(x) < number_of(y));
    if (x->text == NULL || y->text == NULL)
        return x->text == NULL ? -1 : 1;
    const int natural = text_compare(x->text, y->text);
    return natural != 0 ? natural : strcmp(x->text, y->text);
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

/* put_words: the distinct values in their order, then the number of each row's value among them. */
static void put_words(struct packed *p, struct json *j)
{
    for (int k = 0; k < p->n_values; k++)
        p->order[k] = k;
    qsort_r(p->order, (size_t)p->n_values, sizeof *p->order, compare_values, p);
    json_put_open(j, "words", '[', true);
    for (int k = 0; k < p->n_values; k++) {
        p->place[p->order[k]] = k;
        put_cell(p->cell[p->first[p->order[k]]], j);
    }
    json_put_close(j);
    json_put_open(j, "of", '[', true);
    for (int i = 0; i < p->n; i++)
        json_put_int(j, NULL, p->value[i] < 0 ? -1 : p->place[p->value[i]]);
    json_put_close(j);
}

static void put_cells(const struct packed *p, const char *key, int n, struct json *j)
{
    json_put_open(j, key, '[', true);
    for (int i = 0; i < n; i++)
        put_cell(p->cell[i], j);
    json_put_close(j);
}

static void put_column(struct packed *p, struct json *j)
{
    bool text = false, missing = false;
    number_values(p);
    for (int k = 0; k < p->n_values && !text; k++)
        text = p->cell[p->first[k]]->text != NULL;
    for (int i = 0; i < p->n && !missing; i++)
        missing = p->value[i] < 0;
    if (p->n_values == 0)
        return;
    json_put_open(j, p->t->names[p->column], '{', true);
    if (p->n_values == 1 && !missing)
        put_cells(p, "same", 1, j);
    else if (text || 3 * p->n_values < p->n)
        put_words(p, j);
    else
        put_cells(p, "list", p->n, j);
    json_put_close(j);
}

static bool make_room(struct packed *p)
{
    const size_t n = (size_t)p->n + 1;
    for (p->n_slots = 2; p->n_slots < 2 * n;)
        p->n_slots *= 2;
    p->cell = malloc(n * sizeof(const struct cell *));
    p->value = malloc(n * sizeof *p->value);
    p->first = malloc(n * sizeof *p->first);
    p->order = malloc(n * sizeof *p->order);
    p->place = malloc(n * sizeof *p->place);
    p->slots = malloc(p->n_slots * sizeof *p->slots);
    return p->cell != NULL && p->value != NULL && p->first != NULL && p->order != NULL && p->place != NULL &&
           p->slots != NULL;
}

enum status page_put_table(const struct table *t, const int *rows, int n, const char *key, struct json *j,
                           struct errmsg *e)
{
    struct packed p = {.t = t, .rows = rows, .n = n};
    const bool room = make_room(&p);
    if (room) {
        json_put_open(j, key, '{', false);
        json_put_int(j, "rows", n);
        json_put_open(j, "columns", '{', false);
        for (p.column = 0; p.column < t->n_columns && n > 0; p.column++)
            put_column(&p, j);
        json_put_close(j);
        json_put_close(j);
    }
    free(p.cell);
    free(p.value);
    free(p.first);
    free(p.order);
    free(p.place);
    free(p.slots);
    return room ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows of the page", n);
}
