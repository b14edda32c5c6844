/* Signed fixed-point numbers Q(W, f): W bits with the sign, f of them fraction.
 * value = integer · 2^-f, integer in [-2^(W-1), 2^(W-1)-1]. */
#pragma once

#include <math.h>
#include <stdint.h>

/* CUT: toward zero. NEAREST: to nearest, ties away from zero. STOCHASTIC: up with the probability of the fraction, in
 * training steps alone; what is stored at the end is rounded to nearest. */
enum rounding { ROUNDING_CUT, ROUNDING_NEAREST, ROUNDING_STOCHASTIC };

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
    float push;        /* added away from zero before the cut: just under 0.5, or 0; see fixed_quantise */
};

static inline struct fixed fixed_make(int weight_bits, int frac_bits, enum rounding rounding)
{
    struct fixed q; /* C++ reads this header, too: no designated initialisers */
    q.scale = (float)(INT64_C(1) << frac_bits);
    q.step = 1.0f / (float)(INT64_C(1) << frac_bits);
    q.lo = (float)fixed_min(weight_bits);
    q.hi = (float)fixed_max(weight_bits);
    q.push = rounding == ROUNDING_CUT ? 0.0f : 0x1.fffffep-2f;
    return q;
}

/* fixed_round: the integer of x as a float: clamped to the range, then rounded; NaN gives
 * the least. To nearest is a push away from zero by the greatest float below 0.5, then
 * the cut: a tie's sum rounds up to the next integer, and nothing else reaches it (0.5
 * itself would take 0.49999997 along). Exact below 2^23. No branch: loops vectorise. */
static inline __attribute__((always_inline)) float fixed_round(const struct fixed q, float x)
{
    float s = x * q.scale;
    s = s > q.lo ? s : q.lo;
    s = s < q.hi ? s : q.hi;
    return truncf(s + copysignf(q.push, s));
}

/* fixed_quantise: the same as an integer. */
static inline __attribute__((always_inline)) int32_t fixed_quantise(const struct fixed q, float x)
{
    float s = x * q.scale;
    s = s > q.lo ? s : q.lo;
    s = s < q.hi ? s : q.hi;
    return (int32_t)(s + copysignf(q.push, s));
}

/* fixed_inside: the clamp of fixed_quantise did not act. */
static inline __attribute__((always_inline)) int fixed_inside(const struct fixed q, float x)
{
    const float s = x * q.scale;
    return (s >= q.lo) & (s <= q.hi);
}
