/* Budgets of the FPGAs that deltasweep knows. Source: AMD DS180 v2.5. */
#ifndef DELTASWEEP_DEVICE_H
#define DELTASWEEP_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct device {
    const char *name; /* "xc7s15" */
    int slices, lut, ff, carry4, muxf7, muxf8, dsp, bram36;
    int lutram_luts;        /* LUTs usable as memory */
    int64_t bram_bits, lutram_bits;
};

/* device_find: NULL if there is no such part. */
const struct device *device_find(const char *name);
/* device_list: all of them; *n is how many. */
const struct device *device_list(int *n);

/* What a design takes on the part, counted by synthesis. */
struct resources {
    int lut;     /* LUTs as logic and as memory */
    int lutram;  /* of these, LUTs as memory */
    int ff, carry4, muxf7, muxf8, dsp, bram18, bram36;
};

/* Whether logic and weights fit, and what is fullest. Utilisations are fractions. */
struct fit {
    bool fits, logic_fits, weights_fit_bram, weights_fit_lutram;
    double lut, ff, carry4, muxf7, muxf8, dsp, bram, lutram, weights;
    char binding_resource[16]; /* "lut", "dsp", "bram", "weights", … */
};

/* device_fit: logic may be NULL (not synthesised: weights alone). Weights may be split
 * over block RAM and LUT RAM that the logic leaves. */
struct fit device_fit(const struct device *d, const struct resources *logic, int64_t weight_bits);

#endif
