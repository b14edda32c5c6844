#include "base/json.h"
#include "base/text.h"
#include "explorer/report/table_values.h"

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sqlite3 *db;

static int open_memory(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    return sqlite3_open(":memory:", &db);
}

static int close_memory(void **state)
{
    (void)state;
    return sqlite3_close(db);
}

static struct table *rows_of(const char *sql)
{
    sqlite3_stmt *s;
    struct table *t;
    struct errmsg e;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(table_read(s, &t, &e), STATUS_OK);
    sqlite3_finalize(s);
    return t;
}

/* printed: what table_print writes; owned by the caller. */
static char *printed(const char *sql, const struct table_view *view, enum table_format format)
{
    char *text = NULL;
    size_t size = 0;
    struct errmsg e;
    struct table *t = rows_of(sql);
    FILE *f = open_memstream(&text, &size);
    assert_non_null(f);
    assert_int_equal(table_print(t, view, f, format, &e), STATUS_OK);
    fclose(f);
    table_free(t);
    return text;
}

static void prints(const char *sql, enum table_format format, const char *expected)
{
    char *text = printed(sql, NULL, format);
    assert_string_equal(text, expected);
    free(text);
}

static void text_is_aligned(void **state)
{
    (void)state;
    prints("SELECT 'a' AS word, 7 AS n UNION ALL SELECT 'longer', 1000", TABLE_TEXT,
           "word       n\n------  ----\na          7\nlonger  1000\n");
    prints("SELECT '電' AS w, 'x' AS y UNION ALL SELECT 'é', 'y'", TABLE_TEXT, "w   y\n--  -\n電  x\né   y\n");
    prints("SELECT NULL AS z, x'0011' AS b", TABLE_TEXT, "z  b\n-  ---------\n   (2 bytes)\n");
    prints("SELECT 1 AS x WHERE 0", TABLE_TEXT, "x\n-\n");
}

static void text_shows_what_a_terminal_would_obey(void **state)
{
    (void)state;
    prints("SELECT 'a' || char(27) || '[31m' || char(10) || x'ff' AS w", TABLE_TEXT,
           "w\n---------------\na\\x1b[31m\\n\\xff\n");
}

static void reals_have_one_number_of_decimals(void **state)
{
    (void)state;
    prints("SELECT 0.8712 AS a UNION ALL SELECT 0.87 UNION ALL SELECT NULL", TABLE_TEXT,
           "     a\n------\n0.8712\n0.8700\n      \n");
    prints("SELECT 125.0 AS a UNION ALL SELECT 7.25", TABLE_TEXT, "     a\n------\n125.00\n  7.25\n");
    prints("SELECT 7992015.968 AS a", TABLE_TEXT, "      a\n-------\n7992016\n");
    prints("SELECT 1e-9 AS a UNION ALL SELECT 12.5", TABLE_TEXT, "    a\n-----\n1e-09\n 12.5\n");
    prints("SELECT 7591497829.4 AS a UNION ALL SELECT 0.5 UNION ALL SELECT 2e15", TABLE_TEXT,
           "         a\n----------\n7591497829\n       0.5\n     2e+15\n");
    prints("SELECT 1e999 AS a UNION ALL SELECT 0.5", TABLE_TEXT, "  a\n---\ninf\n0.5\n");
    prints("SELECT 0.0 AS a", TABLE_TEXT, "  a\n---\n0.0\n");
}

static void csv_quotes_what_needs_it(void **state)
{
    (void)state;
    prints("SELECT 'a,b' AS \"x,y\", 'q\"q' AS q, 'l' || char(10) || 'm' AS l, '' AS e, NULL AS z, 0.1 AS r", TABLE_CSV,
           "\"x,y\",q,l,e,z,r\n\"a,b\",\"q\"\"q\",\"l\nm\",\"\",,0.1\n");
}

static void json_lines_are_an_object_a_line(void **state)
{
    (void)state;
    prints("SELECT 'a' || char(10) AS t, 0.1 AS r, NULL AS z UNION ALL SELECT 'b', 2.5e-9, 7", TABLE_JSON_LINES,
           "{\"t\": \"a\\n\", \"r\": 0.1, \"z\": null}\n{\"t\": \"b\", \"r\": 2.5e-09, \"z\": 7}\n");
    prints("SELECT 1 AS x WHERE 0", TABLE_JSON_LINES, "");
}

static void markdown_is_a_pipe_table(void **state)
{
    (void)state;
    prints("SELECT 'a|b' AS \"x|y\", 0.25 AS r, NULL AS z UNION ALL SELECT 'c', 1.5, ''", TABLE_MARKDOWN,
           "| x\\|y | r | z |\n| --- | ---: | --- |\n| a\\|b | 0.25 |  |\n| c | 1.50 |  |\n");
}

static void json_is_what_a_parser_reads_back(void **state)
{
    (void)state;
    char *text = printed("SELECT 'q\"\\' || char(1, 10, 233, 128512) AS t, 0.1 AS r, -5 AS i, NULL AS z, 1e999 AS inf, "
                         "x'ff' || 'a' AS bad, "
                         "1 AS i",
                         NULL, TABLE_JSON);
    json_error_t error;
    json_t *rows = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (rows == NULL)
        fail_msg("%s: %s", error.text, text);
    const json_t *row = json_array_get(rows, 0);
    assert_string_equal(json_string_value(json_object_get(row, "t")), "q\"\\\x01\n\u00e9\U0001F600");
    assert_true(json_real_value(json_object_get(row, "r")) == 0.1);
    assert_int_equal(json_integer_value(json_object_get(row, "i")), -5);
    assert_true(json_is_null(json_object_get(row, "z")) && json_is_null(json_object_get(row, "inf")));
    assert_string_equal(json_string_value(json_object_get(row, "bad")), "\ufffda");
    assert_int_equal(json_integer_value(json_object_get(row, "i_2")), 1);
    json_decref(rows);
    free(text);
}

/* Random bytes are always valid JSON text, and valid UTF-8 comes back unchanged. */
static void json_survives_any_bytes(void **state)
{
    (void)state;
    unsigned seed = 11;
    const char *given = getenv("DELTASWEEP_SEED");
    if (given != NULL)
        seed = (unsigned)strtoul(given, NULL, 10);
    printf("seed %u (DELTASWEEP_SEED)\n", seed);
    for (int round = 0; round < 5000; round++) {
        char bytes[24], *text = NULL;
        size_t size = 0;
        const int n = rand_r(&seed) % (int)sizeof bytes;
        for (int i = 0; i < n; i++)
            bytes[i] = (char)(rand_r(&seed) % 3 == 0 ? rand_r(&seed) : 0xc0 + rand_r(&seed) % 64);
        struct json j;
        FILE *f = open_memstream(&text, &size);
        json_put_begin(&j, f);
        json_put_open(&j, NULL, '[', true);
        json_put_text_bytes(&j, NULL, bytes, (size_t)n);
        json_put_close(&j);
        fclose(f);
        json_error_t error;
        json_t *back = json_loads(text, JSON_ALLOW_NUL, &error);
        if (back == NULL)
            fail_msg("%s: %s", error.text, text);
        json_t *straight = json_stringn(bytes, (size_t)n); /* NULL if it is not UTF-8 */
        if (straight != NULL)
            assert_true(json_equal(straight, json_array_get(back, 0)));
        json_decref(straight);
        json_decref(back);
        free(text);
    }
}

static void reals_read_back_the_same(void **state)
{
    (void)state;
    unsigned seed = 5;
    char text[32];
    text_of_real(0.1, text);
    assert_string_equal(text, "0.1");
    text_of_real(3.0, text);
    assert_string_equal(text, "3.0");
    for (int i = 0; i < 20000; i++) {
        const double v = ldexp((double)rand_r(&seed) / 3.0, rand_r(&seed) % 600 - 300);
        text_of_real(v, text);
        assert_true(strtod(text, NULL) == v);
    }
}

static void view_chooses_and_orders(void **state)
{
    (void)state;
    static const int columns[] = {1}, rows[] = {2, 0};
    const struct table_view view = {.columns = columns, .n_columns = 1, .rows = rows, .n_rows = 2};
    char *text = printed("VALUES (1, 'a'), (2, 'b'), (3, 'c')", &view, TABLE_CSV);
    assert_string_equal(text, "column2\nc\na\n");
    free(text);
}

static void an_error_half_way_is_said(void **state)
{
    (void)state;
    sqlite3_stmt *s;
    struct table *t;
    struct errmsg e;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT iif(value = 3, abs(-9223372036854775808), value) FROM "
                                        "json_each('[1,2,3,4]')",
                                        -1, &s, NULL),
                     SQLITE_OK);
    assert_int_equal(table_read(s, &t, &e), STATUS_ENVIRONMENT);
    assert_null(t);
    assert_non_null(strstr(e.text, "integer overflow"));
    sqlite3_finalize(s);
}

/* Each different value is kept once, of few; of very many all are there. */
static void equal_values_are_kept_once(void **state)
{
    (void)state;
    struct table *t = rows_of("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
                              "SELECT i, 'word ' || (i % 7), iif(i % 3, NULL, i % 2) FROM n");
    assert_int_equal(t->n_rows, 10000);
    assert_int_equal(t->values[1].n, 7);
    assert_int_equal(t->values[2].n, 3);
    for (int i = 0; i < t->n_rows; i++) {
        char word[16];
        snprintf(word, sizeof word, "word %d", i % 7);
        assert_int_equal(table_cell(t, i, 0)->integer, i);
        assert_string_equal(table_cell(t, i, 1)->text, word);
        assert_int_equal(table_cell(t, i, 2)->type, i % 3 != 0 ? CELL_NULL : CELL_INT);
    }
    table_free(t);
}

/* What looks alike stays what it is. */
static void unlike_values_are_not_taken_for_equal(void **state)
{
    (void)state;
    struct table *t = rows_of("VALUES (0), (0.0), (-0.0), ('0'), (x'30'), (NULL), (CAST(x'3000' AS TEXT)), (0), ('')");
    static const enum cell_type types[] = {CELL_INT, CELL_REAL, CELL_REAL, CELL_TEXT, CELL_BLOB, CELL_NULL, CELL_TEXT, CELL_INT,
                                           CELL_TEXT};
    for (int i = 0; i < t->n_rows; i++)
        assert_int_equal(table_cell(t, i, 0)->type, types[i]);
    assert_int_equal(table_cell(t, 3, 0)->integer, 1);
    assert_int_equal(table_cell(t, 6, 0)->integer, 2);
    assert_int_equal(table_cell(t, 8, 0)->integer, 0);
    table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_aligned),
        cmocka_unit_test(text_shows_what_a_terminal_would_obey),
        cmocka_unit_test(reals_have_one_number_of_decimals),
        cmocka_unit_test(csv_quotes_what_needs_it),
        cmocka_unit_test(json_lines_are_an_object_a_line),
        cmocka_unit_test(markdown_is_a_pipe_table),
        cmocka_unit_test(json_is_what_a_parser_reads_back),
        cmocka_unit_test(json_survives_any_bytes),
        cmocka_unit_test(reals_read_back_the_same),
        cmocka_unit_test(view_chooses_and_orders),
        cmocka_unit_test(equal_values_are_kept_once),
        cmocka_unit_test(unlike_values_are_not_taken_for_equal),
        cmocka_unit_test(an_error_half_way_is_said),
    };
    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
