/* What a user's SQL may take. */
#include "db/sql_guard.h"

#include "base/clock.h"
#include "base/stop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

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
    sql_guard_on(db, &g, 0, 1000000000, 1000, STATUS_USAGE);
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
    sql_guard_on(db, &g, 0, 1000000000, 1000, STATUS_USAGE);
    g.left = 0.02;
    for (int i = 0; i < 1000 && !over; i++) {
        sql_guard_resume(&g);
        work(0.001); /* as a slow function would */
        over = !sql_guard_pause(&g);
    }
    assert_true(over);
    sqlite3_close(db);
}

/* A function that looks at no clock: for `seconds`, or until the process is ended. */
static void works_on(sqlite3_context *context, int n, sqlite3_value **values)
{
    (void)n;
    work(sqlite3_value_double(values[0]));
    sqlite3_result_int(context, 1);
}

/* exit_code: of a process with `left` s of processor time, in which a function works for 20 s and somebody asks to stop
 * (or not). *took: seconds. */
static int exit_code(double left, bool stop, double *took)
{
    const double began = clock_monotonic_s();
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        struct sql_guard g;
        close(STDERR_FILENO);
        if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
            sqlite3_create_function(db, "works_on", 1, SQLITE_UTF8, NULL, works_on, NULL, NULL) != SQLITE_OK)
            _exit(99);
        sql_guard_on(db, &g, 0, 1000000000, 1000, STATUS_INPUT);
        g.left = left;
        sql_guard_resume(&g);
        stop_requested = stop ? SIGINT : 0;
        sqlite3_exec(db, "SELECT works_on(20)", NULL, NULL, NULL);
        _exit(98);
    }
    waitpid(child, &how, 0);
    *took = clock_monotonic_s() - began;
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* A function that never ends is ended: past its time, and soon where the user asks for it. */
static void no_function_escapes(void **state)
{
    (void)state;
    double took;
    assert_int_equal(exit_code(0.2, false, &took), 3);
    assert_int_equal(exit_code(30, true, &took), 130);
    assert_true(took < 10); /* usually 0.7 s; the machine may be busy */
}

/* Between two statements nothing is ended, however long the program works there. */
static void the_program_may_work_on(void **state)
{
    (void)state;
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        struct sql_guard g;
        if (sqlite3_open(":memory:", &db) != SQLITE_OK)
            _exit(99);
        sql_guard_on(db, &g, 0, 1000000000, 1000, STATUS_INPUT);
        g.left = 0.01;
        sql_guard_resume(&g);
        sqlite3_exec(db, "SELECT 1", NULL, NULL, NULL);
        sql_guard_pause(&g);
        stop_requested = SIGINT;
        work(1.5);
        sql_guard_off(db);
        _exit(7);
    }
    waitpid(child, &how, 0);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 7);
}

/* The time of LIKE and GLOB grows with pattern times text. */
static void patterns_are_short(void **state)
{
    (void)state;
    sqlite3 *db;
    struct sql_guard g;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    sql_guard_on(db, &g, 0, 1000000000, 65536, STATUS_USAGE);
    assert_int_equal(sqlite3_exec(db, "SELECT 'a' LIKE hex(zeroblob(500))", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT 'a' LIKE hex(zeroblob(501))", NULL, NULL, NULL), SQLITE_ERROR);
    assert_int_equal(sqlite3_exec(db, "SELECT 'a' GLOB hex(zeroblob(501))", NULL, NULL, NULL), SQLITE_ERROR);
    sql_guard_off(db);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_statements_count),
                                       cmocka_unit_test(short_statements_count), cmocka_unit_test(no_function_escapes),
                                       cmocka_unit_test(the_program_may_work_on), cmocka_unit_test(patterns_are_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
