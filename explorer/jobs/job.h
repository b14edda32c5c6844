/* One job in its worker process, and the way of its result back to the parent. */
#pragma once

#include "explorer/jobs/kind.h"

/* News of a running job: its part from `from` to `to` (0 to 1) took seconds. If a part before `from` was in no news, it
 * did not have to be done. step of steps (epochs of a training) is done; 0 steps: the job has none. */
struct job_news {
    double from, to, seconds;
    int step, steps;
};
void job_tell(struct pool_link *link, const struct job_news *news);

/* job_do: in a worker, runs the job of a struct job_work and answers with its result or its failure. */
void job_do(void *work, struct pool_link *link);

/* job_read_answer: reads the answer of job_do for a job of kind k. *outcome is the status with which the job ended and
 * *why its message; *crashed: a tool of it was ended by a signal; *result is filled after STATUS_OK. STATUS_ENVIRONMENT
 * if the bytes are not an answer. */
enum status job_read_answer(const struct job_kind *k, const unsigned char *bytes, size_t n, enum status *outcome,
                            bool *crashed, struct errmsg *why, struct job_result *result, struct errmsg *e);

void job_result_free(struct job_result *r);
