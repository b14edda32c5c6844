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

#endif
