/* Bugs planted in a copy of the RTL: each must be caught, by the run that can see it. test_accel_faults: a few;
 * test_accel_faults all: all. */
#include "tests/support/accel_common.h"

static bool all;

/* Which of the runs must see it: wrong verdicts in bulk, results in other clocks than the schedule's, and
 * the lock-step run (which sees all of them). */
enum { VERDICTS = 1, CLOCKS = 2, LOCKSTEP_ONLY = 0 };

struct bug {
    const char *what, *file, *edit; /* a sed script */
    int seen;
};

static const struct bug bugs[] = {
    /* The gates: a clock less loses data, a clock more only time. */
    {"next layer a clock too soon", "sequencer.v", "s/Latency - 1 - (passes/Latency - 2 - (passes/", VERDICTS | CLOCKS},
    {"next layer a clock too late", "sequencer.v", "s/Latency - 1 - (passes/Latency - (passes/", CLOCKS},
    {"a fifth place for results", "accelerator.v", "s/assign room = .*/assign room = 1;/", LOCKSTEP_ONLY},
    {"reset leaves the pixel's index", "pixel_banks.v", "s/^            write_index_q <= 0;//", LOCKSTEP_ONLY},
    /* The rest with `all`. */
    {"next pass a clock too soon", "sequencer.v", "s/at_least_1(P - size(l))/at_least_1(P - 1 - size(l))/",
     VERDICTS | CLOCKS},
    {"next pass a clock too late", "sequencer.v", "s/at_least_1(P - size(l))/at_least_1(P + 1 - size(l))/", CLOCKS},
    {"next image a clock too soon", "sequencer.v", "s/last_lanes(l) - size(0)/last_lanes(l) - 1 - size(0)/",
     VERDICTS | CLOCKS},
    {"next image a clock too late", "sequencer.v", "s/last_lanes(l) - size(0)/last_lanes(l) + 1 - size(0)/", CLOCKS},
    {"full banks take pixels", "pixel_banks.v", "s/assign pixel_ready_o = .*/assign pixel_ready_o = 1;/",
     VERDICTS | CLOCKS},
    {"ready follows valid", "pixel_banks.v",
     "s/assign pixel_ready_o = .*/assign pixel_ready_o = "
     "!full_q[write_bank_q] \\&\\& pixel_valid_i;/",
     VERDICTS | CLOCKS},
    {"taking gives way to writing", "result_queue.v", "s/if (take) read_at_q/if (take \\&\\& !write_i) read_at_q/",
     LOCKSTEP_ONLY},
    {"reset leaves the weights' address", "weight_memory.v", "s/^                    address_q <= 0;//",
     LOCKSTEP_ONLY},
    {"reset leaves the neuron", "accelerator.v", "s/^            neuron_q <= 0;//", LOCKSTEP_ONLY},
    {"HardTanh clips a step early", "requantise.v", "s/localparam Least = .*/localparam Least = 1 - (1 << F);/",
     VERDICTS},
    {"no borrow of the even lane", "pair_correction.v", "s/odd2_q \\&\\& borrow2_q/1'b0/", VERDICTS},
    {"bias a bit too low", "requantise.v", "s/{bias_i, 8'b0}/{bias_i[31], bias_i, 7'b0}/", VERDICTS},
    {"the best logit of the image before", "argmax.v", "s/index_i == 0 ||/valid_o ||/", VERDICTS},
};
enum { BUGS = sizeof bugs / sizeof bugs[0], FEW = 4 };

/* All gates are shut for some clocks: more lanes than inputs, in pairs; short layers; a last pass of more neurons than
 * there are pixels. Weights in LUTs, where the address counts. */
static const struct accel_case usual = {
    "usual",
    {3, 17, 6},
    {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_MEAN, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4},
    8,
    5,
    WEIGHT_MEMORY_LUT,
    0};

static bool is_caught(const struct bug *b, struct accel_bench *bench, int images)
{
    char share[64];
    struct accelerator_result bulk = {.first_image = -1};
    struct accelerator_lockstep_result lockstep = {0};
    struct errmsg e = {""};
    copy_share(share);
    plant_bug(share, b->file, b->edit);
    struct accel_rig rig = accel_rig_new(bench, images);
    rig.job.resets = 3;
    if (accelerator_bulk(rig.library.api, &bench->a, rig.memories, rig.inputs, bench->set.labels, images, rig.verdicts,
                         &bulk, &e) != STATUS_OK ||
        accelerator_lockstep(&rig.job, rig.so_path, rig.memories, &lockstep, &e) != STATUS_OK)
        fail_msg("%s: %s", b->what, e.text);
    const int seen = (bulk.mismatches > 0 ? VERDICTS : 0) | (bulk.schedule_agrees ? 0 : CLOCKS);
    const bool caught = seen == b->seen && lockstep.mismatches > 0;
    if (!caught)
        print_error("%s: in bulk%s%s (%s), lock-step %s\n", b->what, seen & VERDICTS ? " verdicts" : "",
                    seen & CLOCKS ? " clocks" : "", bulk.first_where,
                    lockstep.mismatches == 0 ? "nothing" : lockstep.first_where);
    assert_int_equal(bulk.first_image >= 0, bulk.mismatches > 0);
    assert_int_equal(lockstep.first_image >= 0, lockstep.mismatches > 0);
    accel_rig_free(&rig);
    remove_share(share);
    return caught;
}

static void each_bug_is_caught(void **state)
{
    (void)state;
    enum { IMAGES = 1000 };
    struct accel_bench bench = accel_bench_new(&usual, IMAGES, 1);
    struct accel_rig rig = accel_rig_new(&bench, IMAGES);
    struct accelerator_result bulk = {.first_image = -1};
    struct accelerator_lockstep_result lockstep = {0};
    struct errmsg e = {""};
    rig.job.resets = 3;
    assert_true(accelerator_paired(&bench.a));
    assert_int_equal(accelerator_bulk(rig.library.api, &bench.a, rig.memories, rig.inputs, bench.set.labels, IMAGES,
                                      rig.verdicts, &bulk, &e),
                     STATUS_OK);
    assert_int_equal(accelerator_lockstep(&rig.job, rig.so_path, rig.memories, &lockstep, &e), STATUS_OK);
    if (bulk.mismatches + lockstep.mismatches != 0 || !bulk.schedule_agrees)
        fail_msg("without a bug: bulk %s, lock-step %s", bulk.first_where, lockstep.first_where);
    assert_int_equal(lockstep.resets, 3);
    accel_rig_free(&rig);
    int missed = 0;
    for (int k = 0; k < (all ? BUGS : FEW); k++)
        missed += !is_caught(&bugs[k], &bench, IMAGES);
    accel_bench_free(&bench);
    assert_int_equal(missed, 0);
}

int main(int argc, char **argv)
{
    all = argc > 1 && strcmp(argv[1], "all") == 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_bug_is_caught)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
