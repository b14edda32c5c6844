/* A design point: one value of each axis, and what follows from them. */
#pragma once

#include "base/digest.h"
#include "models/fpga/device/device.h"
#include "models/fpga/engine/engine.h"
#include "models/nn/train/train.h"
#include "models/point/axis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POINT_NAME_DIGITS = 10, POINT_TEXT_BYTES = 1536 };

/* One design point: a combination of axes, canonical (code_canonical). */
struct point {
    char digest[DIGEST_HEX_BYTES]; /* over all that follows, up to device; its first 10 digits are its name */
    const char *dataset; /* name or folder, borrowed */
    struct topology shape; /* the network */
    const char *loaded;    /* file whose weights training begins with, borrowed; NULL: random ones */
    char loaded_digest[DIGEST_HEX_BYTES]; /* of its content; "" */
    struct train_config train;
    struct code code;
    struct hardware_wish wish;
    struct hardware hardware; /* without an engine: a float code, one that no RTL computes yet, or engine none */
    const struct device *device;
    int64_t weights, weight_storage_bits;
};

/* point_text: a point's axes, "scheme=fixed-reference reference=mean … device=xc7s15", without the network and what of
 * its recipe is the default. point_training_text: the network and all axes that training depends on. */
void point_text(const struct point *p, char out[POINT_TEXT_BYTES]);
void point_training_text(const struct point *p, char out[POINT_TEXT_BYTES]);

/* point_make_hardware: what p->wish asks for, of p's network, code and device. What no RTL computes (float codes,
 * convolutions, …) has no hardware, which is STATUS_OK. STATUS_INPUT for a wish that makes no sense. */
enum status point_make_hardware(struct point *p, struct errmsg *e);

/* point_without_rtl: whether p has an integer code but no hardware because the RTL lacks what *why says. */
bool point_without_rtl(const struct point *p, struct errmsg *why);

/* point_source: what p's hardware is made from. */
struct hardware_source point_source(const struct point *p);

/* point_digest: fills p->digest. */
void point_digest(struct point *p);
