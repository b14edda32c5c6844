/* The way from a sweep to recorded results, which the commands run, train, sim and synth share. */
#pragma once

#include "explorer/jobs/limits.h"
#include "explorer/jobs/plan.h"
#include "explorer/jobs/runner.h"
#include "explorer/sweep/sweep.h"

struct work_options {
    const char *db; /* path of the database */
    const char *from; /* a database whose results of the plan's jobs are taken over; NULL: none */
    int workers;    /* 0: one for each core */
    bool prune;     /* see plan_record */
    bool quiet;     /* no progress, no summary */
    struct store_wait wait;   /* for a database that is locked */
    struct job_limits limits; /* of its jobs */
    const char *log_json;     /* a file to which events are appended; NULL: none */
    const char *hardware; /* what is to be done with the hardware of the one point ("synthesise"): without hardware
                             nothing is done or recorded; NULL: nothing */
};

/* work_do: makes the plan, records it, and does its jobs. *plan is the caller's (plan_free) whenever the jobs ran, also
 * if outcome_verdict then failed; after any other failure it is NULL. plan may be NULL. */
enum status work_do(const struct sweep *sweep, const struct stages *stages, const struct work_options *options,
                    struct plan **plan, struct errmsg *e);

/* work_take_results: of the plan's jobs, from the database `from`; *taken is how many. */
enum status work_take_results(const struct plan *p, struct store *store, const char *from, int *taken,
                              struct errmsg *e);

/* work_say: prints lines on standard error. work_warn: prints which tools are missing, and which axes change nothing, and which
 * points have no RTL. */
void work_say(const char *lines);
void work_warn(const struct plan *p);
