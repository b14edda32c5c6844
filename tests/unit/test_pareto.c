#include "explorer/report/pareto.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* dominates: the definition, written out. */
static bool dominates(const double *a, const double *b, int K, const bool *maximise)
{
    bool better = false;
    for (int k = 0; k < K; k++) {
        if (maximise[k] ? a[k] < b[k] : a[k] > b[k])
            return false;
        better |= a[k] != b[k];
    }
    return better;
}

static void front_of_known_points(void **state)
{
    (void)state;
    /* accuracy (more is better), bits (less is better) */
    static const double values[] = {0.87, 100, 0.88, 200, 0.86, 150, 0.88, 200, 0.87, 90, 0.90, 300, 0.90, 301};
    static const bool maximise[] = {true, false};
    static const bool expected[] = {false, true, false, true, true, true, false};
    bool on[7];
    struct errmsg e;
    assert_int_equal(pareto_front(values, 7, 2, maximise, on, &e), STATUS_OK);
    for (int i = 0; i < 7; i++)
        assert_int_equal(on[i], expected[i]);
}

static void front_of_one_objective_is_its_best(void **state)
{
    (void)state;
    static const double values[] = {3, 1, 2, 1};
    static const bool minimise[] = {false};
    bool on[4];
    struct errmsg e;
    assert_int_equal(pareto_front(values, 4, 1, minimise, on, &e), STATUS_OK);
    assert_true(!on[0] && on[1] && !on[2] && on[3]);
    assert_int_equal(pareto_front(values, 0, 1, minimise, on, &e), STATUS_OK);
}

/* Values on a coarse grid (many ties and equals), of one sign or both, some infinite. */
static double random_value(unsigned *seed)
{
    const int v = rand_r(seed) % 12;
    return v == 11 ? INFINITY : v - 4;
}

static void front_is_undominated_and_covers_the_rest(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    const char *given = getenv("DELTASWEEP_SEED");
    if (given != NULL)
        seed = (unsigned)strtoul(given, NULL, 10);
    printf("seed %u (DELTASWEEP_SEED)\n", seed);
    for (int round = 0; round < 2000; round++) {
        enum { MOST = 60, MOST_K = 4 };
        double values[MOST * MOST_K] = {0};
        bool maximise[MOST_K], on[MOST];
        struct errmsg e;
        const int n = 1 + rand_r(&seed) % MOST, K = 1 + rand_r(&seed) % MOST_K;
        for (int k = 0; k < K; k++)
            maximise[k] = rand_r(&seed) % 2;
        for (int i = 0; i < n * K; i++)
            values[i] = rand_r(&seed) % 2 == 0 && round % 2 == 0 ? rand_r(&seed) : random_value(&seed);
        assert_int_equal(pareto_front(values, n, K, maximise, on, &e), STATUS_OK);
        for (int i = 0; i < n; i++) {
            bool dominated = false, covered = false;
            for (int j = 0; j < n; j++) {
                const bool d = dominates(values + j * K, values + i * K, K, maximise);
                dominated |= d;
                covered |= d && on[j];
            }
            assert_int_equal(on[i], !dominated);
            assert_true(on[i] || covered);
        }
    }
}

static void front_of_many_points_is_fast(void **state)
{
    (void)state;
    enum { N = 1000000 };
    unsigned seed = 7;
    static const bool maximise[] = {true, false};
    double *values = malloc(2 * N * sizeof *values);
    bool *on = malloc(N * sizeof *on);
    struct errmsg e;
    assert_true(values != NULL && on != NULL);
    /* All on the front: what a quadratic method is slowest at. */
    for (int i = 0; i < N; i++) {
        const double v = (double)rand_r(&seed) / RAND_MAX;
        values[2 * i] = v, values[2 * i + 1] = v;
    }
    const clock_t start = clock();
    assert_int_equal(pareto_front(values, N, 2, maximise, on, &e), STATUS_OK);
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    for (int i = 0; i < N; i++)
        assert_true(on[i]);
    printf("%d points in %.2f s\n", (int)N, seconds);
    assert_true(seconds < 20.0); /* n log n is a fraction of a second; n² is hours */
    free(values);
    free(on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_of_known_points),
        cmocka_unit_test(front_of_one_objective_is_its_best),
        cmocka_unit_test(front_is_undominated_and_covers_the_rest),
        cmocka_unit_test(front_of_many_points_is_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
