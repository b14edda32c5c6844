/* Accuracies over seeds, of which one is easier than the other. */
#include "explorer/search/seeds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void an_easy_seed_wins_nothing(void **state)
{
    (void)state;
    struct seeds s;
    assert_true(seeds_open(&s, 3));
    assert_true(isnan(seeds_mean(&s, 0)));
    assert_true(seeds_add(&s, 0, 0, 0.91));
    assert_true(seeds_add(&s, 100, 0, 0.92));
    assert_true(seeds_add(&s, 100, 1, 0.91)); /* seed 1 is harder by 0.01 for one, by 0.03 for another */
    assert_true(seeds_add(&s, 50, 1, 0.87));
    assert_true(seeds_ease(&s, 1) < -0.0099 && seeds_ease(&s, 1) > -0.0101);
    assert_true(seeds_add(&s, 50, 0, 0.90));
    assert_true(seeds_add(&s, 50, 0, 0.10)); /* the second time counts not */
    assert_true(fabs(seeds_ease(&s, 1) + 0.02) < 1e-12);
    assert_true(seeds_ease(&s, 0) == 0 && seeds_ease(&s, 2) == 0);
    assert_true(fabs(seeds_mean(&s, 0) - 0.91) < 1e-12);
    assert_true(fabs(seeds_mean(&s, 100) - (0.92 + 0.93) / 2) < 1e-12);
    assert_true(fabs(seeds_mean(&s, 50) - (0.90 + 0.89) / 2) < 1e-12);
    assert_true(seeds_has(&s, 50, 1) && !seeds_has(&s, 50, 2) && !seeds_has(&s, 49, 0) && !seeds_has(&s, 5000, 0));
    seeds_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_easy_seed_wins_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
