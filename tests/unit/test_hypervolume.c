/* The hypervolume against moocore's values (golden/hypervolume.txt), against its definition, and against itself. */
#include "explorer/report/hypervolume.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { MOST = 40, MOST_K = HYPERVOLUME_MAX_OBJECTIVES };

static struct errmsg e;

static void assert_near(double value, double expected)
{
    if (fabs(value - expected) > 1e-12 * (1 + fabs(expected)))
        fail_msg("%.17g, expected %.17g", value, expected);
}

static double volume_of(const double *costs, int n, int K, const double *reference)
{
    double volume = NAN;
    assert_int_equal(hypervolume(costs, n, K, reference, &volume, &e), STATUS_OK);
    return volume;
}

static void same_as_moocore(void **state)
{
    (void)state;
    FILE *f = fopen(DELTASWEEP_SOURCE_DIR "/tests/golden/hypervolume.txt", "r");
    char line[512];
    int n_cases = 0;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        int K, n;
        double at, expected, costs[MOST * MOST_K], own[MOST], shares[MOST], reference[MOST_K];
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%d %d %lf %lf", &K, &n, &at, &expected), 4);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < K; k++)
                assert_int_equal(fscanf(f, "%lf", &costs[i * K + k]), 1);
            assert_int_equal(fscanf(f, "%lf ", &own[i]), 1);
        }
        for (int k = 0; k < K; k++)
            reference[k] = at;
        assert_near(volume_of(costs, n, K, reference), expected);
        assert_int_equal(hypervolume_shares(costs, n, K, reference, shares, &e), STATUS_OK);
        for (int i = 0; i < n; i++)
            assert_near(shares[i], own[i]);
        n_cases++;
    }
    fclose(f);
    assert_int_equal(n_cases, 32);
}

/* The definition on a grid of whole numbers: the cells that some row covers. */
static double cells_covered(const double *costs, int n, int K, int side)
{
    int cells = 1, covered = 0;
    for (int k = 0; k < K; k++)
        cells *= side;
    for (int c = 0; c < cells; c++) {
        bool hit = false;
        for (int i = 0; i < n && !hit; i++) {
            hit = true;
            for (int k = 0, rest = c; k < K && hit; k++, rest /= side)
                hit = costs[i * K + k] <= rest % side;
        }
        covered += hit;
    }
    return covered;
}

static void counts_the_cells_of_small_grids(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 5, RNG_TEST);
    for (int round = 0; round < 400; round++) {
        enum { SIDE = 4 };
        const int K = 1 + (int)rng_below(&r, 6), n = (int)rng_below(&r, 12);
        double costs[12 * 6], reference[6], row[6], gain;
        for (int i = 0; i < n * K; i++) /* some are outside the reference */
            costs[i] = rng_below(&r, 20) == 0 ? INFINITY : (double)rng_below(&r, SIDE + 1);
        for (int k = 0; k < K; k++) {
            reference[k] = SIDE;
            row[k] = (double)rng_below(&r, SIDE + 1);
        }
        const double volume = volume_of(costs, n, K, reference);
        assert_near(volume, cells_covered(costs, n, K, SIDE));
        assert_int_equal(hypervolume_gain(costs, n, K, reference, row, &gain, &e), STATUS_OK);
        memcpy(costs + (ptrdiff_t)n * K, row, (size_t)K * sizeof *row);
        if (n < 11)
            assert_near(volume + gain, volume_of(costs, n + 1, K, reference));
    }
}

/* Rows on a sphere: all of them are on the front. */
static void draw_front(struct rng *r, double *costs, int n, int K)
{
    for (int i = 0; i < n; i++) {
        double square = 0;
        for (int k = 0; k < K; k++) {
            costs[i * K + k] = -log(1 - rng_unit(r));
            square += costs[i * K + k] * costs[i * K + k];
        }
        for (int k = 0; k < K; k++)
            costs[i * K + k] = 1 - costs[i * K + k] / sqrt(square);
    }
}

static void fronts_of_many_rows_are_fast(void **state)
{
    (void)state;
    static const struct {
        int K, n;
    } cases[] = {{2, 1000000}, {3, 20000}, {4, 500}, {5, 200}, {8, 60}};
    struct rng r;
    rng_init(&r, 6, RNG_TEST);
    for (int c = 0; c < (int)(sizeof cases / sizeof *cases); c++) {
        const int K = cases[c].K, n = cases[c].n;
        double *costs = malloc((size_t)n * (size_t)K * sizeof *costs), reference[MOST_K];
        assert_non_null(costs);
        draw_front(&r, costs, n, K);
        for (int k = 0; k < K; k++)
            reference[k] = 1;
        const clock_t start = clock();
        const double volume = volume_of(costs, n, K, reference);
        const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        printf("%d objectives, %d rows: %.4f in %.3f s\n", K, n, volume, seconds);
        assert_true(volume > 0 && volume < 1 && seconds < 20); /* under the sanitizers, too */
        free(costs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_moocore),
        cmocka_unit_test(counts_the_cells_of_small_grids),
        cmocka_unit_test(fronts_of_many_rows_are_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
