/* Budgets of the FPGAs that deltasweep knows. Source: AMD DS180 v2.5. */
#ifndef DELTASWEEP_DEVICE_H
#define DELTASWEEP_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_BRAM36_BITS = 36 * 1024, DEVICE_LUTRAM_BITS = 64 /* of a LUT as memory */ };

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

#endif
