#include "db/sql_guard.h"

#include "base/clock.h"
#include "base/stop.h"

static int too_long(void *context)
{
    struct sql_guard *g = context;
    return --g->looks < 0 || stop_requested != 0 || clock_thread_s() > g->until;
}

void sql_guard_on(sqlite3 *db, struct sql_guard *g, long rows, long steps, int most_text)
{
    *g = (struct sql_guard){.looks = steps / SQL_GUARD_EVERY,
                            .until = clock_thread_s() + SQL_GUARD_SECONDS + (double)rows / 1000};
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, most_text);
    sqlite3_progress_handler(db, SQL_GUARD_EVERY, too_long, g);
}

void sql_guard_off(sqlite3 *db)
{
    sqlite3_progress_handler(db, 0, NULL, NULL);
}

void sql_strict(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}
