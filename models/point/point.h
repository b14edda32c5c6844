/* A design point: one value of each axis, and what follows from them. */
#ifndef DELTASWEEP_POINT_H
#define DELTASWEEP_POINT_H

#include "base/digest.h"
#include "models/fpga/device/device.h"
#include "models/fpga/design/accelerator.h"
#include "models/nn/integer/mac.h"
#include "models/nn/train/train.h"
#include "models/point/axis.h"
#include "models/fpga/design/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POINT_NAME_DIGITS = 10, POINT_TEXT_BYTES = 1536 };

/* What a point is as hardware: one multiply-accumulate unit, the whole network, or nothing: trained alone. */
enum engine { ENGINE_OPERATOR, ENGINE_ACCELERATOR, ENGINE_NONE, ENGINE_COUNT };
const char *engine_name(enum engine v); /* "operator", "accelerator", "none" */

/* One design point: a combination of axes, canonical (code_canonical). */
struct point {
    char digest[DIGEST_HEX_BYTES]; /* over all that follows, up to device; its first 10 digits are its name */
    const char *dataset; /* name or folder, borrowed */
    struct topology shape; /* the network */
    const char *loaded;    /* file whose weights training begins with, borrowed; NULL: random ones */
    char loaded_digest[DIGEST_HEX_BYTES]; /* of its content; "" */
    struct train_config train;
    struct code code;
    struct hardware_wish { /* what is asked for; 0 where its engine does not use it, and all but the engine without
                              hardware */
        enum engine engine;
        int P, N, dsp_lanes;
        enum multiplier multiplier;
        enum weight_memory memory;
    } wish;
    bool has_operator;    /* neither: a float code, one that no RTL computes yet (point_without_rtl), or engine none */
    bool has_accelerator;
    struct mac_config mac; /* of an operator, else 0 */
    struct accelerator accelerator; /* of an accelerator, else 0 */
    struct schedule schedule;       /* of the accelerator */
    const struct device *device;
    int64_t weights, weight_storage_bits;
};

/* point_text: a point's axes, "scheme=fixed-reference reference=mean … device=xc7s15", without the network and what of
 * its recipe is the default. point_training_text: the network and all axes that training depends on. */
void point_text(const struct point *p, char out[POINT_TEXT_BYTES]);
void point_training_text(const struct point *p, char out[POINT_TEXT_BYTES]);

/* point_digest: fills p->digest. */
void point_digest(struct point *p);

#endif
