/* The operator's simulators: vectors, build, bulk, lock-step, traces. */
#include "models/nn/code/fixed.h"
#include "sim/operator/lockstep.h"
#include "sim/operator/vectorfile.h"
#include "sim/lockstep.h"
#include "tests/golden/golden_mac.h"
#include "tests/support/sim_common.h"

#include <math.h>
#include <sys/wait.h>

static const struct mac_config usual = {MAC_CONSECUTIVE, MULTIPLIER_DSP, 8, 4, 0, 32, 8, 0};

static void extremes_fit_and_saturate_both_ways(void **state)
{
    (void)state;
    static const struct mac_config configs[] = {
        {MAC_PLAIN, MULTIPLIER_DSP, 8, 0, 0, 32, 8, 0},          {MAC_FIXED_REFERENCE, MULTIPLIER_DSP, 8, 4, 0, 32, 8, 0},
        {MAC_CONSECUTIVE, MULTIPLIER_DSP, 8, 4, 2, 5, 4, 0},     {MAC_PLAIN, MULTIPLIER_DSP, 2, 0, 0, 1, 1, 0},
        {MAC_CONSECUTIVE, MULTIPLIER_DSP, 16, 16, 0, 64, 16, 0},
    };
    for (size_t k = 0; k < sizeof configs / sizeof configs[0]; k++) {
        const struct mac_config *c = &configs[k];
        struct vector_set s = make_vectors(c, 200, 200, 7);
        const int weight_bits = c->variant == MAC_PLAIN ? c->W : c->D;
        int above = 0, below = 0, just = 0;
        for (int v = 0; v < s.n; v++) {
            const struct mac_vector one = {s.bias[v], s.initial[v], s.weights + (size_t)v * (size_t)s.N,
                                           s.data + (size_t)v * (size_t)s.N};
            assert_int_equal(fixed_saturate(s.bias[v], c->W), s.bias[v]);
            assert_int_equal(fixed_saturate(s.initial[v], c->W), s.initial[v]);
            for (int i = 0; i < s.N; i++) {
                assert_int_equal(fixed_saturate(one.weights[i], weight_bits), one.weights[i]);
                assert_int_equal(fixed_saturate(one.data[i], c->W), one.data[i]);
            }
            const int64_t out = mac_dot(c, &one);
            above += out == fixed_max(2 * c->W);
            below += out == fixed_min(2 * c->W);
            just += out == fixed_max(2 * c->W) - 1 || out == fixed_min(2 * c->W) + 1;
        }
        if (c->N >= 5) {
            assert_true(above > 5);
            assert_true(below > 5);
            assert_true(just > 0);
        }
        vector_set_free(&s);
    }
}

static void golden_vectors_pass_through_the_rtl(void **state)
{
    (void)state;
    static struct golden_mac g;
    FILE *f = golden_mac_open(DELTASWEEP_SOURCE_DIR "/tests/golden/mac.txt");
    int more;
    assert_non_null(f);
    while ((more = golden_mac_next(f, &g)) > 0) {
        struct errmsg e = {""};
        struct operator_result r;
        char so_path[PATH_MAX];
        double seconds;
        const struct vector_set s = {g.n, g.config.N, g.bias, g.initial, g.weights, g.data};

        /* In both simulators, against mac.c … */
        if (operator_sim_check(&g.config, &s, g.n, NULL, &r, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        assert_int_equal(r.mismatches, 0);
        assert_int_equal(r.vectors, g.n);
        /* … and against the file itself. */
        assert_int_equal(operator_sim_build(&g.config, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_OK);
        assert_true(seconds <= 0); /* operator_sim_check has just built it */
        struct operator_sim library = load_operator(&g.config, so_path);
        struct operator_dut *d = library.api->create();
        library.api->set_control(d, 0, 1, 0);
        library.api->clock(d);
        for (int v = 0; v < g.n; v++) {
            library.api->set_bias(d, g.bias[v]);
            library.api->set_initial(d, g.initial[v]);
            library.api->set_weights(d, g.weights + v * g.config.N);
            library.api->set_data(d, g.data + v * g.config.N);
            library.api->set_control(d, 1, 1, 1);
            for (int k = 0; k < mac_cycles(&g.config); k++)
                library.api->clock(d);
            assert_int_equal(library.api->data_rdy(d), 1);
            assert_int_equal(library.api->out_data(d), g.out[v]);
            library.api->set_control(d, 1, 1, 0);
            library.api->clock(d);
        }
        library.api->destroy(d);
        operator_sim_unload(&library);
    }
    assert_int_equal(more, 0);
    fclose(f);
}

static void ready_rises_at_its_edge_and_not_before(void **state)
{
    (void)state;
    static const struct {
        int N, P, cycles;
    } cases[] = {{1, 1, 3}, {5, 4, 4}, {32, 8, 6}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct mac_config c = usual;
        char so_path[PATH_MAX];
        c.N = cases[k].N;
        c.P = cases[k].P;
        struct operator_sim library = load_operator(&c, so_path);
        const struct operator_dut_api *api = library.api;
        struct operator_dut *d = api->create();
        api->set_control(d, 0, 1, 0);
        assert_int_equal(api->clock(d), 1);
        for (int stall = 0; stall <= cases[k].cycles; stall++) { /* EN low before edge `stall` delays all after it */
            api->set_control(d, 1, 1, 1);
            for (int edge = 1; edge <= cases[k].cycles; edge++) {
                if (edge == stall) {
                    const int before = api->data_rdy(d);
                    api->set_control(d, 1, 0, 1);
                    assert_int_equal(api->clock(d), before);
                    api->set_control(d, 1, 1, 1);
                }
                assert_int_equal(api->clock(d), edge == cases[k].cycles);
            }
            for (int idle = 0; idle < 5; idle++) /* DO_CALC still high: no restart */
                assert_int_equal(api->clock(d), 1);
            api->set_control(d, 1, 1, 0);
            assert_int_equal(api->clock(d), 1);
        }
        api->destroy(d);
        operator_sim_unload(&library);
    }
}

static void check_agrees_and_measures(void **state)
{
    (void)state;
    struct errmsg e = {""};
    struct operator_result r;
    struct vector_set s = make_vectors(&usual, 60, 1940, 1);
    if (operator_sim_check(&usual, &s, 500, NULL, &r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_int_equal(r.mismatches, 0);
    assert_int_equal(r.first_vector, -1);
    assert_int_equal(r.vectors, 2000);
    assert_int_equal(r.cycles_per_dot, 6);
    assert_true(r.clocks >= 2000 * 6);
    assert_true(r.lockstep_clocks >= 500 * 6);
    assert_true(r.clocks_per_second > 1000);
    assert_true(r.lockstep_clocks_per_second > 1000);
    vector_set_free(&s);
}

/* The paper's 7.992 M MAC/s: a clock of 1 MHz, P = 8 and N / P = 2,000, counted in the RTL. */
/* With WRAP a running weight that leaves W bits goes on at the other end, as in the authors' operator: full deltas push
 * it out again and again. */
static void wrapping_weights_are_right(void **state)
{
    (void)state;
    enum { VECTORS = 120, LOCKSTEP = 40 };
    static const struct mac_config configs[] = {
        {.variant = MAC_CONSECUTIVE, .multiplier = MULTIPLIER_DSP, .W = 8, .D = 6, .N = 32, .P = 8, .wrap = 1},
        {.variant = MAC_CONSECUTIVE, .multiplier = MULTIPLIER_LUT, .W = 3, .D = 3, .N = 9, .P = 5, .wrap = 1},
        {.variant = MAC_CONSECUTIVE, .multiplier = MULTIPLIER_DSP, .W = 6, .D = 4, .shift = 2, .N = 11, .P = 1, .wrap = 1},
    };
    for (size_t k = 0; k < sizeof configs / sizeof configs[0]; k++) {
        const struct mac_config *c = &configs[k];
        struct mac_config saturating = *c;
        struct operator_result r;
        struct errmsg e = {""};
        struct vector_set s = make_vectors(c, VECTORS / 2, VECTORS / 2, k + 1);
        int differ = 0;
        saturating.wrap = 0;
        for (int v = 0; v < VECTORS; v++) {
            const struct mac_vector x = {s.bias[v], s.initial[v], s.weights + (size_t)v * (size_t)s.N,
                                         s.data + (size_t)v * (size_t)s.N};
            differ += mac_dot(c, &x) != mac_dot(&saturating, &x);
        }
        assert_true(differ > VECTORS / 4);
        if (operator_sim_check(c, &s, LOCKSTEP, NULL, &r, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        if (r.mismatches != 0)
            fail_msg("operator %d: %lld mismatches; vector %lld %s", (int)k, (long long)r.mismatches,
                     (long long)r.first_vector, r.first_where);
        vector_set_free(&s);
    }
    const struct mac_config plain = {.variant = MAC_PLAIN, .W = 8, .N = 4, .P = 1, .wrap = 1};
    assert_int_equal(mac_check(&plain, NULL), STATUS_INPUT);
}

static void throughput_of_the_paper(void **state)
{
    (void)state;
    const struct mac_config c = {MAC_FIXED_REFERENCE, MULTIPLIER_DSP, 8, 4, 0, 16000, 8, 0};
    struct errmsg e = {""};
    struct operator_result r;
    struct vector_set s = make_vectors(&c, 10, 10, 1);
    if (operator_sim_check(&c, &s, 2, NULL, &r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_int_equal(r.mismatches, 0);
    assert_int_equal(r.cycles_per_dot, 2002);
    assert_true(fabs(16000.0 / r.cycles_per_dot - 7.992) < 0.0005);
    vector_set_free(&s);
}

static void build_is_kept_and_keyed_by_all_it_depends_on(void **state)
{
    (void)state;
    struct errmsg e = {""};
    char share[64], keys[16][DIGEST_HEX_BYTES], so_path[PATH_MAX];
    double seconds;
    int n = 0;

    assert_int_equal(operator_sim_digest(&usual, NULL, keys[n++], &e), STATUS_OK);
    assert_int_equal(operator_sim_digest(&usual, "fst", keys[n++], &e), STATUS_OK);
    assert_int_equal(operator_sim_digest(&usual, "vcd", keys[n++], &e), STATUS_OK);
#define WITH(field, value)                                                                                             \
    do {                                                                                                               \
        struct mac_config c = usual;                                                                                   \
        c.field = (value);                                                                                             \
        assert_int_equal(operator_sim_digest(&c, NULL, keys[n++], &e), STATUS_OK);                                     \
    } while (0)
    WITH(variant, MAC_FIXED_REFERENCE);
    WITH(multiplier, MULTIPLIER_LUT);
    WITH(W, 9);
    WITH(D, 5);
    WITH(shift, 1);
    WITH(N, 33);
    WITH(P, 7);
#undef WITH
    copy_share(share);
    assert_int_equal(operator_sim_digest(&usual, NULL, keys[n], &e), STATUS_OK);
    assert_string_equal(keys[n], keys[0]); /* same files elsewhere */
    run_shell("echo '// %ld' >>%s/rtl/mac/mac_plain.v", (long)getpid(), share);
    assert_int_equal(operator_sim_digest(&usual, NULL, keys[n], &e), STATUS_OK);
    assert_string_equal(keys[n], keys[0]); /* another variant's file */
    run_shell("echo '// %ld' >>%s/rtl/mac/mac_control.v", (long)getpid(), share);
    assert_int_equal(operator_sim_digest(&usual, NULL, keys[n++], &e), STATUS_OK);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(keys[i], keys[k]);

    if (operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e) !=
        STATUS_OK) /* never built: the RTL is new */
        fail_msg("%s", e.text);
    assert_true(seconds > 0);
    print_message("built in %.2f s\n", seconds);
    assert_int_equal(operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_OK);
    assert_true(seconds <= 0);
    run_shell("printf x | dd of='%s' bs=1 seek=5000 conv=notrunc 2>/dev/null", so_path); /* one wrong byte */
    assert_int_equal(operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_OK);
    assert_true(seconds > 0);
    run_shell("rm '%s'", so_path);
    assert_int_equal(operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_OK);
    assert_true(seconds > 0);
    run_shell("rm -r \"$(dirname '%s')\"", so_path);
    remove_share(share);
}

static void processes_at_once_build_once(void **state)
{
    (void)state;
    enum { PROCESSES = 3, BUILT = 10, FOUND = 11 };
    char share[64], so_path[PATH_MAX];
    struct errmsg e = {""};
    double seconds;
    pid_t children[PROCESSES];
    int built = 0, found = 0;

    copy_share(share);
    run_shell("echo '// again %ld' >>%s/rtl/mac/mac_control.v", (long)getpid(), share);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            const enum status s = operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e);
            _exit(s != STATUS_OK ? 1 : seconds > 0 ? BUILT : FOUND);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        built += WEXITSTATUS(status) == BUILT;
        found += WEXITSTATUS(status) == FOUND;
    }
    assert_int_equal(built, 1);
    assert_int_equal(found, PROCESSES - 1);
    assert_int_equal(operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_OK);
    run_shell("rm -r \"$(dirname '%s')\"", so_path);
    remove_share(share);
}

static void missing_tool_and_failed_build_say_so(void **state)
{
    (void)state;
    struct errmsg e = {""};
    char share[64], so_path[PATH_MAX], path[4096];
    double seconds;

    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_MISSING);
    setenv("PATH", path, 1);
    assert_non_null(strstr(e.text, "apt-get install verilator"));
    assert_non_null(strstr(e.text, "apt-get install g++"));

    copy_share(share);
    run_shell("echo 'module' >>%s/rtl/mac/mac_consecutive.v", share);
    assert_int_equal(operator_sim_build(&usual, NULL, so_path, sizeof so_path, &seconds, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "verilator"));
    assert_non_null(strstr(e.text, "mac_consecutive.v"));
    remove_share(share);
}

static void traces_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int lockstep;
    } cases[] = {{"lockstep.vcd", 20}, {"bulk.vcd", 0}, {"lockstep.fst", 20}};
    char folder[] = "/tmp/deltasweep-trace-XXXXXX", file[128];
    struct errmsg e = {""};
    struct operator_result r;
    struct vector_set s = make_vectors(&usual, 20, 20, 3);
    assert_non_null(mkdtemp(folder));
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        snprintf(file, sizeof file, "%s/%s", folder, cases[k].name);
        if (operator_sim_check(&usual, &s, cases[k].lockstep, file, &r, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        assert_int_equal(r.mismatches, 0);
        if (strstr(file, ".vcd") != NULL)
            run_shell("grep -q 'DATA_RDY' '%s' && grep -q '^#200' '%s'", file, file);
        else
            run_shell("test $(stat -c %%s '%s') -gt 500", file);
    }
    assert_int_equal(operator_sim_check(&usual, &s, 1, "/tmp/x.png", &r, &e), STATUS_USAGE);
    assert_int_equal(operator_sim_check(&usual, &s, 1, "/nonexistent/x.vcd", &r, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "/nonexistent/x.vcd"));
    run_shell("rm -r '%s'", folder);
    vector_set_free(&s);
}

static void lockstep_program_refuses_bad_input(void **state)
{
    (void)state;
    struct errmsg e = {""};
    struct {
        struct vectorfile_header h;
        int32_t numbers[2 + 2 * 2];
    } in = {{VECTORFILE_MAGIC, MAC_PLAIN, MULTIPLIER_DSP, 8, 0, 0, 2, 1, 0, 1, 1}, {0, 0, 127, -128, 1, 2}};
    const struct mac_config c = {MAC_PLAIN, MULTIPLIER_DSP, 8, 0, 0, 2, 1, 0};
    char program[PATH_MAX], so_path[PATH_MAX];
    double seconds;
    struct tool_output o;
    if (lockstep_program(program, sizeof program, &e) != STATUS_OK ||
        operator_sim_build(&c, NULL, so_path, sizeof so_path, &seconds, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    const char *const argv[] = {program, so_path, NULL}, *const other[] = {program, "/nonexistent.so", NULL};

#define REFUSED(arguments, bytes, word)                                                                                \
    do {                                                                                                               \
        assert_int_equal(tool_run(arguments, NULL, (const char *)&in, bytes, &o, &e), STATUS_OK);                      \
        assert_int_equal(o.exit_code, 2);                                                                              \
        assert_non_null(strstr(o.err, word));                                                                          \
        tool_output_free(&o);                                                                                          \
    } while (0)
    assert_int_equal(tool_run(argv, NULL, (const char *)&in, sizeof in, &o, &e), STATUS_OK);
    assert_int_equal(o.exit_code, 0);
    assert_non_null(strstr(o.out, "mismatches=0\n"));
    tool_output_free(&o);
    REFUSED(argv, sizeof in - 1, "end too soon");
    REFUSED(argv, sizeof in.h - 1, "end too soon");
    REFUSED(other, sizeof in, "/nonexistent.so");
    in.numbers[2] = 128;
    REFUSED(argv, sizeof in, "IN_WEIGHTS");
    in.numbers[2] = 127;
    in.h.P = 2;
    REFUSED(argv, sizeof in, "another operator");
    in.h.P = 3;
    REFUSED(argv, sizeof in, "parallelism");
    in.h.P = 1;
    in.h.magic[7]++;
    REFUSED(argv, sizeof in, "magic");
#undef REFUSED
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extremes_fit_and_saturate_both_ways),
        cmocka_unit_test(golden_vectors_pass_through_the_rtl),
        cmocka_unit_test(ready_rises_at_its_edge_and_not_before),
        cmocka_unit_test(check_agrees_and_measures),
        cmocka_unit_test(wrapping_weights_are_right),
        cmocka_unit_test(throughput_of_the_paper),
        cmocka_unit_test(build_is_kept_and_keyed_by_all_it_depends_on),
        cmocka_unit_test(processes_at_once_build_once),
        cmocka_unit_test(missing_tool_and_failed_build_say_so),
        cmocka_unit_test(traces_are_written),
        cmocka_unit_test(lockstep_program_refuses_bad_input),
    };
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
