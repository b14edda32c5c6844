#include "models/fpga/device/family.h"
#include "models/fpga/device/resources.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* DS180 v2.5, as published: LUTs, FFs, DSPs, 18 Kb blocks, Kb of block RAM and of LUT RAM (rounded there). */
static const struct {
    const char *name;
    int lut, ff, dsp, bram18, bram_kb, lutram_kb;
} published[] = {
    {"xc7s6", 3752, 7504, 10, 10, 180, 70},         {"xc7s15", 8000, 16000, 20, 20, 360, 150},
    {"xc7s25", 14600, 29200, 80, 90, 1620, 313},    {"xc7s50", 32600, 65200, 120, 150, 2700, 600},
    {"xc7s75", 48000, 96000, 140, 180, 3240, 832},  {"xc7s100", 64000, 128000, 160, 240, 4320, 1100},
    {"xc7a35t", 20800, 41600, 90, 100, 1800, 400},
};

static void budgets_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const struct device *d = device_find(published[i].name);
        assert_non_null(d);
        assert_int_equal(d->lut, published[i].lut);
        assert_int_equal(d->ff, published[i].ff);
        assert_int_equal(d->dsp, published[i].dsp);
        assert_int_equal(2 * d->bram36, published[i].bram18);
        assert_int_equal(d->bram_bits, 1024 * published[i].bram_kb);
        assert_int_equal(lround(ceil((double)d->lutram_bits / 1024.0)), published[i].lutram_kb);
        assert_int_equal(d->lutram_bits, 64 * d->lutram_luts);
    }
    const struct device *d = device_find("xc7s15");
    assert_int_equal(d->bram_bits, 368640);
    assert_int_equal(d->lutram_luts, 2400);
    assert_int_equal(d->muxf7, 4000);
    assert_int_equal(d->muxf8, 2000);
    assert_null(device_find("xc7s16"));
    assert_null(device_find(""));
}

/* What nextpnr-ecp5 0.11.1 says of the 25F, 45F and 85F: TRELLIS_COMB, DP16KD, MULT18X18D, and four LUTs for each
 * TRELLIS_RAMW. The 12F: FPGA-DS-02012, table 1.1. */
static void budgets_of_the_ecp5_are_those_of_its_router(void **state)
{
    static const struct {
        const char *name;
        int lut, blocks, multipliers, memories;
    } parts[] = {{"lfe5u-12f", 12144, 32, 28, 1518},
                 {"lfe5u-25f", 24288, 56, 28, 3036},
                 {"lfe5u-45f", 43848, 108, 72, 5481},
                 {"lfe5u-85f", 83640, 208, 156, 10455}};
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct device *d = device_find(parts[i].name);
        assert_non_null(d);
        assert_ptr_equal(d->family, &ecp5);
        assert_int_equal(d->lut, parts[i].lut);
        assert_int_equal(2 * d->bram36, parts[i].blocks);
        assert_int_equal(d->dsp, parts[i].multipliers);
        assert_int_equal(d->lutram_luts, 4 * parts[i].memories);
        assert_int_equal(d->lutram_bits, 4 * 16 * parts[i].memories);
    }
}

/* What holds for every part, also for one whose published figures do not stand above. */
static void every_part_is_whole(void **state)
{
    (void)state;
    int n;
    const struct device *d = device_list(&n);
    for (int i = 0; i < n; i++) {
        assert_ptr_equal(device_find(d[i].name), &d[i]); /* no two have one name */
        assert_non_null(d[i].family);
        assert_non_null(d[i].package);
        assert_true(d[i].lut > 0 && d[i].ff > 0 && d[i].dsp >= 0);
        assert_true(d[i].lutram_luts <= d[i].lut);
        assert_int_equal(d[i].bram_bits, 2 * (int64_t)d[i].bram36 * d[i].family->bram18_bits);
        assert_int_equal(d[i].lutram_bits, (int64_t)d[i].lutram_luts * d[i].family->lutram_bits);
    }
}

static void weights_fit_to_the_last_bit(void **state)
{
    (void)state;
    const struct device *d = device_find("xc7s15");
    const int64_t all = d->bram_bits + d->lutram_bits;

    struct fullness f = resources_fullness(d, NULL, d->bram_bits);
    assert_true(f.fits && f.logic_fits && f.weights_fit_bram && !f.weights_fit_lutram);
    f = resources_fullness(d, NULL, d->bram_bits + 1);
    assert_true(f.fits && !f.weights_fit_bram);
    f = resources_fullness(d, NULL, d->lutram_bits);
    assert_true(f.weights_fit_lutram);
    f = resources_fullness(d, NULL, d->lutram_bits + 1);
    assert_false(f.weights_fit_lutram);
    f = resources_fullness(d, NULL, all);
    assert_true(f.fits);
    assert_true(f.weights == 1.0);
    f = resources_fullness(d, NULL, all + 1);
    assert_true(!f.fits && f.logic_fits && f.weights > 1.0);
    assert_string_equal(f.binding_resource, "weights");
    /* The paper's own network: 185,320 weights of 4 bits. */
    f = resources_fullness(d, NULL, 4 * 185320);
    assert_true(!f.fits && !f.weights_fit_bram);
}

static void logic_takes_room_from_the_weights(void **state)
{
    (void)state;
    const struct device *d = device_find("xc7s15");
    const struct resources bram = {.lut = 100, .bram18 = 3, .bram36 = 2};
    const int64_t left = d->bram_bits - 7 * 18 * 1024;
    assert_true(resources_fullness(d, &bram, left).weights_fit_bram);
    assert_false(resources_fullness(d, &bram, left + 1).weights_fit_bram);

    const struct resources lutram = {.lut = 500, .lutram = 400};
    assert_true(resources_fullness(d, &lutram, 64 * 2000).weights_fit_lutram);
    assert_false(resources_fullness(d, &lutram, 64 * 2000 + 1).weights_fit_lutram);

    /* 7,000 LUTs of logic leave 1,000, fewer than the 2,400 that could be memory. */
    const struct resources full = {.lut = 7000};
    assert_true(resources_fullness(d, &full, 64 * 1000).weights_fit_lutram);
    assert_false(resources_fullness(d, &full, 64 * 1000 + 1).weights_fit_lutram);
    assert_true(resources_fullness(d, &full, d->bram_bits + 64 * 1000).fits);
    assert_false(resources_fullness(d, &full, d->bram_bits + 64 * 1000 + 1).fits);
}

static void each_resource_can_bind(void **state)
{
    (void)state;
    const struct device *d = device_find("xc7s15");
    const struct {
        const char *name;
        struct resources at, over;
    } cases[] = {
        {"lut", {.lut = 8000}, {.lut = 8001}},
        {"ff", {.ff = 16000}, {.ff = 16001}},
        {"carry4", {.carry4 = 2000}, {.carry4 = 2001}},
        {"muxf7", {.muxf7 = 4000}, {.muxf7 = 4001}},
        {"muxf8", {.muxf8 = 2000}, {.muxf8 = 2001}},
        {"dsp", {.dsp = 20}, {.dsp = 21}},
        {"bram", {.bram36 = 10}, {.bram18 = 21}},
        {"bram", {.bram18 = 18, .bram36 = 1}, {.bram18 = 1, .bram36 = 10}},
        {"lutram", {.lut = 2400, .lutram = 2400}, {.lut = 2401, .lutram = 2401}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fullness f = resources_fullness(d, &cases[i].at, 0);
        assert_true(f.fits && f.logic_fits);
        assert_string_equal(f.binding_resource, cases[i].name);
        f = resources_fullness(d, &cases[i].over, 0);
        assert_true(!f.fits && !f.logic_fits);
        assert_string_equal(f.binding_resource, cases[i].name);
    }
}

static void nothing_left_is_more_than_full(void **state)
{
    (void)state;
    const struct device *d = device_find("xc7s15");
    const struct resources all = {.lut = 8000, .lutram = 2400, .bram36 = 10};
    struct fullness f = resources_fullness(d, &all, 1);
    assert_true(f.logic_fits && !f.fits && f.weights > 1.0);
    assert_string_equal(f.binding_resource, "weights");
    f = resources_fullness(d, &all, 0);
    assert_true(f.fits && f.weights == 0.0);
    f = resources_fullness(d, NULL, INT64_MAX / 2);
    assert_true(!f.fits && isfinite(f.weights));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budgets_are_the_published_ones),
        cmocka_unit_test(budgets_of_the_ecp5_are_those_of_its_router),
        cmocka_unit_test(every_part_is_whole),
        cmocka_unit_test(weights_fit_to_the_last_bit),       cmocka_unit_test(logic_takes_room_from_the_weights),
        cmocka_unit_test(each_resource_can_bind),            cmocka_unit_test(nothing_left_is_more_than_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
