/* The row of Lattice's ECP5, and how its parts follow from a few counts. */
#pragma once

#include "models/fpga/device/family.h"

enum { ECP5_BRAM_BITS = 18 * 1024, ECP5_LUTRAM_BITS = 16 };

/* ECP5_PART: a struct device. Source of LUTs, multipliers and block RAMs: nextpnr-ecp5 0.11.1 for the 25F, 45F and 85F;
 * the ECP5 Family Data Sheet, FPGA-DS-02012, table 1.1, for the 12F, which has the die of the 25F. Half of the LUTs can
 * be memory, 16 bits each. A slice has two LUTs and two flip-flops. block_rams is even. */
#define ECP5_PART(part, lut_count, block_rams, multipliers)                                                            \
    {                                                                                                                  \
        .name = (part), .family = &ecp5, .package = "cabga381", .slices = (lut_count) / 2, .lut = (lut_count),         \
        .ff = (lut_count), .dsp = (multipliers), .bram36 = (block_rams) / 2, .lutram_luts = (lut_count) / 2,           \
        .bram_bits = (int64_t)(block_rams) * ECP5_BRAM_BITS,                                                           \
        .lutram_bits = (int64_t)(lut_count) / 2 * ECP5_LUTRAM_BITS,                                                    \
    }
