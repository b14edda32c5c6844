/* What came of a run of a plan, and the status that it stands for. */
#pragma once

#include "explorer/jobs/plan.h"

struct run_outcome {
    int cached, done, failed, blocked; /* jobs; cached: done before; blocked: not started, as a job they need failed */
    int elsewhere;                     /* jobs that other runs did meanwhile */
    int hopeless[JOB_KIND_COUNT];      /* jobs of the plan that failed and would again, now or before */
    int wrong[JOB_KIND_COUNT];         /* jobs of the plan that found something wrong, done now or before */
    double seconds;
};

/* outcome_count_wrong: fills o->wrong from the store. */
enum status outcome_count_wrong(const struct plan *p, struct store *s, struct run_outcome *o, struct errmsg *e);

/* outcome_failures: all jobs that failed, hopeless or not. */
int outcome_failures(const struct run_outcome *o);

/* outcome_verdict: the status that the outcome stands for, with its message: STATUS_VERDICT for what is wrong or
 * hopeless, STATUS_ENVIRONMENT for failed jobs or missing tools. */
enum status outcome_verdict(const struct plan *p, const struct run_outcome *o, struct errmsg *e);
