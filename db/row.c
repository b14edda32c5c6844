#include "db/row.h"

#include <math.h>
#include <stdio.h>

struct field field_text(const char *column, const char *text)
{
    return (struct field){.column = column, .type = text == NULL ? FIELD_NULL : FIELD_TEXT, .bytes = text};
}

struct field field_integer(const char *column, int64_t integer)
{
    return (struct field){.column = column, .type = FIELD_INTEGER, .integer = integer};
}

struct field field_integer_if(const char *column, bool known, int64_t integer)
{
    return (struct field){.column = column, .type = known ? FIELD_INTEGER : FIELD_NULL, .integer = integer};
}

struct field field_real(const char *column, double real)
{
    return (struct field){.column = column, .type = isfinite(real) ? FIELD_REAL : FIELD_NULL, .real = real};
}

struct field field_blob(const char *column, const void *bytes, size_t n_bytes)
{
    return (struct field){.column = column, .type = FIELD_BLOB, .bytes = bytes, .n_bytes = n_bytes};
}

static int bind(sqlite3_stmt *st, int i, const struct field *f)
{
    switch (f->type) {
    case FIELD_TEXT:
        return sqlite3_bind_text(st, i, f->bytes, -1, SQLITE_STATIC);
    case FIELD_INTEGER:
        return sqlite3_bind_int64(st, i, f->integer);
    case FIELD_REAL:
        return sqlite3_bind_double(st, i, f->real);
    case FIELD_BLOB:
        return sqlite3_bind_blob64(st, i, f->bytes, f->n_bytes, SQLITE_STATIC);
    case FIELD_NULL:
        break;
    }
    return sqlite3_bind_null(st, i);
}

static int bind_by_name(sqlite3_stmt *st, const struct field *f)
{
    char name[64];
    snprintf(name, sizeof name, ":%s", f->column);
    return bind(st, sqlite3_bind_parameter_index(st, name), f);
}

/* run: runs a statement; *id, if not NULL, is column 0 of its row. Its parameters are found by their names (named), or
 * are in the order of the fields. */
static enum status run(struct store *s, const char *what, const char *sql, bool named, const struct field *fields,
                       int n, int64_t *id, struct errmsg *e)
{
    sqlite3_stmt *st = store_statement(s, sql);
    int rc = st == NULL ? SQLITE_ERROR : SQLITE_OK;
    for (int i = 0; i < n && rc == SQLITE_OK; i++)
        rc = named ? bind_by_name(st, &fields[i]) : bind(st, i + 1, &fields[i]);
    while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (id != NULL)
            *id = sqlite3_column_int64(st, 0);
        rc = SQLITE_OK;
    }
    const enum status result = rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(s), store_path(s), what, e);
    if (st != NULL) {
        sqlite3_reset(st);
        sqlite3_clear_bindings(st); /* texts and blobs are the caller's and may go */
    }
    return result;
}

/* put: runs VERB INTO table (columns) VALUES (values) ending. */
static enum status put(struct store *s, const char *what, const char *verb, const char *table,
                       const struct field *fields, int n, const char *ending, int64_t *id, struct errmsg *e)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "%s INTO %s ", verb, table);
    for (int i = 0; i < n; i++) {
        sqlite3_str_append(sql, i == 0 ? "(" : ",", 1);
        sqlite3_str_appendall(sql, fields[i].column);
    }
    sqlite3_str_appendall(sql, ") VALUES ");
    for (int i = 0; i < n; i++)
        sqlite3_str_append(sql, i == 0 ? "(?" : ",?", 2);
    sqlite3_str_appendf(sql, ") %s%s", ending, id != NULL ? " RETURNING rowid" : "");
    char *text = sqlite3_str_finish(sql);
    const enum status st = text == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory while %s", what)
                                        : run(s, what, text, false, fields, n, id, e);
    sqlite3_free(text);
    return st;
}

enum status row_insert(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                       struct errmsg *e)
{
    return put(s, what, "INSERT", table, fields, n, "", NULL, e);
}

enum status row_replace(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                        int64_t *id, struct errmsg *e)
{
    return put(s, what, "INSERT OR REPLACE", table, fields, n, "", id, e);
}

enum status row_upsert(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                       const char *ending, int64_t *id, struct errmsg *e)
{
    return put(s, what, "INSERT", table, fields, n, ending, id, e);
}

enum status row_run(struct store *s, const char *what, const char *sql, const struct field *fields, int n,
                    struct errmsg *e)
{
    return run(s, what, sql, true, fields, n, NULL, e);
}

enum status row_run_id(struct store *s, const char *what, const char *sql, const struct field *fields, int n,
                       int64_t *id, struct errmsg *e)
{
    return run(s, what, sql, true, fields, n, id, e);
}
