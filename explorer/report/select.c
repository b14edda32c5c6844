#include "explorer/report/select.h"

#include "explorer/report/query.h"

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for --where");
}

/* make: an empty table with the columns of t; *insert is the statement that adds a row. */
static int make(sqlite3 *db, const struct table *t, const char *name, sqlite3_stmt **insert)
{
    sqlite3_str *create = sqlite3_str_new(NULL), *add = sqlite3_str_new(NULL);
    sqlite3_str_appendf(create, "CREATE TABLE %w (", name);
    sqlite3_str_appendf(add, "INSERT INTO %w VALUES (", name);
    for (int i = 0; i < t->n_columns; i++) {
        sqlite3_str_appendf(create, "%s\"%w\"", i == 0 ? "" : ", ", t->names[i]);
        sqlite3_str_appendall(add, i == 0 ? "?" : ", ?");
    }
    sqlite3_str_appendall(create, ")");
    sqlite3_str_appendall(add, ")");
    char *create_sql = sqlite3_str_finish(create), *add_sql = sqlite3_str_finish(add);
    int rc = create_sql == NULL || add_sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, create_sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, add_sql, -1, insert, NULL);
    sqlite3_free(create_sql);
    sqlite3_free(add_sql);
    return rc;
}

static int bind(sqlite3_stmt *insert, int column, const struct cell *c)
{
    if (c->type == CELL_INT)
        return sqlite3_bind_int64(insert, column, c->integer);
    if (c->type == CELL_REAL)
        return sqlite3_bind_double(insert, column, c->real);
    return c->type == CELL_TEXT ? sqlite3_bind_text(insert, column, c->text, (int)c->integer, SQLITE_STATIC)
                                : sqlite3_bind_null(insert, column);
}

static int fill(sqlite3_stmt *insert, const struct table *t)
{
    int rc = SQLITE_OK;
    for (int row = 0; row < t->n_rows && rc == SQLITE_OK; row++) {
        for (int i = 0; i < t->n_columns && rc == SQLITE_OK; i++)
            rc = bind(insert, i + 1, table_cell(t, row, i));
        if (rc == SQLITE_OK && (rc = sqlite3_step(insert)) == SQLITE_DONE)
            rc = sqlite3_reset(insert);
    }
    return rc;
}

/* ask: the SQL; sqlite3_free. New lines end comments that the expressions may end in. */
static char *ask(const char *name, const char *where, const char *order)
{
    return sqlite3_mprintf("SELECT * FROM %w WHERE (%s\n) ORDER BY %s\n", name, where != NULL ? where : "1",
                           order != NULL ? order : "rowid");
}

enum status select_rows(const struct table *t, const char *name, const char *where, const char *order,
                        struct table **out, struct errmsg *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    char *sql = ask(name, where, order);
    int rc = sqlite3_open(":memory:", &db);
    *out = NULL;
    if (rc == SQLITE_OK)
        rc = make(db, t, name, &insert);
    if (rc == SQLITE_OK)
        rc = fill(insert, t);
    sqlite3_finalize(insert);
    if (rc == SQLITE_OK)
        query_protect(db);
    const enum status s = rc == SQLITE_OK && sql != NULL ? query_guarded(db, sql, name, where, out, e) : no_memory(e);
    sqlite3_free(sql);
    sqlite3_close(db);
    return s;
}
