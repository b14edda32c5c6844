/* AMD's 7 series: Spartan-7 and Artix-7. */
#include "models/fpga/device/series7.h"

/* Source of the LUTs per memory cell: UG474. */
static const struct cell_cost cells[] = {
    {"LUT1", {.lut = 1}},
    {"LUT2", {.lut = 1}},
    {"LUT3", {.lut = 1}},
    {"LUT4", {.lut = 1}},
    {"LUT5", {.lut = 1}},
    {"LUT6", {.lut = 1}},
    {"LUT6_2", {.lut = 1}},
    {"INV", {.lut = 1}},
    {"MUXF7", {.muxf7 = 1}},
    {"MUXF8", {.muxf8 = 1}},
    {"CARRY4", {.carry4 = 1}},
    {"FDRE", {.ff = 1}},
    {"FDSE", {.ff = 1}},
    {"FDCE", {.ff = 1}},
    {"FDPE", {.ff = 1}},
    {"LDCE", {.ff = 1}},
    {"LDPE", {.ff = 1}},
    {"DSP48E1", {.dsp = 1}},
    {"RAMB18E1", {.bram18 = 1}},
    {"RAMB36E1", {.bram36 = 1}},
    {"SRL16E", {.lut = 1, .lutram = 1}},
    {"SRLC32E", {.lut = 1, .lutram = 1}},
    {"RAM32X1S", {.lut = 1, .lutram = 1}},
    {"RAM64X1S", {.lut = 1, .lutram = 1}},
    {"RAM128X1S", {.lut = 2, .lutram = 2}},
    {"RAM256X1S", {.lut = 4, .lutram = 4}},
    {"RAM32X1D", {.lut = 2, .lutram = 2}},
    {"RAM64X1D", {.lut = 2, .lutram = 2}},
    {"RAM128X1D", {.lut = 4, .lutram = 4}},
    {"RAM32M", {.lut = 4, .lutram = 4}},
    {"RAM64M", {.lut = 4, .lutram = 4}},
    {"BUFG", {0}},
    {"IBUF", {0}},
    {"OBUF", {0}},
    {"VCC", {0}},
    {"GND", {0}},
};

/* What a delay at -1 becomes at -2. Sources: [routed] Vivado 2024.2 reports of the XC7S15-2 and the XC7A35T-1L in
 * es-ude/elastic-ai.hw-measurements; [bram] AMD DS189 v1.10, table 30. */
static const struct speed_factor factors[] = {
    {"LUT", 0.105 / 0.124, 1.0},                     /* [routed] */
    {"INV", 0.105 / 0.124, 1.0},                     /* a LUT */
    {"MUXF7", 0.180 / 0.2275, 1.0},                  /* [routed], middle of 0.214-0.241 */
    {"MUXF8", 0.077 / 0.100, 1.0},                   /* [routed] */
    {"FD", 0.3905 / 0.4685, 0.3905 / 0.4685},        /* [routed], middles of 0.348-0.433 and 0.419-0.518 */
    {"XC7_RAMB_PORT_REG", 0.74 / 0.89, 0.49 / 0.57}, /* [bram] */
    {"XC7_RAMB_PORT", 2.13 / 2.46, 0.49 / 0.57},     /* [bram] */
    {"", 0.105 / 0.124, 0.105 / 0.124},              /* carries, DSPs, LUT RAM: estimate, as a LUT */
};

/* static_mw: of an XC7S15-2, typical, 25 °C. Source: Vivado's power report in es-ude/elastic-ai.hw-measurements.
 *
 * logic_fj: with clock tree and routing, without pads. Source: the same report, 10 mW at 100 MHz in 589 + 1,174 cells.
 * The report of the XC7S50-1 gives the same, that of the XC7A35T-1L (0.95 V) 38 fJ, that of a CPU
 * (kiranjayasena-netizen/systemverilog-fpga-cpu, XC7A35T-1) 23 fJ: a quiet design needs less.
 *
 * bram18_fj: enabled in every clock. Source: the report of that CPU, 4 mW at 100 MHz for two. (120 idle RAMB36 take
 * 9 mW in the report of nova-studios-hw/novagpu-ts1t, XC7A100T-1: 0.4 pJ a half.)
 *
 * dsp_fj: Source: the report of novagpu-ts1t, 10 mW at 100 MHz for 19. Their activity is not known: that the figure fits
 * lanes which multiply in every clock is an assumption.
 *
 * synth: -nowidelut needs 7 % fewer LUTs over our operators at the same speed, and no MUXF. map_luts: ABC needs fewer LUTs
 * than ABC9, and the ABC9 of Yosys 0.23 makes wrong netlists of cascaded DSPs (docs/estimates.md). */
const struct family series7 = {
    .name = "7-series",
    .bram18_bits = SERIES7_BRAM18_BITS,
    .lutram_bits = SERIES7_LUTRAM_BITS,
    .has_accelerator = true,
    .synth = "synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nowidelut",
    .no_dsp = " -nodsp",
    .map_luts = "synth/abc.ys",
    .report = "synth/report.ys",
    .cells = cells,
    .n_cells = sizeof cells / sizeof cells[0],
    .library = "synth/xc7_speed1.lib",
    .map = "synth/timing_map.v",
    .factors = factors,
    .near_ns = {0.68, 0.63}, /* means of [routed] */
    .far_ns = {1.70, 1.70},
    .static_mw = 20.0,
    .logic_fj = 57.0,
    .bram18_fj = 20000.0,
    .dsp_fj = 5260.0,
};
