/* A family of FPGAs: what all its parts have in common. Each family is a row, as in series7.c. A new one needs its row
 * here and in a file of its own, the rows of its parts in device.c, and in rtl/synth a report script. A family without
 * a delay library has no estimate of logic, clock and power: its columns stay NULL. */
#pragma once

#include "models/fpga/device/resources.h"

#include <stdbool.h>
#include <stddef.h>

enum speed_grade { SPEED_1, SPEED_2, SPEED_COUNT };

/* What one cell of a netlist takes. LUTs as memory count in both lut and lutram. */
struct cell_cost {
    const char *type;
    struct resources cost;
};

/* What a delay at the first speed grade becomes at the second, by the cell's name. */
struct speed_factor {
    const char *cell; /* the beginning of its name; "" is the last row, for all others */
    double delay, setup;
};

struct family {
    const char *name;            /* "7-series" */
    int bram18_bits;             /* of one block RAM of the smaller kind */
    int lutram_bits;             /* of a LUT as memory */

    /* Whether the accelerator's memories and lanes are made for it; every family has operators. */
    bool has_accelerator;

    /* Synthesis. The files stand in rtl/. */
    const char *synth;           /* Yosys's command with its options, but for -top: "synth_xilinx -family xc7 …" */
    const char *no_dsp;          /* its option for multipliers in LUTs: " -nodsp"; "": it needs none */
    const char *map_luts;        /* a script for its step map_luts and those after it, with ABC */
    const char *report;          /* the script after it: counts, and the netlist for timing */
    const struct cell_cost *cells;
    size_t n_cells;

    /* Timing. The two files stand in rtl/. */
    const char *library;         /* Liberty text of the first speed grade; NULL: there is none, and no timing */
    const char *map;             /* of cells to those of the library */
    const struct speed_factor *factors;
    double near_ns[SPEED_COUNT], far_ns[SPEED_COUNT]; /* a routed net up to fanout 5, and from 70 on */

    /* Power. Energies are of one clock: of each LUT and each flip-flop, of a RAMB18, of a DSP. */
    double static_mw, logic_fj, bram18_fj, dsp_fj;
};

extern const struct family series7, ecp5;
