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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(distance_is_symmetric_and_bounded),
        cmocka_unit_test(numbers_in_texts_are_ordered_as_numbers),
        cmocka_unit_test(nearest_suggests_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
