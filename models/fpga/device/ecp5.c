/* Lattice's ECP5. It has no delay library here, so its designs have cells and a fit, but no clock. */
#include "models/fpga/device/ecp5.h"

/* A CCU2C is the carry of a slice, and takes its two LUTs. A PFUMX or L6MUX21 joins LUTs of one slice and takes none.
 * A memory of 16 x 4 bits takes four LUTs, and the two of the slice whose inputs are its write port. Source:
 * FPGA-DS-02012, section 2.2. A block RAM is a DP16KD or a PDPW16KD; both count as the smaller kind. */
static const struct cell_cost cells[] = {
    {"LUT4", {.lut = 1}},
    {"INV", {.lut = 1}},
    {"CCU2C", {.lut = 2}},
    {"PFUMX", {0}},
    {"L6MUX21", {0}},
    {"TRELLIS_FF", {.ff = 1}},
    {"TRELLIS_DPR16X4", {.lut = 6, .lutram = 4}},
    {"MULT18X18D", {.dsp = 1}},
    {"DP16KD", {.bram18 = 1}},
    {"PDPW16KD", {.bram18 = 1}},
    {"VHI", {0}},
    {"VLO", {0}},
};

const struct family ecp5 = {
    .name = "ECP5",
    .bram18_bits = ECP5_BRAM_BITS,
    .lutram_bits = ECP5_LUTRAM_BITS,
    .has_accelerator = true,
    .synth = "synth_ecp5",
    .no_dsp = " -nodsp",
    .map_luts = "synth/ecp5_luts.ys",
    .report = "synth/ecp5_report.ys",
    .cells = cells,
    .n_cells = sizeof cells / sizeof cells[0],
};
