/* Does the jobs of a plan that are not done yet, in worker processes, and records each
 * one as it ends. */
#ifndef DELTASWEEP_RUNNER_H
#define DELTASWEEP_RUNNER_H

#include "db/record.h"
#include "explorer/jobs/plan.h"

struct run_outcome {
    int cached, done, failed, blocked; /* jobs; blocked: not started, for what they need failed */
    int hopeless;                      /* trainings of the plan that diverged, now or before */
    int undeployable;                  /* checks of the plan whose network cannot be deployed, now or before */
    int mismatched;                    /* checks of the plan with mismatches, done now or before */
    double seconds;
};

/* runner_cores: processors that this process may use. */
int runner_cores(void);

/* runner_run: at most workers processes at once, long jobs first. A job that fails is
 * recorded with its message and the rest goes on; a worker that is lost gets a second
 * try at the end. STATUS_INTERRUPTED when asked to stop (nothing half-done is
 * left behind), STATUS_ENVIRONMENT when results cannot be recorded. quiet: no progress. */
enum status runner_run(struct plan *p, struct store *s, int workers, bool quiet, struct run_outcome *out,
                       struct errmsg *e);

/* runner_verdict: the status that the outcome stands for, with its message:
 * STATUS_VERDICT for mismatches and what is hopeless, STATUS_ENVIRONMENT for failed jobs or missing tools (the timing
 * tool too). */
enum status runner_verdict(const struct plan *p, const struct run_outcome *o, struct errmsg *e);

#endif
