/* A sweep file: what to try, as its YAML says it. */
#ifndef DELTASWEEP_SWEEP_H
#define DELTASWEEP_SWEEP_H

#include "models/point/point.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SWEEP_NAME_BYTES = 65,
    SWEEP_MAX_BYTES = 1 << 20,    /* of the file */
    SWEEP_MAX_VALUES = 4096,      /* of one axis */
    SWEEP_MAX_SEEDS = 100000,
    SWEEP_MAX_WEIGHTS = 50000000, /* of a network: 32-bit masters, moments and gradients of it must fit in memory */
};

struct sweep {
    char name[SWEEP_NAME_BYTES];
    char dataset[1024];
    uint64_t *seeds; /* n_seeds, distinct, in the file's order; owned */
    int n_seeds;
    struct axis_values {
        int n, room;
        struct axis_value *values; /* owned, with their networks; a number that is NAN: axis_default */
    } axes[AXIS_COUNT];
    const struct device *devices[32];
    int n_devices;
    char load[1024];               /* file whose weights training begins with; "": random ones */
    char load_digest[DIGEST_HEX_BYTES]; /* of its content when the sweep was read; "" */
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
