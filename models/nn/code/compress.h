/* How a difference of two integers becomes a delta: what models/nn/code/codec.c stores and
 * models/nn/code/codec_apply.c trains with. For these two alone. */
#pragma once

#include "models/nn/code/code.h"
#include "models/nn/layout/simd.h"

#include <stddef.h>
#include <stdint.h>

/* A difference d for all codecs in one branchless form: magnitude = clamp((|d| + add) >> shift,
 * mag_lo, mag_hi), then d's sign, then clamp to [code_lo, code_hi]. */
struct compress {
    int32_t add, shift, mag_lo, mag_hi, code_lo, code_hi;
    int32_t min, max; /* of a W-bit integer */
    int32_t smaller;  /* 1: a code that leaves the range has a smaller one that does not; 0: it has none */
};

static inline struct compress compress_make(const struct code *c)
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
    k.add = c->rounding != ROUNDING_CUT && c->delta_offset > 0 ? 1 << (c->delta_offset - 1) : 0;
    k.mag_hi = INT32_MAX;
    k.smaller = 1;
    k.code_lo = c->codec == CODEC_TERNARY ? -1 : (int32_t)fixed_min(c->delta_bits);
    k.code_hi = c->codec == CODEC_TERNARY ? 1 : (int32_t)fixed_max(c->delta_bits);
    return k;
}

NN_INLINE int32_t compress_clamp(int32_t x, int32_t lo, int32_t hi)
{
    x = x < lo ? lo : x;
    return x > hi ? hi : x;
}

/* compress_wanted: the code of d before any clamp; compress_delta: the code. */
NN_INLINE int32_t compress_wanted(const struct compress k, int32_t d)
{
    const int32_t magnitude = ((d < 0 ? -d : d) + k.add) >> k.shift;
    return d < 0 ? -magnitude : magnitude;
}

NN_INLINE int32_t compress_delta(const struct compress k, int32_t d)
{
    const int32_t magnitude = compress_clamp(((d < 0 ? -d : d) + k.add) >> k.shift, k.mag_lo, k.mag_hi);
    return compress_clamp(d < 0 ? -magnitude : magnitude, k.code_lo, k.code_hi);
}

/* compress_to: the codes of deltas to a reference. An exact code that would round up past Q(W, f) becomes the
 * nearest that stays, one step less: reference and code then give the weight without saturation. The paper's has
 * no smaller one, and its decoder saturates. */
NN_INLINE struct compress compress_to(struct compress k, int32_t reference)
{
    if (k.smaller) {
        k.code_hi = compress_clamp((k.max - reference) >> k.shift, 0, k.code_hi);
        k.code_lo = -compress_clamp((reference - k.min) >> k.shift, 0, -k.code_lo);
    }
    return k;
}

/* compress_closed: one delta of the closed loop. A code whose sum would leave Q(W, f) is replaced by the
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

/* compress_first: the first weight of a span is its reference. */
static inline int compress_first(const struct code *c)
{
    return c->scheme != SCHEME_FIXED_REFERENCE || c->reference == REFERENCE_FIRST;
}

/* codec_quantise: n weights as integers of W bits. */
void codec_quantise(struct fixed q, const float *w, int32_t *x, size_t n);

/* codec_references: those of all spans of a delta code, from float weights (and the masters of learned ones).
 * work: as many integers as the layer has weights, overwritten. */
void codec_references(const struct code *c, struct spans cut, const float *w, const float *masters, int32_t *work,
                      int32_t *reference);
