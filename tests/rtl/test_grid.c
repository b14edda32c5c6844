/* Every operator of a grid of (N, P, multiplier), against mac.c. One build per operator would take hours, so all of one
 * variant are generated into one Verilated model, on shared inputs.
 *
 * test_grid: a few dozen operators of each variant. test_grid VARIANT: every P <= 8, P <= N <= 32, both multipliers. */
#include "base/cache.h"
#include "models/fpga/design/operator.h"
#include "tests/support/sim_common.h"

#include <dlfcn.h>

enum { W = 8, D = 4, MAX_N = 32, MAX_P = 8, MAX_OPERATORS = 2 * MAX_N * MAX_P, VECTORS = 200, EXTREMES = 84 };

static bool full;
static enum mac_variant only;

struct grid {
    enum mac_variant variant;
    int n;
    struct mac_config operators[MAX_OPERATORS];
    void *library;
    void (*inputs)(unsigned bias, unsigned initial, const unsigned *weights, const unsigned *data);
    void (*control)(int rstn, int do_calc);
    void (*clock)(void);
    const unsigned *(*ready)(void);
    const unsigned *(*out)(void);
};

static bool in_quick_grid(int N, int P, int m)
{
    static const int some_N[] = {1, 2, 3, 5, 8, 13, 32};
    for (size_t i = 0; i < sizeof some_N / sizeof some_N[0]; i++)
        if (some_N[i] == N)
            return P != 6 && P != 7 && (P + N) % 2 == m;
    return false;
}

static void choose_operators(struct grid *g)
{
    g->n = 0;
    for (int N = 1; N <= MAX_N; N++)
        for (int P = 1; P <= MAX_P && P <= N; P++)
            for (int m = 0; m < 2; m++)
                if (full || in_quick_grid(N, P, m))
                    g->operators[g->n++] = (struct mac_config){
                        g->variant, (enum multiplier)m, W, g->variant == MAC_PLAIN ? 0 : D, 0, N, P, 0};
}

/* write_top: the generated module `grid`. */
static void write_top(const struct grid *g, const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f,
            "module grid (input clk, rstn, do_calc, input [7:0] bias, initial_weight, input [255:0] weights, data,\n"
            "             output [%d:0] out, output [%d:0] ready);\n",
            16 * MAX_OPERATORS - 1, MAX_OPERATORS - 1);
    for (int k = 0; k < g->n; k++) {
        const struct mac_config *c = &g->operators[k];
        const bool plain = c->variant == MAC_PLAIN;
        fprintf(f,
                "MAC #(.INPUT_BITWIDTH(%d), .INPUT_NUM_DATA(%d), .NUM_MULT_PARALLEL(%d), .USE_DSP(%d)%s) m%d (\n"
                "  .CLK_SYS(clk), .RSTN(rstn), .EN(1'b1), .DO_CALC(do_calc), .IN_BIAS(bias),%s\n"
                "  .IN_WEIGHTS(weights[%d:0]), .IN_DATA(data[%d:0]), .OUT_DATA(out[%d+:16]), .DATA_RDY(ready[%d]));\n",
                W, c->N, c->P, c->multiplier == MULTIPLIER_DSP, plain ? "" : ", .INPUT_DELTAWIDTH(4)", k,
                plain ? "" : " .INITIAL_WEIGHT(initial_weight),", c->N * (plain ? W : D) - 1, c->N * W - 1, 16 * k, k);
    }
    fprintf(f, "endmodule\n");
    assert_int_equal(fclose(f), 0);
}

/* build_grid: the model's shared object, from the cache if nothing changed. -O0: compiling takes longer than running.
 */
static void build_grid(const struct grid *g, char so_path[PATH_MAX + 16])
{
    char top[64] = "/tmp/deltasweep-grid-XXXXXX", key[DIGEST_HEX_BYTES], include[PATH_MAX], runtime[PATH_MAX],
         one[DIGEST_HEX_BYTES];
    struct cache_entry entry = {0};
    struct digest d;
    struct errmsg e = {""};

    const int fd = mkstemp(top);
    assert_true(fd >= 0);
    close(fd);
    write_top(g, top);
    digest_init(&d);
    assert_int_equal(digest_file(&d, "top", top, &e), STATUS_OK);
    assert_int_equal(operator_sim_digest(&g->operators[0], NULL, one, &e), STATUS_OK); /* RTL and tools */
    digest_text(&d, "operator", one);
    assert_int_equal(digest_file(&d, "glue", DELTASWEEP_SOURCE_DIR "/tests/rtl/grid_dut.cpp", &e), STATUS_OK);
    digest_hex(&d, key);
    if (simulator_runtime(NULL, include, runtime, &e) != STATUS_OK ||
        cache_open(&entry, "test-grid", key, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    if (!entry.found) {
        run_shell(
            "cd '%s' && mv %s grid.v && verilator --cc --prefix VGrid --top-module grid -O3 --x-assign fast "
            "--x-initial fast --noassert -Wno-fatal -Wno-lint --Mdir model -y '%s/rtl/mac' -y '%s/rtl/parts' %s grid.v",
            entry.draft, top, DELTASWEEP_SOURCE_DIR, DELTASWEEP_SOURCE_DIR, operator_rtl_file(g->variant));
        run_shell("cd '%s' && for f in model/*.cpp; do echo \"#include \\\"$f\\\"\"; done >unit.cpp && "
                  "g++ -O0 -w -std=c++17 -fPIC -shared -I. -Imodel -I'%s' -I'%s/vltstd' unit.cpp "
                  "'%s/tests/rtl/grid_dut.cpp' '%s' -Wl,-Bsymbolic -pthread -o grid.so && rm -r model",
                  entry.draft, include, include, DELTASWEEP_SOURCE_DIR, runtime);
        if (cache_publish(&entry, &e) != STATUS_OK)
            fail_msg("%s", e.text);
    }
    unlink(top);
    snprintf(so_path, PATH_MAX + 16, "%s/grid.so", entry.path);
    cache_close(&entry);
}

static void load_symbol(struct grid *g, const char *name, void *function_pointer)
{
    void *symbol = dlsym(g->library, name);
    assert_non_null(symbol);
    memcpy(function_pointer, &symbol, sizeof symbol);
}

static void load_grid(struct grid *g)
{
    char so_path[PATH_MAX + 16];
    build_grid(g, so_path);
    g->library = dlopen(so_path, RTLD_NOW | RTLD_LOCAL);
    if (g->library == NULL)
        fail_msg("%s", dlerror());
    load_symbol(g, "grid_inputs", &g->inputs);
    load_symbol(g, "grid_control", &g->control);
    load_symbol(g, "grid_clock", &g->clock);
    load_symbol(g, "grid_ready", &g->ready);
    load_symbol(g, "grid_out", &g->out);
}

/* pack: n numbers of so many bits (4 or 8) into 256; what is beyond stays as it was, so that an operator that looks
 * past its own inputs is seen. */
static void pack(unsigned words[8], const int32_t *numbers, int n, int bits)
{
    const unsigned mask = (1U << bits) - 1;
    for (int i = 0; i < n; i++) {
        const int at = i * bits;
        words[at / 32] = (words[at / 32] & ~(mask << at % 32)) | ((unsigned)numbers[i] & mask) << at % 32;
    }
}

/* run_vector: returns how often an operator of N inputs was wrong: OUT_DATA, or DATA_RDY after any edge. */
static int run_vector(struct grid *g, int N, const struct vector_set *s, int v)
{
    static unsigned weights[8], data[8];
    const int weight_bits = g->variant == MAC_PLAIN ? W : D;
    const struct mac_vector one = {s->bias[v], s->initial[v], s->weights + (size_t)v * (size_t)N,
                                   s->data + (size_t)v * (size_t)N};
    static int reported;
    int wrong = 0;
    int64_t expected = 0;
    bool known = false;

    pack(weights, one.weights, N, weight_bits);
    pack(data, one.data, N, W);
    g->inputs((unsigned)one.bias, (unsigned)one.initial, weights, data);
    for (int edge = 1; edge <= N + 3; edge++) { /* all operators of N inputs are at rest after N + 2 */
        g->control(1, edge == 1);
        g->clock();
        for (int k = 0; k < g->n; k++) {
            const struct mac_config *c = &g->operators[k];
            if (c->N != N)
                continue;
            if (!known)
                expected = mac_dot(c, &one); /* the same for every P and multiplier */
            known = true;
            const bool ready = (g->ready()[k / 32] >> k % 32 & 1) != 0;
            const int16_t out = (int16_t)(g->out()[k / 2] >> 16 * (k % 2) & 0xffff);
            const bool bad = ready != (edge >= mac_cycles(c)) || (ready && out != expected);
            if (bad && wrong++ == 0 && reported++ < 10)
                print_error("%s N=%d P=%d %s vector %d edge %d: ready %d, OUT_DATA %d, expected %lld\n",
                            mac_variant_name(c->variant), N, c->P, multiplier_name(c->multiplier), v, edge, ready, out,
                            (long long)expected);
        }
    }
    return wrong;
}

static void run_variant(enum mac_variant variant)
{
    static struct grid g;
    long long wrong = 0, dots = 0;
    g.variant = variant;
    choose_operators(&g);
    load_grid(&g);
    g.control(0, 0);
    g.clock();
    for (int N = 1; N <= MAX_N; N++) {
        const struct mac_config c = {variant, MULTIPLIER_DSP, W, variant == MAC_PLAIN ? 0 : D, 0, N, 1, 0};
        int operators = 0;
        for (int k = 0; k < g.n; k++)
            operators += g.operators[k].N == N;
        if (operators == 0)
            continue;
        g.control(1, 0);
        for (int k = 0; k < MAX_N + 3; k++) /* those of other N come to rest, too */
            g.clock();
        struct vector_set s = make_vectors(&c, EXTREMES, VECTORS - EXTREMES, (uint64_t)N);
        for (int v = 0; v < s.n; v++)
            wrong += run_vector(&g, N, &s, v);
        dots += (long long)s.n * operators;
        vector_set_free(&s);
    }
    print_message("%s: %d operators, %lld dot products, %lld mismatches\n", mac_variant_name(variant), g.n, dots,
                  wrong);
    assert_true(dots == (long long)g.n * VECTORS);
    assert_int_equal(wrong, 0);
    dlclose(g.library);
}

static void every_operator_of_the_grid_is_right(void **state)
{
    (void)state;
    for (int v = MAC_PLAIN; v <= MAC_CONSECUTIVE; v++)
        if (!full || v == (int)only)
            run_variant((enum mac_variant)v);
}

int main(int argc, char **argv)
{
    full = argc > 1;
    for (int v = MAC_PLAIN; full && v <= MAC_CONSECUTIVE; v++)
        if (strcmp(argv[1], mac_variant_name((enum mac_variant)v)) == 0)
            only = (enum mac_variant)v;
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_operator_of_the_grid_is_right)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
