/* What to try: a data set, the values of every axis, seeds and devices. It comes from a sweep file or from options. */
#pragma once

#include "explorer/sweep/values.h"
#include "models/point/point.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SWEEP_NAME_BYTES = 65, SWEEP_MAX_SEEDS = 100000 };

/* The greatest seed, 2^53: all up to it are exact in JSON and in programs that count in doubles. */
#define SWEEP_LAST_SEED (1LL << 53)

/* The names of a point and of what it trains. */
struct point_names {
    char digest[DIGEST_HEX_BYTES], training[POINT_NAME_BYTES]; /* "": unknown */
};

struct search_wish;

struct sweep {
    char name[SWEEP_NAME_BYTES];
    char dataset[1024];
    uint64_t *seeds; /* n_seeds, distinct, in the file's order; owned */
    int n_seeds;
    struct axis_values axes[AXIS_COUNT];
    const struct device *devices[32];
    int n_devices;
    bool devices_given;            /* by the file or an option */
    char load[1024];               /* file whose weights training begins with; "": random ones */
    char load_order[2048];         /* the names of its layers in their order, between commas; "": it is found */
    char load_digest[DIGEST_HEX_BYTES]; /* of its content and the order when the sweep was read; "" */
    bool skip_unfit; /* neither train nor simulate a point whose weights cannot fit */
    char *where;     /* SQL expression over the axes, or NULL; owned */
    struct search_wish *search; /* how to choose among the combinations (search_keys.h); NULL: all are tried; owned */
    /* Of a point that the database has: the names that its row has, and those that follow from the row. They differ
     * where an older deltasweep recorded too little. A point that comes out with the latter has the former instead. */
    struct point_names recorded, computed;
    bool command_line; /* it comes from a command's options */
    char *file;      /* as given, or "the options"; owned */
    char *text;      /* what was read; owned */
};

/* sweep_parse: the sweep that text (bytes of it, any bytes at all) describes, with defaults filled in. What is wrong is
 * STATUS_INPUT; the message has file and line, the key's path, and the nearest valid word. sweep_load: of a file, which
 * is STATUS_MISSING if there is none, and STATUS_ENVIRONMENT if it cannot be read. */
enum status sweep_parse(const char *text, size_t bytes, const char *file, struct sweep **out, struct errmsg *e);
enum status sweep_load(const char *path, struct sweep **out, struct errmsg *e);
void sweep_free(struct sweep *s);

/* sweep_of_command: a sweep for the options of a command, all defaults, without a network. sweep_option: sets a key
 * or an axis, by its name, to what an option says: values between commas. Wrong ones are STATUS_USAGE, and the message
 * names the option (--delta-bits); after it s can only be freed. sweep_command_check: checks all options together. */
enum status sweep_of_command(const char *name, struct sweep **out, struct errmsg *e);
enum status sweep_option(struct sweep *s, const char *key, const char *value, struct errmsg *e);
enum status sweep_command_check(struct sweep *s, struct errmsg *e);

/* sweep_is_single: whether each axis has one value, and there is one seed and one device. */
bool sweep_is_single(const struct sweep *s);

/* sweep_expand: makes a grid of a sweep whose values have braces: each becomes all that it stands for. The sweep of a
 * file without a search is expanded already. */
enum status sweep_expand(struct sweep *s, struct errmsg *e);

/* sweep_wrong: the status for a sweep that makes no sense: STATUS_INPUT, or STATUS_USAGE if it is a command line. */
enum status sweep_wrong(const struct sweep *s);
