/* One row of a table, written by the names of its columns. */
#pragma once

#include "db/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A column with its value. Texts and blobs are the caller's. */
struct field {
    const char *column;
    enum { FIELD_NULL, FIELD_TEXT, FIELD_INTEGER, FIELD_REAL, FIELD_BLOB } type;
    const void *bytes;
    size_t n_bytes;
    int64_t integer;
    double real;
};

struct field field_text(const char *column, const char *text); /* NULL is kept as NULL */
struct field field_integer(const char *column, int64_t integer);
struct field field_integer_if(const char *column, bool known, int64_t integer); /* NULL unless known */
struct field field_real(const char *column, double real);                       /* not finite: NULL */
struct field field_blob(const char *column, const void *bytes, size_t n_bytes);

/* In all of these, what ("keeping a build") is for the message of a failure, see store_fail; *id, where it is not NULL,
 * is the row's id. */

/* row_insert: a new row of table. row_replace: the same in place of a row with the same key. row_upsert: the same with
 * an ending, "ON CONFLICT (digest) DO UPDATE SET …". */
enum status row_insert(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                       struct errmsg *e);
enum status row_replace(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                        int64_t *id, struct errmsg *e);
enum status row_upsert(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                       const char *ending, int64_t *id, struct errmsg *e);

/* row_run: any statement; ":digest" in it is the value of the field `digest`. */
enum status row_run(struct store *s, const char *what, const char *sql, const struct field *fields, int n,
                    struct errmsg *e);

/* row_run_id: the same, and *id is what the statement returns (RETURNING id); unchanged if it returns no row. */
enum status row_run_id(struct store *s, const char *what, const char *sql, const struct field *fields, int n,
                       int64_t *id, struct errmsg *e);

/* The same for an array of fields. */
#define ROW_COUNT(fields) ((int)(sizeof(fields) / sizeof(fields)[0]))
#define ROW_INSERT(s, what, table, fields, e) row_insert(s, what, table, fields, ROW_COUNT(fields), e)
#define ROW_REPLACE(s, what, table, fields, id, e) row_replace(s, what, table, fields, ROW_COUNT(fields), id, e)
#define ROW_UPSERT(s, what, table, fields, ending, id, e)                                                              \
    row_upsert(s, what, table, fields, ROW_COUNT(fields), ending, id, e)
#define ROW_RUN(s, what, sql, fields, e) row_run(s, what, sql, fields, ROW_COUNT(fields), e)
