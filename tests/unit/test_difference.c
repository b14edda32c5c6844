#include "db/store.h"
#include "explorer/report/difference.h"
#include "explorer/report/front_facts.h"
#include "explorer/report/hypervolume.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct store *store;
static char path[] = "/tmp/deltasweep-difference-XXXXXX";

static int open_store(void **state)
{
    (void)state;
    struct errmsg e;
    const int fd = mkstemp(path);
    if (fd < 0)
        return -1;
    close(fd);
    return store_open(path, NULL, &store, &e) == STATUS_OK ? 0 : -1;
}

static int close_store(void **state)
{
    (void)state;
    store_close(store);
    return unlink(path);
}

/* By hand: the differences of seeds 1 to 3 are 1, 2 and 3, so 2 on average with a deviation of 1; t of 2 degrees of freedom
 * is 4.302653, and the half width 4.302653 / sqrt(3). Seeds 7 and 9, which one side lacks, do not count. */
static void equal_seeds_are_paired(void **state)
{
    (void)state;
    static const struct observation a[] = {{1, 10}, {2, 20}, {3, 30}, {7, 100}}, b[] = {{3, 33}, {9, -50}, {1, 11}, {2, 22}};
    const struct difference d = difference_of(a, 4, b, 4, store_handle(store));
    assert_int_equal(d.how, DIFFERENCE_PAIRED);
    assert_int_equal(d.n, 3);
    assert_true(d.n_a == 4 && d.n_b == 4 && d.a == 40 && d.b == 4);
    assert_true(fabs(d.mean - 2) < 1e-12);
    assert_true(fabs(d.ci95 - 4.302653 / sqrt(3)) < 1e-4);
}

/* By hand: means 2 and 5; variances 1 and 4 of 3 and 4 values: 1/3 + 4/4 = 4/3; degrees of freedom (4/3)^2 / ((1/3)^2 / 2 +
 * 1^2 / 3) = 4.571, for which the table has those of 4: t = 2.776445. */
static void unlike_seeds_are_compared_after_welch(void **state)
{
    (void)state;
    static const struct observation a[] = {{1, 1}, {2, 2}, {3, 3}};
    const double r = sqrt(6);
    const struct observation b[] = {{3, 5 - r}, {11, 5}, {12, 5}, {13, 5 + r}};
    const struct difference d = difference_of(a, 3, b, 4, store_handle(store));
    assert_int_equal(d.how, DIFFERENCE_WELCH);
    assert_int_equal(d.n, 3);
    assert_true(fabs(d.mean - 3) < 1e-12);
    assert_true(fabs(d.ci95 - 2.776445 * sqrt(4.0 / 3)) < 1e-4);
}

static void one_value_has_no_interval(void **state)
{
    (void)state;
    static const struct observation a[] = {{1, 1}}, b[] = {{1, 4}};
    struct difference d = difference_of(a, 1, b, 1, store_handle(store));
    assert_true(d.how == DIFFERENCE_ONE && d.n == 1 && d.mean == 3 && isnan(d.ci95));
    d = difference_of(a, 1, b, 0, store_handle(store));
    assert_true(isnan(d.mean) && isnan(d.ci95) && d.n == 0);
}

/* By hand, accuracy (more) and bits (less): the front is (0.9, 30), (0.8, 12), (0.5, 10). Brought to 0 to 1 the sums are 1,
 * 0.25 + 0.1 and 1. The worst of all rows is (0.4, 40). */
static void facts_of_a_known_front(void **state)
{
    (void)state;
    static const double values[] = {0.9, 30, 0.4, 40, 0.8, 12, 0.5, 10, 0.5, 11};
    static const bool maximise[] = {true, false}, on[] = {true, false, true, true, false};
    static const double reference[] = {0.5, 20};
    struct front_facts f;
    struct errmsg e;
    assert_int_equal(front_facts(values, 5, 2, maximise, on, NULL, &f, &e), STATUS_OK);
    assert_int_equal(f.knee, 2);
    assert_int_equal(f.front, 3);
    assert_true(f.reference[0] == 0.4 && f.reference[1] == 40);
    /* (0.9 - 0.8) * (40 - 30) + (0.8 - 0.5) * (40 - 12) + (0.5 - 0.4) * (40 - 10) */
    assert_true(fabs(f.volume - 12.4) < 1e-9);
    assert_true(fabs(f.share - 12.4 / (0.5 * 30)) < 1e-9);
    /* (0.8 - 0.5) * (20 - 12): the others are no better than the reference in an objective. */
    assert_int_equal(front_facts(values, 5, 2, maximise, on, reference, &f, &e), STATUS_OK);
    assert_true(fabs(f.volume - 2.4) < 1e-9);
}

/* The same volume as hypervolume gives for the costs as they are, of random rows. */
static void volume_is_that_of_the_rows(void **state)
{
    (void)state;
    enum { N = 40, MOST_K = 5 };
    unsigned seed = 3;
    for (int round = 0; round < 100; round++) {
        const int K = 2 + round % (MOST_K - 1);
        double costs[N * MOST_K], reference[MOST_K], volume = 0;
        bool minimise[MOST_K] = {false}, on[N];
        struct front_facts f;
        struct errmsg e;
        for (int i = 0; i < N * K; i++)
            costs[i] = rand_r(&seed) % 1000 + 1;
        for (int k = 0; k < K; k++)
            reference[k] = 1001 + 10 * k;
        for (int i = 0; i < N; i++)
            on[i] = true;
        assert_int_equal(front_facts(costs, N, K, minimise, on, reference, &f, &e), STATUS_OK);
        assert_int_equal(hypervolume(costs, N, K, reference, &volume, &e), STATUS_OK);
        assert_true(fabs(f.volume - volume) <= 1e-9 * volume);
        assert_true(f.share > 0 && f.share <= 1 + 1e-12);
    }
}

static void a_straight_or_short_front_has_no_knee(void **state)
{
    (void)state;
    static const double straight[] = {0, 2, 1, 1, 2, 0}, two[] = {0, 2, 0, 2, 2, 0};
    static const bool minimise[] = {false, false}, on[] = {true, true, true};
    struct front_facts f;
    struct errmsg e;
    assert_int_equal(front_facts(straight, 3, 2, minimise, on, NULL, &f, &e), STATUS_OK);
    assert_int_equal(f.knee, -1);
    assert_int_equal(front_facts(two, 3, 2, minimise, on, NULL, &f, &e), STATUS_OK);
    assert_int_equal(f.knee, -1);
    assert_int_equal(front_facts(two, 1, 2, minimise, on, NULL, &f, &e), STATUS_OK);
    assert_true(isnan(f.volume) && isnan(f.share)); /* the reference is the row itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_seeds_are_paired),
        cmocka_unit_test(unlike_seeds_are_compared_after_welch),
        cmocka_unit_test(one_value_has_no_interval),
        cmocka_unit_test(facts_of_a_known_front),
        cmocka_unit_test(volume_is_that_of_the_rows),
        cmocka_unit_test(a_straight_or_short_front_has_no_knee),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
