/* The analytic estimate beside our synthesis: rows of tests/golden/estimate.txt that it was not fitted to. */
#include "models/fpga/cost/estimate.h"
#include "models/fpga/cost/least.h"

#include "base/clock.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_ROWS = 128 };

struct row {
    bool held;
    struct accelerator a;
    struct estimate synthesised; /* fmax_mhz of its path */
};

static struct row rows[MAX_ROWS];
static int n_rows;

static void read_sizes(char *text, struct accelerator *a)
{
    int n = 0;
    char *save = NULL;
    for (char *word = strtok_r(text, "-", &save); word != NULL; word = strtok_r(NULL, "-", &save)) {
        assert_true(n <= NETWORK_MAX_LAYERS);
        a->sizes[n++] = (int)strtol(word, NULL, 10);
    }
    a->n_layers = n - 1;
}

static void read_row(const char *line, struct row *r)
{
    char set[8], sizes[96];
    int consecutive, reference, block_pixels, block_neurons;
    double path_ns;
    struct accelerator *a = &r->a;
    struct estimate *s = &r->synthesised;
    memset(r, 0, sizeof *r);
    /* NOLINTNEXTLINE(cert-err34-c): the file is ours */
    const int n = sscanf(line, "%7s %95s %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %lf", set, sizes, &a->W, &a->f,
                         &a->D, &a->shift, &consecutive, &reference, &a->P, &a->dsp_lanes, &a->block_bits,
                         &block_pixels, &block_neurons, &s->lut, &s->lutram, &s->ff, &s->dsp, &s->bram18, &path_ns);
    if (n != 19)
        fail_msg("not a row of the table: %s", line);
    r->held = strcmp(set, "held") == 0;
    assert_true(r->held || strcmp(set, "fit") == 0);
    a->consecutive = consecutive != 0;
    a->reference = reference != 0;
    a->block_pixels = block_pixels != 0;
    a->block_neurons = block_neurons != 0;
    s->fmax_mhz = 1000 / path_ns;
    read_sizes(sizes, a);
    struct errmsg e = {""};
    if (accelerator_check(a, &e) != STATUS_OK)
        fail_msg("%s: %s", line, e.text);
}

static int read_table(void **state)
{
    (void)state;
    char line[256];
    FILE *f = fopen(DELTASWEEP_SOURCE_DIR "/tests/golden/estimate.txt", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        assert_true(n_rows < MAX_ROWS);
        if (line[0] != '#')
            read_row(line, &rows[n_rows++]);
    }
    assert_int_equal(fclose(f), 0);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sizes of the errors of one figure, fractions of what was synthesised. */
struct errors {
    double median, worst;
};

typedef double figure(const struct estimate *e);

static double lut(const struct estimate *e)
{
    return e->lut;
}

static double lutram(const struct estimate *e)
{
    return e->lutram;
}

static double ff(const struct estimate *e)
{
    return e->ff;
}

static double fmax_mhz(const struct estimate *e)
{
    return e->fmax_mhz;
}

static struct errors errors_of(figure *of, bool held, const char *name)
{
    double error[MAX_ROWS] = {0};
    int n = 0;
    for (int i = 0; i < n_rows; i++) {
        struct estimate e;
        if (rows[i].held != held)
            continue;
        estimate_of(&rows[i].a, &e);
        error[n++] = fabs(of(&e) / of(&rows[i].synthesised) - 1);
    }
    assert_true(n >= 5);
    qsort(error, (size_t)n, sizeof *error, by_value);
    const struct errors r = {(error[(n - 1) / 2] + error[n / 2]) / 2, error[n - 1]};
    print_message("%s, %d rows %s: median %.1f %%, worst %.1f %%\n", name, n, held ? "held out" : "of the fit",
                  100 * r.median, 100 * r.worst);
    return r;
}

static void held_out_rows_are_near(void **state)
{
    (void)state;
    static const struct {
        figure *of;
        const char *name;
        double median, worst; /* somewhat above what docs/estimates.md says */
    } bounds[] = {
        {lut, "LUTs", 0.03, 0.10}, {ff, "registers", 0.015, 0.16}, {lutram, "LUTs as memory", 0.02, 0.85},
        {fmax_mhz, "f_max", 0.02, 0.15},
    };
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        (void)errors_of(bounds[i].of, false, bounds[i].name);
        const struct errors e = errors_of(bounds[i].of, true, bounds[i].name);
        if (e.median > bounds[i].median || e.worst > bounds[i].worst)
            fail_msg("%s: median %.3f, worst %.3f, must be at most %.3f, %.3f", bounds[i].name, e.median, e.worst,
                     bounds[i].median, bounds[i].worst);
    }
}

static void dsps_and_block_ram_are_counted(void **state)
{
    (void)state;
    for (int i = 0; i < n_rows; i++) {
        struct estimate e;
        estimate_of(&rows[i].a, &e);
        assert_int_equal(e.dsp, rows[i].synthesised.dsp);
        /* Yosys leaves out columns that are 0 throughout, and now and then finds a cheaper row. */
        assert_in_range(e.bram18 - rows[i].synthesised.bram18, 0, 2);
    }
}

static void more_takes_more(void **state)
{
    (void)state;
    struct accelerator a = {.n_layers = 2, .sizes = {100, 40, 10}, .W = 8, .f = 5, .D = 4, .reference = true, .P = 8};
    struct estimate small, large;
    estimate_of(&a, &small);
    assert_true(small.lut > 0 && small.ff > 0 && small.lutram > 0 && small.lutram < small.lut && small.fmax_mhz > 0);
    a.P = 16;
    estimate_of(&a, &large);
    assert_true(large.lut > small.lut && large.ff > small.ff);
    a.P = 8;
    a.dsp_lanes = 8;
    estimate_of(&a, &large);
    assert_true(large.lut < small.lut && large.dsp > small.dsp);
    a.dsp_lanes = 0;
    a.sizes[0] = 200;
    estimate_of(&a, &large);
    assert_true(large.lut > small.lut && large.lutram > small.lutram);
}

/* The greatest network that an accelerator may be asked for: no overflow, and still under a millisecond. */
static void any_size_is_fast(void **state)
{
    (void)state;
    struct accelerator huge = {.n_layers = NETWORK_MAX_LAYERS, .W = 16, .f = 8, .D = 16, .P = ACCELERATOR_MAX_LANES,
                               .reference = true};
    struct errmsg e = {""};
    struct estimate out;
    for (int l = 0; l < huge.n_layers; l++)
        huge.sizes[l] = 8192;
    huge.sizes[huge.n_layers] = 10;
    assert_int_equal(accelerator_check(&huge, &e), STATUS_OK);
    estimate_of(&huge, &out);
    assert_true(out.lut > 1000000);
    double best = INFINITY;
    for (int i = 0; i < 20; i++) {
        const double started = clock_monotonic_s();
        for (int k = 0; k < n_rows; k++)
            estimate_of(&rows[k].a, &out);
        const double us = 1e6 * (clock_monotonic_s() - started);
        best = fmin(best, us / n_rows);
    }
    print_message("%.1f us an estimate\n", best);
    assert_true(best < 1000);
}

/* Between a device that is far too small and one that is far too large the band is open. */
static void a_fit_is_said_outside_the_band_alone(void **state)
{
    (void)state;
    struct accelerator a = {.n_layers = 2, .sizes = {100, 40, 10}, .W = 8, .f = 5, .D = 4, .reference = true, .P = 40};
    struct device d = *device_find("xc7s100");
    struct estimate est;
    struct fullness f;
    const struct resources least = accelerator_least(&a);
    estimate_of(&a, &est);
    int seen[3] = {0}, last = ESTIMATED_NO;
    for (d.lut = est.lut / 2; d.lut < 2 * est.lut; d.lut += est.lut / 50) {
        const enum estimated_fit fits = estimate_fit(&est, &least, &d, &f);
        assert_int_equal(f.fits, est.lut <= d.lut);
        if (!f.fits)
            assert_string_equal(f.binding_resource, "lut");
        seen[fits]++;
        if (fits != (enum estimated_fit)last)
            assert_int_equal(fits, last == ESTIMATED_NO ? ESTIMATED_OPEN : ESTIMATED_YES); /* in this order */
        last = (int)fits;
    }
    assert_true(seen[ESTIMATED_NO] > 10 && seen[ESTIMATED_OPEN] > 5 && seen[ESTIMATED_YES] > 10);
    d.dsp = accelerator_dsps(&a) - 1;
    assert_int_equal(estimate_fit(&est, &least, &d, &f), ESTIMATED_NO);
    assert_string_equal(f.binding_resource, "dsp");
}

/* A part with exactly what synthesis counted of a row has room for it; with one cell less it has not. */
static void the_band_holds_for_all_rows(void **state)
{
    (void)state;
    static const struct {
        size_t budget, counted; /* in struct device and struct estimate */
    } limits[] = {
        {offsetof(struct device, lut), offsetof(struct estimate, lut)},
        {offsetof(struct device, ff), offsetof(struct estimate, ff)},
        {offsetof(struct device, lutram_luts), offsetof(struct estimate, lutram)},
    };
    for (int i = 0; i < n_rows; i++)
        for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
            struct device d = *device_find("xc7s100");
            struct estimate est;
            struct fullness f;
            int *budget = (int *)((char *)&d + limits[k].budget);
            const struct resources none = {0};
            d.dsp = d.bram36 = INT_MAX / 4;
            estimate_of(&rows[i].a, &est);
            memcpy(budget, (char *)&rows[i].synthesised + limits[k].counted, sizeof *budget);
            if (estimate_fit(&est, &none, &d, &f) == ESTIMATED_NO)
                fail_msg("row %d: %d are enough, but the estimate says no", i, *budget);
            if (--*budget >= 0 && estimate_fit(&est, &none, &d, &f) == ESTIMATED_YES)
                fail_msg("row %d: %d are too few, but the estimate says yes", i, *budget);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_out_rows_are_near),
        cmocka_unit_test(dsps_and_block_ram_are_counted),
        cmocka_unit_test(more_takes_more),
        cmocka_unit_test(a_fit_is_said_outside_the_band_alone),
        cmocka_unit_test(the_band_holds_for_all_rows),
        cmocka_unit_test(any_size_is_fast),
    };
    return cmocka_run_group_tests(tests, read_table, NULL);
}
