/* Read-only questions to the database: what a user's SQL may do, and messages that help. */
#pragma once

#include "base/status.h"
#include "explorer/report/table.h"

#include <sqlite3.h>

/* query_prepare: exactly one statement that only reads. Anything else, and SQL that is
 * wrong, is STATUS_USAGE; an unknown column or table is answered with the nearest. db is
 * one of query_open. *out: sqlite3_finalize. */
enum status query_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct errmsg *e);

/* query_table: prepares and reads all rows. No parameters (`?`, `:name`): STATUS_USAGE. */
enum status query_table(sqlite3 *db, const char *sql, struct table **out, struct errmsg *e);

/* query_guarded: the same for SQL that has expressions of a command's options in it. STATUS_USAGE, too, if it takes
 * longer than db/sql_guard.h allows, or if `where` (NULL: there is none), which it applies to the rows of `from`, is no
 * expression by itself. */
enum status query_guarded(sqlite3 *db, const char *sql, const char *from, const char *where, struct table **out,
                          struct errmsg *e);

/* query_open: opens the database. From then on it refuses to prepare anything but reading: no write, no ATTACH, no
 * transaction, no setting; "word" in it is a column, never a text. sqlite3_close closes it. */
enum status query_open(const char *path, sqlite3 **db, struct errmsg *e);

/* query_protect: the same refusals for any other connection. */
void query_protect(sqlite3 *db);

/* query_view_name: view i (0, 1, …) that --view takes; NULL after the last. query_view: STATUS_USAGE unless name is one
 * of them. */
const char *query_view_name(int i);
enum status query_view(const char *name, struct errmsg *e);

/* query_rows: all columns of the view's rows for which the SQL expression where holds
 * (NULL: all rows). */
enum status query_rows(sqlite3 *db, const char *view, const char *where, struct table **out, struct errmsg *e);

/* query_rows_of: the same, of one sweep's points alone (NULL: of all). STATUS_USAGE if there is no such sweep. */
enum status query_rows_of(sqlite3 *db, const char *view, const char *sweep, const char *where, struct table **out,
                          struct errmsg *e);

/* query_select: the same with other columns than all: the list of a SELECT. The view may be `learning_curves`, too. */
enum status query_select(sqlite3 *db, const char *columns, const char *view, const char *sweep, const char *where,
                         struct table **out, struct errmsg *e);

/* query_point: the row id of the one point whose name or digest begins with prefix (capitals too; with or without
 * the p in front).
 * STATUS_USAGE for none, with the nearest, and for several, which are listed. */
enum status query_point(sqlite3 *db, const char *prefix, long long *id, struct errmsg *e);

/* query_column: the column's index in t, whose rows are those of the view. */
enum status query_column(const char *view, const struct table *t, const char *column, int *out, struct errmsg *e);

/* query_columns: the columns that the list "COL,COL" names, each once, in its order; at most `most`, and at least one. */
enum status query_columns(const char *view, const struct table *t, const char *list, int *columns, int most, int *n,
                          struct errmsg *e);
