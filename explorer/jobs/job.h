/* What each kind of job does, in its worker, and how the result comes back. */
#ifndef DELTASWEEP_JOB_H
#define DELTASWEEP_JOB_H

#include "db/record.h"
#include "explorer/jobs/plan.h"
#include "explorer/jobs/pool.h"

/* What a worker needs; all borrowed, shared with the parent by the fork. */
struct job_work {
    const struct plan *plan;
    const struct planned_job *job;
    const uint8_t *network; /* check with trained weights: the packed network, else NULL */
    size_t network_bytes;
};

/* News of a training: pool_note carries one. */
struct job_news {
    int epochs; /* in all */
    struct epoch_metrics epoch;
};

/* job_do: runs the job of a struct job_work and answers with its result or its failure. */
void job_do(void *work, struct pool_link *link);

/* job_read_answer: the answer of job_do. *outcome is how the job ended and why its
 * message; *result (job_result_free) is filled if that is STATUS_OK. STATUS_ENVIRONMENT
 * if the bytes are not an answer. */
enum status job_read_answer(const unsigned char *bytes, size_t n, enum status *outcome, struct errmsg *why,
                            struct job_result *result, struct errmsg *e);

/* job_tools: the tools that a kind of job uses, with versions, as its row keeps it. */
void job_tools(enum job_kind kind, char *out, size_t room);

#endif
