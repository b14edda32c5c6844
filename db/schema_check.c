#include "db/schema_check.h"

#include "db/store.h"

#include <stdbool.h>
#include <stdio.h>

void schema_distrust(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
}

/* What the schema has that deltasweep never makes: its kind, its name. */
#define PLANTED(schema)                                                                                                \
    "SELECT CASE type WHEN 'trigger' THEN 'trigger' ELSE 'virtual table' END, name FROM " schema ".sqlite_schema "     \
    "WHERE type = 'trigger' OR (type = 'table' AND (sql LIKE 'CREATE VIRTUAL%' OR rootpage = 0)) UNION ALL "           \
    "SELECT 'generated column', m.name || '.' || x.name FROM " schema                                                  \
    ".sqlite_schema m, pragma_table_xinfo(m.name, '" schema "') x WHERE m.type = 'table' AND x.hidden <> 0"

/* The tables of main that are not the same in other: a view, or other columns. One that is not there is found later. */
static const char not_the_same[] =
    "SELECT o.type, o.name FROM main.sqlite_schema m JOIN other.sqlite_schema o ON lower(o.name) = lower(m.name) "
    "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND (o.type <> 'table' OR "
    "(SELECT group_concat(name || ' ' || type) FROM pragma_table_info(m.name, 'main')) IS NOT "
    "(SELECT group_concat(name || ' ' || type) FROM pragma_table_info(o.name, 'other')))";

/* first: the first row of two texts; false (with STATUS_OK) if there is none. */
static enum status first(sqlite3 *db, const char *path, const char *sql, bool *found, char kind[64], char name[256],
                         struct errmsg *e)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    *found = rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW;
    if (*found) {
        snprintf(kind, 64, "%s", (const char *)sqlite3_column_text(st, 0));
        snprintf(name, 256, "%s", (const char *)sqlite3_column_text(st, 1));
    }
    const enum status s =
        rc == SQLITE_ROW || rc == SQLITE_DONE ? STATUS_OK : store_fail(db, path, "reading its schema", e);
    sqlite3_finalize(st);
    return s;
}

static enum status check_planted(sqlite3 *db, const char *path, const char *sql, struct errmsg *e)
{
    char kind[64] = "", name[256] = "";
    bool found = false;
    const enum status s = first(db, path, sql, &found, kind, name, e);
    if (s != STATUS_OK || !found)
        return s;
    return fail(e, STATUS_ENVIRONMENT,
                "%s has the %s `%s`, which no deltasweep made and which may change what is read and written: look at "
                "it with the shell of SQLite (.schema), and remove it (DROP %s), or name another file",
                path, kind, name, kind[0] == 't' ? "TRIGGER" : kind[0] == 'v' ? "TABLE" : "COLUMN");
}

enum status schema_check(sqlite3 *db, const char *path, struct errmsg *e)
{
    return check_planted(db, path, PLANTED("main"), e);
}

enum status schema_check_same(sqlite3 *db, const char *path, struct errmsg *e)
{
    char kind[64] = "", name[256] = "";
    bool found = false;
    enum status s = check_planted(db, path, PLANTED("other"), e);
    if (s == STATUS_OK)
        s = first(db, path, not_the_same, &found, kind, name, e);
    if (s != STATUS_OK || !found)
        return s;
    return fail(e, STATUS_ENVIRONMENT, "%s has %s `%s` that is not the table of deltasweep: name another file", path,
                kind[0] == 'v' ? "a view" : "a table", name);
}
