/* From a sweep to its points, and from the points to the jobs that answer it: each
 * distinct piece of work once. */
#ifndef DELTASWEEP_PLAN_H
#define DELTASWEEP_PLAN_H

#include "db/record.h"
#include "explorer/sweep/sweep.h"
#include "models/nn/data/dataset.h"

enum {
    PLAN_MAX_COMBINATIONS = 1000000, /* of axis values, before they collapse */
    PLAN_MAX_POINTS = 100000,
    PLAN_MAX_RUNS = 200000,
};

/* What a command wants done with its points. */
struct stages {
    bool train, check, synth;
    bool trained_vectors; /* check with the weights of every training (needs train), else random and extreme ones
                             alone; an accelerator is never checked without */
};

struct planned_job {
    enum job_kind kind;
    char digest[DIGEST_HEX_BYTES];
    char label[192];       /* what it is, for people */
    int point;             /* a point that asks for it */
    uint64_t seed;         /* train, check */
    int needs[2], n_needs; /* jobs that must be done before it */
    double cost;           /* s, a rough guess, to start long ones first */
    enum job_state state;  /* as the store has it, see plan_record */
};

struct planned_point {
    struct point point;
    int build_job, synth_job; /* -1: none */
    bool skipped;             /* it cannot fit (plan_fits) and skip_unfit is set: neither trained nor simulated */
};

struct planned_run {
    int point;
    bool has_seed;            /* false: not to be trained */
    uint64_t seed;
    int train_job, check_job; /* -1: none */
};

struct plan {
    const struct sweep *sweep;
    struct dataset *data; /* NULL if nothing is trained; owned */
    struct planned_point *points;
    struct planned_run *runs;
    struct planned_job *jobs;
    int n_points, n_runs, n_jobs;
    char rtl_digest[DIGEST_HEX_BYTES]; /* of all files of rtl/; "" if no hardware is asked for */
    bool no_simulator, no_synthesis, no_timing; /* a tool is missing: the jobs that need it are left out */
    char missing[1024];                         /* what to install for these, one line a tool */
    char lacking[2048];                         /* what the RTL lacks, see points_lacking; not of trainings alone */
};

/* plan_make: all points of the sweep (combinations that `where` keeps, collapsed,
 * distinct, in the order of the axes) and their jobs. A combination that makes no
 * sense is STATUS_INPUT (STATUS_USAGE for a command line), named with its axes and
 * the bound. sweep is borrowed and must outlive the plan. */
enum status plan_make(const struct sweep *sweep, const struct stages *stages, struct plan **out, struct errmsg *e);
void plan_free(struct plan *p);

/* plan_record: writes the sweep, its points, runs and jobs to the store in one
 * transaction, and fills the jobs' state. prune: forget runs of a sweep of this name
 * that are no longer asked for and have no result. */
enum status plan_record(struct plan *p, struct store *s, bool prune, struct errmsg *e);

/* plan_states: only the states, from a database that may be a reader's. */
enum status plan_states(struct plan *p, sqlite3 *db, const char *path, struct errmsg *e);

/* plan_fits: false if what is known before any synthesis cannot fit the point's device: the
 * weights; of an accelerator its memories and DSPs. */
bool plan_fits(const struct point *p);

#endif
