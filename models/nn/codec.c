#include "models/nn/codec.h"
#include "models/nn/simd.h"

#include <assert.h>
#include <stdlib.h>

/* How a difference d of two integers becomes a delta, for both codecs in one branchless
 * form: magnitude = clamp((|d| + add) >> shift, mag_lo, mag_hi), then d's sign, then
 * clamp to [code_lo, code_hi]. */
struct compress {
    int32_t add, shift, mag_lo, mag_hi, code_lo, code_hi;
    int32_t min, max; /* of a W-bit integer */
    int32_t smaller;  /* 1: a code that leaves the range has a smaller one that does not; 0: it has none */
};

static struct compress compress_make(const struct code *c)
{
    struct compress k = {
        .min = (int32_t)fixed_min(c->weight_bits),
        .max = (int32_t)fixed_max(c->weight_bits),
    };
    if (c->codec == CODEC_PAPER) {
        k.mag_hi = (1 << (c->delta_bits - 1 + c->delta_offset)) - 1;
        k.mag_lo = c->delta_offset > 0 ? 1 << c->delta_offset : 0;
        if (k.mag_lo > k.mag_hi) /* one bit: its two codes are ± (2^o - 1) */
            k.mag_lo = k.mag_hi;
        k.smaller = k.mag_lo == 0;
        k.code_lo = -k.mag_hi;
        k.code_hi = k.mag_hi;
        return k;
    }
    k.shift = c->delta_offset;
    k.add = c->rounding == ROUNDING_NEAREST && c->delta_offset > 0 ? 1 << (c->delta_offset - 1) : 0;
    k.mag_hi = INT32_MAX;
    k.smaller = 1;
    k.code_lo = (int32_t)fixed_min(c->delta_bits);
    k.code_hi = (int32_t)fixed_max(c->delta_bits);
    return k;
}

NN_INLINE int32_t clamp(int32_t x, int32_t lo, int32_t hi)
{
    x = x < lo ? lo : x;
    return x > hi ? hi : x;
}

NN_INLINE int32_t compress_delta(const struct compress k, int32_t d)
{
    const int32_t magnitude = clamp(((d < 0 ? -d : d) + k.add) >> k.shift, k.mag_lo, k.mag_hi);
    return clamp(d < 0 ? -magnitude : magnitude, k.code_lo, k.code_hi);
}

/* The codes of deltas to a reference. An exact code that would round up past Q(W, f) becomes the nearest that
 * stays, one step less: reference and code then give the weight without saturation. The paper's has no smaller
 * one, and its decoder saturates. */
static struct compress compress_to(struct compress k, int32_t reference)
{
    if (k.smaller) {
        k.code_hi = clamp((k.max - reference) >> k.shift, 0, k.code_hi);
        k.code_lo = -clamp((reference - k.min) >> k.shift, 0, -k.code_lo);
    }
    return k;
}

/* One delta of the closed loop. A code whose sum would leave Q(W, f) is replaced by the
 * nearest that stays: one step less for exact codes (rounding up overshot); the least
 * magnitude of the other sign for the paper's, which has no smaller one. So the running
 * sum never saturates, and the decoder's exact sum is the encoder's. */
NN_INLINE int32_t compress_closed(const struct compress k, int32_t d, int32_t sum)
{
    int32_t code = compress_delta(k, d);
    const int32_t next = sum + code * (1 << k.shift);
    if (next > k.max)
        code = k.smaller ? code - 1 : -k.mag_lo;
    else if (next < k.min)
        code = k.smaller ? code + 1 : k.mag_lo;
    return code;
}

static int span_count(const struct code *c, int O)
{
    return scheme_is_delta(c->scheme) && c->span == SPAN_ROW ? O : 1;
}

enum status coded_layer_new(struct coded_layer *out, const struct code *c, int O, int I, struct errmsg *e)
{
    assert(c->scheme != SCHEME_FLOAT && O > 0 && I > 0);
    const int n_spans = span_count(c, O);
    *out = (struct coded_layer){
        .O = O,
        .I = I,
        .n_spans = n_spans,
        .reference = calloc((size_t)n_spans, sizeof *out->reference),
        .delta = calloc((size_t)O * (size_t)I, sizeof *out->delta),
    };
    if (out->reference == NULL || out->delta == NULL) {
        coded_layer_free(out);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a layer of %d x %d weights", O, I);
    }
    return STATUS_OK;
}

void coded_layer_free(struct coded_layer *layer)
{
    free(layer->reference);
    free(layer->delta);
    *layer = (struct coded_layer){0};
}

NN_CLONES static void quantise_all(struct fixed q, const float *restrict w, int32_t *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fixed_quantise(q, w[i]);
}

NN_CLONES static void quantise_to_float(struct fixed q, const float *restrict w, float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fixed_round(q, w[i]) * q.step;
}

NN_CLONES static void mark_inside(struct fixed q, const float *restrict w, float *restrict pass, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pass[i] = fixed_inside(q, w[i]) ? 1.0f : 0.0f;
}

NN_CLONES static void encode_to_reference(struct compress k, struct fixed q, int32_t reference, const float *restrict w,
                                          int32_t *restrict delta, size_t n)
{
    for (size_t i = 0; i < n; i++)
        delta[i] = compress_delta(k, fixed_quantise(q, w[i]) - reference);
}

NN_CLONES static void apply_to_reference(struct compress k, struct fixed q, int32_t reference, const float *restrict w,
                                         float *restrict rebuilt, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int32_t code = compress_delta(k, fixed_quantise(q, w[i]) - reference);
        rebuilt[i] = (float)clamp(reference + code * (1 << k.shift), k.min, k.max) * q.step;
    }
}

/* The sum runs in NN_LANES fixed lanes, so that it vectorises and is the same
 * everywhere. */
NN_CLONES static double mean_of(const float *w, size_t n)
{
    double lane[NN_LANES] = {0};
    size_t i = 0;
    for (; i + NN_LANES <= n; i += NN_LANES)
        for (int j = 0; j < NN_LANES; j++)
            lane[j] += (double)w[i + (size_t)j];
    for (int j = 0; i < n; i++, j++)
        lane[j] += (double)w[i];
    double sum = 0;
    for (int j = 0; j < NN_LANES; j++)
        sum += lane[j];
    return sum / (double)n;
}

static int32_t span_reference(const struct code *c, const float *w, size_t n)
{
    if (c->scheme == SCHEME_FIXED_REFERENCE && c->reference == REFERENCE_ZERO)
        return 0;
    if (c->scheme == SCHEME_FIXED_REFERENCE && c->reference == REFERENCE_MEAN)
        return fixed_quantise(fixed_make(c->weight_bits, c->frac_bits, ROUNDING_NEAREST), (float)mean_of(w, n));
    return fixed_quantise(fixed_make(c->weight_bits, c->frac_bits, c->rounding), w[0]);
}

static bool first_is_reference(const struct code *c)
{
    return c->scheme != SCHEME_FIXED_REFERENCE || c->reference == REFERENCE_FIRST;
}

/* x holds the span's quantised weights and gets its deltas; x[0] gets 0. */
static void encode_consecutive(const struct code *c, struct compress k, int32_t *x, size_t n)
{
    int32_t sum = x[0];
    x[0] = 0;
    if (c->scheme == SCHEME_CONSECUTIVE) {
        for (size_t i = 1; i < n; i++) {
            x[i] = compress_closed(k, x[i] - sum, sum);
            sum += x[i] * (1 << k.shift);
        }
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const int32_t now = x[i];
        x[i] = compress_delta(k, now - sum);
        sum = now;
    }
}

void codec_encode(const struct code *c, const float *w, struct coded_layer *out)
{
    assert(c->scheme != SCHEME_FLOAT && out->n_spans == span_count(c, out->O));
    const struct fixed q = fixed_make(c->weight_bits, c->frac_bits, c->rounding);
    const size_t n = (size_t)out->O * (size_t)out->I, span = n / (size_t)out->n_spans;

    if (c->scheme == SCHEME_FIXED_POINT) {
        out->reference[0] = 0;
        quantise_all(q, w, out->delta, n);
        return;
    }
    const struct compress k = compress_make(c);
    for (int s = 0; s < out->n_spans; s++) {
        const size_t at = (size_t)s * span;
        int32_t *delta = out->delta + at;
        out->reference[s] = span_reference(c, w + at, span);
        if (c->scheme == SCHEME_FIXED_REFERENCE) {
            encode_to_reference(compress_to(k, out->reference[s]), q, out->reference[s], w + at, delta, span);
            if (first_is_reference(c))
                delta[0] = 0;
        } else {
            quantise_all(q, w + at, delta, span);
            encode_consecutive(c, k, delta, span);
        }
    }
}

/* Both decoders in one: the rebuilt integer goes to w or, times 2^-f, to real. */
static void decode(const struct code *c, const struct coded_layer *layer, int32_t *w, float *real)
{
    const size_t n = (size_t)layer->O * (size_t)layer->I, span = n / (size_t)layer->n_spans;
    const int64_t step = INT64_C(1) << code_delta_shift(c);
    const float unit = 1.0f / (float)(1 << c->frac_bits);
    for (int s = 0; s < layer->n_spans; s++) {
        int64_t sum = layer->reference[s];
        for (size_t i = (size_t)s * span; i < ((size_t)s + 1) * span; i++) {
            const int64_t next = sum + layer->delta[i] * step;
            const int64_t rebuilt = fixed_saturate(next, c->weight_bits);
            if (w != NULL)
                w[i] = (int32_t)rebuilt;
            else
                real[i] = (float)rebuilt * unit;
            if (c->scheme == SCHEME_CONSECUTIVE || c->scheme == SCHEME_CONSECUTIVE_OPEN)
                sum = next;
        }
    }
}

void codec_decode(const struct code *c, const struct coded_layer *layer, int32_t *w)
{
    decode(c, layer, w, NULL);
}

void codec_decode_float(const struct code *c, const struct coded_layer *layer, float *w)
{
    decode(c, layer, NULL, w);
}

/* Rows are chains of their own; this many at a time hide each other's latency. */
enum { CHAINS = 4 };

static bool steps_freely(struct compress k)
{
    return k.shift == 0 && k.mag_lo == 0;
}

static void apply_closed_chains(struct compress k, float step, const int32_t *restrict x, float *restrict rebuilt,
                                size_t n)
{
    int32_t sum[CHAINS];
    for (size_t c = 0; c < CHAINS; c++) {
        sum[c] = x[c * n];
        rebuilt[c * n] = (float)sum[c] * step;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t c = 0; c < CHAINS; c++) {
            sum[c] = clamp(x[c * n + i], sum[c] + k.code_lo, sum[c] + k.code_hi);
            rebuilt[c * n + i] = (float)sum[c] * step;
        }
}

static void apply_closed(struct compress k, float step, const int32_t *restrict x, float *restrict rebuilt, size_t n)
{
    int32_t sum = x[0];
    rebuilt[0] = (float)sum * step;
    if (steps_freely(k)) {
        /* Without an offset the next weight is the wanted one, moved into reach of the
         * last: three operations in the serial chain instead of nine. */
        for (size_t i = 1; i < n; i++) {
            sum = clamp(x[i], sum + k.code_lo, sum + k.code_hi);
            rebuilt[i] = (float)sum * step;
        }
        return;
    }
    for (size_t i = 1; i < n; i++) {
        sum += compress_closed(k, x[i] - sum, sum) * (1 << k.shift);
        rebuilt[i] = (float)sum * step;
    }
}

static void apply_open(const struct code *c, struct compress k, float step, const int32_t *restrict x,
                       float *restrict rebuilt, size_t n)
{
    int64_t sum = x[0];
    rebuilt[0] = (float)x[0] * step;
    for (size_t i = 1; i < n; i++) {
        sum += (int64_t)compress_delta(k, x[i] - x[i - 1]) * (1 << k.shift);
        rebuilt[i] = (float)fixed_saturate(sum, c->weight_bits) * step;
    }
}

void codec_apply(const struct code *c, const float *w, int O, int I, struct coded_layer *scratch, float *rebuilt,
                 float *pass)
{
    const size_t n = (size_t)O * (size_t)I;
    if (c->scheme == SCHEME_FLOAT) {
        for (size_t i = 0; i < n; i++)
            rebuilt[i] = w[i];
        for (size_t i = 0; pass != NULL && i < n; i++)
            pass[i] = 1.0f;
        return;
    }
    const struct fixed q = fixed_make(c->weight_bits, c->frac_bits, c->rounding);
    if (pass != NULL)
        mark_inside(q, w, pass, n);
    if (c->scheme == SCHEME_FIXED_POINT) {
        quantise_to_float(q, w, rebuilt, n);
        return;
    }
    const struct compress k = compress_make(c);
    const int n_spans = span_count(c, O);
    const size_t span = n / (size_t)n_spans;
    size_t at = 0;
    if (c->scheme == SCHEME_CONSECUTIVE && steps_freely(k))
        for (; at + CHAINS * span <= n; at += CHAINS * span) {
            quantise_all(q, w + at, scratch->delta + at, CHAINS * span);
            apply_closed_chains(k, q.step, scratch->delta + at, rebuilt + at, span);
        }
    for (; at < n; at += span) {
        if (c->scheme == SCHEME_FIXED_REFERENCE) {
            const int32_t reference = span_reference(c, w + at, span);
            apply_to_reference(compress_to(k, reference), q, reference, w + at, rebuilt + at, span);
            if (first_is_reference(c))
                rebuilt[at] = (float)reference * q.step;
            continue;
        }
        quantise_all(q, w + at, scratch->delta + at, span);
        if (c->scheme == SCHEME_CONSECUTIVE)
            apply_closed(k, q.step, scratch->delta + at, rebuilt + at, span);
        else
            apply_open(c, k, q.step, scratch->delta + at, rebuilt + at, span);
    }
}

int64_t codec_storage_bits(const struct code *c, int O, int I)
{
    const int64_t n = (int64_t)O * I, spans = span_count(c, O);
    if (c->scheme == SCHEME_FLOAT)
        return 32 * n;
    if (c->scheme == SCHEME_FIXED_POINT)
        return n * c->weight_bits;
    const int64_t width = code_delta_width(c);
    if (first_is_reference(c))
        return spans * c->weight_bits + (n - spans) * width;
    return (c->reference == REFERENCE_MEAN ? spans * c->weight_bits : 0) + n * width;
}
