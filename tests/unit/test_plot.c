#include "base/tool.h"
#include "explorer/report/chart.h"
#include "db/columns.h"
#include "base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned first_seed(void)
{
    const char *given = getenv("DELTASWEEP_SEED");
    const unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : 20260622;
    printf("seed %u (DELTASWEEP_SEED)\n", seed);
    return seed;
}

/* shown: what plot_text is to show of text: one line of valid UTF-8. */
static void shown(const char *text, FILE *f)
{
    for (size_t left = strlen(text); left > 0;) {
        const int length = text_utf8_length(text, left);
        const unsigned char c = (unsigned char)*text;
        if (length == 0)
            putc('?', f);
        else if (c < 0x20 || c == 0x7f)
            putc(' ', f);
        else if (c == '\'')
            fputs("’", f);
        else
            fwrite(text, 1, (size_t)length, f);
        text += length > 0 ? length : 1;
        left -= length > 0 ? (size_t)length : 1;
    }
    putc('\n', f);
}

/* gnuplot itself says what it makes of the literals: the text, and no command. */
static void gnuplot_reads_literals_as_text(void **state)
{
    (void)state;
    static const char *const traps[] = {
        "'", "''",      "\\",    "\\'",          "`echo no`", "'; print 'no",          "\"", "@macro", "$x",
        "#", "{/*2 x}", "a^b_c", "\n print 1\n", "%s",        "'.system('echo no').'", "é電"};
    enum { TRAPS = sizeof traps / sizeof traps[0], RANDOM = 400 };
    static const char alphabet[] = "'\"\\`@${}#;%^_~&|<>\n\t\r\x01 a1\xc3\xa9\xff";
    const char *const argv[] = {"gnuplot", "-d", "-", NULL};
    char *script = NULL, *expected = NULL;
    size_t script_bytes = 0, expected_bytes = 0;
    struct tool_output out;
    struct errmsg e;
    unsigned seed = first_seed();

    FILE *f = open_memstream(&script, &script_bytes), *g = open_memstream(&expected, &expected_bytes);
    assert_true(f != NULL && g != NULL);
    fputs("set encoding utf8\nset print '-'\n", f);
    for (int i = 0; i < TRAPS + RANDOM; i++) {
        char text[32];
        int n = 0;
        if (i < TRAPS) {
            snprintf(text, sizeof text, "%s", traps[i]);
        } else {
            for (n = 0; n < 1 + rand_r(&seed) % 20; n++)
                text[n] = alphabet[rand_r(&seed) % (int)(sizeof alphabet - 1)];
            text[n] = '\0';
        }
        fputs("print ", f);
        plot_text(text, 1000, f);
        putc('\n', f);
        shown(text, g);
    }
    fclose(f);
    fclose(g);
    if (tool_check(argv, NULL, script, script_bytes, &out, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_string_equal(out.out, expected);
    tool_output_free(&out);
    free(script);
    free(expected);
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    plot_text("éééé", 4, f);
    plot_text("ééééé", 4, f);
    plot_text("", 4, f);
    fclose(f);
    assert_string_equal(text, "'éééé''ééé…'''");
    free(text);
}

static void the_ending_says_the_format(void **state)
{
    (void)state;
    assert_int_equal(plot_format_of("a.svg"), PLOT_SVG);
    assert_int_equal(plot_format_of("a.b/c.PNG"), PLOT_PNG);
    assert_int_equal(plot_format_of("a.pdf"), PLOT_PDF);
    assert_int_equal(plot_format_of(".svg"), -1);
    assert_int_equal(plot_format_of("a.gp"), PLOT_GP);
    assert_int_equal(plot_format_of(".gp"), -1);
    assert_int_equal(plot_format_of("svg"), -1);
    assert_int_equal(plot_format_of("a.svg.txt"), -1);
}

static struct table *rows_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    struct table *t;
    struct errmsg e;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(table_read(s, &t, &e), STATUS_OK);
    sqlite3_finalize(s);
    return t;
}

/* better_or_equal: a is no worse than b, where more is better if direction is 1. */
static bool no_worse(double a, double b, int direction)
{
    return direction > 0 ? a >= b : a <= b;
}

/* The front's line for all four pairs of directions: it runs in steps, through every ringed point, and each of its
 * corners is a place that some point is no worse than (so the line never promises what no design gives). */
static void the_front_runs_along_the_designs(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"lut", "macs_per_second_at_1mhz"},
                                           {"lut", "ff"},
                                           {"compression_ratio", "ff"},
                                           {"compression_ratio", "macs_per_second_at_1mhz"}};
    unsigned seed = first_seed();
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int round = 0; round < 400; round++) {
        const char *const *pair = pairs[round % 4];
        char sql[4096];
        int used = snprintf(sql, sizeof sql, "SELECT column1 AS %s, column2 AS %s FROM (VALUES ", pair[0], pair[1]);
        const int n = 2 + rand_r(&seed) % 30;
        for (int i = 0; i < n; i++)
            used += snprintf(sql + used, sizeof sql - (size_t)used, "%s(%d, %d)", i > 0 ? ", " : "",
                             rand_r(&seed) % 20 + 1, rand_r(&seed) % 20 + 1);
        snprintf(sql + used, sizeof sql - (size_t)used, ")");
        struct table *t = rows_of(db, sql);
        struct chart *chart;
        struct errmsg e;
        const struct chart_request request = {.view = "designs", .x = pair[0], .y = pair[1]};
        assert_int_equal(chart_new(t, &request, &chart, &e), STATUS_OK);
        const struct plot *p = chart_plot(chart);
        const int dx = column_find(pair[0])->direction, dy = column_find(pair[1])->direction;
        assert_int_equal(p->n, n);
        int ringed = 0;
        for (int i = 0; i < n; i++) {
            bool beaten = false, on_line = p->n_front == 0;
            const struct plot_point *a = &p->points[i];
            for (int j = 0; j < n; j++) {
                const struct plot_point *b = &p->points[j];
                beaten |= no_worse(b->x, a->x, dx) && no_worse(b->y, a->y, dy) && (a->x != b->x || a->y != b->y);
            }
            assert_int_equal(a->front, !beaten);
            for (int k = 0; k < p->n_front; k++)
                on_line |= p->front_x[k] == a->x && p->front_y[k] == a->y;
            assert_true(!a->front || on_line);
            ringed += a->front;
        }
        assert_true(ringed > 0);
        for (int k = 0; k < p->n_front; k++) {
            bool given = false;
            for (int i = 0; i < n; i++)
                given |= p->points[i].front && no_worse(p->points[i].x, p->front_x[k], dx) &&
                         no_worse(p->points[i].y, p->front_y[k], dy);
            assert_true(given);
            if (k > 0)
                assert_true((p->front_x[k] == p->front_x[k - 1]) != (p->front_y[k] == p->front_y[k - 1]));
        }
        chart_free(chart);
        table_free(t);
    }
    sqlite3_close(db);
}

static void axes_have_units_and_scales(void **state)
{
    (void)state;
    sqlite3 *db;
    struct chart *chart;
    struct errmsg e;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    struct table *t =
        rows_of(db, "SELECT column1 AS weight_storage_bits, column2 AS test_accuracy, 'xc7s15' AS device, "
                    "column3 AS test_accuracy_low, column4 AS test_accuracy_high, 3 AS n, 's' AS sweep "
                    "FROM (VALUES (20000, 0.5, 0.4, 0.6), (900000, 0.9, NULL, NULL), (1, NULL, NULL, NULL))");
    struct chart_request request = {.view = "designs", .x = "weight_storage_bits", .y = "test_accuracy"};
    assert_int_equal(chart_new(t, &request, &chart, &e), STATUS_OK);
    const struct plot *p = chart_plot(chart);
    assert_string_equal(p->x.label, "weight storage (kbit)");
    assert_string_equal(p->y.label, "test accuracy (%)");
    assert_true(p->x.log && !p->y.log);
    assert_int_equal(p->n, 2);
    assert_string_equal(chart_note(chart),
                        "2 of 3 rows of `designs` (1 left out: no weight_storage_bits or no test_accuracy)");
    assert_true(fabs(p->points[0].x - 20) < 1e-9 && fabs(p->points[0].y_low - 40) < 1e-9 && isnan(p->points[1].y_low));
    assert_int_equal(p->n_guides, 2); /* block RAM, and with LUT RAM */
    assert_true(fabs(p->guides[0].at - 368.640) < 1e-9 && p->guides[0].vertical);
    assert_string_equal(p->subtitle, "s  ·  2 designs  ·  mean of 3 seeds  ·  bars: 95 % interval over the seeds");
    chart_free(chart);
    request.log = "none";
    assert_int_equal(chart_new(t, &request, &chart, &e), STATUS_OK);
    assert_false(chart_plot(chart)->x.log);
    chart_free(chart);
    request.y = "tset_accuracy";
    assert_int_equal(chart_new(t, &request, &chart, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "`test_accuracy`"));
    assert_null(chart);
    table_free(t);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gnuplot_reads_literals_as_text), cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(the_ending_says_the_format),     cmocka_unit_test(the_front_runs_along_the_designs),
        cmocka_unit_test(axes_have_units_and_scales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
