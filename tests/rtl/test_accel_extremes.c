/* Accelerators at the ends of what accelerator_check allows: the three levels agree on each. */
#include "tests/support/accel_common.h"

struct extreme {
    struct accel_case c;
    int images, lockstep;
};

static const struct extreme extremes[] = {
    {{"the widest numbers",
      {1500, 40, 256},
      {.scheme = SCHEME_FIXED_POINT, .weight_bits = 16, .frac_bits = 15},
      50,
      50,
      WEIGHT_MEMORY_BLOCK,
      0},
     12,
     6},
    {{"the widest numbers in LUTs",
      {900, 17, 3},
      {.scheme = SCHEME_FIXED_POINT, .weight_bits = 16, .frac_bits = 14},
      9,
      0,
      WEIGHT_MEMORY_BLOCK,
      0},
     12,
     6},
    {{"the widest consecutive codes",
      {1100, 30, 10},
      {.scheme = SCHEME_CONSECUTIVE, .span = SPAN_ROW, .weight_bits = 16, .frac_bits = 14, .delta_bits = 16},
      12,
      5,
      WEIGHT_MEMORY_BLOCK,
      10},
     12,
     6},
    {{"the narrowest numbers",
      {40, 30, 5},
      {.scheme = SCHEME_FIXED_POINT, .weight_bits = 2, .frac_bits = 0},
      7,
      4,
      WEIGHT_MEMORY_LUT,
      0},
     80,
     40},
    {{"one-bit consecutive codes",
      {40, 30, 5},
      {.scheme = SCHEME_CONSECUTIVE, .span = SPAN_ROW, .weight_bits = 3, .frac_bits = 2, .delta_bits = 1},
      7,
      7,
      WEIGHT_MEMORY_LUT,
      0},
     80,
     40},
    {{"the most lanes",
      {10, 600, 7},
      {.scheme = SCHEME_FIXED_REFERENCE,
       .reference = REFERENCE_MEAN,
       .span = SPAN_ROW,
       .weight_bits = 6,
       .frac_bits = 4,
       .delta_bits = 2},
      512,
      301,
      WEIGHT_MEMORY_BOTH,
      10},
     60,
     20},
    {{"sixteen layers",
      {5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 2},
      {.scheme = SCHEME_FIXED_REFERENCE,
       .reference = REFERENCE_ZERO,
       .weight_bits = 8,
       .frac_bits = 6,
       .delta_bits = 5,
       .delta_offset = 2},
      3,
      2,
      WEIGHT_MEMORY_BOTH,
      1},
     80,
     40},
    {{"a long row",
      {6000, 2},
      {.scheme = SCHEME_FIXED_POINT, .weight_bits = 5, .frac_bits = 3},
      2,
      1,
      WEIGHT_MEMORY_LUT,
      0},
     6,
     3},
    {{"the most words of block memory",
      {3000, 170, 1},
      {.scheme = SCHEME_FIXED_REFERENCE,
       .reference = REFERENCE_FIRST,
       .span = SPAN_ROW,
       .weight_bits = 4,
       .frac_bits = 3,
       .delta_bits = 3,
       .delta_offset = 1},
      1,
      0,
      WEIGHT_MEMORY_BLOCK,
      0},
     5,
     1},
};

static void the_three_levels_agree(void **state)
{
    (void)state;
    int chunks[ACCELERATOR_MAX_CHUNKS], most_chunks = 0;
    for (size_t k = 0; k < sizeof extremes / sizeof extremes[0]; k++) {
        const struct extreme *x = &extremes[k];
        struct accel_bench b = accel_bench_new(&x->c, x->images, k + 1);
        struct accelerator_result r;
        struct errmsg e = {""};
        if (accelerator_sim_check(&b.a, b.n, &b.set, x->images, x->lockstep, k, &r, &e) != STATUS_OK)
            fail_msg("%s: %s", x->c.what, e.text);
        print_message("%s: built in %.1f s, %.0f clocks/s, %lld clocks an image\n", x->c.what, r.build_seconds,
                      r.clocks_per_second, (long long)r.cycles_per_inference);
        if (r.mismatches != 0 || !r.schedule_agrees)
            fail_msg("%s: %lld mismatches, schedule %s; image %lld %s", x->c.what, (long long)r.mismatches,
                     r.schedule_agrees ? "right" : "wrong", (long long)r.first_image, r.first_where);
        const int n = accelerator_chunks(&b.a, chunks);
        most_chunks = n > most_chunks ? n : most_chunks;
        accel_bench_free(&b);
    }
    assert_true(most_chunks > 10); /* the names of some files have two digits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_three_levels_agree)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
