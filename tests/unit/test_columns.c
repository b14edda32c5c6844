#include "db/columns.h"
#include "db/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-columns-XXXXXX", path[64];
static struct store *store;

static int make_database(void **state)
{
    (void)state;
    struct errmsg e;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/a.db", folder);
    return store_open(path, NULL, &store, &e) == STATUS_OK ? 0 : -1;
}

static int remove_database(void **state)
{
    (void)state;
    char command[96];
    store_close(store);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* view_has: whether the view has the column; view NULL: either view. */
static int view_has(const char *view, const char *column)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(store_handle(store),
                                        "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2", -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(s, 1, view, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, column, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    const int n = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return n;
}

static void every_column_of_the_views_is_described(void **state)
{
    (void)state;
    static const char *const views[] = {"results", "designs", "trainings"};
    for (int v = 0; v < 3; v++) {
        sqlite3_stmt *s;
        int n = 0;
        assert_int_equal(
            sqlite3_prepare_v2(store_handle(store), "SELECT name FROM pragma_table_info(?1)", -1, &s, NULL), SQLITE_OK);
        sqlite3_bind_text(s, 1, views[v], -1, SQLITE_STATIC);
        while (sqlite3_step(s) == SQLITE_ROW) {
            const char *name = (const char *)sqlite3_column_text(s, 0);
            if (column_find(name) == NULL)
                fail_msg("%s.%s is not in db/columns.c", views[v], name);
            n++;
        }
        sqlite3_finalize(s);
        assert_true(n > 30);
    }
}

static void every_description_is_of_a_column(void **state)
{
    (void)state;
    int n;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++) {
        const struct view_column *c = &columns[i];
        const int in_results = view_has("results", c->name), in_designs = view_has("designs", c->name);
        if (!in_results && !in_designs)
            fail_msg("no view has the column %s of db/columns.c", c->name);
        assert_int_equal(in_results, c->seeds != SEEDS_ONLY);
        assert_int_equal(in_designs, c->seeds != SEEDS_APART);
        assert_int_equal(view_has("trainings", c->name), column_in_trainings(c));
        assert_ptr_equal(column_find(c->name), c); /* no name twice */
        assert_true(c->title[0] != '\0' && c->description[0] != '\0');
        assert_true(c->kind == COLUMN_RESULT || c->direction == 0);
    }
    assert_null(column_find("no_such_column"));
    /* Nothing of hardware, and all of the training. */
    static const char *const apart[] = {"point", "device", "parallelism", "lut", "rtl_accuracy", "sweep", "n"};
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        assert_int_equal(view_has("trainings", apart[i]), 0);
    static const char *const common[] = {"training", "dataset", "network", "scheme", "lr", "seed", "test_accuracy",
                                         "test_accuracy_sampling_low", "weight_storage_bits", "layer_formats", "created"};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        assert_int_equal(view_has("trainings", common[i]), 1);
}

/* The view `columns` has a row for each column of all views but itself, and no other. */
static void columns_can_be_asked(void **state)
{
    (void)state;
    sqlite3_stmt *s;
    static const char sql[] =
        "WITH views AS (SELECT name AS view FROM sqlite_schema WHERE type = 'view' "
        "AND name NOT IN ('columns', 'training_jobs')), " /* the second is a part of others */
        "there AS (SELECT v.view, c.name FROM views v, pragma_table_info(v.view) c) "
        "SELECT (SELECT count(*) FROM (SELECT * FROM there EXCEPT SELECT view, \"column\" FROM columns)), "
        "(SELECT count(*) FROM (SELECT view, \"column\" FROM columns EXCEPT SELECT * FROM there)), "
        "(SELECT count(*) - count(DISTINCT view || '.' || \"column\") FROM columns), "
        "(SELECT count(DISTINCT view) FROM columns), "
        "(SELECT unit || ' ' || better || ' ' || kind FROM columns WHERE view = 'designs' AND \"column\" = 'fmax_mhz')";
    assert_int_equal(sqlite3_prepare_v2(store_handle(store), sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sqlite3_column_int(s, i), 0);
    assert_true(sqlite3_column_int(s, 3) >= 7);
    assert_string_equal((const char *)sqlite3_column_text(s, 4), "MHz more result");
    sqlite3_finalize(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_of_the_views_is_described),
        cmocka_unit_test(every_description_is_of_a_column),
        cmocka_unit_test(columns_can_be_asked),
    };
    return cmocka_run_group_tests(tests, make_database, remove_database);
}
