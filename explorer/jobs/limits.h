/* How much a job and a tool may take. The defaults are far beyond all honest work; they end what hangs. */
#pragma once

/* 0: the default. */
struct job_limits {
    double job_seconds;  /* s, of a job: 7 days */
    double job_bytes;    /* bytes, of a job with all that it started: the memory of the machine */
    double tool_seconds; /* s, of one tool: a day */
};

/* limits_complete: with the defaults in the place of zeros. */
struct job_limits limits_complete(struct job_limits given);
