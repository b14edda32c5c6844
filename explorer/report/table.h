/* Rows of a query, and their five printed forms. */
#pragma once

#include "base/status.h"
#include "base/json.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT, CELL_BLOB };

struct cell {
    enum cell_type type;
    union {
        int64_t integer; /* CELL_INT; CELL_TEXT and CELL_BLOB: bytes */
        double real;     /* CELL_REAL */
    };
    char *text; /* CELL_TEXT: owned by the table, a 0 after the last byte; else NULL */
};

/* A table is made by table_make and table_add, and then has cells, or read by table_read, and then has values. */
struct table {
    int n_columns, n_rows;
    char **names;                /* n_columns, each owned; no two equal */
    struct cell *cells;          /* made: n_rows · n_columns, row-major; read: NULL */
    int room;                    /* rows that cells has space for */
    struct table_values *values; /* read: n_columns; made: NULL */
};

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_JSON, TABLE_JSON_LINES, TABLE_MARKDOWN };

/* table_make: without rows; n names, see table_read for equal ones. *out: table_free. */
enum status table_make(const char *const *names, int n, struct table **out, struct errmsg *e);
/* table_add: to a table that was made, a new row of n_columns empty cells, to be filled; NULL: out of memory. The table owns
 * the texts. */
struct cell *table_add(struct table *t);

/* table_copy_row: adds to a table that was made a copy of row `row` of `from`, which has as many columns. Contents of blobs are not there. */
enum status table_copy_row(struct table *t, const struct table *from, int row, struct errmsg *e);

/* table_read: all rows that are left in the statement. A column name that comes twice
 * gets a number (x, x_2). The blobs' contents are not read. *out is owned by the
 * caller: table_free. */
enum status table_read(sqlite3_stmt *statement, struct table **out, struct errmsg *e);
void table_free(struct table *t);

/* table_column: the index of the column, or -1. */
int table_column(const struct table *t, const char *name);
const struct cell *table_cell(const struct table *t, int row, int column);
/* table_has_value: whether the column (-1: none) has a value in any of the rows; NULL: in any row at all. */
bool table_has_value(const struct table *t, int column, const int *rows, int n_rows);
/* cell_equal: whether two cells have the same type and value; of blobs their size. */
bool cell_equal(const struct cell *a, const struct cell *b);
/* cell_number: an integer or real as a double; NAN for anything else. */
double cell_number(const struct cell *c);

/* What of a table is shown, and in which order. */
struct table_view {
    const int *columns; /* n_columns indices; NULL: all columns */
    int n_columns;
    const int *rows; /* n_rows indices; NULL: all rows, as they are */
    int n_rows;
    bool bold; /* text: the header in bold */
};

/* table_print: view NULL: everything. Text: aligned, numbers right, each column with one
 * number of decimals (about five significant digits), NULL empty, control characters
 * visible, a blob as its size. CSV (RFC 4180, but lines end in \n): full precision, NULL empty, "" for an
 * empty text. JSON: an array of objects, NULL and infinite numbers as null, a blob as its
 * size. JSON lines: the same objects, one a line, without the array. Markdown: a pipe table whose cells are those of the text form. Write errors are left to the stream. */
enum status table_print(const struct table *t, const struct table_view *view, FILE *f, enum table_format format,
                        struct errmsg *e);

/* table_put_text: writes text so that a terminal shows all of it and obeys nothing in it
 * (f may be NULL). Returns its width in terminal columns. */
int table_put_text(const char *text, size_t n_bytes, FILE *f);

/* table_put_json: all rows as an array, a member of the object that is open in j. */
void table_put_json(const struct table *t, const char *key, struct json *j);
