#include "base/tool.h"
#include "explorer/report/chart.h"
#include "explorer/report/chart_unit.h"
#include "explorer/report/plot_parts.h"
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
            bool beaten = false, on_line = p->fronts[0].n == 0;
            const struct plot_point *a = &p->points[i];
            for (int j = 0; j < n; j++) {
                const struct plot_point *b = &p->points[j];
                beaten |= no_worse(b->x, a->x, dx) && no_worse(b->y, a->y, dy) && (a->x != b->x || a->y != b->y);
            }
            assert_int_equal(a->front, !beaten);
            for (int k = 0; k < p->fronts[0].n; k++)
                on_line |= p->fronts[0].x[k] == a->x && p->fronts[0].y[k] == a->y;
            assert_true(!a->front || on_line);
            ringed += a->front;
        }
        assert_true(ringed > 0);
        for (int k = 0; k < p->fronts[0].n; k++) {
            bool given = false;
            for (int i = 0; i < n; i++)
                given |= p->points[i].front && no_worse(p->points[i].x, p->fronts[0].x[k], dx) &&
                         no_worse(p->points[i].y, p->fronts[0].y[k], dy);
            assert_true(given);
            if (k > 0)
                assert_true((p->fronts[0].x[k] == p->fronts[0].x[k - 1]) != (p->fronts[0].y[k] == p->fronts[0].y[k - 1]));
        }
        chart_free(chart);
        table_free(t);
    }
    sqlite3_close(db);
}

/* script_of: what gnuplot gets; to be freed. */
static char *script_of(const struct chart *chart)
{
    char *script = NULL;
    size_t n_bytes;
    FILE *f = open_memstream(&script, &n_bytes);
    plot_script(chart_plot(chart), PLOT_SVG, NULL, f);
    fclose(f);
    return script;
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

/* chart_of: of the rows of sql; both are to be freed. */
static struct chart *chart_of(const char *sql, const struct chart_request *r, struct table **t)
{
    sqlite3 *db;
    struct chart *chart = NULL;
    struct errmsg e = {""};
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    *t = rows_of(db, sql);
    sqlite3_close(db);
    if (chart_new(*t, r, &chart, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return chart;
}

static void drop(struct chart *chart, struct table *t)
{
    chart_free(chart);
    table_free(t);
}

/* One design that beats all others is the front. */
static void a_front_of_one_design_has_a_ring(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {.view = "designs", .x = "lut", .y = "ff"};
    struct chart *chart =
        chart_of("SELECT column1 AS lut, column2 AS ff FROM (VALUES (10, 20), (30, 40), (11, 20))", &r, &t);
    char *script = script_of(chart);
    assert_non_null(strstr(script, "$rings0 << EOD\n10 20 1\nEOD"));
    assert_non_null(strstr(script, "$rings0 using"));
    assert_null(strstr(script, "$front0 using"));
    assert_non_null(strstr(script, "Pareto front"));
    free(script);
    drop(chart, t);
}

static void units_have_prefixes_that_suit_the_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *column;
        double typical, scale;
        const char *label;
    } cases[] = {{"weight_storage_bits", 900, 1, "t (bit)"},
                 {"weight_storage_bits", 328192, 1e-3, "t (kbit)"},
                 {"weight_storage_bits", 2.6e6, 1e-6, "t (Mbit)"},
                 {"macs_per_second", 8.0e8, 1e-6, "t (M MAC/s)"},
                 {"macs_per_second", 5.0e9, 1e-9, "t (G MAC/s)"},
                 {"macs_per_second", 500, 1, "t (MAC/s)"},
                 {"latency_us", 23.9, 1, "t (µs)"},
                 {"latency_us", 2820, 1e-3, "t (ms)"},
                 {"latency_us", 0.5, 1e3, "t (ns)"},
                 {"energy_uj", 212, 1, "t (µJ)"},
                 {"energy_uj", 0.02, 1e3, "t (nJ)"},
                 {"power_mw", 63, 1, "t (mW)"},
                 {"fmax_mhz", 178, 1, "t (MHz)"},
                 {"train_seconds", 7200, 1, "t (s)"},
                 {"inferences_per_second", 17534, 1, "t (1/s)"},
                 {"inferences_per_second", 250000, 1e-3, "t (1000/s)"},
                 {"macs", 3.2e6, 1e-6, "t (millions)"},
                 {"lut", 4000, 1, "t"},
                 {"test_accuracy", 0.9, 100, "t (%)"},
                 {"delta_bits", 4, 1, "t (bit)"},
                 {"scheme", NAN, 1, "t"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char label[64];
        const double scale = chart_unit(column_find(cases[k].column), "t", cases[k].typical, label, sizeof label);
        assert_string_equal(label, cases[k].label);
        assert_true(fabs(scale / cases[k].scale - 1) < 1e-9);
    }
}

/* On a narrow page a logarithmic axis has numbers over its whole length, and the legend names the budgets. */
static void a_small_page_keeps_its_axes(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {
        .view = "designs", .x = "weight_storage_bits", .y = "lut", .width = 322, .height = 200};
    struct chart *chart = chart_of("SELECT column1 AS weight_storage_bits, column2 AS lut, 'xc7s15' AS device FROM "
                                   "(VALUES (16000, 10), (300000, 20), (2600000, 30))",
                                   &r, &t);
    char *script = script_of(chart);
    assert_non_null(strstr(script, "'30' 30, '100' 100, '300' 300, '1000' 1000"));
    assert_int_equal(chart_plot(chart)->n_guides, 2);
    assert_non_null(strstr(script, "xc7s15: block and LUT RAM")); /* in the legend */
    free(script);
    drop(chart, t);
}

/* An interval may go past 100 %; the axis and the bar do not. A utilisation above 100 % is drawn. */
static void an_axis_of_shares_ends_at_100(void **state)
{
    (void)state;
    struct table *t;
    struct chart_request r = {.view = "designs", .x = "delta_bits", .y = "test_accuracy"};
    struct chart *chart =
        chart_of("SELECT 2 AS delta_bits, 0.97 AS test_accuracy, 0.81 AS test_accuracy_low, 1.1256 AS "
                 "test_accuracy_high UNION SELECT 3, 0.02, -0.3, 0.3",
                 &r, &t);
    const struct plot *p = chart_plot(chart);
    struct plot_range range = plot_range(p, false);
    assert_true(p->y.share && range.low == 0.0 && range.high == 100.0);
    for (int i = 0; i < 2; i++)
        assert_true(p->points[i].y_low >= 0.0 && p->points[i].y_high <= 100.0);
    drop(chart, t);
    r.y = "lut_utilisation";
    chart = chart_of("SELECT 2 AS delta_bits, 0.97 AS lut_utilisation UNION SELECT 3, 1.4", &r, &t);
    range = plot_range(chart_plot(chart), false);
    assert_true(!chart_plot(chart)->y.share && range.high > 140.0);
    drop(chart, t);
}

static void a_logarithmic_axis_says_what_it_cannot_show(void **state)
{
    (void)state;
    struct table *t;
    struct chart *chart = NULL;
    struct errmsg e;
    struct chart_request r = {.view = "designs", .x = "lut", .y = "rtl_mismatches", .log = "y"};
    chart = chart_of("SELECT column1 AS lut, column2 AS rtl_mismatches FROM (VALUES (100, 0), (200, 7), (300, 90))", &r,
                     &t);
    assert_true(chart_plot(chart)->y.log);
    assert_int_equal(chart_plot(chart)->n, 2);
    assert_non_null(strstr(chart_note(chart), "1 left out: 0 or less, which a logarithmic axis cannot show"));
    drop(chart, t);
    /* The lower end of an interval may be 0: the bar goes to the frame. */
    r.y = "fmax_mhz";
    chart = chart_of("SELECT 1 AS lut, 50.0 AS fmax_mhz, 0.0 AS fmax_mhz_low, 60.0 AS fmax_mhz_high", &r, &t);
    char *script = script_of(chart);
    assert_null(strstr(script, " 0 60 "));
    assert_non_null(strstr(script, " 60 1 1 \n"));
    free(script);
    drop(chart, t);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    t = rows_of(db, "SELECT 'a' AS scheme, 0 AS lut");
    r.x = "scheme";
    r.y = "lut";
    assert_int_equal(chart_new(t, &r, &chart, &e), STATUS_VERDICT);
    r.log = "x";
    assert_int_equal(chart_new(t, &r, &chart, &e), STATUS_USAGE);
    table_free(t);
    sqlite3_close(db);
}

/* Groups at one value stand side by side, in one order; ticks are at the values. */
static void single_values_have_tics_and_room(void **state)
{
    (void)state;
    struct table *t;
    struct chart_request r = {
        .view = "designs", .x = "parallelism", .y = "test_accuracy", .color = "scheme", .shape = "network"};
    struct chart *chart = chart_of("SELECT a.column1 AS parallelism, b.column1 AS scheme, c.column1 AS network, "
                                   "0.8 + 0.001 * a.column1 AS test_accuracy FROM (VALUES (1), (8), (12), (16)) a, "
                                   "(VALUES ('x'), ('y')) b, (VALUES ('9-200-2'), ('9-32-2'), ('9-96-2')) c",
                                   &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_int_equal(p->x.n_tics, 4);
    assert_true(p->x.tics[0] == 1 && p->x.tics[1] == 8 && p->x.tics[3] == 16);
    assert_int_equal(p->colours.n, 2);
    assert_int_equal(p->shapes.n, 3);
    assert_string_equal(p->shapes.names[0], "9-32-2"); /* numbers in order */
    assert_string_equal(p->shapes.names[2], "9-200-2");
    const struct plot_ruler x = plot_ruler(p, true);
    const double gap = (plot_pixels(&x, 12) - plot_pixels(&x, 8)) / x.area;
    for (int i = 0; i < p->n; i++)
        for (int k = 0; k < i; k++) {
            const struct plot_point *a = &p->points[i], *b = &p->points[k];
            const bool alike = a->colour == b->colour && a->shape == b->shape;
            assert_true(alike == (a->shift == b->shift));
            assert_true(fabs(a->shift - b->shift) < gap);
        }
    drop(chart, t);
}

/* Only what a sweep sets has its tics at its values: a column, or an expression of nothing but such columns. */
static void an_expression_of_results_has_round_tics(void **state)
{
    (void)state;
    static const struct {
        const char *y;
        int n_tics;
    } cases[] = {{"lut + ff AS cells", 0},
                 {"parallelism + lut AS cells", 0},
                 {"1240 AS cells", 0},
                 {"coalesce(delta_bits, parallelism) AS bits", 3},
                 {"parallelism", 3},
                 {"lut", 0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct table *t;
        const struct chart_request r = {.view = "designs", .x = "ff", .y = cases[k].y};
        struct chart *chart = chart_of("SELECT column1 AS ff, column2 AS lut, column2 AS parallelism, NULL AS "
                                       "delta_bits, column2 AS plot_y FROM (VALUES (1, 1240), (2, 1313), (3, 1388))",
                                       &r, &t);
        assert_int_equal(chart_plot(chart)->y.n_tics, cases[k].n_tics);
        drop(chart, t);
    }
}

/* Seeds are named where what is drawn depends on them; "estimated" is said once. */
static void titles_say_what_matters(void **state)
{
    (void)state;
    static const struct {
        const char *x, *y, *title, *subtitle;
    } cases[] = {
        {"estimated_lut", "estimated_fmax_mhz", "Highest clock over LUTs, estimated", "2 designs"},
        {"lut", "estimated_fmax_mhz", "Highest clock, estimated over LUTs", "2 designs"},
        {"lut", "test_accuracy", "Test accuracy over LUTs", "2 designs  ·  1 seed"},
        {"lut", "100 * test_accuracy AS percent", "Percent over LUTs", "2 designs  ·  1 seed"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct table *t;
        const struct chart_request r = {.view = "designs", .x = cases[k].x, .y = cases[k].y};
        struct chart *chart =
            chart_of("SELECT column1 AS lut, column1 AS estimated_lut, column1 AS estimated_fmax_mhz, "
                     "0.5 AS test_accuracy, 50.0 AS plot_y, 1 AS n FROM (VALUES (1), (2))",
                     &r, &t);
        assert_string_equal(chart_plot(chart)->title, cases[k].title);
        assert_string_equal(chart_plot(chart)->subtitle, cases[k].subtitle);
        drop(chart, t);
    }
}

/* Also a single value of the colour, or the lack of one, is named. */
static void one_colour_is_named(void **state)
{
    (void)state;
    static const char *const values[][2] = {{"'delta'", "'delta'"}, {"NULL", "'none'"}, {"4", "'4'"}};
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        struct table *t;
        char sql[128];
        const struct chart_request r = {.view = "designs", .x = "lut", .y = "weights", .color = "scheme"};
        snprintf(sql, sizeof sql, "SELECT 1 AS lut, 2 AS weights, %s AS scheme", values[k][0]);
        struct chart *chart = chart_of(sql, &r, &t);
        char *script = script_of(chart);
        assert_non_null(strstr(script, "title 'scheme'"));
        assert_non_null(strstr(script, values[k][1]));
        free(script);
        drop(chart, t);
    }
}

/* The groups that are there have their middle at the tick, whatever groups other values have. */
static void groups_stand_around_their_tic(void **state)
{
    (void)state;
    static const char *const axes[] = {"parallelism", "network"};
    for (int k = 0; k < 2; k++) {
        struct table *t;
        const struct chart_request r = {.view = "designs", .x = axes[k], .y = "lut", .color = "scheme"};
        struct chart *chart = chart_of("SELECT column1 AS parallelism, 'n' || column1 AS network, column2 AS scheme, "
                                       "7 AS lut FROM (VALUES (1, 'x'), (2, 'x'), (2, 'z'), (3, 'y'), (3, 'y'))",
                                       &r, &t);
        const struct plot_point *p = chart_plot(chart)->points;
        assert_true(p[0].shift == 0 && p[3].shift == 0 && p[4].shift == 0);
        assert_true(p[1].shift < 0 && p[2].shift == -p[1].shift);
        drop(chart, t);
    }
}

/* Also the colours of a scale: from the least to the greatest, then none. */
static void shades_stand_side_by_side(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {.view = "designs", .x = "parallelism", .y = "lut", .color = "ff"};
    struct chart *chart =
        chart_of("WITH RECURSIVE k(i) AS (SELECT 9 UNION ALL SELECT i - 1 FROM k WHERE i > 0) "
                 "SELECT 8 AS parallelism, 7 AS lut, i * 10 AS ff FROM k UNION ALL SELECT 8, 7, NULL",
                 &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_true(p->shaded && p->n == 11);
    for (int i = 1; i < 10; i++)
        assert_true(p->points[i].shift < p->points[i - 1].shift);
    assert_true(p->points[10].shift > p->points[0].shift);
    drop(chart, t);
}

/* On an axis of measured values every point stays where it is. */
static void measured_values_do_not_move(void **state)
{
    (void)state;
    struct table *t;
    struct chart_request r = {.view = "designs", .x = "lut", .y = "test_accuracy", .color = "scheme"};
    struct chart *chart =
        chart_of("SELECT column1 AS lut, column2 AS test_accuracy, column3 AS scheme FROM (VALUES "
                 "(100, 0.8, 'x'), (100, 0.8, 'y'), (101, 0.8, 'z'), (102, 0.8, 'x'), (900, 0.9, 'x'))",
                 &r, &t);
    for (int i = 0; i < 5; i++)
        assert_true(chart_plot(chart)->points[i].shift == 0);
    drop(chart, t);
}

static void ranges_are_in_the_unit_of_the_column(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ":", "1", "2:1", "a:b", "1:2:3", "0.5:", "nan:", "1:inf", "1 2"};
    sqlite3 *db;
    struct chart *chart = NULL;
    struct errmsg e;
    struct table *t;
    struct chart_request r = {.view = "designs", .x = "lut", .y = "test_accuracy", .y_range = "0.8:"};
    static const char sql[] = "SELECT column1 AS lut, column2 AS test_accuracy FROM (VALUES (100, 0.79), (200, 0.85))";
    chart = chart_of(sql, &r, &t);
    assert_int_equal(chart_plot(chart)->n, 1);
    assert_true(plot_range(chart_plot(chart), false).low == 80.0);
    assert_non_null(strstr(chart_note(chart), "1 outside --yrange"));
    drop(chart, t);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    t = rows_of(db, sql);
    r.y_range = "80:90";
    assert_int_equal(chart_new(t, &r, &chart, &e), STATUS_VERDICT);
    assert_non_null(strstr(e.text, "`test_accuracy` from 0.79 to 0.85"));
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        r.y_range = bad[k];
        const enum status s = chart_new(t, &r, &chart, &e);
        if (strcmp(bad[k], "0.5:") == 0) {
            assert_int_equal(s, STATUS_OK);
            chart_free(chart);
        } else {
            assert_int_equal(s, STATUS_USAGE);
        }
    }
    table_free(t);
    sqlite3_close(db);
}

/* A line of curves is the mean over the seeds, its band goes from the lowest to the highest. */
static void curves_are_means_over_seeds(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {.view = "epochs", .x = "epoch", .y = "loss", .color = "scheme", .curves = true};
    struct chart *chart =
        chart_of("SELECT column1 AS training, column2 AS epoch, column3 AS loss, column1 AS scheme FROM "
                 "(VALUES ('a', 2, 1.0), ('a', 1, 4.0), ('b', 1, 9.0), ('a', 1, 2.0), ('b', 2, 8.0))",
                 &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_int_equal(p->n_lines, 2);
    assert_int_equal(p->lines[0].n, 2);
    const struct plot_corner *c = p->lines[0].corners;
    assert_true(c[0].x == 1 && c[0].y == 3 && c[0].low == 2 && c[0].high == 4 && c[1].x == 2 && c[1].y == 1);
    assert_int_not_equal(p->lines[0].colour, p->lines[1].colour);
    drop(chart, t);
}

/* Panels have the same axes, a front of their own, and their place on the page. */
static void facets_share_axes(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {
        .view = "designs", .x = "lut", .y = "test_accuracy", .color = "scheme", .facet = "network"};
    struct chart *chart = chart_of("SELECT column1 AS network, column2 AS lut, column3 AS test_accuracy, 's' AS scheme, "
                                   "'mnist' AS dataset FROM (VALUES ('9-8-2', 10, 0.5), ('9-8-2', 20, 0.6), "
                                   "('9-16-2', 15, 0.9), ('9-16-2', 30, 0.4), ('9-32-2', 12, 0.7))",
                                   &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_int_equal(p->facets.n, 3);
    assert_string_equal(p->facets.names[1], "9-16-2");
    assert_true(p->fronts[0].n == 3 && p->fronts[1].n == 1 && p->fronts[2].n == 1);
    for (int i = 0; i < 3; i++) {
        const struct plot_panel a = plot_panel(p, i);
        assert_true(a.left >= 0 && a.bottom >= 0 && a.right <= p->width && a.top <= p->height);
        assert_true(fabs(a.right - a.left - plot_area(p, true)) < 1e-6);
        for (int k = 0; k < i; k++) {
            const struct plot_panel b = plot_panel(p, k);
            assert_true(a.left >= b.right || b.left >= a.right || a.bottom >= b.top || b.bottom >= a.top);
        }
    }
    char *script = script_of(chart);
    assert_non_null(strstr(script, "set multiplot"));
    assert_non_null(strstr(script, "set xtics scale 0 nomirror  textcolor rgb '#333333' ('10' 10"));
    free(script);
    drop(chart, t);
}

/* What lies on each other is told apart: another group looks out from below, a number counts what cannot be seen. */
static void points_at_one_place_are_told_apart(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {.view = "designs", .x = "lut", .y = "weights", .color = "scheme"};
    struct chart *chart = chart_of("SELECT column1 AS lut, 5 AS weights, column2 AS scheme FROM (VALUES (1, 'a'), "
                                   "(1, 'b'), (2, 'a'), (2, 'a'), (2, 'a'), (3, 'b'))",
                                   &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_true(p->points[0].size > 1.4 * p->points[1].size && p->points[1].size == 1.0);
    assert_true(p->points[2].size == 1.0 && p->points[5].size == 1.0);
    assert_int_equal(p->n_counts, 1);
    assert_int_equal(p->counts[0].n, 3);
    assert_true(p->points[p->counts[0].point].x == 2.0);
    assert_non_null(strstr(p->subtitle, "numbers: how many are at one place"));
    drop(chart, t);
}

/* Each part's budget, in the panels that have points of it. */
static void budgets_are_those_of_their_part(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {.view = "designs", .x = "lut", .y = "ff", .facet = "device"};
    struct chart *chart = chart_of("SELECT column1 AS device, column2 AS lut, 7 AS ff FROM (VALUES ('xc7s15', 7000), "
                                   "('xc7s6', 3000))",
                                   &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_int_equal(p->n_guides, 2);
    for (int i = 0; i < 2; i++) {
        const bool large = p->guides[i].at == 8000.0;
        assert_true(large || p->guides[i].at == 3752.0 || p->guides[i].at == 3750.0);
        assert_string_equal(p->guides[i].label, large ? "xc7s15: LUTs" : "xc7s6: LUTs");
        assert_int_equal(p->guides[i].panels, large ? 2 : 1); /* xc7s6 is the first panel */
    }
    drop(chart, t);
}

/* Parallel coordinates: a line for each row with all results, words and numbers on their axes, what is not there
 * below them. */
static void lines_cross_all_axes(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {
        .view = "designs", .parallel = "scheme,delta_bits,lut,test_accuracy", .color = "scheme"};
    struct chart *chart =
        chart_of("SELECT column1 AS scheme, column2 AS delta_bits, column3 AS lut, column4 AS test_accuracy FROM (VALUES "
                 "('b', 2, 10, 0.5), ('a', NULL, 1000, 0.7), ('b', 4, 100, 0.9), ('b', 4, 100, NULL))",
                 &r, &t);
    const struct plot *p = chart_plot(chart);
    assert_int_equal(p->n_dims, 4);
    assert_int_equal(p->n_lines, 3);
    static const double heights[3][4] = {{1, 0, 0, 0}, {0, PLOT_NONE, 1, 0.5}, {1, 1, 0.5, 1}};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++)
            assert_true(p->lines[i].corners[k].x == k && fabs(p->lines[i].corners[k].y - heights[i][k]) < 1e-9);
    assert_true(p->dims[1].none && !p->dims[0].none && p->dims[2].axis.log);
    assert_string_equal(p->dims[3].label, "test accuracy (%)");
    assert_non_null(strstr(chart_note(chart), "3 of 4 rows of `designs` (1 left out: a result has no value)"));
    drop(chart, t);
}

/* A title that is too long for its line goes on below it. */
static void a_long_title_has_lines(void **state)
{
    (void)state;
    struct table *t;
    const struct chart_request r = {.view = "designs", .x = "lut", .y = "ff",
                                    .title = "Accuracy of all networks over the bits of their weights, with each code and "
                                             "each width that was tried, and with the front of all of them"};
    struct chart *chart = chart_of("SELECT 1 AS lut, 2 AS ff", &r, &t);
    char *script = script_of(chart);
    assert_non_null(strstr(script, "set label 1 'Accuracy of all networks over "));
    assert_non_null(strstr(script, "front of all of them' at graph 0"));
    assert_null(strstr(script, "…"));
    free(script);
    drop(chart, t);
}

/* No two entries of a legend are drawn alike, with the most groups that a plot takes. */
static void styles_differ(void **state)
{
    (void)state;
    for (int i = 0; i < PLOT_STYLES; i++)
        for (int k = 0; k < i; k++)
            assert_true(strcmp(plot_colour(i), plot_colour(k)) != 0 || plot_shape(i) != plot_shape(k));
    for (int i = 0; i < PLOT_SHAPES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(plot_dashes(i), plot_dashes(k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gnuplot_reads_literals_as_text),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(the_ending_says_the_format),
        cmocka_unit_test(the_front_runs_along_the_designs),
        cmocka_unit_test(axes_have_units_and_scales),
        cmocka_unit_test(a_front_of_one_design_has_a_ring),
        cmocka_unit_test(units_have_prefixes_that_suit_the_numbers),
        cmocka_unit_test(a_small_page_keeps_its_axes),
        cmocka_unit_test(an_axis_of_shares_ends_at_100),
        cmocka_unit_test(a_logarithmic_axis_says_what_it_cannot_show),
        cmocka_unit_test(single_values_have_tics_and_room),
        cmocka_unit_test(an_expression_of_results_has_round_tics),
        cmocka_unit_test(titles_say_what_matters),
        cmocka_unit_test(one_colour_is_named),
        cmocka_unit_test(groups_stand_around_their_tic),
        cmocka_unit_test(shades_stand_side_by_side),
        cmocka_unit_test(measured_values_do_not_move),
        cmocka_unit_test(ranges_are_in_the_unit_of_the_column),
        cmocka_unit_test(curves_are_means_over_seeds),
        cmocka_unit_test(facets_share_axes),
        cmocka_unit_test(points_at_one_place_are_told_apart),
        cmocka_unit_test(budgets_are_those_of_their_part),
        cmocka_unit_test(lines_cross_all_axes),
        cmocka_unit_test(a_long_title_has_lines),
        cmocka_unit_test(styles_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
