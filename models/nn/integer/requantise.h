/* Batch norm in integers: the requantisation of a sum to the next layer's numbers. Formulas: docs/arithmetic.md. */
#pragma once

#include <stdint.h>

enum {
    REQUANTISE_T_BITS = 25,          /* A port of a DSP48E1 */
    REQUANTISE_MULTIPLIER_BITS = 18, /* B port */
    REQUANTISE_BIAS_BITS = 32,
    REQUANTISE_BIAS_SHIFT = 8,       /* a bias b is worth b · 2^8 in the C port */
    REQUANTISE_LEAST_SHIFT = 9,
    REQUANTISE_GREATEST_SHIFT = 40,
    REQUANTISE_SHIFT_BITS = 5,       /* of what a shift is above the least */
};

/* Batch norm of one neuron: y = (t · multiplier + bias · 2^8) >> shift. */
struct requantise {
    int32_t multiplier, bias;
    int shift;
};

/* requantise_apply: (t · m + b · 2^8) >> s, clamped to lo..hi. */
static inline int32_t requantise_apply(const struct requantise *q, int64_t t, int32_t lo, int32_t hi)
{
    const int64_t y = (t * q->multiplier + (int64_t)q->bias * (1 << REQUANTISE_BIAS_SHIFT)) >> q->shift;
    return y < lo ? lo : y > hi ? hi : (int32_t)y;
}
