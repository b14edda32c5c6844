/* Budgets of the FPGAs that deltasweep knows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct family; /* models/fpga/device/family.h */

struct device {
    const char *name;    /* "xc7s15" */
    const struct family *family;
    const char *package; /* a usual one */
    int slices, lut, ff, carry4, muxf7, muxf8, dsp, bram36;
    int lutram_luts;     /* LUTs usable as memory */
    int64_t bram_bits, lutram_bits;
};

/* device_find: NULL if there is no such part. */
const struct device *device_find(const char *name);
/* device_list: all of them; *n is how many. */
const struct device *device_list(int *n);
