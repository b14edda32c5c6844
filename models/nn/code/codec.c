#include "models/nn/code/codec.h"
#include "models/nn/code/compress.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

NN_CLONES void codec_quantise(struct fixed q, const float *restrict w, int32_t *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fixed_quantise(q, w[i]);
}

/* ------------------------------------------------------------------------------------------ references */

/* The sum runs in NN_LANES fixed lanes, so that it vectorises and is the same
 * everywhere. */
NN_INLINE double mean_of(const float *w, size_t n)
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

NN_CLONES static void means(struct spans cut, const float *restrict w, float lift, float *restrict mean)
{
    for (size_t s = 0; s < cut.n; s++)
        mean[s] = (float)(mean_of(w + spans_begin(cut, s), spans_size(cut, s)) + (double)lift);
}

NN_CLONES static void mean_references(struct fixed q, struct spans cut, const float *restrict w, float lift,
                                      int32_t *restrict reference)
{
    for (size_t s = 0; s < cut.n; s++)
        reference[s] = fixed_quantise(q, (float)(mean_of(w + spans_begin(cut, s), spans_size(cut, s)) + (double)lift));
}

/* Rounding is monotone, so the median of the quantised numbers is the quantised median. It is the least of the
 * 2^W numbers that has at least half of the span at or below it: W passes that only compare. */
NN_INLINE int32_t median_of(struct fixed q, const int32_t *restrict x, size_t n)
{
    int32_t lo = (int32_t)q.lo, hi = (int32_t)q.hi;
    while (lo < hi) {
        const int32_t middle = lo + (hi - lo) / 2;
        int32_t below = 0; /* or equal; n is less than 2^32, and a count of all would end the search as well */
        for (size_t i = 0; i < n; i++)
            below += x[i] <= middle;
        if (2 * (uint64_t)(uint32_t)below >= n)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

NN_CLONES static void median_references(struct fixed q, struct spans cut, const float *restrict w, float lift,
                                        int32_t *restrict x, int32_t *restrict reference)
{
    for (size_t i = 0; i < cut.n / cut.per_line * cut.line; i++)
        x[i] = fixed_quantise(q, w[i] + lift);
    for (size_t s = 0; s < cut.n; s++)
        reference[s] = median_of(q, x + spans_begin(cut, s), spans_size(cut, s));
}

float codec_lift(const struct code *c)
{
    if (c->scheme != SCHEME_FIXED_REFERENCE || c->codec != CODEC_EXACT || c->delta_bits != 1)
        return 0;
    return ldexpf(0.5f, c->delta_offset - c->frac_bits);
}

void codec_masters(const struct code *c, const float *w, int O, int I, float *masters)
{
    means(code_spans(c, O, I), w, codec_lift(c), masters);
}

void codec_references(const struct code *c, struct spans cut, const float *w, const float *masters, int32_t *work,
                      int32_t *reference)
{
    const struct fixed nearest = fixed_make(c->weight_bits, c->frac_bits, ROUNDING_NEAREST),
                       own = fixed_make(c->weight_bits, c->frac_bits, c->rounding);
    const enum reference kind = scheme_has_reference(c->scheme) ? c->reference : REFERENCE_FIRST;
    switch (kind) {
    case REFERENCE_MEAN:
        mean_references(nearest, cut, w, codec_lift(c), reference);
        return;
    case REFERENCE_MEDIAN:
        median_references(nearest, cut, w, codec_lift(c), work, reference);
        return;
    case REFERENCE_LEARNED:
        assert(masters != NULL);
        codec_quantise(nearest, masters, reference, cut.n);
        return;
    default:
        for (size_t s = 0; s < cut.n; s++)
            reference[s] = kind == REFERENCE_FIRST ? fixed_quantise(own, w[spans_begin(cut, s)]) : 0;
    }
}

/* ------------------------------------------------------------------------------------ encode and decode */

NN_CLONES static void encode_to_references(struct compress k, struct fixed q, struct spans cut,
                                           const int32_t *restrict reference, const float *restrict w,
                                           int32_t *restrict delta)
{
    for (size_t s = 0; s < cut.n; s++) {
        const struct compress near = compress_to(k, reference[s]);
        const size_t begin = spans_begin(cut, s), end = begin + spans_size(cut, s);
        for (size_t i = begin; i < end; i++)
            delta[i] = compress_delta(near, fixed_quantise(q, w[i]) - reference[s]);
    }
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

void codec_encode(const struct code *c, const float *w, const float *masters, struct coded_layer *out)
{
    const struct spans cut = code_spans(c, out->O, out->I);
    const struct fixed q = fixed_make(c->weight_bits, c->frac_bits, c->rounding);
    const size_t n = (size_t)out->O * (size_t)out->I;
    assert(c->scheme != SCHEME_FLOAT && (size_t)out->n_spans == cut.n);

    if (c->scheme == SCHEME_FIXED_POINT) {
        out->reference[0] = 0;
        codec_quantise(q, w, out->delta, n);
        return;
    }
    const struct compress k = compress_make(c);
    codec_references(c, cut, w, masters, out->delta, out->reference);
    if (c->scheme == SCHEME_FIXED_REFERENCE) {
        encode_to_references(k, q, cut, out->reference, w, out->delta);
        for (size_t s = 0; c->reference == REFERENCE_FIRST && s < cut.n; s++)
            out->delta[spans_begin(cut, s)] = 0;
        return;
    }
    codec_quantise(q, w, out->delta, n);
    for (size_t s = 0; s < cut.n; s++)
        encode_consecutive(c, k, out->delta + spans_begin(cut, s), spans_size(cut, s));
}

/* Both decoders in one: the rebuilt integer goes to w or, times 2^-f, to real. */
static void decode(const struct code *c, const struct coded_layer *layer, int32_t *w, float *real)
{
    const struct spans cut = code_spans(c, layer->O, layer->I);
    const int64_t step = INT64_C(1) << code_delta_shift(c);
    const float unit = 1.0f / (float)(1 << c->frac_bits);
    for (size_t s = 0; s < cut.n; s++) {
        const size_t begin = spans_begin(cut, s), end = begin + spans_size(cut, s);
        int64_t sum = layer->reference[s];
        for (size_t i = begin; i < end; i++) {
            const int64_t next = sum + layer->delta[i] * step;
            const int64_t rebuilt = fixed_saturate(next, c->weight_bits);
            if (w != NULL)
                w[i] = (int32_t)rebuilt;
            else
                real[i] = (float)rebuilt * unit;
            if (scheme_is_consecutive(c->scheme))
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

double codec_error(const struct code *c, const struct coded_layer *layer, const float *w)
{
    const struct spans cut = code_spans(c, layer->O, layer->I);
    const int64_t step = INT64_C(1) << code_delta_shift(c);
    const double unit = ldexp(1, -c->frac_bits);
    double error = 0;
    for (size_t s = 0; s < cut.n; s++) {
        const size_t begin = spans_begin(cut, s), end = begin + spans_size(cut, s);
        int64_t sum = layer->reference[s];
        for (size_t i = begin; i < end; i++) {
            const int64_t next = sum + layer->delta[i] * step;
            const double off = (double)fixed_saturate(next, c->weight_bits) * unit - (double)w[i];
            error += off * off;
            if (scheme_is_consecutive(c->scheme))
                sum = next;
        }
    }
    return error;
}

/* --------------------------------------------------------------------------------------------- storage */

int64_t codec_storage_bits(const struct code *c, int O, int I)
{
    const int64_t n = (int64_t)O * I, spans = (int64_t)code_spans(c, O, I).n;
    if (c->scheme == SCHEME_FLOAT)
        return 32 * n;
    if (c->scheme == SCHEME_FIXED_POINT)
        return n * c->weight_bits;
    const int64_t width = code_delta_width(c);
    if (compress_first(c))
        return spans * c->weight_bits + (n - spans) * width;
    return (code_keeps_references(c) ? spans * c->weight_bits : 0) + n * width;
}

double codec_entropy_bits(const struct code *c, const struct coded_layer *layer)
{
    enum { VALUES = 1 << 16 }; /* a stored number has at most 16 bits */
    uint32_t seen[VALUES] = {0};
    const struct spans cut = code_spans(c, layer->O, layer->I);
    const bool skips = scheme_is_delta(c->scheme) && compress_first(c);
    double n = 0, bits = code_keeps_references(c) ? (double)cut.n * c->weight_bits : 0;
    for (size_t s = 0; s < cut.n; s++) {
        const size_t begin = spans_begin(cut, s), end = begin + spans_size(cut, s);
        for (size_t i = begin + skips; i < end; i++)
            seen[layer->delta[i] + VALUES / 2]++;
        n += (double)(end - begin - skips);
    }
    for (int v = 0; v < VALUES; v++)
        if (seen[v] > 0)
            bits += seen[v] * log2(n / seen[v]);
    return bits;
}
