#include "explorer/report/table.h"

#include "base/machine.h"
#include "explorer/report/table_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int name_is_taken(const struct table *t, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(t->names[i], name) == 0)
            return 1;
    return 0;
}

/* unique_name: name, or name_2, name_3, … if it is taken by the first n columns; NULL: no memory. */
static char *unique_name(const struct table *t, int n, const char *name)
{
    char *text = strdup(name);
    for (int i = 2; text != NULL && name_is_taken(t, n, text); i++) {
        free(text);
        if (asprintf(&text, "%s_%d", name, i) < 0)
            text = NULL;
    }
    return text;
}

/* look_at: the cell of the statement's row; its text stays SQLite's. False: out of memory. */
static bool look_at(sqlite3_stmt *s, int column, struct cell *c)
{
    *c = (struct cell){.type = CELL_NULL};
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_INTEGER:
        *c = (struct cell){.type = CELL_INT, .integer = sqlite3_column_int64(s, column)};
        return true;
    case SQLITE_FLOAT:
        *c = (struct cell){.type = CELL_REAL, .real = sqlite3_column_double(s, column)};
        return true;
    case SQLITE_TEXT:
        c->type = CELL_TEXT;
        c->text = (char *)sqlite3_column_text(s, column);
        c->integer = sqlite3_column_bytes(s, column);
        return c->text != NULL;
    case SQLITE_BLOB:
        *c = (struct cell){.type = CELL_BLOB, .integer = sqlite3_column_bytes(s, column)};
        return true;
    default:
        return true;
    }
}

static int grow(struct table *t)
{
    if (t->n_rows < t->room)
        return 0;
    const int room = t->room == 0 ? 64 : 2 * t->room;
    struct cell *cells = realloc(t->cells, (size_t)room * (size_t)t->n_columns * sizeof *cells + 1);
    if (cells == NULL)
        return -1;
    t->cells = cells;
    t->room = room;
    return 0;
}

static enum status no_memory(struct errmsg *e)
{
    fail(e, STATUS_ENVIRONMENT, "out of memory for a table");
    return STATUS_ENVIRONMENT;
}

enum status table_make(const char *const *names, int n, struct table **out, struct errmsg *e)
{
    struct table *t = calloc(1, sizeof *t);
    *out = NULL;
    if (t == NULL || (t->names = calloc((size_t)n + 1, sizeof *t->names)) == NULL)
        goto failed;
    for (; t->n_columns < n; t->n_columns++)
        if ((t->names[t->n_columns] = unique_name(t, t->n_columns, names[t->n_columns])) == NULL)
            goto failed;
    *out = t;
    return STATUS_OK;
failed:
    table_free(t);
    return no_memory(e);
}

struct cell *table_add(struct table *t)
{
    if (grow(t) != 0)
        return NULL;
    struct cell *row = t->cells + (size_t)t->n_rows++ * (size_t)t->n_columns;
    memset(row, 0, (size_t)t->n_columns * sizeof *row);
    return row;
}

enum status table_copy_row(struct table *t, const struct table *from, int row, struct errmsg *e)
{
    struct cell *cells = table_add(t);
    if (cells == NULL)
        return no_memory(e);
    for (int i = 0; i < t->n_columns; i++) {
        const struct cell *cell = table_cell(from, row, i);
        cells[i] = *cell;
        cells[i].text = NULL;
        if (cell->text == NULL)
            continue;
        if ((cells[i].text = malloc((size_t)cell->integer + 1)) == NULL)
            return no_memory(e);
        memcpy(cells[i].text, cell->text, (size_t)cell->integer + 1);
    }
    return STATUS_OK;
}

/* make_for: an empty table with the columns of a statement. */
static enum status make_for(sqlite3_stmt *statement, struct table **out, struct errmsg *e)
{
    const int n = sqlite3_column_count(statement);
    const char **names = calloc((size_t)n + 1, sizeof *names);
    if (names == NULL)
        return no_memory(e);
    int named = 0;
    while (named < n && (names[named] = sqlite3_column_name(statement, named)) != NULL)
        named++;
    const enum status s = named == n ? table_make(names, n, out, e) : no_memory(e);
    free(names);
    return s;
}

/* read_row: the row that the statement stands on; *bytes grows by what it takes. */
static enum status read_row(sqlite3_stmt *statement, struct table *t, double *bytes, struct errmsg *e)
{
    struct cell c;
    for (int i = 0; i < t->n_columns; i++) {
        const int known = t->values[i].n;
        if (!look_at(statement, i, &c) || !table_values_add(&t->values[i], t->n_rows, &c))
            return no_memory(e);
        *bytes += sizeof *t->values[i].of_row;
        if (t->values[i].n > known)
            *bytes += (double)sizeof c + (c.type == CELL_TEXT ? (double)c.integer : 0);
    }
    t->n_rows++;
    return STATUS_OK;
}

/* check_room: the rows of a query may fill half the memory, and no more: what follows needs some, and so do others. */
static enum status check_room(double bytes, double most, struct errmsg *e)
{
    static const double MIB = 1048576;
    if (bytes <= most)
        return STATUS_OK;
    return fail(e, STATUS_USAGE,
                "the rows take more than %.0f MiB, half of the memory here: ask for fewer columns, or for fewer rows "
                "(WHERE, LIMIT)",
                most / MIB);
}

enum status table_read(sqlite3_stmt *statement, struct table **out, struct errmsg *e)
{
    int step = SQLITE_DONE;
    struct table *t = NULL;
    const double memory = machine_memory_bytes(), most = memory > 0 ? memory / 2 : (double)INFINITY;
    double bytes = 0;
    *out = NULL;
    enum status s = make_for(statement, &t, e);
    if (t == NULL)
        return s;
    if ((t->values = calloc((size_t)t->n_columns + 1, sizeof *t->values)) == NULL)
        s = no_memory(e);
    while (s == STATUS_OK && (step = sqlite3_step(statement)) == SQLITE_ROW)
        if ((s = read_row(statement, t, &bytes, e)) == STATUS_OK)
            s = check_room(bytes, most, e);
    if (s == STATUS_OK && step != SQLITE_DONE)
        s = fail(e, STATUS_ENVIRONMENT, "the query stopped: %s", sqlite3_errmsg(sqlite3_db_handle(statement)));
    if (s == STATUS_OK)
        *out = t;
    else
        table_free(t);
    return s;
}

void table_free(struct table *t)
{
    if (t == NULL)
        return;
    for (int i = 0; i < t->n_columns && t->names != NULL; i++)
        free(t->names[i]);
    for (size_t i = 0; i < (size_t)t->n_rows * (size_t)t->n_columns && t->cells != NULL; i++)
        free(t->cells[i].text);
    for (int i = 0; i < t->n_columns && t->values != NULL; i++)
        table_values_free(&t->values[i]);
    free(t->names);
    free(t->cells);
    free(t->values);
    free(t);
}

int table_column(const struct table *t, const char *name)
{
    for (int i = 0; i < t->n_columns; i++)
        if (strcmp(t->names[i], name) == 0)
            return i;
    return -1;
}

const struct cell *table_cell(const struct table *t, int row, int column)
{
    if (t->values == NULL)
        return &t->cells[(size_t)row * (size_t)t->n_columns + (size_t)column];
    const struct table_values *v = &t->values[column];
    return &v->cells[v->of_row[row]];
}

bool table_has_value(const struct table *t, int column, const int *rows, int n_rows)
{
    const int n = rows == NULL ? t->n_rows : n_rows;
    for (int i = 0; i < n && column >= 0; i++)
        if (table_cell(t, rows == NULL ? i : rows[i], column)->type != CELL_NULL)
            return true;
    return false;
}

bool cell_equal(const struct cell *a, const struct cell *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == CELL_TEXT)
        return strcmp(a->text, b->text) == 0;
    return a->type == CELL_REAL ? a->real == b->real : a->integer == b->integer;
}

double cell_number(const struct cell *c)
{
    return c->type == CELL_INT ? (double)c->integer : c->type == CELL_REAL ? c->real : (double)NAN;
}
