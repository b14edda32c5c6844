/* Random accelerators of random networks: the three levels agree on each. test_accel_random [HOW MANY]; TEST_SEED
 * chooses others. */
#include "tests/support/accel_common.h"

static int trials = 24;

static struct accel_case random_case(struct rng *r)
{
    struct accel_case c = {.what = "random"};
    const int layers = 1 + (int)rng_below(r, 4), most = rng_below(r, 4) == 0 ? 200 : 30;
    for (int l = 0; l <= layers; l++)
        c.sizes[l] = 1 + (int)rng_below(r, (uint64_t)(l == layers ? 20 : most));
    do
        c.code = random_lane_code(r);
    while (c.code.scheme == SCHEME_CONSECUTIVE_OPEN && c.code.delta_offset > 0); /* not every one can be deployed */
    if (c.code.scheme != SCHEME_CONSECUTIVE_OPEN)
        random_formats(r, &c.code, layers, rng_below(r, 2) == 0);
    c.P = 1 + (int)rng_below(r, rng_below(r, 2) ? 6 : 40);
    const int dsp_lanes[] = {0, c.P, (int)rng_below(r, (uint64_t)c.P + 1)};
    c.dsp_lanes = dsp_lanes[rng_below(r, 3)];
    c.memory = (enum weight_memory)rng_below(r, 3);
    c.bram36 = (int)rng_below(r, 4);
    return c;
}

static void describe(const struct accelerator *a, char *text, size_t bytes)
{
    size_t used = (size_t)snprintf(text, bytes, "sizes");
    for (int l = 0; l <= a->n_layers && used < bytes; l++)
        used += (size_t)snprintf(text + used, bytes - used, " %d", a->sizes[l]);
    if (used < bytes)
        snprintf(text + used, bytes - used,
                 " W %d f %d D %d shift %d consecutive %d reference %d P %d dsp_lanes %d block_bits %d pixels %d "
                 "neurons %d",
                 a->W, a->f, a->D, a->shift, a->consecutive, a->reference, a->P, a->dsp_lanes, a->block_bits,
                 a->block_pixels, a->block_neurons);
}

static void the_three_levels_agree(void **state)
{
    (void)state;
    enum { IMAGES = 60, LOCKSTEP = 30 };
    struct rng r;
    int paired = 0, consecutive = 0, wrong = 0;
    const uint64_t seed = test_seed();
    rng_init(&r, seed, RNG_TEST);
    for (int trial = 0; trial < trials; trial++) {
        const struct accel_case c = random_case(&r);
        struct accel_bench b = accel_bench_new(&c, IMAGES, seed + (uint64_t)trial);
        struct accelerator_result result;
        struct errmsg e = {""};
        char text[512];
        describe(&b.a, text, sizeof text);
        if (accelerator_sim_check(&b.a, b.n, &b.set, IMAGES, LOCKSTEP, seed, &result, &e) != STATUS_OK)
            fail_msg("seed %llu trial %d, %s: %s", (unsigned long long)seed, trial, text, e.text);
        if ((result.mismatches != 0 || !result.schedule_agrees) && wrong++ < 10)
            print_error("seed %llu trial %d, %s: %lld mismatches, schedule %s; image %lld %s\n",
                        (unsigned long long)seed, trial, text, (long long)result.mismatches,
                        result.schedule_agrees ? "right" : "wrong", (long long)result.first_image, result.first_where);
        check_unstalled_lockstep(&b, 20, text);
        paired += accelerator_paired(&b.a);
        consecutive += b.a.consecutive;
        accel_bench_free(&b);
    }
    print_message("%d accelerators, %d with paired lanes, %d consecutive\n", trials, paired, consecutive);
    assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
    trials = argc > 1 ? atoi(argv[1]) : trials;
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_three_levels_agree)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
