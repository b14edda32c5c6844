#include "db/sql_guard.h"

#include "base/clock.h"
#include "base/stop.h"

bool sql_guard_pause(struct sql_guard *g)
{
    const double now = clock_thread_s();
    g->left -= now - g->since;
    g->since = now;
    return g->left >= 0;
}

static int too_long(void *context)
{
    struct sql_guard *g = context;
    return --g->looks < 0 || stop_requested != 0 || !sql_guard_pause(g);
}

void sql_guard_on(sqlite3 *db, struct sql_guard *g, long rows, long steps, int most_text)
{
    *g = (struct sql_guard){.looks = steps / SQL_GUARD_EVERY,
                            .left = SQL_GUARD_SECONDS + (double)rows / 1000,
                            .since = clock_thread_s()};
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, most_text);
    sqlite3_progress_handler(db, SQL_GUARD_EVERY, too_long, g);
}

void sql_guard_off(sqlite3 *db)
{
    sqlite3_progress_handler(db, 0, NULL, NULL);
}

void sql_guard_resume(struct sql_guard *g)
{
    g->since = clock_thread_s();
}

void sql_strict(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}
