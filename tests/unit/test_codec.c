#include "models/fpga/design/operator.h"
#include "models/nn/code/codec.h"
#include "models/nn/integer/mac.h"
#include "base/rng.h"

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
    const int64_t rounded = (int64_t)(c->rounding == ROUNDING_CUT ? trunc(q) : round(q));
    if (c->codec == CODEC_TERNARY)
        return rounded < -1 ? -1 : rounded > 1 ? 1 : rounded;
    return fixed_saturate(rounded, c->delta_bits);
}

/* The spans as their definition says: *first of the span of weight i in rows of I, and its end. */
static void naive_span(const struct code *c, int O, int I, int i, int *first, int *end)
{
    const int row = i / I * I, bucket = c->span == SPAN_BUCKET ? c->bucket : I;
    *first = 0;
    *end = O * I;
    if (!scheme_is_delta(c->scheme) || c->span == SPAN_LAYER)
        return;
    *first = row + (i - row) / bucket * bucket;
    *end = *first + bucket < row + I ? *first + bucket : row + I;
}

static int float_by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int64_t naive_reference(const struct code *c, const float *w, int n, float master)
{
    const double lift = c->codec == CODEC_EXACT && c->delta_bits == 1 ? ldexp(0.5, c->delta_offset - c->frac_bits) : 0;
    const int W = c->weight_bits, f = c->frac_bits;
    float sorted[512];
    double mean = 0;
    switch (c->reference) {
    case REFERENCE_FIRST:
        return naive_quantise(w[0], W, f, c->rounding);
    case REFERENCE_MEAN:
        for (int k = 0; k < n; k++)
            mean += (double)w[k] / n;
        return naive_quantise((float)(mean + lift), W, f, ROUNDING_NEAREST);
    case REFERENCE_MEDIAN:
        assert_true(n <= 512);
        memcpy(sorted, w, (size_t)n * sizeof *w);
        qsort(sorted, (size_t)n, sizeof *sorted, float_by_value);
        return naive_quantise(sorted[(n - 1) / 2] + (float)lift, W, f, ROUNDING_NEAREST);
    case REFERENCE_LEARNED:
        return naive_quantise(master, W, f, ROUNDING_NEAREST);
    default:
        return 0;
    }
}

static struct code random_format(struct rng *r, struct code c)
{
    c.weight_bits = 2 + (int)rng_below(r, 15);
    c.frac_bits = (int)rng_below(r, (uint64_t)c.weight_bits);
    c.delta_bits = c.codec == CODEC_TERNARY ? 2 : 1 + (int)rng_below(r, (uint64_t)c.weight_bits);
    c.delta_offset = (int)rng_below(r, (uint64_t)(c.weight_bits - c.delta_bits) + 1);
    c.bucket = 1 + (int)rng_below(r, 60);
    code_canonical(&c);
    return c;
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
            .rounding = (enum rounding)rng_below(r, 3),
        };
        c = random_format(r, c);
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
    static const float extremes[] = {0.0f,     -0.0f,       0x1p-149f,    -0x1p-149f, 1e30f,   -1e30f, 3.4e38f,
                                     -3.4e38f, 0.49999997f, -0.49999997f, 0.5f,       -0.5f,   1.5f,   2.5f,
                                     -2.5f,    127.5f,      126.5f,       -128.5f,    32767.5f};
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int W = 2; W <= 16; W++)
        for (int f = 0; f < W; f++)
            for (int mode = 0; mode < 2; mode++) {
                const enum rounding rounding = (enum rounding)mode;
                const struct fixed q = fixed_make(W, f, rounding);
                for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
                    assert_int_equal(fixed_quantise(q, extremes[i]), naive_quantise(extremes[i], W, f, rounding));
                for (int i = 0; i < 500; i++) {
                    float x = (float)ldexp(2.4 * rng_unit(&r) - 1.2, W - 1 - f);
                    assert_int_equal(fixed_quantise(q, x), naive_quantise(x, W, f, rounding));
                    x = ldexpf(rintf(ldexpf(x, f + 1)), -f - 1);
                    /* A tie and its neighbours on both sides, and the two ways of saying it. */
                    for (int k = -1; k <= 1; k++) {
                        const float y = k == 0 ? x : nextafterf(x, k * INFINITY);
                        assert_int_equal(fixed_quantise(q, y), naive_quantise(y, W, f, rounding));
                        assert_true(fixed_round(q, y) == (float)fixed_quantise(q, y));
                    }
                    assert_int_equal(fixed_inside(q, x),
                                     ldexp(x, f) >= (double)fixed_min(W) && ldexp(x, f) <= (double)fixed_max(W));
                }
                assert_int_equal(fixed_quantise(q, NAN), fixed_min(W));
            }
}

/* A coded layer and what training makes of it against the naive definitions, element by element; *moved counts the
 * codes of a reference that rounded out of Q(W, f). */
static void check_layer(struct rng *r, const struct code *c, int *moved)
{
    enum { O = 7, I = 53, N = O * I };
    struct errmsg e;
    float w[N], masters[N], rebuilt[N], again[N], inside[N], reach[N];
    int32_t back[N];
    struct coded_layer layer, scratch;
    random_weights(r, c, w, N);
    random_weights(r, c, masters, N);
    assert_int_equal(coded_layer_new(&layer, c, O, I, &e), STATUS_OK);
    assert_int_equal(coded_layer_new(&scratch, c, O, I, &e), STATUS_OK);
    codec_encode(c, w, masters, &layer);
    codec_decode(c, &layer, back);
    struct codec_training t = {.masters = masters};
    codec_apply(c, w, O, I, &t, &scratch, again);
    t.inside = inside;
    t.reach = reach;
    codec_apply(c, w, O, I, &t, &scratch, rebuilt);
    assert_memory_equal(rebuilt, again, sizeof rebuilt);

    const int W = c->weight_bits, f = c->frac_bits;
    const int64_t step = INT64_C(1) << code_delta_shift(c);
    const bool has_deltas = scheme_is_delta(c->scheme);
    int64_t sum = 0, last = 0;
    int span = -1;
    for (int i = 0; i < N; i++) {
        const int64_t q = naive_quantise(w[i], W, f, c->rounding);
        int64_t expected = q, unclamped = 0;
        if (has_deltas) {
            int begin, end;
            naive_span(c, O, I, i, &begin, &end);
            const bool first = i == begin;
            span += first;
            const int64_t reference = layer.reference[span], d = layer.delta[i];
            const int width = code_delta_width(c);
            assert_true(reference == fixed_saturate(reference, W));
            assert_true(d == fixed_saturate(d, width));
            const int64_t from = c->scheme == SCHEME_FIXED_REFERENCE ? reference
                                 : c->scheme == SCHEME_CONSECUTIVE   ? sum
                                                                     : last;
            const double ratio = ldexp((double)(q - from), -code_delta_shift(c));
            unclamped = (int64_t)(c->rounding == ROUNDING_CUT ? trunc(ratio) : round(ratio));
            if (c->scheme == SCHEME_FIXED_REFERENCE) {
                if (first)
                    assert_int_equal(reference, naive_reference(c, w + begin, end - begin, masters[span]));
                int64_t wanted = c->reference == REFERENCE_FIRST && first ? 0 : naive_delta(c, q - reference);
                expected = reference + wanted * step;
                if (c->codec != CODEC_PAPER && expected != fixed_saturate(expected, W)) {
                    wanted -= wanted < 0 ? -1 : 1;
                    expected = reference + wanted * step;
                    assert_int_equal(expected, fixed_saturate(expected, W));
                    (*moved)++;
                }
                assert_int_equal(d, wanted);
                expected = fixed_saturate(expected, W);
            } else if (first) {
                assert_int_equal(reference, q);
                assert_int_equal(d, 0);
                sum = q;
                expected = q;
            } else if (c->scheme == SCHEME_CONSECUTIVE_OPEN) {
                assert_int_equal(d, naive_delta(c, q - last));
                sum += d * step;
                expected = fixed_saturate(sum, W);
            } else {
                const int64_t wanted = naive_delta(c, q - sum), to = sum + wanted * step;
                if (to == fixed_saturate(to, W))
                    assert_int_equal(d, wanted);
                sum += d * step;
                assert_int_equal(sum, fixed_saturate(sum, W)); /* the closed loop never leaves Q(W, f) */
                expected = sum;
            }
            last = q;
            const bool whole = first && (c->scheme != SCHEME_FIXED_REFERENCE || c->reference == REFERENCE_FIRST);
            assert_true(reach[i] == (float)(whole || d == unclamped));
        } else {
            assert_true(reach[i] == 1.0f);
        }
        assert_int_equal(back[i], expected);
        assert_true(rebuilt[i] == (float)ldexp((double)expected, -f));
        assert_true(inside[i] ==
                    (float)(ldexp(w[i], f) >= (double)fixed_min(W) && ldexp(w[i], f) <= (double)fixed_max(W)));
    }
    assert_int_equal(layer.n_spans, has_deltas ? span + 1 : 1);
    coded_layer_free(&layer);
    coded_layer_free(&scratch);
}

static void every_code_encodes_as_defined(void **state)
{
    (void)state;
    enum { TRIALS = 12 };
    struct rng r;
    int moved = 0, checked = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int scheme = SCHEME_FIXED_POINT; scheme < SCHEME_COUNT; scheme++)
        for (int reference = 0; reference < REFERENCE_COUNT; reference++)
            for (int span = 0; span < SPAN_COUNT; span++)
                for (int codec = 0; codec < CODEC_COUNT; codec++)
                    for (int rounding = 0; rounding <= ROUNDING_STOCHASTIC; rounding++) {
                        const struct code named = {.scheme = (enum scheme)scheme,
                                                   .reference = (enum reference)reference,
                                                   .span = (enum span)span,
                                                   .codec = (enum codec)codec,
                                                   .rounding = (enum rounding)rounding};
                        const struct code same = random_format(&r, named);
                        if (same.reference != named.reference || same.span != named.span || same.codec != named.codec)
                            continue; /* the scheme does not use it */
                        for (int trial = 0; trial < TRIALS; trial++, checked++) {
                            const struct code c = random_format(&r, named);
                            check_layer(&r, &c, &moved);
                        }
                    }
    assert_true(checked >= TRIALS * 3 * (1 + 13 * 3 + 2 * 3 * 3)); /* a reference of zero has no spans */
    assert_true(moved > 100);
}

/* Encodes; learned references are where they begin. */
static void encode(const struct code *c, const float *w, struct coded_layer *layer)
{
    float *masters = calloc((size_t)layer->n_spans, sizeof *masters);
    codec_masters(c, w, layer->O, layer->I, masters);
    codec_encode(c, w, masters, layer);
    free(masters);
}

/* Storage, by counting what is stored. */
static void storage_is_what_is_stored(void **state)
{
    (void)state;
    enum { O = 5, I = 37 };
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 2000; trial++) {
        const struct code c = random_code(&r);
        const bool deltas = scheme_is_delta(c.scheme);
        const int width = deltas ? code_delta_width(&c) : c.weight_bits;
        int64_t bits = 0;
        for (int i = 0; i < O * I; i++) {
            int begin, end;
            naive_span(&c, O, I, i, &begin, &end);
            const bool has_first = deltas && (scheme_is_consecutive(c.scheme) || c.reference == REFERENCE_FIRST);
            if (deltas && i == begin && (has_first || c.reference != REFERENCE_ZERO))
                bits += c.weight_bits;
            bits += has_first && i == begin ? 0 : width;
        }
        assert_int_equal(codec_storage_bits(&c, O, I), bits);
    }
}

/* One bit: the two values lie around a mean or median, half a step above and below it. */
static void one_bit_lies_around_its_reference(void **state)
{
    (void)state;
    enum { N = 400 };
    struct rng r;
    float w[N], masters[1];
    int32_t back[N];
    rng_init(&r, test_seed(), RNG_TEST);
    for (int offset = 1; offset < 5; offset++)
        for (int reference = 0; reference < REFERENCE_COUNT; reference++) {
            const struct code c = {.scheme = SCHEME_FIXED_REFERENCE,
                                   .reference = (enum reference)reference,
                                   .rounding = ROUNDING_NEAREST,
                                   .weight_bits = 8,
                                   .frac_bits = 7,
                                   .delta_bits = 1,
                                   .delta_offset = offset};
            struct coded_layer layer;
            if (reference == REFERENCE_FIRST || reference == REFERENCE_ZERO)
                continue;
            for (int i = 0; i < N; i++)
                w[i] = (float)(0.1 + (2 * rng_unit(&r) - 1) * ldexp(1, offset - 7));
            codec_masters(&c, w, 1, N, masters);
            assert_int_equal(coded_layer_new(&layer, &c, 1, N, NULL), STATUS_OK);
            codec_encode(&c, w, masters, &layer);
            codec_decode(&c, &layer, back);
            int upper = 0;
            for (int i = 0; i < N; i++) {
                const int32_t half = 1 << (offset - 1), middle = layer.reference[0] - half;
                assert_int_equal(abs(back[i] - middle), half);
                upper += back[i] > middle;
                assert_true(fabs((double)middle - 128 * 0.1) < 0.1 * (1 << offset) * 2 + 1);
            }
            assert_true(upper > N / 5 && upper < 4 * N / 5);
            coded_layer_free(&layer);
        }
}

/* An ideal code cannot beat a uniform distribution, and needs nothing for a constant. */
static void entropy_is_that_of_the_stored_deltas(void **state)
{
    (void)state;
    enum { O = 4, I = 64, N = O * I };
    struct rng r;
    float w[N];
    int below = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 500; trial++) {
        const struct code c = random_code(&r);
        struct coded_layer layer;
        random_weights(&r, &c, w, N);
        assert_int_equal(coded_layer_new(&layer, &c, O, I, NULL), STATUS_OK);
        encode(&c, w, &layer);
        const double bits = codec_entropy_bits(&c, &layer);
        assert_true(bits >= 0 && bits <= (double)codec_storage_bits(&c, O, I) * (1 + 1e-12));
        below += bits < 0.9 * (double)codec_storage_bits(&c, O, I);
        coded_layer_free(&layer);
    }
    assert_true(below > 50);
    const struct code c = {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_MEAN, .weight_bits = 8,
                           .delta_bits = 2, .span = SPAN_ROW};
    struct coded_layer layer;
    assert_int_equal(coded_layer_new(&layer, &c, O, I, NULL), STATUS_OK);
    for (int i = 0; i < N; i++)
        layer.delta[i] = 1;
    assert_true(codec_entropy_bits(&c, &layer) == O * 8.0);
    for (int i = 0; i < N / 2; i++)
        layer.delta[i] = -2;
    assert_true(codec_entropy_bits(&c, &layer) == O * 8.0 + N);
    for (int i = 0; i < N / 4; i++)
        layer.delta[i] = 0;
    assert_true(codec_entropy_bits(&c, &layer) == O * 8.0 + 1.5 * N);
    coded_layer_free(&layer);
}

/* Rounding at random, over many steps: always one of the two neighbours, on average the number itself, also where
 * deltas have an offset; what is stored is rounded to nearest. */
static void stochastic_rounding_is_unbiased(void **state)
{
    (void)state;
    enum { N = 64, STEPS = 4000 };
    struct rng r;
    float w[N], rebuilt[N], again[N], nearest[N];
    rng_init(&r, test_seed(), RNG_TEST);
    for (int kind = 0; kind < 4; kind++) {
        struct code c = {.scheme = kind == 0 ? SCHEME_FIXED_POINT : kind == 1 ? SCHEME_CONSECUTIVE : SCHEME_FIXED_REFERENCE,
                         .reference = REFERENCE_ZERO,
                         .rounding = ROUNDING_STOCHASTIC,
                         .weight_bits = 12,
                         .frac_bits = 6,
                         .delta_bits = kind == 1 ? 12 : 8,
                         .delta_offset = kind == 3 ? 3 : 0};
        code_canonical(&c);
        const double unit = ldexp(1, c.delta_offset - c.frac_bits), most = ldexp(unit, 6);
        double mean[N] = {0};
        struct coded_layer scratch;
        assert_int_equal(coded_layer_new(&scratch, &c, 1, N, NULL), STATUS_OK);
        for (int i = 0; i < N; i++)
            w[i] = (float)((2 * rng_unit(&r) - 1) * most);
        w[0] = (float)(3 * unit);
        for (int step = 0; step < STEPS; step++) {
            const struct codec_training t = {.key = rng_next(&r) | 1};
            codec_apply(&c, w, 1, N, &t, &scratch, rebuilt);
            codec_apply(&c, w, 1, N, &t, &scratch, again);
            assert_memory_equal(rebuilt, again, sizeof rebuilt);
            for (int i = 0; i < N; i++) {
                mean[i] += (double)rebuilt[i] / STEPS;
                assert_true(fabs((double)rebuilt[i] - (double)w[i]) < unit + ldexp(kind == 3, -c.frac_bits));
            }
            assert_true(rebuilt[0] == w[0]);
        }
        for (int i = 0; i < N; i++) /* five sigmas of a coin that is as wide as it can be */
            assert_true(fabs(mean[i] - (double)w[i]) < 5 * 0.5 * unit / sqrt(STEPS) + 1e-3 * unit);
        const struct codec_training still = {.key = 0};
        codec_apply(&c, w, 1, N, &still, &scratch, rebuilt);
        c.rounding = ROUNDING_NEAREST;
        codec_apply(&c, w, 1, N, &still, &scratch, nearest);
        assert_memory_equal(rebuilt, nearest, sizeof rebuilt);
        coded_layer_free(&scratch);
    }
}

/* At random or not: no rebuilt weight leaves W bits, and every one is within the reach of its code. */
static void random_steps_stay_in_range(void **state)
{
    (void)state;
    enum { O = 5, I = 31, N = O * I };
    struct rng r;
    float w[N], masters[N], rebuilt[N], reach[N], inside[N];
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 2000; trial++) {
        struct code c = random_code(&r);
        struct coded_layer scratch;
        c.rounding = ROUNDING_STOCHASTIC;
        random_weights(&r, &c, w, N);
        random_weights(&r, &c, masters, N);
        assert_int_equal(coded_layer_new(&scratch, &c, O, I, NULL), STATUS_OK);
        const struct codec_training t = {.masters = masters, .key = rng_next(&r) | 1, .reach = reach, .inside = inside};
        codec_apply(&c, w, O, I, &t, &scratch, rebuilt);
        const double unit = ldexp(1, -c.frac_bits), step = ldexp(unit, code_delta_shift(&c));
        for (int i = 0; i < N; i++) {
            const double x = (double)rebuilt[i] / unit;
            assert_true(x == floor(x) && x >= (double)fixed_min(c.weight_bits) && x <= (double)fixed_max(c.weight_bits));
            if (reach[i] != 0 && inside[i] != 0 && c.scheme != SCHEME_CONSECUTIVE_OPEN)
                assert_true(fabs((double)rebuilt[i] - (double)w[i]) < step + unit);
        }
        coded_layer_free(&scratch);
    }
}

/* Encodes, decodes and frees; back holds O · I integers. */
static void round_trip(const struct code *c, const float *w, int O, int I, int32_t *back, struct coded_layer *keep)
{
    struct coded_layer layer;
    struct errmsg e;
    assert_int_equal(coded_layer_new(&layer, c, O, I, &e), STATUS_OK);
    encode(c, w, &layer);
    codec_decode(c, &layer, back);
    if (keep != NULL)
        *keep = layer;
    else
        coded_layer_free(&layer);
}

/* |rebuilt - quantised| is at most half a step of the delta (less than a step when cut, and where
 * the nearest code is out of Q(W, f)) as long as the difference is within reach. */
static void error_is_bounded_by_the_step(void **state)
{
    (void)state;
    enum { O = 5, I = 40, N = O * I };
    struct rng r;
    float w[N];
    int32_t back[N];
    int checked = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 2000; trial++) {
        struct code c = random_code(&r);
        struct coded_layer layer;
        if (c.scheme != SCHEME_FIXED_REFERENCE || c.codec == CODEC_PAPER)
            continue;
        random_weights(&r, &c, w, N);
        round_trip(&c, w, O, I, back, &layer);
        for (int i = 0; i < N; i++) {
            const int64_t q = naive_quantise(w[i], c.weight_bits, c.frac_bits, c.rounding);
            const int64_t reference = layer.reference[spans_find(code_spans(&c, O, I), (size_t)i)];
            const int64_t d = q - reference, step = INT64_C(1) << c.delta_offset;
            const int64_t lo = c.codec == CODEC_TERNARY ? -1 : fixed_min(c.delta_bits);
            const bool within = d >= lo * step && d <= fixed_max(c.delta_bits) * step;
            if (within) {
                const int64_t nearest = q - d + naive_delta(&c, d) * step;
                const bool half = c.rounding == ROUNDING_NEAREST && nearest == fixed_saturate(nearest, c.weight_bits);
                assert_true(2 * llabs(back[i] - q) <= (half ? step : 2 * (step - 1)));
                checked++;
            }
        }
        coded_layer_free(&layer);
    }
    assert_true(checked > 10000);
}

/* Weights that jump now and then: the closed loop catches up within range / reach steps,
 * the open one is off for good. */
static void closed_loop_recovers_open_loop_drifts(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct rng r;
    static float w[N];
    static int32_t closed[N], open[N];
    rng_init(&r, test_seed(), RNG_TEST);
    struct code c = {
        .scheme = SCHEME_CONSECUTIVE, .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 6, .delta_bits = 4};
    double level = 0;
    for (int i = 0; i < N; i++) {
        if (i % 40 == 0)
            level = 1.8 * rng_unit(&r) - 0.9;
        w[i] = (float)(level + 0.02 * (rng_unit(&r) - 0.5));
    }
    round_trip(&c, w, 1, N, closed, NULL);
    c.scheme = SCHEME_CONSECUTIVE_OPEN;
    round_trip(&c, w, 1, N, open, NULL);
    double off_closed = 0, off_open = 0;
    for (int i = 0; i < N; i++) {
        const int64_t q = naive_quantise(w[i], 8, 6, ROUNDING_NEAREST);
        if (i % 40 >= 20) { /* 20 steps of up to 7 reach everything in [-0.9, 0.9] */
            assert_int_equal(closed[i], q);
            off_closed += (double)llabs(closed[i] - q);
        }
        off_open += (double)llabs(open[i] - q);
    }
    assert_true(off_closed == 0 && off_open / N > 20);
}

static void papers_clamp_has_56_values_and_no_zero(void **state)
{
    (void)state;
    enum { N = 256 };
    float w[N];
    int32_t back[N];
    struct coded_layer layer;
    const struct code c = {.scheme = SCHEME_FIXED_REFERENCE,
                           .reference = REFERENCE_ZERO,
                           .codec = CODEC_PAPER,
                           .weight_bits = 8,
                           .frac_bits = 7,
                           .delta_bits = 4,
                           .delta_offset = 2};
    bool seen[2 * 128] = {false};
    int values = 0;
    for (int i = 0; i < N; i++)
        w[i] = (float)(i - 128) / 128;
    round_trip(&c, w, 1, N, back, &layer);
    for (int i = 0; i < N; i++) {
        assert_true(abs(layer.delta[i]) >= 4 && abs(layer.delta[i]) <= 31);
        values += !seen[128 + layer.delta[i]];
        seen[128 + layer.delta[i]] = true;
    }
    assert_int_equal(values, 56);
    assert_int_equal(code_delta_width(&c), 6);
    assert_int_equal(back[128], 4); /* a weight of 0 becomes +4 */
    coded_layer_free(&layer);
}

static void cut_with_few_fraction_bits_starts_at_zero(void **state)
{
    (void)state;
    enum { N = 784 };
    struct rng r;
    float w[N];
    int32_t back[N];
    rng_init(&r, test_seed(), RNG_TEST);
    for (int i = 0; i < N; i++)
        w[i] = (float)((2 * rng_unit(&r) - 1) / 28); /* as the first layer starts */
    struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 4};
    int nonzero[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        round_trip(&c, w, 1, N, back, NULL);
        for (int i = 0; i < N; i++)
            nonzero[k] += back[i] != 0;
        c.rounding = ROUNDING_NEAREST;
    }
    assert_int_equal(nonzero[0], 0);
    assert_true(nonzero[1] > N / 16);
}

/* The operator rebuilds a row from what the codec stores, just as the codec does. */
static void operator_rebuilds_what_the_codec_stores(void **state)
{
    (void)state;
    enum { O = 4, I = 60, N = O * I };
    struct rng r;
    struct errmsg e;
    float w[N];
    int32_t back[N], rebuilt[I];
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 1000; trial++) {
        struct code c = random_code(&r);
        struct coded_layer layer;
        struct mac_config m;
        random_weights(&r, &c, w, N);
        if (scheme_is_consecutive(c.scheme) && c.span == SPAN_LAYER)
            c.span = SPAN_ROW;
        if (c.span == SPAN_BUCKET)
            c.bucket = 10 * (1 + (int)rng_below(&r, 6));
        const int inputs = c.span == SPAN_BUCKET ? 10 : I; /* inputs of the operator: buckets end with its products */
        assert_int_equal(operator_of(&c, inputs, 1, MULTIPLIER_DSP, &m, &e), STATUS_OK);
        round_trip(&c, w, O, I, back, &layer);
        for (size_t at = 0; at < N; at += (size_t)inputs) {
            const struct spans cut = code_spans(&c, O, I);
            const size_t span = spans_find(cut, at);
            int64_t initial = layer.reference[span];
            for (size_t i = spans_begin(cut, span); scheme_is_consecutive(c.scheme) && i < at; i++)
                initial += layer.delta[i] * (INT64_C(1) << m.shift);
            if (initial != fixed_saturate(initial, c.weight_bits))
                continue; /* an open loop may have left W bits */
            const struct mac_vector v = {.initial = (int32_t)initial, .weights = layer.delta + at};
            mac_rebuild(&m, &v, rebuilt);
            assert_memory_equal(rebuilt, back + at, (size_t)inputs * sizeof *rebuilt);
        }
        coded_layer_free(&layer);
    }
}

/* An operator has one initial weight: buckets must not end within its inputs. */
static void operators_refuse_buckets_within_their_inputs(void **state)
{
    (void)state;
    struct code c = {.scheme = SCHEME_CONSECUTIVE, .span = SPAN_BUCKET, .bucket = 30, .weight_bits = 8, .delta_bits = 4};
    struct mac_config m;
    struct errmsg e;
    for (int N = 1; N <= 61; N++) {
        assert_int_equal(operator_of(&c, N, 1, MULTIPLIER_DSP, &m, &e), 30 % N == 0 ? STATUS_OK : STATUS_VERDICT);
        if (30 % N != 0)
            assert_non_null(strstr(e.text, "buckets of 30 weights"));
    }
}

static void codes_are_checked_by_name(void **state)
{
    (void)state;
    static const struct {
        struct code code;
        const char *says;
    } bad[] = {
        {{.scheme = SCHEME_FIXED_POINT, .weight_bits = 1}, "weight_bits is 1"},
        {{.scheme = SCHEME_FIXED_POINT, .weight_bits = 17}, "weight_bits is 17"},
        {{.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 8}, "frac_bits is 8"},
        {{.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = -1}, "frac_bits is -1"},
        {{.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .delta_bits = 0}, "delta_bits is 0"},
        {{.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .delta_bits = 9}, "delta_bits is 9"},
        {{.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .delta_bits = 4, .delta_offset = 5}, "delta_offset is 5"},
        {{.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .delta_bits = 4, .delta_offset = -1}, "delta_offset is -1"},
        {{.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .delta_bits = 4, .span = SPAN_BUCKET}, "bucket is 0"},
        {{.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .codec = CODEC_TERNARY, .delta_offset = 7},
         "with delta_bits 2 it must be 0 to 6"},
    };
    struct errmsg e;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(code_check(&bad[i].code, &e), STATUS_INPUT);
        if (strstr(e.text, bad[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", e.text, bad[i].says);
    }
    const struct code good = {
        .scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .frac_bits = 7, .delta_bits = 4, .delta_offset = 4};
    assert_int_equal(code_check(&good, &e), STATUS_OK);
    struct code plain = {.scheme = SCHEME_FIXED_POINT,
                         .reference = REFERENCE_MEAN,
                         .span = SPAN_ROW,
                         .codec = CODEC_PAPER,
                         .rounding = ROUNDING_NEAREST,
                         .weight_bits = 8,
                         .frac_bits = 5,
                         .delta_bits = 3,
                         .delta_offset = 1};
    const struct code canonical = {
        .scheme = SCHEME_FIXED_POINT, .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 5};
    code_canonical(&plain);
    assert_memory_equal(&plain, &canonical, sizeof plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantise_is_its_definition),
        cmocka_unit_test(every_code_encodes_as_defined),
        cmocka_unit_test(storage_is_what_is_stored),
        cmocka_unit_test(one_bit_lies_around_its_reference),
        cmocka_unit_test(entropy_is_that_of_the_stored_deltas),
        cmocka_unit_test(stochastic_rounding_is_unbiased),
        cmocka_unit_test(random_steps_stay_in_range),
        cmocka_unit_test(error_is_bounded_by_the_step),
        cmocka_unit_test(closed_loop_recovers_open_loop_drifts),
        cmocka_unit_test(papers_clamp_has_56_values_and_no_zero),
        cmocka_unit_test(cut_with_few_fraction_bits_starts_at_zero),
        cmocka_unit_test(operator_rebuilds_what_the_codec_stores),
        cmocka_unit_test(operators_refuse_buckets_within_their_inputs),
        cmocka_unit_test(codes_are_checked_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
