#include "models/fpga/device/device.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { BRAM36_BITS = 36 * 1024, SLICE_LUTS = 4, SLICE_FFS = 8, LUTRAM_BITS_PER_LUT = 64 };

/* DS180 v2.5 gives slices, LUTs, FFs, DSPs, block RAMs and LUT RAM in Kb. A slice has one CARRY4, two MUXF7 and one
 * MUXF8. A slice that can be memory (SLICEM) holds 256 bits, so the LUT RAM tells how many those are; the 313 Kb of the
 * XC7S25 are 312.5 rounded, 1,250 slices. */
#define DEVICE(part, slice_count, memory_slices, dsp_count, bram36_count)                                              \
    {                                                                                                                  \
        .name = (part), .slices = (slice_count), .lut = SLICE_LUTS * (slice_count), .ff = SLICE_FFS * (slice_count),   \
        .carry4 = (slice_count), .muxf7 = 2 * (slice_count), .muxf8 = (slice_count), .dsp = (dsp_count),               \
        .bram36 = (bram36_count), .lutram_luts = SLICE_LUTS * (memory_slices),                                         \
        .bram_bits = (int64_t)(bram36_count) * BRAM36_BITS,                                                            \
        .lutram_bits = (int64_t)(memory_slices) * SLICE_LUTS * LUTRAM_BITS_PER_LUT,                                    \
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

/* share: used of available; something of nothing is more than all of it. */
static double share(int64_t used, int64_t available)
{
    if (used <= 0)
        return 0.0;
    return available > 0 ? (double)used / (double)available : 1.0 + (double)used;
}

static int64_t at_least_0(int64_t x)
{
    return x > 0 ? x : 0;
}

struct fit device_fit(const struct device *d, const struct resources *logic, int64_t weight_bits)
{
    static const struct resources none;
    const struct resources *r = logic != NULL ? logic : &none;
    const int64_t bram18 = 2 * (int64_t)r->bram36 + r->bram18, bram18_all = 2 * (int64_t)d->bram36;

    /* Weights as memory take LUTs too: what is left is bounded by the LUTs that are free at all. */
    const int64_t bram_left = at_least_0(bram18_all - bram18) * (BRAM36_BITS / 2);
    const int64_t memory_luts_left = at_least_0((int64_t)d->lutram_luts - r->lutram);
    const int64_t luts_left = at_least_0((int64_t)d->lut - r->lut);
    const int64_t lutram_left = (luts_left < memory_luts_left ? luts_left : memory_luts_left) * LUTRAM_BITS_PER_LUT;

    struct fit f = {
        .lut = share(r->lut, d->lut),
        .ff = share(r->ff, d->ff),
        .carry4 = share(r->carry4, d->carry4),
        .muxf7 = share(r->muxf7, d->muxf7),
        .muxf8 = share(r->muxf8, d->muxf8),
        .dsp = share(r->dsp, d->dsp),
        .bram = share(bram18, bram18_all),
        .lutram = share(r->lutram, d->lutram_luts),
        .weights = share(weight_bits, bram_left + lutram_left),
        .weights_fit_bram = weight_bits <= bram_left,
        .weights_fit_lutram = weight_bits <= lutram_left,
    };
    const struct {
        const char *name;
        double share;
    } all[] = {
        {"weights", f.weights}, {"dsp", f.dsp},     {"bram", f.bram},   {"lut", f.lut},       {"ff", f.ff},
        {"carry4", f.carry4},   {"muxf7", f.muxf7}, {"muxf8", f.muxf8}, {"lutram", f.lutram},
    };
    size_t fullest = 0;
    for (size_t i = 1; i < sizeof all / sizeof all[0]; i++)
        if (all[i].share > all[fullest].share)
            fullest = i;
    snprintf(f.binding_resource, sizeof f.binding_resource, "%s", all[fullest].name);

    /* Compared as integers: a share of 1 + 1e-17 would be rounded to a fit. */
    f.logic_fits = r->lut <= d->lut && r->ff <= d->ff && r->carry4 <= d->carry4 && r->muxf7 <= d->muxf7 &&
                   r->muxf8 <= d->muxf8 && r->dsp <= d->dsp && bram18 <= bram18_all && r->lutram <= d->lutram_luts;
    f.fits = f.logic_fits && weight_bits <= bram_left + lutram_left;
    return f;
}
