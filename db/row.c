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

enum status row_insert(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                       struct errmsg *e)
{
    enum { ROOM = 2048 };
    char columns[ROOM] = "", marks[ROOM] = "", sql[2 * ROOM + 128];
    size_t used = 0, at = 0;
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *st = NULL;
    for (int i = 0; i < n && used < ROOM; i++) {
        used += (size_t)snprintf(columns + used, ROOM - used, "%s%s", i == 0 ? "" : ", ", fields[i].column);
        at += (size_t)snprintf(marks + at, ROOM - at, i == 0 ? "?" : ",?");
    }
    snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES (%s)", table, columns, marks);
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    for (int i = 0; i < n && rc == SQLITE_OK; i++)
        rc = bind(st, i + 1, &fields[i]);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    const enum status result = rc == SQLITE_DONE ? STATUS_OK : store_fail(db, store_path(s), what, e);
    sqlite3_finalize(st);
    return result;
}
