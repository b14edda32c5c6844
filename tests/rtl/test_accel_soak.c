/* 1,000 images through each of 12 accelerators, both streams stalling at random, with resets in the middle of images:
 * nothing is lost, repeated or reordered, and RTL and model agree in every clock. */
#include "tests/support/accel_cases.h"

static const struct accel_case larger[] = {
    {"64 lanes",
     {196, 40, 10},
     {.scheme = SCHEME_FIXED_REFERENCE,
      .reference = REFERENCE_MEAN,
      .span = SPAN_ROW,
      .weight_bits = 8,
      .frac_bits = 6,
      .delta_bits = 3,
      .delta_offset = 1},
     64,
     20,
     WEIGHT_MEMORY_BOTH,
     10},
    {"784-96-64-10",
     {784, 96, 64, 10},
     {.scheme = SCHEME_CONSECUTIVE, .span = SPAN_ROW, .weight_bits = 8, .frac_bits = 6, .delta_bits = 4},
     32,
     18,
     WEIGHT_MEMORY_BLOCK,
     0},
};

enum { IMAGES = 1000, RESETS = 20 };

/* count_distinct: how many images have another result than the image before. */
static int count_distinct(const struct accel_rig *rig)
{
    int distinct = 0;
    for (int i = 1; i < IMAGES; i++)
        distinct +=
            rig->verdicts[i].class != rig->verdicts[i - 1].class || rig->verdicts[i].logit != rig->verdicts[i - 1].logit;
    return distinct;
}

static void soak(const struct accel_case *c, uint64_t seed)
{
    struct accel_bench b = accel_bench_new(c, IMAGES, seed);
    struct accel_rig rig = accel_rig_new(&b, IMAGES);
    struct accelerator_lockstep_result r;
    struct errmsg e = {""};
    int distinct = count_distinct(&rig);
    /* A third of all random networks as narrow and deep as one of the cases say the same of every image. */
    for (int draw = 1; distinct <= IMAGES / 2 && draw < 20; draw++) {
        accel_rig_free(&rig);
        accel_bench_free(&b);
        b = accel_bench_new(c, IMAGES, seed + 1000 * (uint64_t)draw);
        rig = accel_rig_new(&b, IMAGES);
        distinct = count_distinct(&rig);
    }
    rig.job.resets = RESETS;
    rig.job.seed = seed;
    if (accelerator_lockstep(&rig.job, rig.so_path, rig.memories, &r, &e) != STATUS_OK)
        fail_msg("%s: %s", c->what, e.text);
    print_message("%s: %lld clocks, %.0f a second, %lld resets, %d of %d results differ from the one before\n", c->what,
                  (long long)r.clocks, r.clocks_per_second, (long long)r.resets, distinct, IMAGES - 1);
    if (r.mismatches != 0)
        fail_msg("%s, seed %llu: %lld mismatches, image %lld %s", c->what, (unsigned long long)seed,
                 (long long)r.mismatches, (long long)r.first_image, r.first_where);
    assert_int_equal(r.delivered, IMAGES);
    assert_true(distinct > IMAGES / 2); /* else a result in another's place would not be seen */
    assert_int_equal(r.resets, RESETS);
    accel_rig_free(&rig);
    accel_bench_free(&b);
}

static void nothing_is_lost(void **state)
{
    (void)state;
    const uint64_t seed = test_seed();
    for (int k = 0; k < ACCEL_CASES; k++)
        soak(&accel_cases[k], seed + (uint64_t)k);
    for (size_t k = 0; k < sizeof larger / sizeof larger[0]; k++)
        soak(&larger[k], seed + 100 + k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
