#include "models/nn/codec.h"
#include "models/nn/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The seed of every random case; TEST_SEED=n takes another one. */
static uint64_t test_seed(void)
{
    const char *text = getenv("TEST_SEED");
    const uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 20261122;
    print_message("seed %llu\n", (unsigned long long)seed);
    return seed;
}

/* Naive definitions, in double and 64 bits, against which the codec is held. */
static int64_t naive_quantise(double x, int W, int f, enum rounding r)
{
    double s = ldexp(x, f);
    s = fmin(fmax(s, (double)fixed_min(W)), (double)fixed_max(W));
    return (int64_t)(r == ROUNDING_CUT ? trunc(s) : round(s));
}

static int64_t naive_delta(const struct code *c, int64_t d)
{
    const int64_t sign = d < 0 ? -1 : 1;
    if (c->codec == CODEC_PAPER) {
        const int64_t hi = (INT64_C(1) << (c->delta_bits - 1 + c->delta_offset)) - 1;
        const int64_t lo = c->delta_offset > 0 ? INT64_C(1) << c->delta_offset : 0;
        int64_t m = llabs(d);
        m = m < lo ? lo : m;
        m = m > hi ? hi : m;
        return sign * m;
    }
    const double q = ldexp((double)d, -c->delta_offset);
    return fixed_saturate((int64_t)(c->rounding == ROUNDING_CUT ? trunc(q) : round(q)), c->delta_bits);
}

static struct code random_code(struct rng *r)
{
    struct code c;
    do {
        c = (struct code){
            .scheme = (enum scheme)(1 + rng_below(r, SCHEME_COUNT - 1)),
            .reference = (enum reference)rng_below(r, REFERENCE_COUNT),
            .span = (enum span)rng_below(r, SPAN_COUNT),
            .codec = (enum codec)rng_below(r, CODEC_COUNT),
            .rounding = (enum rounding)rng_below(r, 2),
            .weight_bits = 2 + (int)rng_below(r, 15),
        };
        c.frac_bits = (int)rng_below(r, (uint64_t)c.weight_bits);
        c.delta_bits = 1 + (int)rng_below(r, (uint64_t)c.weight_bits);
        c.delta_offset = (int)rng_below(r, (uint64_t)(c.weight_bits - c.delta_bits) + 1);
        code_canonical(&c);
    } while (code_check(&c, NULL) != STATUS_OK);
    return c;
}

static void random_weights(struct rng *r, const struct code *c, float *w, int n)
{
    const double spread = ldexp(1.0, c->weight_bits - 1 - c->frac_bits) * (rng_below(r, 2) ? 0.1 : 1.3);
    for (int i = 0; i < n; i++) {
        w[i] = (float)((2 * rng_unit(r) - 1) * spread);
        if (rng_below(r, 8) == 0) /* on the grid or half way between its points */
            w[i] = ldexpf(rintf(ldexpf(w[i], c->frac_bits + 1)), -c->frac_bits - 1);
    }
}

static void quantise_is_its_definition(void **state)
{
    (void)state;
    static const float extremes[] = {0.0f, -0.0f, 0x1p-149f, -0x1p-149f, 1e30f, -1e30f, 3.4e38f, -3.4e38f, 0.49999997f,
                                     -0.49999997f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 127.5f, 126.5f, -128.5f, 32767.5f};
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int W = 2; W <= 16; W++)
        for (int f = 0; f < W; f++)
            for (int k = 0; k < 2; k++) {
                const enum rounding rounding = (enum rounding)k;
                const struct fixed q = fixed_make(W, f, rounding);
                for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
                    assert_int_equal(fixed_quantise(q, extremes[i]), naive_quantise(extremes[i], W, f, rounding));
                for (int i = 0; i < 500; i++) {
                    float x = (float)ldexp(2.4 * rng_unit(&r) - 1.2, W - 1 - f);
                    assert_int_equal(fixed_quantise(q, x), naive_quantise(x, W, f, rounding));
                    x = ldexpf(rintf(ldexpf(x, f + 1)), -f - 1);
                    assert_int_equal(fixed_quantise(q, x), naive_quantise(x, W, f, rounding));
                    assert_int_equal(fixed_inside(q, x),
                                     ldexp(x, f) >= (double)fixed_min(W) && ldexp(x, f) <= (double)fixed_max(W));
                }
                assert_int_equal(fixed_quantise(q, NAN), fixed_min(W));
            }
}

/* Every coded layer against the naive definitions, element by element. */
static void every_code_encodes_as_defined(void **state)
{
    (void)state;
    enum { O = 7, I = 53, N = O * I };
    struct rng r;
    struct errmsg e;
    float w[N], rebuilt[N], pass[N];
    int32_t back[N];
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 3000; trial++) {
        const struct code c = random_code(&r);
        struct coded_layer layer, scratch;
        random_weights(&r, &c, w, N);
        assert_int_equal(coded_layer_new(&layer, &c, O, I, &e), STATUS_OK);
        assert_int_equal(coded_layer_new(&scratch, &c, O, I, &e), STATUS_OK);
        codec_encode(&c, w, &layer);
        codec_decode(&c, &layer, back);
        codec_apply(&c, w, O, I, &scratch, rebuilt, pass);

        const int span = N / layer.n_spans, W = c.weight_bits, f = c.frac_bits;
        const int64_t step = INT64_C(1) << code_delta_shift(&c);
        const bool is_delta = scheme_is_delta(c.scheme);
        int64_t sum = 0, last = 0;
        for (int i = 0; i < N; i++) {
            const int64_t q = naive_quantise(w[i], W, f, c.rounding);
            int64_t expected = q;
            if (is_delta) {
                const int64_t reference = layer.reference[i / span], d = layer.delta[i];
                const int width = code_delta_width(&c);
                assert_true(reference >= fixed_min(W) && reference <= fixed_max(W));
                assert_true(d >= fixed_min(width) && d <= fixed_max(width));
                const bool first = i % span == 0;
                if (c.scheme == SCHEME_FIXED_REFERENCE) {
                    double mean = 0;
                    for (int k = 0; k < span; k++)
                        mean += (double)w[i / span * span + k] / span;
                    if (c.reference == REFERENCE_FIRST && first)
                        assert_int_equal(reference, q);
                    if (c.reference == REFERENCE_MEAN)
                        assert_int_equal(reference, naive_quantise((float)mean, W, f, ROUNDING_NEAREST));
                    if (c.reference == REFERENCE_ZERO)
                        assert_int_equal(reference, 0);
                    assert_int_equal(d, c.reference == REFERENCE_FIRST && first ? 0 : naive_delta(&c, q - reference));
                    expected = fixed_saturate(reference + d * step, W);
                } else if (first) {
                    assert_int_equal(reference, q);
                    assert_int_equal(d, 0);
                    sum = q;
                    expected = q;
                } else if (c.scheme == SCHEME_CONSECUTIVE_OPEN) {
                    assert_int_equal(d, naive_delta(&c, q - last));
                    sum += d * step;
                    expected = fixed_saturate(sum, W);
                } else {
                    const int64_t wanted = naive_delta(&c, q - sum), to = sum + wanted * step;
                    if (to == fixed_saturate(to, W))
                        assert_int_equal(d, wanted);
                    sum += d * step;
                    assert_int_equal(sum, fixed_saturate(sum, W)); /* the closed loop never leaves Q(W, f) */
                    expected = sum;
                }
                last = q;
            }
            assert_int_equal(back[i], expected);
            assert_true(rebuilt[i] == (float)ldexp((double)expected, -f));
            assert_true(pass[i] == (float)(ldexp(w[i], f) >= (double)fixed_min(W) && ldexp(w[i], f) <= (double)fixed_max(W)));
        }
        coded_layer_free(&layer);
        coded_layer_free(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantise_is_its_definition),
        cmocka_unit_test(every_code_encodes_as_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
