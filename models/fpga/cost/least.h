/* What an accelerator takes at the least, from its configuration alone: before any synthesis. */
#pragma once

#include "models/fpga/device/resources.h"
#include "models/fpga/design/accelerator.h"

enum { LUT_BITS = 64 }; /* of memory in one LUT6 */

/* What the memories of an accelerator hold, and where. */
struct memory_bits {
    int64_t weights;        /* stored codes: D bits a weight */
    int64_t weights_in_lut; /* of these, in LUTs */
    int64_t pixels;         /* two banks */
    int64_t neurons;        /* references, multipliers, biases, shifts */
};
struct memory_bits accelerator_memory_bits(const struct accelerator *a);

/* accelerator_least: the DSP48E1 and RAMB18 that a is built with, and the LUTs that the weights and
 * pixels outside of block RAM fill. Lanes, sequencer and smaller memories come on top: what does not fit the device is
 * settled, what does is open. */
struct resources accelerator_least(const struct accelerator *a);
