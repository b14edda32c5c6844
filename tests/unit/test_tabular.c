#include "models/nn/data/tabular.h"
#include "tests/support/parser_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static enum status parse(const char *text, const char *label, struct tabular *t, struct errmsg *e)
{
    return tabular_parse((const uint8_t *)text, strlen(text), label, "t.csv", t, e);
}

static enum status parse_and_use(const uint8_t *bytes, size_t n, struct errmsg *e)
{
    struct tabular t;
    const enum status s = tabular_parse(bytes, n, "label", "t.csv", &t, e);
    if (s == STATUS_OK) {
        double sum = 0;
        for (int i = 0; i < t.n_rows; i++) {
            assert_true(t.labels[i] < t.n_names && t.lines[i] > 1);
            for (int k = 0; k < t.n_columns; k++)
                sum += t.numbers[i * t.n_columns + k] * 0;
        }
        assert_true(sum == 0);
        for (int k = 1; k < t.n_names; k++)
            assert_true(strcmp(t.names[k - 1], t.names[k]) < 0);
    }
    tabular_free(&t);
    return s;
}

static void a_table_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a,label,b\n1,x,2\n-3.5,y,4e2\n0.25,x,-1\n",
        "a,label,b\r\n1,x,2\r\n-3.5,y,4e2\r\n0.25,x,-1",
        "\xef\xbb\xbf\"a\",\"label\",b\n\"1\", x ,2\n\n-3.5,\"y\",\" 4e2\"\n 0.25 ,x,-1\n\n",
    };
    static const double numbers[] = {1, 2, -3.5, 400, 0.25, -1};
    static const uint8_t labels[] = {0, 1, 0};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        struct tabular t;
        struct errmsg e = {""};
        if (parse(texts[k], "label", &t, &e) != STATUS_OK)
            fail_msg("table %zu: %s", k, e.text);
        assert_int_equal(t.n_rows, 3);
        assert_int_equal(t.n_columns, 2);
        assert_string_equal(t.columns[0], "a");
        assert_string_equal(t.columns[1], "b");
        assert_memory_equal(t.numbers, numbers, sizeof numbers);
        assert_int_equal(t.n_names, 2);
        assert_string_equal(t.names[0], "x");
        assert_string_equal(t.names[1], "y");
        assert_memory_equal(t.labels, labels, sizeof labels);
        assert_int_equal(t.lines[0], 2);
        assert_int_equal(t.lines[2], k == 2 ? 5 : 4);
        tabular_free(&t);
    }
}

/* Labels that come in any order are sorted, and rows keep theirs; a quoted one may hold anything. */
static void labels_are_sorted(void **state)
{
    (void)state;
    struct tabular t;
    struct errmsg e;
    const char *expected[] = {"m", "z", "a, \"b\"\nc", "m", "k"};
    assert_int_equal(parse("label,v\nm,1\nz,2\n\"a, \"\"b\"\"\nc\",3\nm,4\nk,5\n", "label", &t, &e), STATUS_OK);
    assert_int_equal(t.n_names, 4);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(t.names[t.labels[i]], expected[i]);
        assert_int_equal(t.lines[i], i < 2 ? i + 2 : i + 3); /* the quoted line feed */
    }
    tabular_free(&t);
}

static void wrong_tables_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "t.csv:1: the file is empty"},
        {"\n\n", "the file is empty"},
        {"a,label\n", "no lines of numbers"},
        {"label\n1\n", "no column but"},
        {"a,Label\n1,2\n",
         "t.csv:1: no column is called `label`; name that of the labels as FOLDER:COLUMN; did you mean "
         "FOLDER:Label? (columns: a, Label)"},
        {"a,b,species\n1,2,x\n", "(columns: a, b, species)"},
        {"a;label\n1;2\n", "separated by commas"},
        {"a,,label\n1,2,3\n", "column 2 has no name"},
        {"a,b,a,label\n1,2,3,4\n", "two columns are called `a`"},
        {"a,label,label\n1,2,3\n", "two columns are called `label`"},
        {"a,b,label\n1,2,x\n3,,y\n", "t.csv:3: column `b`: a missing value (``)"},
        {"a,b,label\n1,NA,x\n", "t.csv:2: column `b`: a missing value (`NA`)"},
        {"a,b,label\n1,nan,x\n", "t.csv:2: column `b`: a missing value (`nan`)"},
        {"a,b,label\n1,2,x\n1,\"?\",x\n", "t.csv:3: column `b`: a missing value (`?`)"},
        {"a,b,label\n1,2,\n", "t.csv:2: column `label`: a missing value"},
        {"a,b,label\n1,two,x\n", "t.csv:2: column `b`: `two` is not a number"},
        {"a,b,label\n1,0x10,x\n", "`0x10` is not a number"},
        {"a,b,label\n1,inf,x\n", "`inf` is not a number"},
        {"a,b,label\n1,1e999,x\n", "`1e999` is not a number"},
        {"a,b,label\n1,2 3,x\n", "`2 3` is not a number"},
        {"a,b,label\n1,2\n", "t.csv:2: 2 fields, but the header has 3"},
        {"a,b,label\n1,2,x,4,5\n", "t.csv:2: 5 fields, but the header has 3"},
        {"a,b,label\n1,2,x\n1,2,x", NULL},
        {"a,b,label\n1,\"2,x\n1,2,x\n", "quote"},
        {"a,b,label\n1,2\"3,x\n", "t.csv:2:4: a stray or unclosed quote"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct tabular t;
        struct errmsg e = {""};
        const enum status s = parse(cases[k].text, "label", &t, &e);
        tabular_free(&t);
        if (cases[k].says == NULL ? s != STATUS_OK : s != STATUS_INPUT || strstr(e.text, cases[k].says) == NULL)
            fail_msg("table %zu: status %d, \"%s\" does not say \"%s\"", k, s, e.text, cases[k].says);
    }
}

static void labels_have_a_limit(void **state)
{
    (void)state;
    for (int n = 256; n <= 257; n++) {
        char text[8192] = "label,v\n";
        struct tabular t;
        struct errmsg e;
        for (int i = 0; i < n; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%d\n", i * 7 % n, i * 7 % n);
        assert_int_equal(parse(text, "label", &t, &e), n == 256 ? STATUS_OK : STATUS_INPUT);
        if (n == 256)
            for (int i = 0; i < n; i++)
                assert_int_equal(strtol(t.names[t.labels[i]], NULL, 10), (long)t.numbers[i]);
        else
            assert_non_null(strstr(e.text, "t.csv:258: column `label`"));
        tabular_free(&t);
    }
}

static void any_bytes_are_safe(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbfname,\"label\",b\r\n1.5,\"x \"\"y\"\" z\",2\r\n-3,w,1e3\r\n0.25,x,-1";
    struct errmsg e;
    const size_t n = sizeof text - 1;
    for (size_t k = 0; k < n; k++) {
        const enum status s = parser_on_copy(parse_and_use, (const uint8_t *)text, k, &e);
        assert_true(s == STATUS_OK || (s == STATUS_INPUT && e.text[0] != '\0'));
    }
    assert_true(parser_damages(parse_and_use, (const uint8_t *)text, n, 24, 20000));
    /* Every byte there is, in every place. */
    for (size_t k = 0; k < n; k++)
        for (int byte = 0; byte < 256; byte++) {
            uint8_t copy[sizeof text];
            memcpy(copy, text, n);
            copy[k] = (uint8_t)byte;
            const enum status s = parser_on_copy(parse_and_use, copy, n, &e);
            assert_true(s == STATUS_OK || (s == STATUS_INPUT && e.text[0] != '\0'));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read),
        cmocka_unit_test(labels_are_sorted),
        cmocka_unit_test(wrong_tables_are_explained),
        cmocka_unit_test(labels_have_a_limit),
        cmocka_unit_test(any_bytes_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
