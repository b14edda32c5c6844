/* From a sweep to recorded results: what run, train, sim and synth have in common. */
#ifndef DELTASWEEP_WORK_H
#define DELTASWEEP_WORK_H

#include "explorer/jobs/plan.h"
#include "explorer/jobs/runner.h"
#include "explorer/sweep/sweep.h"

struct work_options {
    const char *db; /* path of the database */
    int workers;    /* 0: one for each core */
    bool prune;     /* forget what a sweep of this name asked for before and never got */
    bool quiet;     /* no progress, no summary */
};

/* work_do: plans, records, runs. *plan (may be NULL) is the caller's, also when the
 * answer is no: STATUS_VERDICT and STATUS_ENVIRONMENT of runner_verdict come with it,
 * any other failure with NULL. */
enum status work_do(const struct sweep *sweep, const struct stages *stages, const struct work_options *options,
                    struct plan **plan, struct errmsg *e);

/* work_say: each of the lines on standard error. work_warn: which tools are missing, and what the RTL lacks. */
void work_say(const char *lines);
void work_warn(const struct plan *p);

#endif
