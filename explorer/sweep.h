/* A sweep file: what to try, as its YAML says it. */
#ifndef DELTASWEEP_SWEEP_H
#define DELTASWEEP_SWEEP_H

#include "models/fpga/device.h"
#include "models/nn/network.h"
#include "models/nn/train.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SWEEP_NAME_BYTES = 65,
    SWEEP_MAX_BYTES = 1 << 20,    /* of the file */
    SWEEP_MAX_VALUES = 4096,      /* of one axis */
    SWEEP_MAX_SEEDS = 100000,
    SWEEP_MAX_WEIGHTS = 50000000, /* of the network: 32-bit masters, moments and gradients of it must fit in memory */
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
    AXIS_ENGINE,
    AXIS_PARALLELISM,
    AXIS_MULTIPLIER,
    AXIS_OPERATOR_INPUTS,
    AXIS_DSP_LANES,
    AXIS_WEIGHT_MEMORY,
    AXIS_COUNT
};
const char *axis_name(enum axis a);
/* axis_value_name: the word for a value of an axis of words, NULL for an axis of numbers. */
const char *axis_value_name(enum axis a, int value);

struct sweep {
    char name[SWEEP_NAME_BYTES];
    char dataset[1024];
    struct topology shape; /* the network */
    struct train_config train;
    uint64_t *seeds; /* n_seeds, distinct, in the file's order; owned */
    int n_seeds;
    struct axis_values {
        int n;
        int *values; /* owned; words as their enum */
    } axes[AXIS_COUNT];
    const struct device *devices[32];
    int n_devices;
    bool skip_unfit; /* neither train nor simulate a point whose weights cannot fit */
    char *where;     /* SQL expression over the axes, or NULL; owned */
    bool command_line; /* it stands for the options of a command */
    char *file;      /* as given, or "the options"; owned */
    char *text;      /* what was read; owned */
};

/* sweep_parse: the sweep that text (bytes of it, any bytes at all) describes, with
 * defaults filled in. What is wrong is STATUS_INPUT; the message has file and line, the
 * key's path, and the nearest valid word. file NULL: the text stands for a command
 * line, and messages name its options (--delta-bits). */
enum status sweep_parse(const char *text, size_t bytes, const char *file, struct sweep **out, struct errmsg *e);

/* sweep_load: reads the file and parses it. STATUS_INPUT if it cannot be read. */
enum status sweep_load(const char *path, struct sweep **out, struct errmsg *e);
void sweep_free(struct sweep *s);

#endif
