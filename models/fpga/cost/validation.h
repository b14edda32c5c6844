/* Published figures of designs built with Vivado, beside what our own flow makes of the same Verilog. */
#pragma once

/* The error band of an estimated fmax, as factors: the least and the greatest of published over estimated clock in the
 * rows of critical paths. */
#define VALIDATION_FMAX_LOW 0.75
#define VALIDATION_FMAX_HIGH 1.18

struct validation_row {
    const char *name;         /* the design, the part and its speed grade */
    const char *source;       /* who published it, where */
    const char *metric;       /* "lut", "ff", "critical_path_ns", "power_mw", … */
    double published, ours;   /* in the metric's unit */
    double error;             /* ours / published - 1 */
};

/* validation_rows: all of them, grouped by metric; *n is how many. How ours was measured: docs/estimates.md. */
const struct validation_row *validation_rows(int *n);
