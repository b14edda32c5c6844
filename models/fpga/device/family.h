/* A family of FPGAs: what all its parts have in common. Each family is a row, as in series7.c. A new one needs its row
 * and a header with the macro for its parts, their rows in device.c, and in rtl/synth a delay library, a cell map and a
 * report script. */
#pragma once

#include "models/fpga/device/resources.h"

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

    /* Synthesis. The three files stand in rtl/. */
    const char *synth;           /* Yosys's command up to its options: "synth_xilinx -family xc7" */
    const char *report, *map;    /* after it: script for counts and netlist; map of cells to those of the library */
    const struct cell_cost *cells;
    size_t n_cells;

    /* Timing. */
    const char *library;         /* Liberty text of the first speed grade, in rtl/ */
    const struct speed_factor *factors;
    double near_ns[SPEED_COUNT], far_ns[SPEED_COUNT]; /* a routed net up to fanout 5, and from 70 on */

    /* Power. Energies are of one clock: of each LUT and each flip-flop, of a RAMB18, of a DSP. */
    double static_mw, logic_fj, bram18_fj, dsp_fj;
};

extern const struct family series7;
