#include "base/say.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("abc", ""), 3);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("pareto", "paerto"), 1);
    assert_int_equal(text_distance("weight-bits", "Weight_Bits"), 0);
}

static void distance_is_symmetric_and_bounded(void **state)
{
    (void)state;
    unsigned seed = 20260622;
    const char *given = getenv("DELTASWEEP_SEED");
    if (given != NULL)
        seed = (unsigned)strtoul(given, NULL, 10);
    printf("seed %u (DELTASWEEP_SEED)\n", seed);
    for (int round = 0; round < 5000; round++) {
        char a[100], b[100];
        const int m = rand_r(&seed) % 80, n = rand_r(&seed) % 80;
        for (int i = 0; i < m; i++)
            a[i] = (char)('a' + rand_r(&seed) % 4);
        for (int i = 0; i < n; i++)
            b[i] = (char)('a' + rand_r(&seed) % 4);
        a[m] = b[n] = '\0';
        const int p = m < 63 ? m : 63, q = n < 63 ? n : 63;
        const int edits = text_distance(a, b);
        assert_int_equal(edits, text_distance(b, a));
        assert_true(edits >= abs(p - q) && edits <= (p > q ? p : q));
        assert_int_equal(text_distance(a, a), 0);
    }
}

static void numbers_in_texts_are_ordered_as_numbers(void **state)
{
    (void)state;
    static const char *const sorted[] = {"-10", "-2", "0.5", "3", "20", "1e3", "", "784-32-10", "784-96-64-10",
                                         "784-200-10", "P2", "P10", "fixed-point", "float"};
    enum { N = sizeof sorted / sizeof sorted[0] };
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            const int order = text_compare(sorted[i], sorted[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
}

static void nearest_suggests_what_was_meant(void **state)
{
    char word[1001] = "";
    (void)state;
    static const char *const words[] = {"weight_bits", "frac_bits", "delta_bits", "delta_offset", "seed", "seeds"};
    assert_string_equal(text_nearest("wieght_bits", words, 6), "weight_bits");
    assert_string_equal(text_nearest("weight-bit", words, 6), "weight_bits");
    assert_string_equal(text_nearest("sed", words, 6), "seed");
    assert_string_equal(text_nearest("seed", words, 6), "seed");
    assert_string_equal(text_nearest("frac", words, 6), "frac_bits");
    assert_null(text_nearest("parallelism", words, 6));
    assert_null(text_nearest("", words, 6));
    assert_null(text_nearest("x", words, 0));
    memset(word, 'k', sizeof word - 1); /* only its beginning is compared */
    assert_null(text_nearest(word, words, 6));
}

static void what_a_terminal_obeys_is_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *escape;
        int bytes;
    } of[] = {{"a", "", 1},
              {"~", "", 1},
              {"\\", "", 1},
              {"é", "", 2},
              {"…", "", 3},
              {"😀", "", 4},
              {"\n", "\\n", 1},
              {"\t", "\\t", 1},
              {"\r", "\\r", 1},
              {"\033", "\\x1b", 1},
              {"\a", "\\x07", 1},
              {"\177", "\\x7f", 1},
              {"\302\200", "\\u0080", 2},
              {"\302\233", "\\u009b", 2},
              {"\302\237", "\\u009f", 2},
              {"\302\240", "", 2}, /* one further */
              {"\233", "\\x9b", 1},
              {"\302", "\\xc2", 1}, /* cut */
              {"\300\200", "\\xc0", 1}, /* an overlong 0 */
              {"\330\234", "\\u061c", 2},
              {"\342\200\215", "", 3}, /* joins what is one sign */
              {"\342\200\216", "\\u200e", 3},
              {"\342\200\217", "\\u200f", 3},
              {"\342\200\250", "\\u2028", 3},
              {"\342\200\252", "\\u202a", 3},
              {"\342\200\256", "\\u202e", 3},
              {"\342\200\257", "", 3},
              {"\342\201\246", "\\u2066", 3},
              {"\342\201\251", "\\u2069", 3},
              {"\357\273\277", "\\ufeff", 3}};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        char escape[TEXT_ESCAPE_BYTES] = "stale", *said = NULL;
        size_t n = 0;
        assert_int_equal(text_shown(of[i].text, strlen(of[i].text), escape), of[i].bytes);
        assert_string_equal(escape, of[i].escape);
        FILE *f = open_memstream(&said, &n); /* new lines and tabs stay */
        say(f, "<%s|%d>", of[i].text, 7);
        fclose(f);
        char expected[32];
        const bool stays = of[i].escape[0] == '\0' || of[i].text[0] == '\n' || of[i].text[0] == '\t';
        if (strlen(of[i].text) == (size_t)of[i].bytes) {
            snprintf(expected, sizeof expected, "<%s|7>", stays ? of[i].text : of[i].escape);
            assert_string_equal(said, expected);
        }
        free(said);
    }
    const char zero[2] = {'\0', 'a'};
    char escape[TEXT_ESCAPE_BYTES];
    assert_int_equal(text_shown(zero, 2, escape), 1);
    assert_string_equal(escape, "\\x00");
}

static void long_messages_are_whole(void **state)
{
    (void)state;
    char *said = NULL, text[5001];
    size_t n = 0;
    memset(text, 'x', 5000);
    text[4000] = '\033';
    text[5000] = '\0';
    FILE *f = open_memstream(&said, &n);
    say(f, "%s", text);
    fclose(f);
    assert_int_equal(n, 5003);
    assert_memory_equal(said + 4000, "\\x1bx", 5);
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(distance_is_symmetric_and_bounded),
        cmocka_unit_test(numbers_in_texts_are_ordered_as_numbers),
        cmocka_unit_test(what_a_terminal_obeys_is_escaped),
        cmocka_unit_test(long_messages_are_whole),
        cmocka_unit_test(nearest_suggests_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
