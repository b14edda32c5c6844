/* One row of a table, written by the names of its columns. */
#ifndef DELTASWEEP_ROW_H
#define DELTASWEEP_ROW_H

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

/* row_insert: a new row of table; what ("keeping a build") is for the message of a failure, see store_fail. */
enum status row_insert(struct store *s, const char *what, const char *table, const struct field *fields, int n,
                       struct errmsg *e);

/* ROW_INSERT: the same for an array of fields. */
#define ROW_INSERT(s, what, table, fields, e)                                                                          \
    row_insert(s, what, table, fields, (int)(sizeof(fields) / sizeof(fields)[0]), e)

#endif
