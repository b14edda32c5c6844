/* What a job brings, as rows of the table of its kind. */
#ifndef DELTASWEEP_RECORD_RESULT_H
#define DELTASWEEP_RECORD_RESULT_H

#include "db/record.h"

/* record_result: within the transaction that marks the job as done. */
enum status record_result(struct store *s, const char *digest, const struct job_result *r, struct errmsg *e);

#endif
