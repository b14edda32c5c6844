/* Whole accelerators through Yosys and OpenSTA: the cells are those that the configuration asks for. */
#include "models/fpga/device/family.h"
#include "tests/support/synth.h"

#include "base/tool.h"
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

static char folder[] = "/tmp/deltasweep-accel-XXXXXX";

/* 9-6-3, fixed-reference, 4 lanes of 3-bit deltas. */
static const struct accelerator tiny = {
    .n_layers = 2, .sizes = {9, 6, 3}, .W = 6, .f = 3, .D = 3, .shift = 0, .reference = true, .P = 4, .block_bits = 12};

/* run: the synthesis of a. Whatever a is, what is known of it before must be true. */
static void run(const struct accelerator *a, struct synth_result *r)
{
    struct errmsg e = {""};
    const struct resources least = accelerator_least(a);
    if (accel_synth_run(&series7, a, r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_int_equal(r->cells.dsp, least.dsp);
    assert_int_equal(2 * r->cells.bram36 + r->cells.bram18, least.bram18);
    assert_true(r->cells.lut >= least.lut && r->cells.lutram >= least.lutram);
}

static void skip_without(const char *tool)
{
    if (tool_find(tool, NULL, 0, NULL) != STATUS_OK) {
        print_message("%s is not installed\n", tool);
        skip();
    }
}

/* expected_ramb18: the block RAM of a, in halves, as models/nn counts it. */
static int expected_ramb18(const struct accelerator *a)
{
    int depth[ACCELERATOR_MAX_CHUNKS], sum = 0;
    const int n = accelerator_chunks(a, depth);
    for (int i = 0; i < n; i++)
        sum += accelerator_ramb18(depth[i], a->block_bits);
    return sum;
}

static void a_tiny_accelerator_is_counted_and_cached(void **state)
{
    (void)state;
    skip_without("yosys");
    skip_without("sta");
    struct synth_result first, again;
    run(&tiny, &first);
    assert_false(first.from_cache);
    assert_int_equal(first.cells.dsp, accelerator_dsps(&tiny));
    assert_int_equal(2 * first.cells.bram36 + first.cells.bram18, expected_ramb18(&tiny));
    assert_true(first.cells.lut > 200 && first.cells.lut < 1000);
    assert_true(first.cells.ff > 200 && first.cells.ff < 1000);
    assert_true(first.cells.lutram > 0 && first.cells.lutram < first.cells.lut);
    assert_true(first.timing_known && first.critical_path_ns > 2.0 && first.critical_path_ns < 10.0);
    assert_true(first.critical_path_2_ns < first.critical_path_ns);
    run(&tiny, &again);
    assert_true(again.from_cache);
    assert_memory_equal(&first.cells, &again.cells, sizeof first.cells);
    assert_true(first.critical_path_ns == again.critical_path_ns);
    assert_string_equal(first.path_from, again.path_from);
}

/* 66,048 words of one bit: two RAMB36 in cascade, whose pins the delay library has to know. */
static void block_rams_in_cascade_are_timed(void **state)
{
    (void)state;
    skip_without("yosys");
    skip_without("sta");
    const struct accelerator deep = {
        .n_layers = 2, .sizes = {256, 256, 2}, .W = 4, .f = 2, .D = 1, .P = 1, .block_bits = 1};
    struct synth_result r;
    run(&deep, &r);
    assert_true(r.timing_known && r.critical_path_ns > 2.46 && r.critical_path_ns < 10.0);
}

static void keys_differ_where_results_may(void **state)
{
    (void)state;
    skip_without("yosys");
    enum { OTHERS = 9 };
    struct accelerator other[OTHERS + 1];
    char hex[OTHERS + 1][DIGEST_HEX_BYTES];
    for (int i = 0; i <= OTHERS; i++)
        other[i] = tiny;
    other[1].sizes[1] = 7;
    other[2].W = 7;
    other[3].f = 4;
    other[4].D = 2;
    other[5].P = 3;
    other[5].block_bits = 9;
    other[6].dsp_lanes = 2;
    other[7].block_bits = 8;
    other[8].block_pixels = true;
    other[9].block_neurons = true;
    other[4].block_bits = 8;
    for (int i = 0; i <= OTHERS; i++) {
        assert_int_equal(accel_synth_digest(&series7, &other[i], hex[i], NULL), STATUS_OK);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hex[i], hex[k]);
    }
    struct accelerator bad = tiny;
    struct synth_result r;
    struct errmsg e = {""};
    bad.P = 0;
    assert_int_equal(accel_synth_digest(&series7, &bad, hex[0], &e), STATUS_INPUT);
    assert_int_equal(accel_synth_run(&series7, &bad, &r, &e), STATUS_INPUT);
}

/* DSP lanes are DSP48E1, alone or in pairs; block RAM and LUTs hold what the configuration gives them. */
static void resources_follow_the_configuration(void **state)
{
    (void)state;
    skip_without("yosys");
    struct accelerator a = tiny;
    struct synth_result base, r;
    run(&tiny, &base);

    a.dsp_lanes = 4;
    assert_true(accelerator_paired(&a));
    run(&a, &r);
    assert_int_equal(r.cells.dsp, accelerator_dsps(&a));
    assert_int_equal(r.cells.dsp, base.cells.dsp + 2);
    assert_true(r.cells.carry4 < base.cells.carry4);

    a = tiny;
    a.block_bits = 0;
    run(&a, &r);
    assert_int_equal(r.cells.bram36 + r.cells.bram18, 0);

    a = tiny;
    a.block_pixels = a.block_neurons = true;
    run(&a, &r);
    assert_true(2 * r.cells.bram36 + r.cells.bram18 > expected_ramb18(&a));
    assert_true(r.cells.lutram < base.cells.lutram);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || setenv("XDG_CACHE_HOME", folder, 1) != 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return folder_remove(folder);
}

/* With an argument: what takes long. */
int main(int argc, char **argv)
{
    (void)argv;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tiny_accelerator_is_counted_and_cached),
        cmocka_unit_test(block_rams_in_cascade_are_timed),
        cmocka_unit_test(keys_differ_where_results_may),
    };
    const struct CMUnitTest slow[] = {
        cmocka_unit_test(resources_follow_the_configuration),
    };
    return argc > 1 ? cmocka_run_group_tests(slow, make_folder, remove_folder)
                    : cmocka_run_group_tests(tests, make_folder, remove_folder);
}
