/* A design point, and its axes: the one list from which sweep files, options, the database, names and digests are
 * made. A new axis is a line of axis_specs, a column of points, and a line of docs/sweeps.md. */
#ifndef DELTASWEEP_POINT_H
#define DELTASWEEP_POINT_H

#include "base/digest.h"
#include "models/fpga/device/device.h"
#include "models/fpga/design/accelerator.h"
#include "models/nn/integer/mac.h"
#include "models/nn/train/train.h"
#include "models/fpga/design/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POINT_NAME_DIGITS = 10, POINT_TEXT_BYTES = 1536, AXIS_TEXT_BYTES = TOPOLOGY_TEXT_BYTES };

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

/* The axes, in the order in which points are listed. */
enum axis {
    AXIS_SCHEME,
    AXIS_REFERENCE,
    AXIS_SPAN,
    AXIS_CODEC,
    AXIS_WEIGHT_BITS,
    AXIS_FRAC_BITS,
    AXIS_DELTA_BITS,
    AXIS_DELTA_OFFSET,
    AXIS_ROUNDING,
    AXIS_BUCKET,
    AXIS_STEP,
    AXIS_ENGINE,
    AXIS_PARALLELISM,
    AXIS_MULTIPLIER,
    AXIS_OPERATOR_INPUTS,
    AXIS_DSP_LANES,
    AXIS_WEIGHT_MEMORY,
    AXIS_NETWORK,
    AXIS_MODE,
    AXIS_EPOCHS,
    AXIS_BATCH,
    AXIS_OPTIMISER,
    AXIS_LR,
    AXIS_DECAY,
    AXIS_WARMUP,
    AXIS_WEIGHT_DECAY,
    AXIS_SMOOTHING,
    AXIS_CLAMP_GRADIENT,
    AXIS_AVERAGE,
    AXIS_PATIENCE,
    AXIS_SHUFFLE,
    AXIS_MIRROR,
    AXIS_GRADIENTS,
    AXIS_COUNT
};

enum axis_kind {
    AXIS_WORDS,
    AXIS_NUMBERS,  /* whole */
    AXIS_REALS,
    AXIS_FLAGS,    /* true, false */
    AXIS_FORMATS,  /* a whole number, or one for each layer: 4-4-3-2 */
    AXIS_NETWORKS, /* 784-96-10 */
};

struct axis_spec {
    const char *name;               /* key of a sweep file, option */
    const char *column;             /* of the table points */
    const char *(*word)(int value); /* of words */
    double fallback;                /* the default; NAN where it follows from other axes, see axis_default */
    double lo, hi;                  /* of numbers; a real's lo above 0 stands for any number above 0 */
    size_t offset;                  /* of its field in struct point */
    enum axis_kind kind;
    int n_words;
    /* Which points have it. */
    enum axis_use { USE_ALWAYS, USE_FIXED, USE_DELTA, USE_REFERENCE, USE_BUCKET, USE_HARDWARE, USE_OPERATOR,
                    USE_ACCELERATOR } use;
    /* In a point's digest: always; where it is not the default, which therefore never changes; by itself (recipes
     * older than this list). */
    enum axis_say { SAY_ALWAYS, SAY_ODD, SAY_APART } say;
    bool recipe; /* a key of `train` too */
};
const struct axis_spec *axis_spec(enum axis a);

struct axis_value {
    double number;        /* words: their enum; flags: 0, 1; formats: the greatest of all layers */
    int n_layers;         /* formats: 0, or so many */
    int layers[NETWORK_MAX_LAYERS];
    const struct topology *network; /* networks, borrowed */
};

/* axis_default: of a point whose other axes are set: operator_inputs is the first hidden layer's width, shuffle is on
 * in mode standard; a constant for all others. */
double axis_default(const struct point *p, enum axis a);
bool axis_used(const struct point *p, enum axis a);
/* axis_set: the field of p (of formats the one of all layers). axis_get: what it says, of formats each layer's. */
void axis_set(struct point *p, enum axis a, const struct axis_value *v);
struct axis_value axis_get(const struct point *p, enum axis a);
/* axis_text: "fixed-point", "8", "0.001", "true", "4-4-3-2", "784-96-10": as a sweep file has it. */
void axis_text(enum axis a, const struct axis_value *v, char out[AXIS_TEXT_BYTES]);

/* point_text: a point's axes, "scheme=fixed-reference reference=mean … device=xc7s15", without the network and what of
 * its recipe is the default. point_training_text: the network and all axes that training depends on. */
void point_text(const struct point *p, char out[POINT_TEXT_BYTES]);
void point_training_text(const struct point *p, char out[POINT_TEXT_BYTES]);

/* point_digest: fills p->digest. */
void point_digest(struct point *p);

#endif
