/* How much a job and a tool may take. The defaults are far beyond all honest work; they end what hangs. */
#pragma once

/* What messages say of a tool that took too long. */
#define TOOL_TIME_REMEDY "--tool-time gives a tool more time"

/* What an option asks for; 0: the default, which is the row's of the kind of job. */
struct job_limits {
    double job_seconds;  /* s, of a job */
    double job_bytes;    /* bytes, of a job with all that it started: the memory of the machine */
    double tool_seconds; /* s, of one tool */
};

/* limits_of_kind: given, with the defaults of a kind in the place of zeros. A tool of a job may take as long as the
 * job. */
struct job_kind;
struct job_limits limits_of_kind(const struct job_kind *k, struct job_limits given);
