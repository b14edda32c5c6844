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

static unsigned seed_of_test(void)
{
    const char *given = getenv("DELTASWEEP_SEED");
    const unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    printf("seed %u (DELTASWEEP_SEED)\n", seed);
    return seed;
}

/* Values on a coarse grid (many ties and equals), of one sign or both, some infinite. */
static double random_value(unsigned *seed)
{
    const int v = rand_r(seed) % 12;
    return v == 11 ? INFINITY : v - 4;
}

enum { MOST = 400, MOST_K = 6, SMALL = 60 };

/* draw: a set of rows: of the grid, of few values, all different, or all on one front. */
static void draw(double *values, int n, int K, int kind, unsigned *seed)
{
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < K; k++) {
            double *v = &values[i * K + k];
            *v = kind == 0 ? random_value(seed) : kind == 1 ? rand_r(seed) % 3 : rand_r(seed);
            sum += *v;
        }
        if (kind == 3)
            values[i * K] -= sum;
    }
}

static void front_is_undominated_and_covers_the_rest(void **state)
{
    (void)state;
    unsigned seed = seed_of_test();
    static double values[MOST * MOST_K];
    for (int round = 0; round < 2000; round++) {
        bool maximise[MOST_K], on[MOST];
        struct errmsg e;
        const int n = 1 + rand_r(&seed) % (round % 16 == 0 ? MOST : SMALL), K = 1 + rand_r(&seed) % MOST_K;
        for (int k = 0; k < K; k++)
            maximise[k] = rand_r(&seed) % 2;
        draw(values, n, K, rand_r(&seed) % 4, &seed);
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

/* clearly_beats: the definition of dominance under intervals, written out. */
static bool clearly_beats(const double *low, const double *high, int a, int b, int K, const bool *maximise)
{
    bool better = false;
    for (int k = 0; k < K; k++) {
        const int x = a * K + k, y = b * K + k;
        if (maximise[k] ? high[x] < low[y] : low[x] > high[y])
            return false;
        better |= maximise[k] ? low[x] > high[y] : high[x] < low[y];
    }
    return better;
}

/* The definition: what no row of the front dominates. */
static void significant_front_is_stable(void **state)
{
    (void)state;
    unsigned seed = seed_of_test();
    static double low[MOST * MOST_K], high[MOST * MOST_K];
    for (int round = 0; round < 1000; round++) {
        bool maximise[MOST_K], on[MOST], plain[MOST];
        struct errmsg e;
        const int n = 1 + rand_r(&seed) % (round % 16 == 0 ? MOST : SMALL), K = 1 + rand_r(&seed) % MOST_K;
        for (int k = 0; k < K; k++)
            maximise[k] = rand_r(&seed) % 2;
        draw(low, n, K, rand_r(&seed) % 3, &seed);
        const int intervals = rand_r(&seed) % (K < 2 ? K + 1 : 3), exact = K - intervals; /* two at most: no circles */
        for (int i = 0; i < n * K; i++)
            high[i] = i % K < exact ? low[i] : low[i] + rand_r(&seed) % (low[i] > 100 ? RAND_MAX / 4 : 3);
        assert_int_equal(pareto_significant(low, high, n, K, maximise, on, &e), STATUS_OK);
        assert_int_equal(pareto_front(low, n, K, maximise, plain, &e), STATUS_OK);
        for (int i = 0; i < n; i++) {
            bool beaten = false;
            for (int j = 0; j < n; j++)
                beaten |= on[j] && clearly_beats(low, high, j, i, K, maximise);
            assert_int_equal(on[i], !beaten);
            assert_true(exact < K || on[i] == plain[i]);
        }
    }
}

/* Accuracies that overlap with their neighbours alone: of a chain from small to large, every other row stays. */
static void a_chain_keeps_its_clear_steps(void **state)
{
    (void)state;
    static const double low[] = {84, 5, 85, 6, 86, 7, 87, 8, 88, 9}, high[] = {85.5, 5, 86.5, 6, 87.5, 7, 88.5, 8, 89.5, 9};
    static const bool maximise[] = {true, false}, expected[] = {true, false, true, false, true};
    bool on[5];
    struct errmsg e;
    assert_int_equal(pareto_significant(low, high, 5, 2, maximise, on, &e), STATUS_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(on[i], expected[i]);
}

/* Each of three rows clearly beats the next one in one objective, and equals it in the others. */
static void rows_of_a_circle_stay(void **state)
{
    (void)state;
    static const double low[] = {0, 0, 4, 4, 0, 0, 0, 4, 0, 9, 9, 9}, high[] = {2, 9, 6, 6, 2, 9, 9, 6, 2, 9, 9, 9};
    static const bool minimise[] = {false, false, false};
    bool on[4];
    struct errmsg e;
    assert_int_equal(pareto_significant(low, high, 4, 3, minimise, on, &e), STATUS_OK);
    assert_true(on[0] && on[1] && on[2]);
}

/* All rows are on the front: what the size of a front costs. */
static void front_of_many_points_is_fast(void **state)
{
    (void)state;
    enum { N = 50000, K = 5 };
    unsigned seed = 7;
    static const bool minimise[K] = {false};
    double *values = malloc(N * K * sizeof *values);
    bool *on = malloc(N * sizeof *on);
    struct errmsg e;
    assert_true(values != NULL && on != NULL);
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int k = 1; k < K; k++)
            sum += values[i * K + k] = rand_r(&seed) % (1 << 20);
        values[i * K] = -sum;
    }
    const clock_t start = clock();
    assert_int_equal(pareto_front(values, N, K, minimise, on, &e), STATUS_OK);
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    for (int i = 0; i < N; i++)
        assert_true(on[i]);
    printf("%d rows in %.2f s\n", (int)N, seconds);
    assert_true(seconds < 30.0);
    free(values);
    free(on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_of_known_points),
        cmocka_unit_test(front_of_one_objective_is_its_best),
        cmocka_unit_test(front_is_undominated_and_covers_the_rest),
        cmocka_unit_test(significant_front_is_stable),
        cmocka_unit_test(a_chain_keeps_its_clear_steps),
        cmocka_unit_test(rows_of_a_circle_stay),
        cmocka_unit_test(front_of_many_points_is_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
