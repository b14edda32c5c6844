/* Does the jobs of a plan that are not done yet, in worker processes, and records each one as it ends. */
#pragma once

#include "explorer/jobs/outcome.h"

/* runner_cores: processors that this process may use. */
int runner_cores(void);

/* runner_host: this machine's name. */
void runner_host(char *out, size_t room);

/* runner_run: at most workers processes at once, in the order of order.h. A job that fails is recorded with its message and the
 * rest goes on; a job that failed in an earlier run is tried again. A worker that is lost gets a second try at the end.
 * STATUS_INTERRUPTED when asked to stop (nothing half-done is left behind), STATUS_ENVIRONMENT when results cannot be
 * recorded. quiet: no progress. */
enum status runner_run(struct plan *p, struct store *s, int workers, bool quiet, struct run_outcome *out,
                       struct errmsg *e);
