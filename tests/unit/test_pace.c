#include "explorer/jobs/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void nothing_done_tells_nothing(void **state)
{
    (void)state;
    struct pace p = {0};
    pace_add(&p, JOB_TRAIN, 10);
    assert_true(pace_left(&p, 1) < 0);
}

/* Four trainings guessed at 1 ms took 10 ms each; a build of 8 s is left: 8 s, not 80. */
static void each_kind_learns_for_itself(void **state)
{
    (void)state;
    struct pace p = {0};
    for (int i = 0; i < 4; i++)
        pace_add(&p, JOB_TRAIN, 0.001);
    pace_add(&p, JOB_BUILD, 8);
    for (int i = 0; i < 4; i++)
        pace_did(&p, JOB_TRAIN, 0.001, 0.01);
    assert_float_equal(pace_left(&p, 1), 8, 1e-6);
    pace_add(&p, JOB_TRAIN, 0.1); /* now known to take 1 s */
    assert_float_equal(pace_left(&p, 1), 9, 1e-6);
    assert_float_equal(pace_left(&p, 2), 4.5, 1e-6);
}

static void what_is_dropped_takes_no_time_and_teaches_nothing(void **state)
{
    (void)state;
    struct pace p = {0};
    pace_add(&p, JOB_BUILD, 8);
    pace_add(&p, JOB_CHECK, 2);
    pace_did(&p, JOB_BUILD, 8, 4);
    pace_drop(&p, JOB_CHECK, 2);
    assert_float_equal(pace_left(&p, 1), 0, 1e-6);
    pace_add(&p, JOB_BUILD, 8);
    assert_float_equal(pace_left(&p, 1), 4, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_done_tells_nothing),
        cmocka_unit_test(each_kind_learns_for_itself),
        cmocka_unit_test(what_is_dropped_takes_no_time_and_teaches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
