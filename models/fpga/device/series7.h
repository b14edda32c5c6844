/* The row of the 7 series, and how its parts follow from a few counts. */
#pragma once

#include "models/fpga/device/family.h"

enum { SERIES7_BRAM18_BITS = 18 * 1024, SERIES7_LUTRAM_BITS = 64, SERIES7_SLICE_LUTS = 4, SERIES7_SLICE_FFS = 8 };

/* SERIES7_PART: a struct device. DS180 v2.5 gives slices, DSPs, block RAMs and LUT RAM in Kb. A slice has one CARRY4,
 * two MUXF7 and one MUXF8. A slice that can be memory (SLICEM) holds 256 bits, so the LUT RAM tells how many those are;
 * the 313 Kb of the XC7S25 are 312.5 rounded, 1,250 slices. */
#define SERIES7_PART(part, its_package, slice_count, memory_slices, dsp_count, bram36_count)                           \
    {                                                                                                                  \
        .name = (part), .family = &series7, .package = (its_package), .slices = (slice_count),                         \
        .lut = SERIES7_SLICE_LUTS * (slice_count), .ff = SERIES7_SLICE_FFS * (slice_count), .carry4 = (slice_count),   \
        .muxf7 = 2 * (slice_count), .muxf8 = (slice_count), .dsp = (dsp_count), .bram36 = (bram36_count),              \
        .lutram_luts = SERIES7_SLICE_LUTS * (memory_slices),                                                           \
        .bram_bits = 2 * (int64_t)(bram36_count) * SERIES7_BRAM18_BITS,                                                \
        .lutram_bits = (int64_t)(memory_slices) * SERIES7_SLICE_LUTS * SERIES7_LUTRAM_BITS,                            \
    }
