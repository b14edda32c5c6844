#include "explorer/report/fit.h"
#include "db/record.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/points.h"
#include "explorer/report/query.h"
#include "explorer/cli/stored.h"
#include "models/fpga/cost/least.h"
#include "tests/support/folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* points: of a sweep; the caller's (points_free), as is *sweep (sweep_free). */
static struct points *points(const char *text, struct sweep **sweep)
{
    struct points *p = NULL;
    struct errmsg e = {""};
    char whole[1024];
    snprintf(whole, sizeof whole, "name: a\n%s", text);
    if (sweep_parse(whole, strlen(whole), "x.yaml", sweep, &e) != STATUS_OK ||
        expand_sweep(*sweep, &p, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return p;
}

static const struct cell *cell(const struct table *t, int row, const char *column)
{
    const int c = table_column(t, column);
    if (c < 0)
        fail_msg("no column %s", column);
    return table_cell(t, row, c);
}

/* Every bit of every code, lane after lane, as docs/arithmetic.md lays out a word. */
static int64_t naive_lut_bits(const struct accelerator *a)
{
    int64_t bits = 0;
    for (int l = 0; l < a->n_layers; l++)
        for (int o = 0; o < a->sizes[l + 1]; o++)
            for (int b = 0; b < a->D; b++)
                bits += o % a->P * a->D + b >= a->block_bits ? a->sizes[l] : 0;
    return bits;
}

static void bits_are_counted_where_they_lie(void **state)
{
    (void)state;
    static const int P[] = {1, 3, 10, 17, 96};
    for (size_t i = 0; i < sizeof P / sizeof P[0]; i++)
        for (int D = 1; D <= 5; D++)
            for (int part = 0; part <= 4; part++) {
                struct accelerator a = {.n_layers = 2, .sizes = {20, 17, 10}, .W = 8, .f = 5, .D = D, .P = P[i]};
                a.block_bits = P[i] * D * part / 4;
                const struct memory_bits m = accelerator_memory_bits(&a);
                assert_int_equal(m.weights, (20 * 17 + 17 * 10) * D);
                assert_int_equal(m.weights_in_lut, naive_lut_bits(&a));
            }
}

static void the_least_is_what_the_configuration_says(void **state)
{
    (void)state;
    struct sweep *s;
    int depth[ACCELERATOR_MAX_CHUNKS];
    struct points *p = points("network: [784, 96, 64, 10]\naxes: {engine: accelerator, parallelism: 32, dsp_lanes: 6, "
                             "weight_memory: [block, lut]}\n",
                             &s);
    assert_int_equal(p->n, 2);
    const struct resources block = accelerator_least(&points_at(p, 0)->hardware.accelerator);
    const struct resources lut = accelerator_least(&points_at(p, 1)->hardware.accelerator);
    /* Two lanes of 4-bit deltas share a DSP; one for the reference, one for the requantisation. */
    assert_int_equal(block.dsp, 3 + 2);
    assert_int_equal(block.dsp, accelerator_dsps(&points_at(p, 0)->hardware.accelerator));
    int bram18 = 0;
    const int chunks = accelerator_chunks(&points_at(p, 0)->hardware.accelerator, depth);
    for (int i = 0; i < chunks; i++)
        bram18 += accelerator_ramb18(depth[i], 32 * 4);
    assert_int_equal(block.bram18, bram18 + accelerator_ramb18(2048, 7) + accelerator_ramb18(170, 63));
    assert_int_equal(block.lut, 0);
    assert_int_equal(lut.bram18, 0);
    assert_int_equal(lut.lutram, 2 * 784 * 7 / 64);
    assert_int_equal(lut.lut, lut.lutram + 82048 * 4 / 64);
    points_free(p);
    sweep_free(s);
}

static void the_table_says_what_binds(void **state)
{
    (void)state;
    struct sweep *s;
    struct table *t;
    struct errmsg e;
    int may_fit;
    struct points *p =
        points("network: [784, 96, 64, 10]\n"
               "axes: {engine: [accelerator, operator], scheme: [fixed-reference, float], parallelism: 32, "
               "operator_inputs: 784, delta_bits: [4, 8], weight_memory: both}\ndevice: [xc7s15, xc7s6]\n",
               &s);
    const int n = p->n;
    assert_int_equal(n, 2 * (2 + 2) + 2);
    assert_int_equal(fit_table(p, &t, &may_fit, &e), STATUS_OK);
    assert_int_equal(t->n_rows, n);
    int no = 0;
    for (int i = 0; i < n; i++) {
        const struct engine *engine = points_at(p, i)->hardware.engine;
        const bool whole = engine == engine_at(ENGINE_ACCELERATOR), hardware = engine != NULL;
        assert_int_equal(cell(t, i, "cycles_per_inference")->type, whole ? CELL_INT : CELL_NULL);
        assert_int_equal(cell(t, i, "ramb18")->type, whole ? CELL_INT : CELL_NULL);
        assert_int_equal(cell(t, i, "fits")->type, hardware ? CELL_TEXT : CELL_NULL);
        if (!hardware)
            continue;
        assert_int_equal(cell(t, i, "weight_storage_bits")->integer, points_at(p, i)->weight_storage_bits);
        const char *fits = cell(t, i, "fits")->text;
        const bool refused = strcmp(fits, "no") == 0;
        const double fill = cell_number(cell(t, i, "fill"));
        assert_true(refused ? fill > 1 : strcmp(fits, "open") == 0 || fill <= 1);
        assert_true(refused || hardware_may_fit(points_at(p, i))); /* the estimate refuses some more */
        no += refused;
        assert_int_equal(cell(t, i, "estimated_lut")->type, whole ? CELL_INT : CELL_NULL);
        if (!whole)
            assert_string_equal(fits, hardware_may_fit(points_at(p, i)) ? "open" : "no");
        else
            assert_int_equal(cell(t, i, "cycles_per_inference")->integer, points_at(p, i)->hardware.schedule.cycles_per_inference);
    }
    assert_int_equal(may_fit, n - no);
    /* 4 bits a weight: what an XC7S15 holds, and an XC7S6 does not; 8 bits: in the LUTs that block RAM leaves over. */
    assert_string_equal(cell(t, 0, "fits")->text, "yes");
    assert_string_equal(cell(t, 1, "device")->text, "xc7s6");
    table_free(t);

    struct point small = *points_at(p, 0), moved;
    assert_int_equal(fit_on(&small, device_find("xc7s100"), &moved, &e), STATUS_OK);
    assert_int_equal(moved.hardware.accelerator.block_bits, 32 * 4);
    assert_true(moved.hardware.accelerator.block_pixels && moved.hardware.accelerator.block_neurons);
    points_free(p);
    sweep_free(s);
}

static void a_point_comes_back_from_the_database(void **state)
{
    (void)state;
    static const char *const sweeps[] = {
        "network: [64, 16, 10]\naxes: {engine: accelerator, dsp_lanes: 3, weight_memory: lut}\n",
        "network: [64, 16, 10]\ntrain: {mode: paper, lr: 0.0123, epochs: 3, decay: cosine, shuffle: true}\n",
        "network: [64, 16, 10]\ndataset: \"a \\\"folder\\\", with: [odd] name\"\naxes: {scheme: fixed-point, rounding: "
        "cut}\n",
        "network: [64, 16, 10]\naxes: {scheme: float}\n",
        "network: [8x8, 4c3, p2, 7]\ntrain: {warmup: 0.1, weight_decay: 1e-4, clamp_gradient: pass, average: 0.999, "
        "patience: 4, mirror: true, gradients: bfloat16}\naxes: {span: bucket, bucket: 8, reference: median}\n",
        "network: [64, 16, 10]\naxes: {engine: none, delta_bits: 4-3, frac_bits: 9-8, delta_offset: [[0, 1]]}\n",
        "network: [64, 16, 10]\naxes: {step: learned, reference: learned, delta_offset: 1}\n",
        "network: [64, 16, 10]\naxes: {step: auto, engine: accelerator}\n",
        "network: [64, 16, 10]\naxes: {codec: ternary, rounding: stochastic}\n",
        "network: [64, 7]\naxes: {scheme: consecutive-open, codec: paper, delta_offset: 2, multiplier: lut}\ndevice: "
        "xc7s50\n",
    };
    char folder[] = "/tmp/deltasweep-fit-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    for (size_t i = 0; i < sizeof sweeps / sizeof sweeps[0]; i++) {
        struct store *store;
        struct sweep *s;
        struct errmsg e = {""};
        sqlite3 *db;
        struct sweep *again = NULL;
        int64_t id;
        struct points *p = points(sweeps[i], &s), *back = NULL;
        assert_int_equal(store_open(path, NULL, &store, &e), STATUS_OK);
        assert_int_equal(record_point(store, points_at(p, 0), NULL, NULL, &id, &e), STATUS_OK);
        store_close(store);
        assert_int_equal(query_open(path, &db, &e), STATUS_OK);
        if (stored_sweep(db, points_digest(p, 0), "fit", &again, &e) != STATUS_OK ||
            expand_sweep(again, &back, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        assert_int_equal(back->n, 1);
        assert_string_equal(points_digest(back, 0), points_digest(p, 0));
        points_free(back);
        assert_int_equal(sweep_option(again, "weight_bits", "7", &e), STATUS_OK); /* in place of the point's */
        assert_int_equal(again->axes[AXIS_WEIGHT_BITS].n, 1);
        assert_true(again->axes[AXIS_WEIGHT_BITS].values[0].number == 7);
        sweep_free(again);
        assert_int_equal(stored_sweep(db, "x", "fit", &again, &e), STATUS_USAGE);
        sqlite3_close(db);
        points_free(p);
        sweep_free(s);
    }
    assert_int_equal(folder_remove(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_counted_where_they_lie),
        cmocka_unit_test(the_least_is_what_the_configuration_says),
        cmocka_unit_test(the_table_says_what_binds),
        cmocka_unit_test(a_point_comes_back_from_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
