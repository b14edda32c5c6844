/* The kinds of jobs. Each has one row with all that planning, running, recording and reporting know of it. A new kind
 * is one file of kinds/ with its row (build.c is the shortest), one line of JOB_KINDS, and the place in plan.c where a
 * point asks for it. */
#pragma once

#include "base/json.h"
#include "db/store.h"
#include "explorer/jobs/pool.h"
#include "explorer/jobs/progress.h"

#include <stdint.h>

/* Its number and its row, in the order in which commands list them. */
#define JOB_KINDS(KIND)                                                                                                \
    KIND(JOB_TRAIN, job_train)                                                                                         \
    KIND(JOB_RUNG, job_rung)                                                                                           \
    KIND(JOB_BUILD, job_build)                                                                                         \
    KIND(JOB_CHECK, job_check)                                                                                         \
    KIND(JOB_SYNTH, job_synth)

#define JOB_KIND_NUMBER(number, row) number,
enum job_kind_id { JOB_KINDS(JOB_KIND_NUMBER) JOB_KIND_COUNT };
#undef JOB_KIND_NUMBER

struct plan;
struct planned_job;

/* What a worker gets. All is borrowed; the fork shares it with the parent. */
struct job_work {
    const struct plan *plan;
    const struct planned_job *job;
    const uint8_t *input; /* what the kind's fetch found; NULL without one */
    size_t input_bytes;
};

/* What a job brings: a plain struct of its kind, and bytes of any number after it. Owned, see job_result_free. */
struct job_result {
    void *what;
    unsigned char *tail;
    size_t tail_bytes;
    struct errmsg note; /* what people should know of the cache, "" if nothing */
};

/* How jobs of a kind can end badly, for messages: "3 trainings diverged (…)". */
struct job_finding {
    const char *noun; /* "training": what is counted */
    const char *what; /* "diverged (…)"; NULL: no job of the kind ends so */
};

struct job_kind {
    const char *name; /* in the database and in lists */

    /* Planning. digest fills job->digest from all that the result depends on; point, seed and needs are set.
     * STATUS_MISSING: its tool is not installed. */
    enum status (*digest)(const struct plan *p, struct planned_job *job, struct errmsg *e);
    void (*label)(const struct plan *p, const struct planned_job *job, char *out, size_t room);
    double (*cost)(const struct plan *p, const struct planned_job *job); /* s, a rough guess */

    const char *lost; /* what a plan goes without if the tool is missing ("simulation"); NULL: it needs no tool */
    struct {
        const char *program, *lost, *note; /* a tool that only adds figures; all NULL: none */
    } extra;

    /* fetch: in the parent, reads from the database what the worker needs; *input is the caller's (free); or NULL. */
    enum status (*fetch)(struct store *s, const struct plan *p, const struct planned_job *job, uint8_t **input,
                         size_t *input_bytes, struct errmsg *e);
    /* run: in the worker. r->what has result_bytes zeros to be filled, r->tail is NULL. STATUS_VERDICT: the same work
     * would fail again. News goes out with job_tell. */
    enum status (*run)(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e);
    size_t result_bytes;
    /* save: in the parent, writes the rows of a result (a struct job_result), within the transaction that marks the job
     * as done. say: prints what people should know of it. Each may be NULL. */
    enum status (*save)(struct store *s, const char *digest, const void *result, struct errmsg *e);
    void (*say)(const char *label, const struct job_result *r, struct progress *progress);
    /* figures: the result as members of a JSON object, by the names of the columns, for --log-json; or NULL. */
    void (*figures)(const struct job_result *r, struct json *j);
    /* tools: the tools that a job uses, with versions, for its row; an error if a version is not known. */
    enum status (*tools)(char *out, size_t room, struct errmsg *e);
    double most_hours;                     /* h, after which a job hangs: many times what the longest one took */
    bool uses_rtl;                         /* the result depends on the files of rtl/ */
    bool trains;                           /* it trains, to the end or up to a rung */
    bool of_search;                        /* a search alone asks for it */

    struct job_finding hopeless; /* jobs that ended with STATUS_VERDICT; without it that is an ordinary failure */
    struct job_finding wrong;    /* jobs that are done and found something wrong */
    const char *wrong_sql;       /* for the latter: a query whose first column is positive if job ?1 did; or NULL */
};

const struct job_kind *job_kind_at(enum job_kind_id id);

#define JOB_KIND_ROW(number, row) extern const struct job_kind row;
JOB_KINDS(JOB_KIND_ROW)
#undef JOB_KIND_ROW
