/* The integer operator against an independent, naive definition in 128-bit arithmetic. */
#include "models/fpga/design/operator.h"
#include "models/nn/code/code.h"
#include "models/nn/integer/mac.h"
#include "tests/golden/golden_mac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

__extension__ typedef __int128 wide;

enum { MAX_N = 300 };

static uint64_t seed;

static uint64_t next_random(void)
{
    seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int between(int lo, int hi)
{
    return lo + (int)(next_random() % (uint64_t)(hi - lo + 1));
}

/* A signed number of so many bits: either end of the range one time in four each. */
static int32_t number(int bits)
{
    const int32_t lo = -(1 << (bits - 1)), hi = (1 << (bits - 1)) - 1;
    const int kind = between(0, 3);
    return kind == 0 ? lo : kind == 1 ? hi : between(lo, hi);
}

static wide clip(wide x, int bits)
{
    wide half = 1;
    for (int i = 1; i < bits; i++)
        half *= 2;
    return x < -half ? -half : x > half - 1 ? half - 1 : x;
}

/* naive_weight: from the first delta on, for every weight anew. */
static wide naive_weight(const struct mac_config *c, const struct mac_vector *v, int i)
{
    wide place = 1, sum = v->initial;
    for (int b = 0; b < c->shift; b++)
        place *= 2;
    if (c->variant == MAC_PLAIN)
        return v->weights[i];
    if (c->variant == MAC_FIXED_REFERENCE)
        return clip(v->initial + place * v->weights[i], c->W);
    for (int k = 0; k <= i; k++)
        sum += place * v->weights[k];
    if (c->wrap) {
        wide range = 1;
        for (int b = 0; b < c->W; b++)
            range *= 2;
        while (sum < -range / 2)
            sum += range;
        while (sum >= range / 2)
            sum -= range;
        return sum;
    }
    return clip(sum, c->W);
}

static struct mac_config random_config(void)
{
    struct mac_config c = {.variant = (enum mac_variant)between(0, 2), .W = between(2, 16), .N = between(1, MAX_N)};
    if (c.variant != MAC_PLAIN) {
        c.D = between(1, c.W);
        c.shift = between(0, c.W - c.D);
    }
    c.P = between(1, c.N);
    c.wrap = c.variant == MAC_CONSECUTIVE ? between(0, 1) : 0;
    return c;
}

static void dot_equals_the_naive_one(void **state)
{
    (void)state;
    int32_t weights[MAX_N], data[MAX_N], rebuilt[MAX_N];
    const char *given = getenv("DELTASWEEP_SEED");
    int saturated = 0;

    seed = given != NULL ? strtoull(given, NULL, 0) : 1;
    print_message("DELTASWEEP_SEED=%llu\n", (unsigned long long)seed);
    for (int round = 0; round < 3000; round++) {
        const struct mac_config c = random_config();
        struct errmsg e;
        assert_int_equal(mac_check(&c, &e), STATUS_OK);
        const struct mac_vector v = {number(c.W), number(c.W), weights, data};
        const bool same_sign = between(0, 3) == 0; /* else sums hardly ever saturate */
        for (int i = 0; i < c.N; i++) {
            weights[i] = number(c.variant == MAC_PLAIN ? c.W : c.D);
            data[i] = same_sign ? -(1 << (c.W - 1)) : number(c.W);
            if (same_sign)
                weights[i] = -abs(weights[i]);
        }
        wide sum = v.bias;
        mac_rebuild(&c, &v, rebuilt);
        for (int i = 0; i < c.N; i++) {
            const wide w = naive_weight(&c, &v, i);
            assert_int_equal(rebuilt[i], (int32_t)w);
            sum += w * data[i];
        }
        const wide out = clip(sum, 2 * c.W);
        saturated += out != sum;
        assert_int_equal(mac_dot(&c, &v), (int64_t)out);
    }
    assert_true(saturated > 100); /* the clip was really tried */
}

static void dot_equals_the_golden_vectors(void **state)
{
    (void)state;
    static struct golden_mac g;
    FILE *f = golden_mac_open(DELTASWEEP_SOURCE_DIR "/tests/golden/mac.txt");
    int operators = 0, more;
    assert_non_null(f);
    while ((more = golden_mac_next(f, &g)) > 0) {
        struct errmsg e;
        operators++;
        assert_int_equal(mac_check(&g.config, &e), STATUS_OK);
        for (int v = 0; v < g.n; v++) {
            const struct mac_vector one = {g.bias[v], g.initial[v], g.weights + v * g.config.N,
                                           g.data + v * g.config.N};
            assert_int_equal(mac_dot(&g.config, &one), g.out[v]);
        }
    }
    assert_int_equal(more, 0);
    assert_int_equal(operators, 8);
    fclose(f);
}

static void largest_operator_is_exact(void **state)
{
    (void)state;
    enum { N = 65536 };
    struct mac_config c = {MAC_CONSECUTIVE, MULTIPLIER_DSP, 16, 16, 0, N, 1, 0};
    int32_t *weights = malloc(N * sizeof *weights), *data = malloc(N * sizeof *data);
    assert_non_null(weights);
    assert_non_null(data);
    for (int i = 0; i < N; i++) {
        weights[i] = -32768; /* the running sum leaves 32 bits */
        data[i] = i % 2 == 0 ? 32767 : -32768;
    }
    const struct mac_vector v = {5, -32768, weights, data};
    /* Every weight saturates to -32768, so a pair of products is -32768 · (32767 - 32768). */
    assert_int_equal(mac_dot(&c, &v), INT64_C(32768) * (N / 2) + 5);
    free(weights);
    free(data);
}

static void cycles_round_up(void **state)
{
    (void)state;
    static const struct {
        int N, P, cycles;
    } cases[] = {{1, 1, 3}, {32, 8, 6}, {33, 8, 7}, {5, 4, 4}, {16000, 8, 2002}, {65536, 65536, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mac_config c = {.W = 8, .N = cases[i].N, .P = cases[i].P};
        assert_int_equal(mac_cycles(&c), cases[i].cycles);
    }
}

static void check_names_the_parameter(void **state)
{
    (void)state;
    const struct mac_config good = {MAC_CONSECUTIVE, MULTIPLIER_LUT, 8, 4, 4, 32, 8, 0};
    struct errmsg e;
    assert_int_equal(mac_check(&good, &e), STATUS_OK);
#define REFUSED(field, value, word)                                                                                    \
    do {                                                                                                               \
        struct mac_config c = good;                                                                                    \
        c.field = (value);                                                                                             \
        assert_int_equal(mac_check(&c, &e), STATUS_INPUT);                                                             \
        assert_non_null(strstr(e.text, word));                                                                         \
    } while (0)
    REFUSED(W, 1, "weight_bits");
    REFUSED(W, 17, "weight_bits");
    REFUSED(D, 0, "delta_bits");
    REFUSED(D, 9, "delta_bits");
    REFUSED(shift, -1, "delta_offset");
    REFUSED(shift, 5, "delta_offset");
    REFUSED(N, 0, "operator_inputs");
    REFUSED(N, 65537, "operator_inputs");
    REFUSED(P, 0, "parallelism");
    REFUSED(P, 33, "parallelism");
    REFUSED(variant, (enum mac_variant)3, "variant");
    REFUSED(multiplier, (enum multiplier)2, "multiplier");
    REFUSED(variant, MAC_PLAIN, "delta_bits"); /* plain has no delta */
#undef REFUSED
}

static void config_follows_the_code(void **state)
{
    (void)state;
    struct mac_config c;
    struct errmsg e;
    struct code code = {.scheme = SCHEME_FIXED_REFERENCE,
                        .codec = CODEC_EXACT,
                        .weight_bits = 8,
                        .frac_bits = 5,
                        .delta_bits = 4,
                        .delta_offset = 2};
    assert_int_equal(operator_of(&code, 32, 8, MULTIPLIER_LUT, &c, &e), STATUS_OK);
    assert_int_equal(c.variant, MAC_FIXED_REFERENCE);
    assert_int_equal(c.multiplier, MULTIPLIER_LUT);
    assert_int_equal(c.D, 4);
    assert_int_equal(c.shift, 2);
    code.codec = CODEC_PAPER; /* its deltas really take D + o bits */
    code.scheme = SCHEME_CONSECUTIVE_OPEN;
    assert_int_equal(operator_of(&code, 32, 8, MULTIPLIER_DSP, &c, &e), STATUS_OK);
    assert_int_equal(c.variant, MAC_CONSECUTIVE);
    assert_int_equal(c.D, 6);
    assert_int_equal(c.shift, 0);
    code.scheme = SCHEME_FIXED_POINT;
    assert_int_equal(operator_of(&code, 32, 8, MULTIPLIER_DSP, &c, &e), STATUS_OK);
    assert_int_equal(c.variant, MAC_PLAIN);
    assert_int_equal(c.D, 0);
    assert_int_equal(operator_of(&code, 32, 33, MULTIPLIER_DSP, &c, &e), STATUS_INPUT);
    code.scheme = SCHEME_FLOAT;
    assert_int_equal(operator_of(&code, 32, 8, MULTIPLIER_DSP, &c, &e), STATUS_VERDICT);
    assert_non_null(strstr(e.text, "float"));
}

static void names_are_those_of_sweeps(void **state)
{
    (void)state;
    assert_string_equal(multiplier_name(MULTIPLIER_DSP), "dsp");
    assert_string_equal(multiplier_name(MULTIPLIER_LUT), "lut");
    assert_string_equal(mac_variant_name(MAC_FIXED_REFERENCE), "fixed-reference");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dot_equals_the_naive_one),  cmocka_unit_test(dot_equals_the_golden_vectors),
        cmocka_unit_test(largest_operator_is_exact), cmocka_unit_test(cycles_round_up),
        cmocka_unit_test(check_names_the_parameter), cmocka_unit_test(config_follows_the_code),
        cmocka_unit_test(names_are_those_of_sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
