/* Does the jobs of a plan that are not done yet, in worker processes, and records each one as it ends. */
#pragma once

#include "explorer/jobs/limits.h"
#include "explorer/jobs/outcome.h"
#include "explorer/jobs/run_log.h"

/* runner_cores: processors that this process may use. */
int runner_cores(void);

struct run_options {
    int workers; /* at once */
    bool quiet;  /* no progress */
    struct job_limits limits;
    struct run_log *log; /* NULL: none */
};

/* runner_run: at most workers processes at once, in the order of order.h. A job that fails is recorded with its message
 * and the rest goes on; a job that failed in an earlier run is tried again. A job that crashes, itself or a tool of it,
 * gets a second try at the end, and what both tries printed is kept. One that takes more than its limits is ended with
 * all that it started, and has failed. Other runs may work on the same database (db/runners.h): what they do is not
 * done here, but waited for. STATUS_INTERRUPTED when asked to stop (nothing half-done is left behind),
 * STATUS_ENVIRONMENT when results cannot be recorded. */
enum status runner_run(struct plan *p, struct store *s, const struct run_options *how, struct run_outcome *out,
                       struct errmsg *e);
