/* Every operator through Yosys and OpenSTA at N = 32, W = 8, D = 4, beside the operator that the paper's authors
 * publish (the same Yosys, the same way of estimating; docs/estimates.md). */
#include "models/fpga/device/family.h"
#include "tests/support/synth.h"

#include "base/tool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    enum mac_variant variant;
    int P;
    double published_ns; /* 0: not known */
} cases[] = {
    {MAC_PLAIN, 1, 7.3},           {MAC_PLAIN, 8, 24.6},           {MAC_PLAIN, 16, 45.0},
    {MAC_FIXED_REFERENCE, 1, 9.7}, {MAC_FIXED_REFERENCE, 8, 25.5}, {MAC_FIXED_REFERENCE, 16, 45.9},
    {MAC_CONSECUTIVE, 1, 0},       {MAC_CONSECUTIVE, 8, 0},        {MAC_CONSECUTIVE, 16, 0},
};

static struct synth_result synthesise(enum mac_variant variant, enum multiplier multiplier, int P)
{
    const struct mac_config c = {
        .variant = variant, .multiplier = multiplier, .W = 8, .D = variant == MAC_PLAIN ? 0 : 4, .N = 32, .P = P};
    struct synth_result r;
    struct errmsg e = {""};
    if (synth_run(&series7, &c, &r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    print_message("%-15s %s P %2d: %4d LUT %3d FF %3d CARRY4 %3d MUXF7 %2d DSP, %6.3f ns, %s -> %s\n",
                  mac_variant_name(variant), multiplier_name(multiplier), P, r.cells.lut, r.cells.ff, r.cells.carry4,
                  r.cells.muxf7, r.cells.dsp, r.critical_path_ns, r.path_from, r.path_to);
    return r;
}

static void dsp_operators_keep_their_speed(void **state)
{
    (void)state;
    double first = 0.0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct synth_result r = synthesise(cases[i].variant, MULTIPLIER_DSP, cases[i].P);
        assert_true(r.timing_known);
        assert_int_equal(r.cells.dsp, cases[i].P);
        assert_int_equal(r.cells.bram18 + r.cells.bram36 + r.cells.lutram, 0);
        assert_true(resources_fullness(device_find("xc7s15"), &r.cells, 0).fits);
        /* A slice's multiplier with an adder behind it takes 3.9 ns; no estimate below that can be right. */
        assert_true(r.critical_path_ns > 3.9);
        if (cases[i].P == 1)
            first = r.critical_path_ns;
        else /* a serial sum over the lanes would make it 5 times as long by P = 16 */
            assert_true(r.critical_path_ns < 1.8 * first);
        if (cases[i].P >= 8 && cases[i].published_ns > 0)
            assert_true(r.critical_path_ns <= 0.5 * cases[i].published_ns);
    }
}

static void lut_operators_need_no_dsp(void **state)
{
    (void)state;
    for (enum mac_variant v = MAC_PLAIN; v <= MAC_CONSECUTIVE; v++) {
        const struct synth_result r = synthesise(v, MULTIPLIER_LUT, 8);
        assert_int_equal(r.cells.dsp, 0);
        assert_true(r.cells.lut > 8 * 60); /* eight 8-bit multipliers */
        assert_true(r.critical_path_ns < 24.6 / 2);
    }
}

static int use_build_cache(void **state)
{
    (void)state;
    return setenv("XDG_CACHE_HOME", DELTASWEEP_SOURCE_DIR "/build/test-cache", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dsp_operators_keep_their_speed),
        cmocka_unit_test(lut_operators_need_no_dsp),
    };
    if (tool_find("yosys", NULL, 0, NULL) != STATUS_OK || tool_find("sta", NULL, 0, NULL) != STATUS_OK) {
        print_message("yosys or sta is not installed: nothing was tested\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
