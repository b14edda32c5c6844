/* The options of train, sim, synth and fit: one point, in the words of a sweep file. */
#ifndef DELTASWEEP_ONEPOINT_H
#define DELTASWEEP_ONEPOINT_H

#include "base/status.h"
#include "explorer/sweep/sweep.h"
#include "explorer/report/table.h"
#include "explorer/jobs/work.h"

#include <sqlite3.h>

enum { ONEPOINT_MAX_OPTIONS = AXIS_COUNT + 8 };

struct onepoint {
    struct sweep *sweep; /* owned, see onepoint_free */
    const char *db;
    const char *trace;   /* sim: --trace, or NULL */
    const char *save;    /* train: --save, or NULL */
    bool trained;        /* sim: --trained */
    bool json;
    const char *values[ONEPOINT_MAX_OPTIONS]; /* of the options that are keys of a sweep file; NULL: not given */
    int n_given;         /* of them */
    const char *operand; /* fit: a sweep file or a point, and there is no sweep; or NULL */
};

/* What a command takes beside the options of the point. */
enum onepoint_extra { ONEPOINT_PLAIN, ONEPOINT_TRAIN /* --save */, ONEPOINT_SIM /* --trace, --trained */, ONEPOINT_FIT /* an operand */ };

/* The part of the help that lists these options. */
#define ONEPOINT_HELP                                                                                                  \
    "  --dataset, --network 784-96-64-10, --device, --seed\n"                                                          \
    "  --mode, --epochs, --batch, --optimiser, --lr, --decay, --warmup, --weight-decay,\n"                             \
    "  --smoothing, --clamp-gradient, --average, --patience, --shuffle, --mirror,\n"                                  \
    "  --gradients\n"                                                                                                 \
    "  --scheme, --reference, --span, --bucket, --codec, --rounding, --step, --weight-bits,\n"                         \
    "  --frac-bits, --delta-bits, --delta-offset (of each layer: 4-4-3)\n"                                             \
    "  --engine operator|accelerator|none, --parallelism, --multiplier, --operator-inputs,\n"                               \
    "  --dsp-lanes, --weight-memory block|lut|both\n"                                                                  \
    "               as in a sweep file, with its defaults (network: 784-96-64-10)\n"                                   \
    "  --json       the result as JSON\n"                                                                              \
    "  --db FILE    the database (default: deltasweep.db)\n"

/* onepoint_read: a sweep of one point, named after the command argv[0], from its options; none if there is an operand.
 * onepoint_change: the options that onepoint_read has found, applied to another sweep, which o owns from here on (after a
 * failure it is freed). */
enum status onepoint_read(int argc, char **argv, enum onepoint_extra extra, struct onepoint *out, struct errmsg *e);
enum status onepoint_change(struct onepoint *o, struct sweep *sweep, struct errmsg *e);
void onepoint_free(struct onepoint *o);

/* onepoint_print: what sql (with the job's digest as ?1) answers, as table or JSON. */
enum status onepoint_print(const struct onepoint *o, const char *sql, const char *job, struct errmsg *e);

/* onepoint_job: the digest of the plan's job of this kind, NULL if there is none that is done. */
const char *onepoint_job(const struct plan *p, enum job_kind kind);

#endif
