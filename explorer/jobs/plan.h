/* A plan: the points of a sweep, their runs (a run is one point with one seed), and the jobs that these need. Work that
 * several runs share is one job. */
#pragma once

#include "db/record.h"
#include "explorer/jobs/kind.h"
#include "explorer/sweep/expand.h"
#include "models/nn/data/dataset.h"

/* What a command wants done with its points. */
struct stages {
    bool train, check, synth;
    bool trained_vectors; /* checks use the weights of every training (this needs train). Without it an operator is
                             checked with random and extreme vectors, and an accelerator is not checked at all */
    int shard, shards;    /* only this one of so many shards, from 1, see shard.h; 0: all */
};

struct planned_job {
    enum job_kind_id kind;
    char digest[DIGEST_HEX_BYTES]; /* its name: over all that its result depends on */
    int point;                     /* a point that asks for it */
    uint64_t seed;                 /* train, rung, check */
    int epochs;                    /* rung: the last epoch that it trains */
    int known_epochs;              /* train, rung: that an earlier rung has trained already */
    int needs[2], n_needs;         /* jobs that must be done before it */
    double cost;                   /* s, a rough guess */
    const char *pace;              /* jobs alike in how far the guess is off: "synth accelerator"; one of plan.paces */
    int priority;                  /* jobs of a higher one start first; 0 is the usual one */
    int turn;                      /* its place in the order in which jobs start, see order.h */
    enum job_state state;          /* as the store has it, see plan_record */
};

struct planned_point {
    int build_job, synth_job; /* -1: none */
    bool skipped;             /* skip_unfit, and it cannot fit (hardware_may_fit): neither trained nor simulated */
};

struct planned_run {
    int point;
    bool has_seed;            /* false: not to be trained */
    uint64_t seed;
    int train_job, check_job; /* -1: none */
};

enum { PLAN_MAX_PACES = 64, PLAN_LABEL_BYTES = 192 };

struct plan {
    const struct sweep *sweep;
    struct dataset *data; /* NULL if nothing is trained; owned unless it is lent */
    bool data_lent;
    struct points *list; /* see plan_point */
    struct planned_point *points;
    struct planned_run *runs;
    struct planned_job *jobs;
    int n_points, n_runs, n_jobs;
    char *paces[PLAN_MAX_PACES]; /* the first NULL ends them */
    struct hardware_samples *samples; /* see kinds/hardware.h; owned */
    char rtl_digest[DIGEST_HEX_BYTES]; /* of all files of rtl/; "" if no hardware is asked for */
    bool without[JOB_KIND_COUNT];       /* the kind's tool is missing: its jobs are left out */
    bool without_extra[JOB_KIND_COUNT]; /* its tool for more figures is missing */
    char missing[1024];                 /* what to install for these, one line a tool */
    char unused[1024];                  /* which axes of the sweep change nothing, see points_unused; "" if none */
    char notes[8192];                   /* what a user should know of loaded weights and of the inputs, a line each */
    char lacking[2048];                 /* which points have no RTL, see points_lacking; "" for trainings alone */
};

/* plan_make: all points of the sweep (distinct combinations that `where` keeps, in the order of the axes) and their
 * jobs. A combination that makes no sense is STATUS_INPUT (STATUS_USAGE for a command line); the message has its axes
 * and the bound. sweep is borrowed and must outlive the plan. */
enum status plan_make(const struct sweep *sweep, const struct stages *stages, struct plan **out, struct errmsg *e);

/* What a search wants of a point with a seed. */
struct wanted {
    const struct point *point; /* with hardware and digest; borrowed until the plan is made */
    uint64_t seed;
    int epochs;       /* the first so many of its training; 0: all of it; -1: nothing, the run is recorded alone */
    int known_epochs; /* of these, that are trained already */
};
/* plan_make_wanted: the points of n wanted trainings with their jobs: no more trainings than these. data is lent, and
 * must outlive the plan. Rungs of one training follow each other. */
enum status plan_make_wanted(const struct sweep *sweep, struct dataset *data, const struct stages *stages,
                             const struct wanted *wanted, int n, struct plan **out, struct errmsg *e);
void plan_free(struct plan *p);

/* plan_point: point i; valid until the next call with another i (a job's point: i = job->point). plan_label: what a job
 * is, for people; returns out. */
const struct point *plan_point(const struct plan *p, int i);
const char *plan_label(const struct plan *p, int job, char out[PLAN_LABEL_BYTES]);

/* plan_record: writes the sweep, its points, runs and jobs to the store in one transaction, and fills in the state of
 * each job. prune: runs of the sweep of this name that are no longer asked for and have no result are deleted. */
enum status plan_record(struct plan *p, struct store *s, bool prune, struct errmsg *e);

/* plan_states: fills in the state of each job from a database, which may be open for reading only. */
enum status plan_states(struct plan *p, sqlite3 *db, const char *path, struct errmsg *e);
