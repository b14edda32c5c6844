#include "models/fpga/device/device.h"

#include <stddef.h>
#include <string.h>

enum { SLICE_LUTS = 4, SLICE_FFS = 8 };

/* DS180 v2.5 gives slices, LUTs, FFs, DSPs, block RAMs and LUT RAM in Kb. A slice has one CARRY4, two MUXF7 and one
 * MUXF8. A slice that can be memory (SLICEM) holds 256 bits, so the LUT RAM tells how many those are; the 313 Kb of the
 * XC7S25 are 312.5 rounded, 1,250 slices. */
#define DEVICE(part, slice_count, memory_slices, dsp_count, bram36_count)                                              \
    {                                                                                                                  \
        .name = (part), .slices = (slice_count), .lut = SLICE_LUTS * (slice_count), .ff = SLICE_FFS * (slice_count),   \
        .carry4 = (slice_count), .muxf7 = 2 * (slice_count), .muxf8 = (slice_count), .dsp = (dsp_count),               \
        .bram36 = (bram36_count), .lutram_luts = SLICE_LUTS * (memory_slices),                                         \
        .bram_bits = (int64_t)(bram36_count) * DEVICE_BRAM36_BITS,                                                            \
        .lutram_bits = (int64_t)(memory_slices) * SLICE_LUTS * DEVICE_LUTRAM_BITS,                                    \
    }

static const struct device devices[] = {
    DEVICE("xc7s6", 938, 280, 10, 5),       DEVICE("xc7s15", 2000, 600, 20, 10),
    DEVICE("xc7s25", 3650, 1250, 80, 45),   DEVICE("xc7s50", 8150, 2400, 120, 75),
    DEVICE("xc7s75", 12000, 3328, 140, 90), DEVICE("xc7s100", 16000, 4400, 160, 120),
    DEVICE("xc7a35t", 5200, 1600, 90, 50),
};

const struct device *device_list(int *n)
{
    *n = (int)(sizeof devices / sizeof devices[0]);
    return devices;
}

const struct device *device_find(const char *name)
{
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (strcmp(devices[i].name, name) == 0)
            return &devices[i];
    return NULL;
}
