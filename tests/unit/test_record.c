#include "db/record.h"
#include "db/trainings.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/job.h"
#include "explorer/jobs/kinds/train.h"
#include "models/fpga/device/family.h"
#include "models/fpga/cost/energy.h"
#include "models/fpga/cost/estimate.h"
#include "models/fpga/cost/least.h"
#include "tests/support/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[128];
static struct store *store;
static const struct job_note note = {"rev", "tool 1.0", "rtl", "host", 1002.5, 2.5};

static int open_store(void **state)
{
    (void)state;
    struct errmsg e;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-record-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/a.db", folder);
    return store_open(path, NULL, &store, &e) == STATUS_OK ? 0 : -1;
}

static int close_store(void **state)
{
    (void)state;
    char command[160];
    store_close(store);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

#define GOOD(call)                                                                                                     \
    do {                                                                                                               \
        struct errmsg e = {""};                                                                                        \
        const enum status st_ = (call);                                                                                \
        if (st_ != STATUS_OK)                                                                                          \
            fail_msg("%s", e.text);                                                                                    \
    } while (0)

/* real: the number that sql answers, NAN for NULL. */
static double real_of(const char *sql)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(store_handle(store), sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(store_handle(store)));
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    const double v = sqlite3_column_type(st, 0) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(st, 0);
    sqlite3_finalize(st);
    return v;
}

static void assert_real(const char *sql, double expected)
{
    const double got = real_of(sql);
    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= 1e-9 + 1e-12 * fabs(expected)))
        fail_msg("%s: %.12g instead of %.12g", sql, got, expected);
}

static void assert_text(const char *sql, const char *expected)
{
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(store_handle(store), sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    const char *got = (const char *)sqlite3_column_text(st, 0);
    if (expected == NULL)
        assert_null(got);
    else
        assert_string_equal(got == NULL ? "NULL" : got, expected);
    sqlite3_finalize(st);
}

static struct point a_point(void)
{
    struct point p = {
        .digest = "0123456789abcdef",
        .dataset = "fashion-mnist",
        .train = {.epochs = 3, .batch = 512, .lr = 0.001},
        .code = {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_MEAN, .span = SPAN_ROW,
                 .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4},
        .wish = {.P = 8, .N = 96, .multiplier = MULTIPLIER_DSP},
        .hardware = {.engine = engine_at(ENGINE_OPERATOR), .family = device_find("xc7s15")->family,
                     .mac = {MAC_FIXED_REFERENCE, MULTIPLIER_DSP, 8, 4, 0, 96, 8, 0}},
        .device = device_find("xc7s15"),
    };
    topology_chain((const int[]){784, 96, 64, 10}, 3, &p.shape);
    p.weights = topology_weights(&p.shape);
    p.weight_storage_bits = network_storage_bits(&p.code, &p.shape);
    return p;
}

/* an_accelerator: the same network and code as a whole, 32 lanes, weights in block RAM. */
static struct point an_accelerator(void)
{
    struct point p = a_point();
    struct errmsg e;
    p.hardware = (struct hardware){.engine = engine_at(ENGINE_ACCELERATOR), .family = p.device->family};
    p.wish = (struct hardware_wish){ENGINE_ACCELERATOR, .P = 32, .dsp_lanes = 16, .memory = WEIGHT_MEMORY_BLOCK};
    assert_int_equal(accelerator_of(&p.shape, &p.code, &(struct accelerator_wish){32, 16, p.wish.memory},
                                    p.device->bram36, &p.hardware.accelerator, &e),
                     STATUS_OK);
    p.hardware.schedule = (struct schedule){.cycles_per_inference = 2600, .cycles_latency = 3500};
    return p;
}

/* ask_for: a sweep with one point, the seeds 0..n-1, and all its jobs waiting. */
static void ask_for(struct point p, const char *sweep, int n)
{
    int64_t sweep_id = 0, point = 0;
    enum job_state state;
    GOOD(record_begin(store, &e));
    GOOD(record_sweep(store, sweep, "x.yaml", "name: x", &sweep_id, &e));
    GOOD(record_job(store, "build", "build", "build it", "pace", 1.5, &state, &e));
    GOOD(record_job(store, "synth", "synth", "synthesise it", "pace", 1.5, &state, &e));
    GOOD(record_point(store, &p, "build", "synth", &point, &e));
    for (int i = 0; i < n; i++) {
        char train[32], check[32];
        const uint64_t seed = (uint64_t)i;
        snprintf(train, sizeof train, "train%d", i);
        snprintf(check, sizeof check, "check%d", i);
        GOOD(record_job(store, train, "train", "train it", "pace", 1.5, &state, &e));
        GOOD(record_job(store, check, "check", "check it", "pace", 1.5, &state, &e));
        GOOD(record_run(store, sweep_id, point, &seed, train, check, &e));
    }
    GOOD(record_prune(store, sweep_id, &e));
    GOOD(record_commit(store, &e));
}

static void ask(const char *sweep, int n)
{
    ask_for(a_point(), sweep, n);
}

/* done: a job of that kind brings what. */
static enum status done(const char *job, enum job_kind_id kind, void *what, struct errmsg *e)
{
    const struct job_result r = {.what = what};
    return record_done(store, job, &note, false, job_kind_at(kind)->save, &r, e);
}

static enum status done_training(const char *job, struct training *t, const struct epoch_metrics *epochs,
                                 const uint8_t *network, size_t network_bytes, struct errmsg *e)
{
    struct job_result r = {.what = t};
    assert_int_equal(training_pack(&r, epochs, network, network_bytes, e), STATUS_OK);
    const enum status st = record_done(store, job, &note, false, job_train.save, &r, e);
    free(r.tail);
    return st;
}

static enum status finish_training(const char *job, double test_accuracy, struct errmsg *e)
{
    struct epoch_metrics epochs[2] = {{1, 0.5, 0.8, NAN, NAN, 1}, {2, 0.4, 0.9, NAN, test_accuracy, 1}};
    const uint8_t network[] = {1, 2, 3};
    struct training t = {.result = {.n_epochs = 2,
                                    .best_epoch = 1,
                                    .train_accuracy = 0.9,
                                    .validation_accuracy = NAN,
                                    .test_accuracy = test_accuracy,
                                    .deployed_accuracy = test_accuracy - 0.001,
                                    .seconds = 2.5},
                         .code_entropy_bits = 1234.5,
                         .layer_formats = "f5o0-f6o1"};
    return done_training(job, &t, epochs, network, sizeof network, e);
}

static void a_point_shows_before_and_after_its_jobs(void **state)
{
    (void)state;
    ask("s", 1);
    assert_text("SELECT point FROM results", "p0123456789");
    assert_text("SELECT network FROM results", "784-96-64-10");
    assert_real("SELECT weight_storage_bits FROM results", 82048 * 4 + 170 * 8);
    assert_real("SELECT compression_ratio FROM results", 82048.0 * 8 / (82048 * 4 + 170 * 8));
    assert_real("SELECT test_accuracy FROM results", NAN);
    assert_real("SELECT lut FROM results", NAN);
    assert_real("SELECT fits FROM results", NAN); /* the weights do, the logic is unknown */
    assert_text("SELECT binding_resource FROM results", NULL);
    assert_real("SELECT weights_fit_bram FROM results", 1);

    GOOD(finish_training("train0", 0.875, &e));
    struct synth_result synth = {.cells = {.lut = 800, .ff = 60, .dsp = 8},
                                 .timing_known = true,
                                 .critical_path_ns = 8,
                                 .fmax_mhz = 125,
                                 .seconds = 3};
    GOOD(done("synth", JOB_SYNTH, &synth, &e));
    struct engine_check check = {.engine = ENGINE_OPERATOR,
                                 .operator = {.vectors = 448,
                                           .trained_vectors = 256,
                                           .cycles_per_dot = 14,
                                           .first_vector = -1,
                                           .clocks_per_second = 1e6,
                                           .lockstep_clocks_per_second = NAN}};
    GOOD(done("check0", JOB_CHECK, &check, &e));
    double build_seconds = 5.5;
    GOOD(done("build", JOB_BUILD, &build_seconds, &e));

    assert_real("SELECT test_accuracy FROM results", 0.875);
    assert_real("SELECT deployed_accuracy FROM results", 0.874);
    assert_text("SELECT engine FROM results", "operator");
    assert_real("SELECT cycle_efficiency FROM results", NAN);
    assert_real("SELECT energy_uj FROM results", NAN);
    assert_real("SELECT validation_accuracy FROM results", NAN);
    assert_real("SELECT lut FROM results", 800);
    assert_real("SELECT fits FROM results", 1);
    assert_text("SELECT binding_resource FROM results", "weights");
    assert_real("SELECT lut_utilisation FROM results", 0.1);
    assert_real("SELECT rtl_mismatches FROM results", 0);
    assert_real("SELECT macs_per_second FROM results", 96 / 14.0 * 125e6);
    assert_real("SELECT macs_per_second_at_1mhz FROM results", 96 / 14.0 * 1e6);
    assert_real("SELECT build_seconds FROM results", 5.5);
    assert_real("SELECT lockstep_clocks_per_second FROM results", NAN);
    assert_real("SELECT first_vector FROM checks", NAN);
    assert_real("SELECT count(*) FROM epochs", 2);
    assert_text("SELECT git_revision FROM results", "grev");
    assert_text("SELECT rtl_digest FROM results", "rtl");
    assert_text("SELECT finished FROM jobs WHERE digest = 'build'", "1970-01-01T00:16:42.500Z");
    assert_real("SELECT seconds FROM jobs WHERE digest = 'build'", 2.5);
    uint8_t *bytes = NULL;
    size_t n = 0;
    GOOD(record_network(store, "train0", &bytes, &n, &e));
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, ((const uint8_t[]){1, 2, 3}), 3);
    free(bytes);
}

static struct engine_check an_accelerator_check(int64_t right, int64_t mismatches, bool schedule_agrees)
{
    return (struct engine_check){.engine = ENGINE_ACCELERATOR,
                                   .accelerator = {.images = 10000,
                                                   .lockstep_images = 5,
                                                   .mismatches = mismatches,
                                                   .right = right,
                                                   .cycles_per_inference = 2600,
                                                   .cycles_latency = 3500,
                                                   .schedule_agrees = schedule_agrees,
                                                   .first_image = mismatches > 0 ? 7 : -1,
                                                   .first_where = "class 3 instead of 4",
                                                   .clocks_per_second = 2e6,
                                                   .lockstep_clocks_per_second = 3e5}};
}

static void an_accelerator_answers_for_the_network(void **state)
{
    (void)state;
    ask_for(an_accelerator(), "s", 2);
    assert_text("SELECT engine FROM results", "accelerator");
    assert_text("SELECT weight_memory FROM results", "block");
    assert_real("SELECT parallelism FROM results", 32);
    assert_real("SELECT dsp_lanes FROM results", 16);
    assert_real("SELECT operator_inputs FROM results", NAN);
    assert_text("SELECT multiplier FROM results", NULL);
    assert_real("SELECT schedule_cycles FROM results", 2600);
    assert_real("SELECT cycles_per_inference FROM results", NAN);
    assert_real("SELECT macs_per_second FROM results", NAN);
    /* Without any synthesis there is an estimate, in columns of its own. */
    const struct point p = an_accelerator();
    struct estimate est;
    estimate_of(&p.hardware.accelerator, &est);
    assert_real("SELECT estimated_lut FROM results", est.lut);
    assert_real("SELECT estimated_ff FROM designs", est.ff);
    assert_real("SELECT estimated_fmax_mhz FROM results", est.fmax_mhz);
    const struct resources estimated = {
        .lut = est.lut, .ff = est.ff, .dsp = est.dsp, .bram18 = accelerator_least(&p.hardware.accelerator).bram18};
    const struct energy soon = energy_of(&series7, &estimated, est.fmax_mhz, 2600 / (1e6 * est.fmax_mhz));
    assert_real("SELECT estimated_macs_per_second FROM results", 82048 / 2600.0 * est.fmax_mhz * 1e6);
    assert_real("SELECT estimated_inferences_per_second FROM results", est.fmax_mhz * 1e6 / 2600);
    assert_real("SELECT estimated_latency_us FROM results", 3500 / est.fmax_mhz);
    assert_real("SELECT estimated_power_mw FROM results", soon.static_mw + soon.dynamic_mw);
    assert_real("SELECT estimated_energy_uj FROM designs", soon.total_uj);
    assert_real("SELECT lut FROM results", NAN);

    GOOD(finish_training("train0", 0.875, &e));
    GOOD(finish_training("train1", 0.885, &e));
    /* The weights take all of the block RAM: they are in the synthesis, and not counted again. */
    const struct resources cells = {.lut = 4000, .ff = 6000, .dsp = 10, .bram18 = 20};
    const struct energy one = energy_of(&series7, &cells, 160, 2600 / 160e6);
    struct synth_result synth = {.cells = cells,
                                 .power_mw = one.static_mw + one.dynamic_mw,
                                 .timing_known = true,
                                 .critical_path_ns = 6.25,
                                 .fmax_mhz = 160,
                                 .critical_path_2_ns = 5,
                                 .fmax_2_mhz = 200,
                                 .fmax_mhz_low = 140,
                                 .fmax_mhz_high = 190,
                                 .seconds = 60};
    GOOD(done("synth", JOB_SYNTH, &synth, &e));
    struct engine_check checks[2] = {an_accelerator_check(8740, 0, true), an_accelerator_check(8840, 0, true)};
    GOOD(done("check0", JOB_CHECK, &checks[0], &e));
    GOOD(done("check1", JOB_CHECK, &checks[1], &e));

    assert_real("SELECT fits FROM results", 1);
    assert_text("SELECT binding_resource FROM results", "bram");
    assert_real("SELECT bram_utilisation FROM results", 1);
    assert_real("SELECT weights_utilisation FROM results", 329552.0 / (368640 + 153600));
    assert_real("SELECT deployed_accuracy FROM results WHERE seed = 0", 0.874);
    assert_real("SELECT rtl_accuracy FROM results WHERE seed = 1", 0.884);
    assert_real("SELECT rtl_images FROM results", 10000);
    assert_real("SELECT rtl_mismatches FROM results", 0);
    assert_real("SELECT cycles_per_inference FROM results", 2600);
    assert_real("SELECT cycle_efficiency FROM results", 82048 / (32 * 2600.0));
    assert_real("SELECT macs_per_second FROM results", 82048 / 2600.0 * 160e6);
    assert_real("SELECT macs_per_second_at_1mhz FROM results", 82048 / 2600.0 * 1e6);
    assert_real("SELECT inferences_per_second FROM results", 160e6 / 2600);
    assert_real("SELECT latency_us FROM results", 3500 / 160.0);
    assert_real("SELECT fmax_2_mhz FROM results", 200);
    assert_real("SELECT fmax_mhz_low FROM results", 140);
    assert_real("SELECT fmax_mhz_high FROM results", 190);
    assert_real("SELECT power_mw FROM results", one.static_mw + one.dynamic_mw);
    assert_real("SELECT energy_uj FROM results", one.total_uj);
    assert_real("SELECT energy_uj FROM designs", one.total_uj);
    assert_real("SELECT sim_clocks_per_second FROM results", 2e6);
    assert_real("SELECT check_vectors FROM results", NAN);

    assert_real("SELECT n FROM designs", 2);
    assert_real("SELECT deployed_accuracy FROM designs", 0.879);
    assert_real("SELECT rtl_accuracy FROM designs", 0.879);
    assert_real("SELECT rtl_images FROM designs", 20000);
    assert_real("SELECT macs_per_second FROM designs", 82048 / 2600.0 * 160e6);
    assert_real("SELECT latency_us FROM designs", 3500 / 160.0);
}

/* Every axis has its column, and those that a point does not use are NULL there. */
static void a_point_without_rtl_has_its_axes_and_the_answer_of_its_weights(void **state)
{
    (void)state;
    struct point p = a_point();
    struct errmsg why;
    int wrong;
    const char *const words[] = {"28x28", "16c3", "p2", "32c3", "p2", "10"};
    assert_int_equal(topology_parse(words, 6, &p.shape, &wrong, &why), STATUS_OK);
    p.hardware = (struct hardware){0};
    p.wish = (struct hardware_wish){0};
    p.code.span = SPAN_BUCKET;
    p.code.bucket = 8;
    p.code.step = STEP_LEARNED;
    p.code.n_formats = 3;
    for (int l = 0; l < 3; l++)
        p.code.formats[l] = (struct layer_format){5, l == 2 ? 3 : 4, 0};
    p.train.warmup = 1.5;
    p.train.mirror = true;
    p.train.clamp_gradient = CLAMP_GRADIENT_PASS;
    p.weights = topology_weights(&p.shape);
    p.weight_storage_bits = 368640 + 153600;
    ask_for(p, "s", 1);
    assert_text("SELECT network FROM results", "28x28x1-16c3-p2-32c3-p2-10");
    assert_real("SELECT weights FROM results", 9 * 16 + 9 * 16 * 32 + 7 * 7 * 32 * 10);
    assert_real("SELECT macs FROM results", 784 * 9 * 16 + 196 * 9 * 16 * 32 + 7 * 7 * 32 * 10);
    assert_text("SELECT span || bucket || step || mirror || warmup || clamp_gradient FROM results", "bucket8learned11.5pass");
    assert_real("SELECT delta_bits FROM results", 4);
    assert_text("SELECT delta_bits_layers FROM results", "4-4-3");
    assert_text("SELECT frac_bits_layers FROM results", NULL);
    assert_text("SELECT engine FROM results", NULL);
    assert_real("SELECT parallelism FROM results", NAN);
    assert_real("SELECT weights_fit FROM results", 1); /* the last bit of an XC7S15 */
    assert_real("SELECT fits FROM results", NAN);
    GOOD(finish_training("train0", 0.875, &e));
    assert_real("SELECT best_epoch FROM results", 1);
    assert_real("SELECT code_entropy_bits FROM designs", 1234.5);
    assert_text("SELECT layer_formats FROM results", "f5o0-f6o1");

    p.weight_storage_bits++;
    snprintf(p.digest, sizeof p.digest, "fedcba9876543210");
    ask_for(p, "t", 1);
    assert_real("SELECT weights_fit FROM results WHERE sweep = 't'", 0);
    assert_real("SELECT fits FROM results WHERE sweep = 't'", 0);
    assert_text("SELECT binding_resource FROM results WHERE sweep = 't'", "weights");
}

static void whatever_differs_in_an_accelerator_is_a_mismatch(void **state)
{
    (void)state;
    ask_for(an_accelerator(), "s", 2);
    struct engine_check verdict = an_accelerator_check(8740, 3, true);
    struct engine_check clocks = an_accelerator_check(8740, 0, false);
    GOOD(done("check0", JOB_CHECK, &verdict, &e));
    GOOD(done("check1", JOB_CHECK, &clocks, &e));
    assert_real("SELECT rtl_mismatches FROM results WHERE seed = 0", 3);
    assert_real("SELECT rtl_mismatches FROM results WHERE seed = 1", 1);
    assert_real("SELECT rtl_mismatches FROM designs", 4);
    assert_real("SELECT first_image FROM accelerator_checks WHERE job = 'check0'", 7);
    assert_text("SELECT first_where FROM accelerator_checks WHERE job = 'check0'", "class 3 instead of 4");
    assert_text("SELECT first_where FROM accelerator_checks WHERE job = 'check1'", NULL);
}

static void what_an_accelerator_takes_at_least_settles_it(void **state)
{
    (void)state;
    struct point p = an_accelerator();
    ask_for(p, "may", 1);
    /* 20 RAMB18 hold neither 128 bits of 2,608 words, nor pixels and neurons beside them. */
    assert_real("SELECT fits FROM results", 0);
    assert_text("SELECT binding_resource FROM results", "bram");
    assert_real("SELECT lut_utilisation FROM results", NAN);
    p.device = device_find("xc7s25");
    snprintf(p.digest, sizeof p.digest, "fedcba9876543210");
    ask_for(p, "larger", 1);
    assert_real("SELECT fits FROM results WHERE sweep = 'larger'", NAN);
    assert_real("SELECT estimated_fits FROM results WHERE sweep = 'may'", 0);
    assert_real("SELECT estimated_fits FROM results WHERE sweep = 'larger'", 1);
}

static void designs_have_mean_and_interval(void **state)
{
    (void)state;
    ask("s", 4);
    assert_real("SELECT n FROM designs", 0);
    assert_real("SELECT test_accuracy FROM designs", NAN);
    GOOD(finish_training("train0", 0.80, &e));
    assert_real("SELECT n FROM designs", 1);
    assert_real("SELECT test_accuracy FROM designs", 0.80);
    assert_real("SELECT test_accuracy_sd FROM designs", NAN);
    assert_real("SELECT test_accuracy_low FROM designs", NAN);
    GOOD(finish_training("train1", 0.84, &e));
    GOOD(finish_training("train2", 0.88, &e));
    /* Mean 0.84, standard deviation 0.04; t for 2 degrees of freedom is 4.30265. */
    assert_real("SELECT n FROM designs", 3);
    assert_real("SELECT test_accuracy FROM designs", 0.84);
    assert_real("SELECT test_accuracy_sd FROM designs", 0.04);
    const double half = 4.30265 * 0.04 / sqrt(3);
    assert_real("SELECT test_accuracy_seeds_low FROM designs", 0.84 - half);
    assert_real("SELECT test_accuracy_seeds_high FROM designs", 0.84 + half);
    assert_real("SELECT test_accuracy_sampling_low FROM designs", NAN); /* of a test set of unknown size */
    assert_text("SELECT test_accuracy_interval FROM designs", "seeds");
    assert_real("SELECT test_accuracy_low - test_accuracy_seeds_low FROM designs", 0);
    assert_real("SELECT test_accuracy_high - test_accuracy_seeds_high FROM designs", 0);
    assert_real("SELECT count(*) FROM designs", 1);
    assert_real("SELECT count(*) FROM results", 4);
}

static enum status finish_training_of(const char *job, double test_accuracy, int test_images, struct errmsg *e)
{
    const uint8_t network[] = {1};
    struct training t = {.result = {.test_accuracy = test_accuracy, .deployed_accuracy = NAN, .seconds = 1},
                         .test_images = test_images};
    return done_training(job, &t, NULL, network, sizeof network, e);
}

static void an_interval_cannot_leave_0_to_1(void **state)
{
    (void)state;
    static const double accuracies[][2] = {{0.94, 1.0}, {0.001, 0.05}, {1, 1}, {0, 0}, {0, 1}};
    for (size_t i = 0; i < sizeof accuracies / sizeof accuracies[0]; i++) {
        assert_int_equal(close_store(state), 0);
        assert_int_equal(open_store(state), 0);
        ask("s", 2);
        GOOD(finish_training_of("train0", accuracies[i][0], i == 0 ? 0 : 100, &e));
        GOOD(finish_training_of("train1", accuracies[i][1], i == 0 ? 0 : 100, &e));
        assert_real("SELECT test_accuracy_low >= 0 AND test_accuracy_low <= test_accuracy AND test_accuracy <= "
                    "test_accuracy_high AND test_accuracy_high <= 1 FROM designs",
                    1);
        assert_real("SELECT test_accuracy_seeds_low BETWEEN 0 AND test_accuracy_seeds_high AND "
                    "test_accuracy_seeds_high <= 1 FROM designs",
                    1);
        assert_real("SELECT min(coalesce(test_accuracy_sampling_low, 0)) >= 0 AND "
                    "max(coalesce(test_accuracy_sampling_high, 1)) <= 1 FROM results",
                    1);
    }
}

/* Three seeds that agree say nothing of a test set of 143 rows. */
static void the_wider_of_two_intervals_counts(void **state)
{
    (void)state;
    ask("s", 3);
    for (int i = 0; i < 3; i++) {
        char job[24];
        snprintf(job, sizeof job, "train%d", i);
        GOOD(finish_training_of(job, 135.0 / 143, 143, &e));
    }
    const double p = 135.0 / 143, n = 143, z = 1.959964;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    assert_real("SELECT test_accuracy_seeds_high - test_accuracy_seeds_low FROM designs", 0);
    assert_text("SELECT test_accuracy_interval FROM designs", "sampling");
    assert_true(fabs(real_of("SELECT test_accuracy_low FROM designs") - (middle - half)) < 1e-6);
    assert_true(fabs(real_of("SELECT test_accuracy_high FROM designs") - (middle + half)) < 1e-6);
    assert_true(fabs(real_of("SELECT test_accuracy_sampling_low FROM trainings") - (middle - half)) < 1e-6);
    assert_real("SELECT test_images FROM designs", 143);
}

static void a_point_of_two_sweeps_is_one_design(void **state)
{
    (void)state;
    ask("second", 2);
    ask("first", 3);
    for (int i = 0; i < 3; i++) {
        char job[24];
        snprintf(job, sizeof job, "train%d", i);
        GOOD(finish_training(job, 0.8 + 0.01 * i, &e));
        struct engine_check check = {.engine = ENGINE_OPERATOR, .operator = {.vectors = 100, .cycles_per_dot = 14}};
        snprintf(job, sizeof job, "check%d", i);
        GOOD(done(job, JOB_CHECK, &check, &e));
    }
    assert_real("SELECT count(*) FROM designs", 1);
    assert_real("SELECT n FROM designs", 3);
    assert_real("SELECT test_accuracy FROM designs", 0.81);
    assert_real("SELECT check_vectors FROM designs", 300);
    assert_text("SELECT sweeps FROM designs", "first, second");
    assert_real("SELECT count(*) FROM results", 5);
    assert_real("SELECT count(*) FROM trainings", 3);
    assert_real("SELECT avg(t.test_accuracy) FROM trainings t JOIN designs USING (training)", 0.81);
}

/* ask_untrained: a sweep with one point that is not trained. */
static void ask_untrained(const struct point *p, const char *sweep, const char *synth_job)
{
    int64_t sweep_id = 0, point = 0;
    enum job_state state;
    GOOD(record_begin(store, &e));
    GOOD(record_sweep(store, sweep, "x.yaml", "name: x", &sweep_id, &e));
    if (synth_job != NULL)
        GOOD(record_job(store, synth_job, "synth", "synthesise it", "pace", 1.5, &state, &e));
    GOOD(record_point(store, p, NULL, synth_job, &point, &e));
    GOOD(record_run(store, sweep_id, point, NULL, NULL, NULL, &e));
    GOOD(record_commit(store, &e));
}

/* Trained without hardware, and synthesised without training: one design has both. */
static void hardware_has_the_accuracy_of_its_training(void **state)
{
    (void)state;
    struct point none = a_point(), whole = an_accelerator(), other = a_point();
    none.hardware = other.hardware = (struct hardware){0};
    none.wish = other.wish = (struct hardware_wish){.engine = ENGINE_NONE};
    snprintf(none.digest, sizeof none.digest, "fedcba9876543210");
    ask_for(none, "trained", 2);
    assert_int_equal(sqlite3_exec(store_handle(store), "UPDATE points SET synth_job = NULL", NULL, NULL, NULL), SQLITE_OK);
    GOOD(finish_training("train0", 0.80, &e));
    GOOD(finish_training("train1", 0.82, &e));
    ask_untrained(&whole, "built", "synth");
    struct synth_result synth = {.cells = {.lut = 4000}, .timing_known = true, .critical_path_ns = 6.25,
                                 .fmax_mhz = 160, .power_mw = 50, .seconds = 60};
    GOOD(done("synth", JOB_SYNTH, &synth, &e));
    assert_real("SELECT count(DISTINCT training) FROM designs", 1);
    assert_real("SELECT n FROM designs WHERE sweeps = 'built'", 2);
    assert_real("SELECT test_accuracy FROM designs WHERE lut = 4000", 0.81);
    assert_real("SELECT test_accuracy FROM results WHERE lut = 4000", NAN); /* nothing was trained in that run */
    /* The clocks of the schedule at the clock of the synthesis. */
    assert_real("SELECT cycles_per_inference FROM designs WHERE lut = 4000", NAN);
    assert_real("SELECT macs_per_second FROM designs WHERE lut = 4000", 82048 / 2600.0 * 160e6);
    assert_real("SELECT inferences_per_second FROM designs WHERE lut = 4000", 160e6 / 2600);
    assert_real("SELECT latency_us FROM designs WHERE lut = 4000", 3500 / 160.0);
    assert_real("SELECT energy_uj FROM designs WHERE lut = 4000", 1e-3 * 50 * 2600 / 160);

    other.train.smoothing = 0.1;
    snprintf(other.digest, sizeof other.digest, "00cba9876543210");
    ask_untrained(&other, "other recipe", NULL);
    assert_real("SELECT n FROM designs WHERE sweeps = 'other recipe'", 0);
    assert_real("SELECT count(DISTINCT training) FROM designs", 2);
}

/* An operator that was synthesised and not simulated has the clocks of its definition. */
static void an_operator_has_its_clocks_without_simulation(void **state)
{
    (void)state;
    const struct point p = a_point();
    ask_untrained(&p, "built", "synth");
    struct synth_result synth = {.timing_known = true, .critical_path_ns = 10, .fmax_mhz = 100, .seconds = 1};
    GOOD(done("synth", JOB_SYNTH, &synth, &e));
    assert_real("SELECT schedule_cycles_per_dot FROM designs", 14);
    assert_real("SELECT macs_per_second FROM designs", 96 / 14.0 * 100e6);
}

/* What an upgrade of an older database calls trainings is what record_point calls them. */
static void trainings_of_older_points_have_the_same_names(void **state)
{
    (void)state;
    struct point points[5] = {a_point(), an_accelerator(), a_point(), a_point(), a_point()};
    struct errmsg e = {""};
    points[2].code.scheme = SCHEME_FLOAT;
    points[3].train.smoothing = 0.1;
    points[3].train.lr = 1.0 / 3;
    points[3].train.mirror = true;
    points[3].code.step = STEP_LEARNED;
    points[4].code.n_formats = 3;
    for (int l = 0; l < 3; l++)
        points[4].code.formats[l] = (struct layer_format){5 + (l == 1), 4, 0};
    code_canonical(&points[2].code);
    points[2].hardware = (struct hardware){0};
    for (int i = 0; i < 5; i++) {
        snprintf(points[i].digest, sizeof points[i].digest, "%dabcdef0123456789", i);
        ask_for(points[i], "s", 1);
    }
    assert_real("SELECT count(DISTINCT training) FROM points", 4); /* the first two differ in hardware alone */
    sqlite3 *db = store_handle(store);
    assert_int_equal(sqlite3_exec(db, "CREATE TEMP TABLE before AS SELECT id, training FROM points; "
                                      "UPDATE points SET training = NULL",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(trainings_name(db, path, &e), STATUS_OK);
    assert_real("SELECT count(*) FROM points JOIN before USING (id) WHERE points.training = before.training", 5);
}

static void t_quantiles_are_on_the_safe_side(void **state)
{
    (void)state;
    /* Well-known values, and never below the normal quantile. */
    assert_real("SELECT abs(t95 - 12.7062) < 1e-4 FROM t_quantiles WHERE df = 1", 1);
    assert_real("SELECT abs(t95 - 2.2281) < 1e-4 FROM t_quantiles WHERE df = 10", 1);
    assert_real("SELECT abs(t95 - 1.9840) < 1e-4 FROM t_quantiles WHERE df = 100", 1);
    assert_real("SELECT min(t95) > 1.95996 FROM t_quantiles", 1);
    assert_real("SELECT count(*) FROM t_quantiles a JOIN t_quantiles b ON a.df < b.df AND a.t95 <= b.t95", 0);
}

/* What another run has done meanwhile stays. */
static void nothing_is_recorded_twice_or_by_half(void **state)
{
    (void)state;
    ask("s", 1);
    GOOD(finish_training("train0", 0.9, &e));
    GOOD(finish_training("train0", 0.1, &e));
    GOOD(record_failed(store, "train0", "it broke", "output", false, &note, &e));
    assert_text("SELECT state FROM jobs WHERE digest = 'train0'", "done");
    assert_real("SELECT count(*) FROM job_outputs", 0);
    assert_real("SELECT completions FROM jobs WHERE digest = 'train0'", 1);
    assert_real("SELECT test_accuracy FROM results", 0.9);
    assert_real("SELECT count(*) FROM epochs", 2);
    /* A job that is no longer there has no row to belong to. */
    GOOD(finish_training("unknown", 0.1, &e));
    assert_real("SELECT count(*) FROM training", 1);
}

static void a_full_disk_leaves_no_half_row(void **state)
{
    (void)state;
    struct errmsg why;
    ask("s", 2);
    GOOD(finish_training("train0", 0.9, &e));
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", (int)real_of("PRAGMA page_count"));
    sqlite3_exec(store_handle(store), sql, NULL, NULL, NULL);
    uint8_t *network = calloc(1, 1 << 20);
    struct epoch_metrics epoch = {1, 0.5, 0.8, NAN, 0.5, 1};
    struct training t = {.result = {.n_epochs = 1, .train_accuracy = 0.8, .test_accuracy = 0.5, .seconds = 1}};
    assert_int_equal(done_training("train1", &t, &epoch, network, 1 << 20, &why), STATUS_ENVIRONMENT);
    assert_non_null(strstr(why.text, "disk is full"));
    free(network);
    assert_text("SELECT state FROM jobs WHERE digest = 'train1'", "waiting");
    assert_real("SELECT count(*) FROM training", 1);
    assert_real("SELECT count(*) FROM epochs WHERE job = 'train1'", 0);
    sqlite3_exec(store_handle(store), "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
    GOOD(finish_training("train1", 0.8, &e)); /* and it can go on */
}

static void a_failure_is_kept_and_can_be_made_good(void **state)
{
    (void)state;
    enum job_state job_state;
    ask("s", 1);
    GOOD(record_failed(store, "train0", "it broke", NULL, false, &note, &e));
    GOOD(record_state(store_handle(store), path, "train0", &job_state, &e));
    assert_int_equal(job_state, JOB_FAILED);
    GOOD(record_failed(store, "check0", "hopeless", NULL, true, &note, &e));
    GOOD(record_state(store_handle(store), path, "check0", &job_state, &e));
    assert_int_equal(job_state, JOB_HOPELESS);
    assert_text("SELECT message FROM jobs WHERE digest = 'train0'", "it broke");
    GOOD(finish_training("train0", 0.9, &e));
    assert_text("SELECT message FROM jobs WHERE digest = 'train0'", NULL);
    assert_real("SELECT attempts FROM jobs WHERE digest = 'train0'", 2);
    assert_real("SELECT completions FROM jobs WHERE digest = 'train0'", 1);
}

static void a_smaller_sweep_forgets_what_never_ran(void **state)
{
    (void)state;
    ask("s", 4);
    ask("other", 3);
    GOOD(finish_training("train3", 0.9, &e));
    ask("s", 1); /* seeds 1 and 2 are no longer asked for; 3 has a result */
    assert_real("SELECT count(*) FROM results WHERE sweep = 's'", 2);
    assert_real("SELECT count(*) FROM results WHERE sweep = 'other'", 3);
    assert_real("SELECT count(*) FROM jobs WHERE kind = 'train'", 4); /* 1 and 2 are still asked for by other */
    ask("other", 1);
    assert_real("SELECT count(*) FROM jobs WHERE kind = 'train'", 2);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
    const struct CMUnitTest tests[] = {
        CASE(a_point_shows_before_and_after_its_jobs),
        CASE(designs_have_mean_and_interval),
        CASE(an_interval_cannot_leave_0_to_1),
        CASE(the_wider_of_two_intervals_counts),
        CASE(a_point_of_two_sweeps_is_one_design),
        CASE(hardware_has_the_accuracy_of_its_training),
        CASE(an_operator_has_its_clocks_without_simulation),
        CASE(trainings_of_older_points_have_the_same_names),
        CASE(t_quantiles_are_on_the_safe_side),
        CASE(nothing_is_recorded_twice_or_by_half),
        CASE(a_full_disk_leaves_no_half_row),
        CASE(a_failure_is_kept_and_can_be_made_good),
        CASE(a_smaller_sweep_forgets_what_never_ran),
        CASE(an_accelerator_answers_for_the_network),
        CASE(a_point_without_rtl_has_its_axes_and_the_answer_of_its_weights),
        CASE(whatever_differs_in_an_accelerator_is_a_mismatch),
        CASE(what_an_accelerator_takes_at_least_settles_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
