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

enum { POINT_NAME_DIGITS = 10, POINT_NAME_BYTES = POINT_NAME_DIGITS + 2, POINT_TEXT_BYTES = 1536 };

/* One design point: a combination of axes, canonical (code_canonical). */
struct point {
    char digest[DIGEST_HEX_BYTES]; /* over all that follows, up to device; see point_name */
    const char *dataset; /* name or folder, borrowed */
    struct topology shape; /* the network */
    const char *loaded;    /* file whose weights training begins with, borrowed; NULL: random ones */
    const char *load_order; /* its layers, if their order was given, borrowed; else NULL */
    char loaded_digest[DIGEST_HEX_BYTES]; /* of its content and the order; "" */
    struct train_config train;
    struct code code;
    struct hardware_wish wish;
    struct hardware hardware; /* without an engine: a float code, one that no RTL computes yet, or engine none */
    const struct device *device;
    int64_t weights, weight_storage_bits;
    char training[POINT_NAME_BYTES]; /* the name that the database has for what p trains; "": it follows from the rest */
};

/* point_text: the axes of p as text, "scheme=fixed-reference reference=mean … device=xc7s15". It leaves out the
 * network, and those axes of the recipe that have their default. point_training_text: the network and all axes that
 * training depends on. */
void point_text(const struct point *p, char out[POINT_TEXT_BYTES]);
void point_training_text(const struct point *p, char out[POINT_TEXT_BYTES]);

/* point_make_hardware: makes p->hardware as p->wish asks for it, for the network, code and device of p. A point that no
 * RTL computes (float codes, convolutions, …) gets no hardware, which is STATUS_OK. STATUS_INPUT for a wish that makes
 * no sense. */
enum status point_make_hardware(struct point *p, struct errmsg *e);

/* point_without_rtl: whether p has an integer code that no RTL computes; *why is the reason. */
bool point_without_rtl(const struct point *p, struct errmsg *why);

/* point_source: what p's hardware is made from. */
struct hardware_source point_source(const struct point *p);

/* point_digest: fills p->digest. */
void point_digest(struct point *p);

/* point_name: the name of the point with this digest: p and its first digits. Without the letter 253625e401 would be a
 * number to other programs. */
void point_name(const char *digest, char out[POINT_NAME_BYTES]);

/* point_training_name: the name of what p trains, t and ten digits: of data set, network, code, recipe and loaded
 * weights, but neither hardware nor seed. training_name: the same from the parts: axes as point_training_text gives
 * them; loaded, the digest of the loaded weights, or NULL. training_add_axis: adds an axis with its value to such a
 * text ("" at first), if the text has it. */
void point_training_name(const struct point *p, char out[POINT_NAME_BYTES]);
void training_name(const char *dataset, const char *axes, const char *loaded, char out[POINT_NAME_BYTES]);
void training_add_axis(enum axis_id a, const char *value, char text[POINT_TEXT_BYTES]);
