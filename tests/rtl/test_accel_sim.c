/* The accelerator at three levels: Verilated RTL in bulk, SystemC model in lock-step with it, closed-form schedule. All
 * must agree on every clock and every verdict. */
#include "sim/lockstep.h"
#include "tests/support/accel_cases.h"

static void the_three_levels_agree(void **state)
{
    (void)state;
    enum { IMAGES = 80, LOCKSTEP = 40 };
    for (int k = 0; k < ACCEL_CASES; k++) {
        struct accel_bench b = accel_bench_new(&accel_cases[k], IMAGES, (uint64_t)k + 1);
        struct accelerator_result r;
        struct schedule s;
        struct errmsg e = {""};
        if (accelerator_sim_check(&b.a, b.n, &b.set, IMAGES, LOCKSTEP, (uint64_t)k, &r, &e) != STATUS_OK)
            fail_msg("%s: %s", accel_cases[k].what, e.text);
        if (r.mismatches != 0 || !r.schedule_agrees)
            fail_msg("%s: %lld mismatches, schedule %s; image %lld %s", accel_cases[k].what, (long long)r.mismatches,
                     r.schedule_agrees ? "right" : "wrong", (long long)r.first_image, r.first_where);
        schedule_of(&b.a, &s);
        assert_int_equal(r.cycles_per_inference, s.cycles_per_inference);
        assert_int_equal(r.cycles_latency, s.cycles_latency);
        assert_int_equal(r.images, IMAGES);
        assert_true(r.lockstep_clocks > LOCKSTEP && r.clocks > IMAGES);
        check_unstalled_lockstep(&b, 20, accel_cases[k].what);
        accel_bench_free(&b);
    }
}

/* flip_bit: of the last digit of a file's first line. */
static void flip_bit(const char *folder, const char *name)
{
    run_shell("cd '%s' && sed -i '1{y/0123456789abcdef/1032547698badcfe/}' %s", folder, name);
}

static void a_wrong_memory_is_caught(void **state)
{
    (void)state;
    enum { IMAGES = 40 };
    static const char *const files[] = {"", "weights_b0.hex", "neurons.hex"};
    struct accel_bench b = accel_bench_new(&accel_cases[0], IMAGES, 1);
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        struct accel_rig rig = accel_rig_new(&b, IMAGES);
        struct accelerator_result bulk = {.first_image = -1};
        struct accelerator_lockstep_result lockstep;
        struct errmsg e = {""};
        if (files[k][0] != '\0')
            flip_bit(rig.memories, files[k]);
        assert_int_equal(accelerator_bulk(rig.library.api, &b.a, rig.memories, rig.inputs, b.set.labels, IMAGES,
                                          rig.verdicts, &bulk, &e),
                         STATUS_OK);
        assert_int_equal(accelerator_lockstep(&rig.job, rig.so_path, rig.memories, &lockstep, &e), STATUS_OK);
        assert_int_equal(bulk.mismatches > 0, files[k][0] != '\0');
        assert_int_equal(bulk.first_image >= 0, files[k][0] != '\0');
        assert_int_equal(lockstep.mismatches > 0, files[k][0] != '\0');
        assert_true(bulk.schedule_agrees); /* the clocks do not depend on the weights */
        accel_rig_free(&rig);
    }
    accel_bench_free(&b);
}

/* Two instances in one process keep to their own memories. */
static void instances_do_not_share(void **state)
{
    (void)state;
    enum { IMAGES = 20 };
    struct accel_bench one = accel_bench_new(&accel_cases[0], IMAGES, 1),
                       two = accel_bench_new(&accel_cases[0], IMAGES, 2);
    struct accel_rig first = accel_rig_new(&one, IMAGES), second = accel_rig_new(&two, IMAGES);
    struct accelerator_result r = {0};
    struct errmsg e = {""};
    struct accelerator_dut *idle = second.library.api->create(second.memories);
    assert_non_null(idle);
    assert_null(second.library.api->create("/nonexistent"));
    assert_int_equal(accelerator_bulk(first.library.api, &one.a, first.memories, first.inputs, one.set.labels, IMAGES,
                                      first.verdicts, &r, &e),
                     STATUS_OK);
    assert_int_equal(accelerator_bulk(second.library.api, &two.a, second.memories, second.inputs, two.set.labels,
                                      IMAGES, second.verdicts, &r, &e),
                     STATUS_OK);
    assert_int_equal(r.mismatches, 0);
    second.library.api->destroy(idle);
    accel_rig_free(&first);
    accel_rig_free(&second);
    accel_bench_free(&one);
    accel_bench_free(&two);
}

/* A set of values, not pixels, over all X bits and beyond, goes through the RTL bit for bit. */
static void values_go_through_the_rtl(void **state)
{
    (void)state;
    enum { IMAGES = 30 };
    struct accel_bench b = accel_bench_new(&accel_cases[0], IMAGES, 1);
    const size_t n = (size_t)IMAGES * (size_t)b.a.sizes[0];
    struct accelerator_result r;
    struct errmsg e = {""};
    struct rng rng;
    rng_init(&rng, 1, RNG_TEST);
    free(b.set.pixels);
    b.set.pixels = NULL;
    b.set.values = malloc(n * sizeof *b.set.values);
    assert_non_null(b.set.values);
    for (size_t i = 0; i < n; i++)
        b.set.values[i] = (float)(5 * rng_unit(&rng) - 2.5);
    if (accelerator_sim_check(&b.a, b.n, &b.set, IMAGES, 5, 1, &r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    if (r.mismatches != 0)
        fail_msg("%s", r.first_where);
    assert_int_equal(r.images, IMAGES);
    assert_true(r.lockstep_clocks > 0);
    accel_bench_free(&b);
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    struct accel_bench b = accel_bench_new(&accel_cases[0], 3, 1), other = accel_bench_new(&accel_cases[1], 3, 1);
    struct accelerator_result r;
    struct errmsg e = {""};
    assert_int_equal(accelerator_sim_check(&b.a, b.n, &b.set, 4, 0, 1, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "the set has 3"));
    assert_int_equal(accelerator_sim_check(&b.a, b.n, &b.set, 0, 0, 1, &r, &e), STATUS_INPUT);
    assert_int_equal(accelerator_sim_check(&b.a, b.n, &b.set, 1, -1, 1, &r, &e), STATUS_INPUT);
    assert_int_equal(accelerator_sim_check(&b.a, other.n, &b.set, 1, 0, 1, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "another shape"));
    b.a.P = 0;
    assert_int_equal(accelerator_sim_check(&b.a, b.n, &b.set, 1, 0, 1, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "P (lanes)"));
    accel_bench_free(&b);
    accel_bench_free(&other);
}

/* job_bytes: what the lock-step program reads; the caller's to free. */
static char *job_bytes(const struct accelerator_job *job, size_t *n)
{
    char *bytes = NULL;
    FILE *f = open_memstream(&bytes, n);
    assert_non_null(f);
    accelerator_job_write(job, f);
    assert_int_equal(fclose(f), 0);
    return bytes;
}

static void check_refused(const char *const argv[], const char *bytes, size_t n, const char *word)
{
    struct tool_output o;
    struct errmsg e = {""};
    assert_int_equal(tool_run(argv, NULL, bytes, n, &o, &e), STATUS_OK);
    if (o.exit_code != 2 || strstr(o.err, word) == NULL)
        fail_msg("%s: exit code %d, %s", word, o.exit_code, o.err);
    tool_output_free(&o);
}

static void lockstep_program_refuses_bad_jobs(void **state)
{
    (void)state;
    struct accel_bench b = accel_bench_new(&accel_cases[0], 3, 1);
    struct accel_rig rig = accel_rig_new(&b, 3);
    struct errmsg e = {""};
    char program[PATH_MAX];
    size_t n;
    if (lockstep_program(program, sizeof program, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    const char *const argv[] = {program, "--accelerator", rig.so_path, rig.memories, NULL},
                      *const no_so[] = {program, "--accelerator", "/nonexistent.so", rig.memories, NULL},
                      *const no_files[] = {program, "--accelerator", rig.so_path, "/nonexistent", NULL},
                      *const few[] = {program, "--accelerator", rig.so_path, NULL};
    char *bytes = job_bytes(&rig.job, &n);
    check_refused(argv, bytes, n - 1, "ends too soon");
    check_refused(argv, bytes, 7, "magic");
    check_refused(no_so, bytes, n, "/nonexistent.so");
    check_refused(no_files, bytes, n, "/nonexistent");
    check_refused(few, bytes, n, "usage");
    bytes[0]++;
    check_refused(argv, bytes, n, "magic");
    free(bytes);
    rig.job.accelerator.P = 0;
    bytes = job_bytes(&rig.job, &n);
    check_refused(argv, bytes, n, "P (lanes)");
    free(bytes);
    rig.job.accelerator.P = b.a.P;
    rig.job.images = 0;
    bytes = job_bytes(&rig.job, &n);
    check_refused(argv, bytes, n, "no images");
    free(bytes);
    accel_rig_free(&rig);
    accel_bench_free(&b);
}

/* One image alone: its cycles are the latency. Nothing is left behind in the temporary folder. */
static void one_image_is_enough(void **state)
{
    (void)state;
    char folder[] = "/tmp/deltasweep accel-XXXXXX"; /* a space in it must not matter */
    struct accel_bench b = accel_bench_new(&accel_cases[0], 1, 1);
    struct accelerator_result r;
    struct schedule s;
    struct errmsg e = {""};
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    assert_int_equal(accelerator_sim_check(&b.a, b.n, &b.set, 1, 1, 1, &r, &e), STATUS_OK);
    unsetenv("TMPDIR");
    assert_int_equal(rmdir(folder), 0);
    schedule_of(&b.a, &s);
    assert_int_equal(r.mismatches, 0);
    assert_int_equal(r.cycles_latency, s.cycles_latency);
    assert_int_equal(r.cycles_per_inference, s.cycles_latency);
    assert_true(r.schedule_agrees);
    accel_bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_levels_agree),
        cmocka_unit_test(a_wrong_memory_is_caught),
        cmocka_unit_test(instances_do_not_share),
        cmocka_unit_test(values_go_through_the_rtl),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(lockstep_program_refuses_bad_jobs),
        cmocka_unit_test(one_image_is_enough),
    };
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
