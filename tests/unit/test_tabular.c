#include "models/nn/data/tabular.h"

#include "base/stop.h"
#include "tests/support/parser_cases.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static enum status parse(const char *text, const char *label, struct tabular *t, struct errmsg *e)
{
    const struct tabular_wish wish = {.label = label};
    return tabular_parse((const uint8_t *)text, strlen(text), &wish, "t.csv", t, e);
}

static enum status parse_and_use(const uint8_t *bytes, size_t n, struct errmsg *e)
{
    struct tabular t;
    const struct tabular_wish wish = {.label = "label", .words = n % 2 ? "" : NULL};
    const enum status s = tabular_parse(bytes, n, &wish, "t.csv", &t, e);
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
/* Semicolons and tabs: the separator is the one between which the label stands. */
static void separators(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a;label;b\n1;x;2\n3;y;4\n", "a\tlabel\tb\n1\tx\t2\n3\ty\t4\n", "\xef\xbb\xbf\"a\";\"label\";b\r\n1;x;\"2\"\r\n3;y;4",
        "\"a, of; all\",label,b\n1,x,2\n3,y,4\n", "a, of; all\tlabel\tb\n1\tx\t2\n3\ty\t4\n"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        struct tabular t;
        struct errmsg e = {""};
        if (parse(texts[k], "label", &t, &e) != STATUS_OK)
            fail_msg("table %zu: %s", k, e.text);
        assert_true(t.n_rows == 2 && t.n_columns == 2 && t.numbers[1] == 2 && t.numbers[2] == 3);
        assert_string_equal(t.columns[0], k < 3 ? "a" : "a, of; all");
        tabular_free(&t);
    }
    struct errmsg e = {""};
    const uint8_t wide[] = {'a', 0, ',', 0, 'l', 0};
    assert_int_equal(parse_and_use(wide, sizeof wide, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "UTF-16"));
}

/* Words become a column of 0 and 1 each, those of the training set in both sets. */
static void words_become_columns(void **state)
{
    (void)state;
    static const char train[] = "size,colour,label\n1,red,x\n2,blue,y\n3,red,x\n", test[] = "size,colour,label\n7,blue,x\n";
    static const char *const columns[] = {"size", "colour=blue", "colour=red"};
    static const double expected[] = {1, 0, 1, 2, 1, 0, 3, 0, 1};
    struct tabular t, u;
    struct errmsg e = {""};
    bool *categories, *others;
    for (int k = 0; k < 2; k++) {
        const struct tabular_wish wish = {.label = "label", .words = k == 0 ? "" : "colour"},
                                  like = {.label = "label", .like = &t};
        assert_int_equal(tabular_parse((const uint8_t *)train, sizeof train - 1, &wish, "t.csv", &t, &e), STATUS_OK);
        assert_int_equal(tabular_parse((const uint8_t *)test, sizeof test - 1, &like, "u.csv", &u, &e), STATUS_OK);
        assert_int_equal(tabular_expand(&u, &t, "u.csv", &others, &e), STATUS_OK);
        assert_int_equal(tabular_expand(&t, &t, "t.csv", &categories, &e), STATUS_OK);
        assert_int_equal(t.n_columns, 3);
        for (int c = 0; c < 3; c++) {
            assert_string_equal(t.columns[c], columns[c]);
            assert_true(categories[c] == (c > 0) && others[c] == (c > 0));
        }
        assert_memory_equal(t.numbers, expected, sizeof expected);
        assert_true(u.numbers[0] == 7 && u.numbers[1] == 1 && u.numbers[2] == 0);
        free(categories);
        free(others);
        tabular_free(&t);
        tabular_free(&u);
    }
    const struct tabular_wish wish = {.label = "label", .words = ""}, like = {.label = "label", .like = &t};
    assert_int_equal(tabular_parse((const uint8_t *)train, sizeof train - 1, &wish, "t.csv", &t, &e), STATUS_OK);
    static const char unknown[] = "size,colour,label\n7,blue,x\n7,green,x\n";
    assert_int_equal(tabular_parse((const uint8_t *)unknown, sizeof unknown - 1, &like, "u.csv", &u, &e), STATUS_OK);
    assert_int_equal(tabular_expand(&u, &t, "u.csv", &others, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "u.csv:3: column `colour`: no line of the training set has `green`"));
    tabular_free(&t);
    tabular_free(&u);
}

/* A split takes the same lines at every time, of each label its part, and loses none. */
static void one_table_becomes_two(void **state)
{
    (void)state;
    char text[4096] = "v,label\n";
    size_t used = strlen(text);
    int tests[2][3] = {{0}}, lines[2][100];
    for (int i = 0; i < 100; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d,%s\n", i, i == 99 ? "once" : i % 4 ? "many" : "few");
    for (int k = 0; k < 2; k++) {
        struct tabular t, test;
        struct errmsg e = {""};
        bool seen[100] = {false};
        assert_int_equal(parse(text, "label", &t, &e), STATUS_OK);
        assert_int_equal(tabular_split(&t, 0.2, &test, &e), STATUS_OK);
        assert_int_equal(t.n_rows + test.n_rows, 100);
        for (int i = 0; i < 100; i++) {
            const struct tabular *of = i < t.n_rows ? &t : &test;
            const int row = i < t.n_rows ? i : i - t.n_rows, v = (int)of->numbers[row];
            seen[v] = true;
            lines[k][i] = of->lines[row];
            assert_int_equal(of->lines[row], v + 2);
            assert_string_equal(of->names[of->labels[row]], v == 99 ? "once" : v % 4 ? "many" : "few");
            tests[k][of->labels[row]] += of == &test;
        }
        for (int i = 0; i < 100; i++)
            assert_true(seen[i]);
        tabular_free(&t);
        tabular_free(&test);
    }
    assert_memory_equal(lines[0], lines[1], sizeof lines[0]);
    assert_true(tests[0][0] == 5 && tests[0][1] == 15 && tests[0][2] == 0); /* few, many, once */
}

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
        {"a|label\n1|2\n", "separated by commas, semicolons or tabs"},
        {"a;label\n1;2;3\n", "quote a field that has a semicolon in it"},
        {"a;label\n1,5;2\n", "`1,5` is not a number (decimal, with a point)"},
        {"\xff\xfe" "a", "this is UTF-16; save it as UTF-8"},
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

/* A large table is left as soon as the user asks for it. */
static void a_request_to_stop_ends_the_reading(void **state)
{
    (void)state;
    struct tabular t;
    struct errmsg e = {""};
    stop_requested = SIGINT;
    const enum status s = parse("a,label\n1,x\n2,y\n", "label", &t, &e);
    stop_requested = 0;
    assert_int_equal(s, STATUS_INTERRUPTED);
    assert_int_equal(t.n_rows, 0);
    tabular_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read),
        cmocka_unit_test(separators),
        cmocka_unit_test(words_become_columns),
        cmocka_unit_test(one_table_becomes_two),
        cmocka_unit_test(labels_are_sorted),
        cmocka_unit_test(wrong_tables_are_explained),
        cmocka_unit_test(labels_have_a_limit),
        cmocka_unit_test(any_bytes_are_safe),
        cmocka_unit_test(a_request_to_stop_ends_the_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
