/* Some odd accelerators. */
#pragma once

#include "tests/support/accel_common.h"

#define FIXED(w, f)                                                                                                    \
    {                                                                                                                  \
        .scheme = SCHEME_FIXED_POINT, .weight_bits = (w), .frac_bits = (f)                                             \
    }
#define DELTA(s, w, f, d, o, ...)                                                                                      \
    {                                                                                                                  \
        .scheme = (s), .weight_bits = (w), .frac_bits = (f), .delta_bits = (d), .delta_offset = (o), __VA_ARGS__       \
    }

/* Between them: every scheme, W 4 to 10, f 1 to W - 1, D 1 to 6 with o 0 to 2, DSP lanes none, odd, all, paired and
 * not, all memories, P that does not divide a layer, is more than its inputs or more than its neurons, one layer, one
 * neuron. */
static const struct accel_case accel_cases[] = {
    {"fixed-point", {13, 7, 5, 3}, FIXED(8, 5), 4, 0, WEIGHT_MEMORY_BLOCK, 0},
    {"all lanes on DSPs, in pairs",
     {9, 11, 4},
     DELTA(SCHEME_FIXED_REFERENCE, 8, 5, 4, 1, .reference = REFERENCE_MEAN, .span = SPAN_ROW),
     3,
     3,
     WEIGHT_MEMORY_LUT,
     0},
    {"fewer inputs than lanes, one-bit codes",
     {5, 17, 6},
     DELTA(SCHEME_FIXED_REFERENCE, 4, 1, 1, 2, .reference = REFERENCE_MEAN, .span = SPAN_ROW),
     8,
     5,
     WEIGHT_MEMORY_BLOCK,
     0},
    {"one layer, reference zero",
     {20, 6},
     DELTA(SCHEME_FIXED_REFERENCE, 10, 9, 6, 2, .reference = REFERENCE_ZERO),
     16,
     7,
     WEIGHT_MEMORY_BOTH,
     1},
    {"one neuron of one input", {1, 1}, FIXED(5, 4), 1, 1, WEIGHT_MEMORY_LUT, 0},
    {"consecutive by rows",
     {30, 10, 10},
     DELTA(SCHEME_CONSECUTIVE, 8, 6, 3, 0, .span = SPAN_ROW),
     4,
     0,
     WEIGHT_MEMORY_BLOCK,
     0},
    {"consecutive by layers",
     {33, 12, 7, 5},
     DELTA(SCHEME_CONSECUTIVE, 9, 3, 5, 1, .span = SPAN_LAYER),
     5,
     5,
     WEIGHT_MEMORY_BOTH,
     1},
    {"consecutive-open",
     {16, 9, 3},
     DELTA(SCHEME_CONSECUTIVE_OPEN, 7, 5, 4, 0, .span = SPAN_LAYER),
     2,
     1,
     WEIGHT_MEMORY_LUT,
     0},
    {"an odd lane in the last pair",
     {70, 13, 10},
     DELTA(SCHEME_FIXED_REFERENCE, 8, 7, 2, 2, .reference = REFERENCE_MEAN),
     10,
     9,
     WEIGHT_MEMORY_BLOCK,
     0},
    {"layers with codes of 4, 1 and 3 bits and points of their own",
     {21, 12, 9, 4},
     DELTA(SCHEME_FIXED_REFERENCE, 8, 5, 4, 2, .reference = REFERENCE_MEDIAN, .span = SPAN_ROW, .n_formats = 3,
           .formats = {{7, 4, 2}, {9, 1, 2}, {4, 3, 2}}),
     5,
     4,
     WEIGHT_MEMORY_BOTH,
     1},
    {"consecutive layers of 2 and 5 bits",
     {17, 8, 6},
     DELTA(SCHEME_CONSECUTIVE, 8, 6, 2, 1, .span = SPAN_ROW, .n_formats = 2, .formats = {{6, 2, 1}, {3, 5, 1}}),
     3,
     1,
     WEIGHT_MEMORY_LUT,
     0},
    {"ternary, every second lane shared",
     {40, 9, 5},
     DELTA(SCHEME_FIXED_REFERENCE, 8, 6, 2, 3, .codec = CODEC_TERNARY, .reference = REFERENCE_MEAN, .span = SPAN_ROW),
     6,
     6,
     WEIGHT_MEMORY_BLOCK,
     0},
    {"narrow and deep",
     {3, 2, 2, 2, 9},
     DELTA(SCHEME_FIXED_REFERENCE, 6, 2, 6, 0, .reference = REFERENCE_MEAN),
     7,
     3,
     WEIGHT_MEMORY_LUT,
     0},
};
enum { ACCEL_CASES = sizeof accel_cases / sizeof accel_cases[0] };

#undef FIXED
#undef DELTA
