#include "db/migrate.h"

#include "db/store.h"
#include "db/trainings.h"
#include "db/views.h"
#include "sql.h"

#include <stdio.h>

enum { NEWEST = sizeof migrations / sizeof migrations[0] };

int migrate_newest(void)
{
    return NEWEST;
}

/* check_keys: a table that was built again must leave no row that refers to nothing. */
static enum status check_keys(sqlite3 *db, const char *path, struct errmsg *e)
{
    sqlite3_stmt *broken = NULL;
    enum status st = STATUS_OK;
    int rc = sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &broken, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(broken)) == SQLITE_ROW)
        st = fail(e, STATUS_ENVIRONMENT,
                  "%s is damaged: a row of its table %s refers to a row of %s that is not there; restore a copy, or "
                  "move it away and run again",
                  path, (const char *)sqlite3_column_text(broken, 0), (const char *)sqlite3_column_text(broken, 2));
    else if (rc != SQLITE_DONE)
        st = store_fail(db, path, "checking its references", e);
    sqlite3_finalize(broken);
    return st;
}

static enum status write_failed(sqlite3 *db, const char *path, int from, struct errmsg *e)
{
    return store_fail(db, path, from == 0 ? "making its tables" : "bringing it up to date", e);
}

static enum status execute(sqlite3 *db, const char *path, const char *sql, int from, struct errmsg *e)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : write_failed(db, path, from, e);
}

enum status migrate(sqlite3 *db, const char *path, int from, struct errmsg *e)
{
    char identity[96];
    snprintf(identity, sizeof identity, "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION_ID,
             NEWEST);
    /* A table is built again under another name and renamed: neither the references of other tables nor a user's views
     * may follow it meanwhile. Foreign keys cannot be turned off inside the transaction. */
    enum status st = execute(db, path, "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; BEGIN IMMEDIATE",
                             from, e);
    for (int i = from; i < NEWEST && st == STATUS_OK; i++)
        st = execute(db, path, migrations[i], from, e);
    if (st == STATUS_OK && from < NEWEST)
        st = trainings_name(db, path, e);
    if (st == STATUS_OK && views_make(db) != SQLITE_OK)
        st = write_failed(db, path, from, e);
    if (st == STATUS_OK && from < NEWEST)
        st = check_keys(db, path, e);
    if (st == STATUS_OK)
        st = execute(db, path, identity, from, e);
    if (st == STATUS_OK)
        st = execute(db, path, "COMMIT", from, e);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    if (st == STATUS_OK)
        st = execute(db, path, "PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON", from, e);
    return st;
}
