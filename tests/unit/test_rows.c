/* Reports read no more columns than they need: a million rows of all would take gigabytes. */
#include "db/store.h"
#include "explorer/cli/pareto_rows.h"
#include "explorer/report/chart.h"
#include "explorer/report/query.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-rows-XXXXXX";
static sqlite3 *db;

static int make_database(void **state)
{
    struct store *s = NULL;
    struct errmsg e;
    char file[64];
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/a.db", folder);
    if (store_open(file, NULL, &s, &e) != STATUS_OK)
        return -1;
    store_close(s);
    return query_open(file, &db, &e) == STATUS_OK ? 0 : -1;
}

static int remove_database(void **state)
{
    (void)state;
    sqlite3_close(db);
    return folder_remove(folder);
}

/* assert_columns: the names of the table's columns, with commas between them; frees it. */
static void assert_columns(struct table *t, const char *expected)
{
    char names[4096] = "";
    for (int i = 0; i < t->n_columns; i++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? "," : "", t->names[i]);
    }
    table_free(t);
    assert_string_equal(names, expected);
}

static struct table *rows_of_chart(const struct chart_request *r)
{
    struct table *t = NULL;
    struct errmsg e = {""};
    if (chart_rows(db, r, &t, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return t;
}

static void a_plot_reads_what_it_draws(void **state)
{
    const struct chart_request r = {.view = "designs", .x = "lut", .y = "test_accuracy", .color = "scheme",
                                     .shape = "2 * dsp AS pairs"};
    (void)state;
    assert_columns(rows_of_chart(&r), "sweeps,training,dataset,scheme,device,n,test_accuracy,test_accuracy_interval,"
                                      "test_accuracy_low,test_accuracy_high,lut,plot_shape");
}

static void parallel_axes_read_their_columns(void **state)
{
    const struct chart_request r = {.view = "designs", .parallel = "scheme,ff"};
    (void)state;
    assert_columns(rows_of_chart(&r), "sweeps,training,dataset,scheme,device,n,test_accuracy_interval,ff");
}

static void curves_read_their_training(void **state)
{
    const struct chart_request r = {.view = "epochs", .curves = true, .x = "epoch", .y = "validation_accuracy"};
    (void)state;
    assert_columns(rows_of_chart(&r), "training,dataset,epoch,validation_accuracy,test_accuracy");
}

static void a_front_reads_its_objectives(void **state)
{
    const struct shared_options asked = {.view = "designs"};
    const struct objectives of = {.K = 2, .columns = {"lut", "test_accuracy"}};
    struct table *t = NULL;
    struct errmsg e = {""};
    (void)state;
    assert_int_equal(pareto_rows(db, &asked, &of, "scheme", &t, &e), STATUS_OK);
    assert_columns(t, "point,training,dataset,scheme,n,test_accuracy,test_accuracy_interval,test_accuracy_low,"
                      "test_accuracy_high,lut,synthesis_tools");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plot_reads_what_it_draws),
        cmocka_unit_test(parallel_axes_read_their_columns),
        cmocka_unit_test(curves_read_their_training),
        cmocka_unit_test(a_front_reads_its_objectives),
    };
    return cmocka_run_group_tests(tests, make_database, remove_database);
}
