/* What a user's SQL may take. */
#include "db/sql_guard.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char counting[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT max(i) FROM n";
static const char endless[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

static void work(double seconds)
{
    for (const double end = clock_thread_s() + seconds; clock_thread_s() < end;)
        ;
}

/* A search asks its rules for hours, and models between. */
static void only_the_statements_count(void **state)
{
    (void)state;
    sqlite3 *db;
    struct sql_guard g;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    sql_guard_on(db, &g, 0, 1000000000, 1000);
    g.left = 0.2;
    for (int i = 0; i < 4; i++) {
        work(0.1);
        sql_guard_resume(&g);
        assert_int_equal(sqlite3_exec(db, counting, NULL, NULL, NULL), SQLITE_OK);
        assert_true(sql_guard_pause(&g));
    }
    sql_guard_resume(&g);
    assert_int_equal(sqlite3_exec(db, endless, NULL, NULL, NULL), SQLITE_INTERRUPT);
    assert_false(sql_guard_pause(&g));
    sqlite3_close(db);
}

/* A statement of few steps ends before anybody looks at the clock, and counts all the same. */
static void short_statements_count(void **state)
{
    (void)state;
    sqlite3 *db;
    struct sql_guard g;
    bool over = false;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    sql_guard_on(db, &g, 0, 1000000000, 1000);
    g.left = 0.02;
    for (int i = 0; i < 1000 && !over; i++) {
        sql_guard_resume(&g);
        work(0.001); /* as a slow function would */
        over = !sql_guard_pause(&g);
    }
    assert_true(over);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_statements_count), cmocka_unit_test(short_statements_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
