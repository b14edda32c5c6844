/* The options of train, sim, synth and fit: one point, in the words of a sweep file. */
#pragma once

#include "base/status.h"
#include "explorer/cli/options.h"
#include "explorer/sweep/sweep.h"
#include "explorer/report/table.h"
#include "explorer/jobs/work.h"

#include <sqlite3.h>

enum { ONEPOINT_MAX_OPTIONS = AXIS_COUNT + 8 };

struct onepoint {
    struct sweep *sweep; /* owned, see onepoint_free */
    struct shared_options shared; /* the database, and JSON or text */
    const char *trace;   /* sim: --trace, or NULL */
    const char *save;    /* train: --save, or NULL */
    bool trained;        /* sim: --trained */
    const char *columns, *order; /* fit: --columns, --order, or NULL */
    const char *values[ONEPOINT_MAX_OPTIONS]; /* of the options that are keys of a sweep file; NULL: not given */
    int n_given;         /* of them */
};

/* Own options of train, sim and fit. */
enum { ONEPOINT_SAVE = 's', ONEPOINT_TRACE = 'T', ONEPOINT_TRAINED = 't', ONEPOINT_COLUMNS = 'c', ONEPOINT_ORDER = 'O' };

/* onepoint_options: reads the options of a command; its operands are left at argv[optind]. onepoint_make: the sweep that
 * they describe, named after the command; engine (NULL: as in sweep files) is that of a point whose options give none.
 * onepoint_read: both, and there are no operands. */
enum status onepoint_options(int argc, char **argv, const struct option_row *rows, struct onepoint *out,
                             struct errmsg *e);
enum status onepoint_make(struct onepoint *o, const char *command, const char *engine, struct errmsg *e);
enum status onepoint_read(int argc, char **argv, const struct option_row *rows, struct onepoint *out, struct errmsg *e);
void onepoint_free(struct onepoint *o);

/* onepoint_change: another sweep of one point, as the options of o change it. o owns it from here on; after a failure it
 * is freed. */
enum status onepoint_change(struct onepoint *o, struct sweep *sweep, struct errmsg *e);

/* onepoint_print: what sql (with the job's digest as ?1) answers: a table of the columns that have a value, or JSON
 * with all. */
enum status onepoint_print(const struct onepoint *o, const char *sql, const char *job, struct errmsg *e);

/* onepoint_job: the digest of the plan's job of this kind, NULL if there is none that is done. */
const char *onepoint_job(const struct plan *p, enum job_kind_id kind);
