/* Signed fixed-point numbers Q(W, f): W bits with the sign, f of them fraction.
 * value = integer · 2^-f, integer in [-2^(W-1), 2^(W-1)-1]. */
#ifndef DELTASWEEP_FIXED_H
#define DELTASWEEP_FIXED_H

#include <stdint.h>

enum rounding { ROUNDING_CUT, ROUNDING_NEAREST }; /* toward zero; to nearest, ties away from zero */

static inline int64_t fixed_min(int bits) { return -(INT64_C(1) << (bits - 1)); }
static inline int64_t fixed_max(int bits) { return (INT64_C(1) << (bits - 1)) - 1; }

/* fixed_saturate: the nearest integer that bits (1..63) can hold. */
static inline int64_t fixed_saturate(int64_t x, int bits)
{
    const int64_t lo = fixed_min(bits), hi = fixed_max(bits);
    return x < lo ? lo : x > hi ? hi : x;
}

/* One Q(W, f) with its rounding, as the float constants that loops need; W ≤ 16, so
 * that all of them are exact. */
struct fixed {
    float scale, step; /* 2^f, 2^-f */
    float lo, hi;      /* least and greatest integer */
    float half;        /* a fraction this large rounds away from zero: 0.5, or 2 (never) for cut */
};

static inline struct fixed fixed_make(int weight_bits, int frac_bits, enum rounding rounding)
{
    const struct fixed q = {
        .scale = (float)(INT64_C(1) << frac_bits),
        .step = 1.0f / (float)(INT64_C(1) << frac_bits),
        .lo = (float)fixed_min(weight_bits),
        .hi = (float)fixed_max(weight_bits),
        .half = rounding == ROUNDING_NEAREST ? 0.5f : 2.0f,
    };
    return q;
}

/* fixed_quantise: the integer of x: clamped to the range, then rounded; NaN gives the
 * least. The fraction left by the cut is exact, so ties are seen exactly (adding 0.5
 * first would round 0.49999997 up). No branch: loops over it vectorise. */
static inline __attribute__((always_inline)) int32_t fixed_quantise(const struct fixed q, float x)
{
    float s = x * q.scale;
    s = s > q.lo ? s : q.lo;
    s = s < q.hi ? s : q.hi;
    const int32_t whole = (int32_t)s;
    const float rest = s - (float)whole;
    return whole + (rest >= q.half) - (rest <= -q.half);
}

/* fixed_inside: the clamp of fixed_quantise did not act. */
static inline __attribute__((always_inline)) int fixed_inside(const struct fixed q, float x)
{
    const float s = x * q.scale;
    return (s >= q.lo) & (s <= q.hi);
}

#endif
