/* What a sweep asks for, and what came out, as rows of the store. */
#pragma once

#include "base/digest.h"
#include "models/point/point.h"
#include "db/store.h"
#include "models/fpga/device/resources.h"
#include "models/fpga/vivado/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* JOB_HOPELESS: failed in a way that the same work would repeat (training diverged). */
enum job_state { JOB_WAITING, JOB_DONE, JOB_FAILED, JOB_HOPELESS };

/* Who did a job. All texts are the caller's; NULL is kept as NULL. */
struct job_note {
    const char *git_revision, *tools, *rtl_digest, *host;
    double finished; /* seconds since 1970 */
    double seconds;  /* that it took, by a clock that nobody sets */
};

/* record_begin … record_commit or record_rollback: one transaction around the calls up
 * to record_prune. */
enum status record_begin(struct store *s, struct errmsg *e);
enum status record_commit(struct store *s, struct errmsg *e);
void record_rollback(struct store *s);

/* record_sweep: makes or updates the sweep called name. */
enum status record_sweep(struct store *s, const char *name, const char *file, const char *content, int64_t *id,
                         struct errmsg *e);
/* record_job: makes the job unless it is there, and gives its state. kind and pace are any words; cost is in s. */
enum status record_job(struct store *s, const char *digest, const char *kind, const char *label, const char *pace,
                       double cost, enum job_state *state, struct errmsg *e);
/* record_point: makes the point unless it is there, and its row in fits. If a job is NULL, the row keeps the job that
 * it has. */
enum status record_point(struct store *s, const struct point *p, const char *build_job, const char *synth_job,
                         int64_t *id, struct errmsg *e);
/* record_run: one point with one seed (NULL: not to be trained) in one sweep. */
enum status record_run(struct store *s, int64_t sweep, int64_t point, const uint64_t *seed, const char *train_job,
                       const char *check_job, struct errmsg *e);
/* record_test_images: completes the trainings that were recorded since record_begin and are from before the size of
 * the test set was kept: a job's digest includes the data, so it is the test set of the sweep. */
enum status record_test_images(struct store *s, int test_images, struct errmsg *e);
/* record_prune: deletes runs of the sweep that were not recorded since record_begin and have no training result, and
 * jobs without a result that were not recorded since then and that no run or point names. */
enum status record_prune(struct store *s, int64_t sweep, struct errmsg *e);

/* record_done: marks the job as done and calls save, which writes the rows of its result, in one transaction of their
 * own; its lease (db/runners.h) ends. crashed: what an earlier try that crashed printed stays (record_crash). result is
 * handed to save. Without save (NULL) the job has no rows of its own. A job that another run has done meanwhile, or
 * that is no longer there, stays as it is. */
enum status record_done(struct store *s, const char *digest, const struct job_note *note, bool crashed,
                        enum status (*save)(struct store *s, const char *digest, const void *result, struct errmsg *e),
                        const void *result, struct errmsg *e);
/* record_crash: a try of the job crashed, and it is to be tried again; output: what it printed, and how it ended. */
enum status record_crash(struct store *s, const char *digest, const char *output, struct errmsg *e);
/* record_cells: for the save of a synthesis: writes the row in fits of every point that has this synthesis. */
enum status record_cells(struct store *s, const char *synth_job, const struct resources *cells, struct errmsg *e);
/* record_failed: the job failed, and why; its lease ends. final: it would fail again. output: all that its tools
 * printed, or NULL. A job that another run has done meanwhile stays done. */
enum status record_failed(struct store *s, const char *digest, const char *message, const char *output, bool final,
                          const struct job_note *note, struct errmsg *e);

/* record_vivado: what Vivado says of a point. The figures join the newest row of the same version, speed grade and top
 * module that lacks them or has the same; else they are a new row. A row that has all kinds of figures of another one
 * at its period replaces it. *id is the row in vivado_reports. */
enum status record_vivado(struct store *s, int64_t point, const struct vivado_report *r, int64_t *id, struct errmsg *e);

/* A figure (text NULL) or a word of a published point; column is one of the view `designs`, or `note`. */
struct published_value {
    const char *source, *name, *column, *text;
    double number;
};
/* record_published: keeps these values, in a transaction of its own. What was known of the same points (source and name
 * together) is forgotten; with replace_all, all published points are. */
enum status record_published(struct store *s, const struct published_value *values, int n, bool replace_all,
                             struct errmsg *e);

/* record_network: the packed network of a training job that is done; *bytes is the
 * caller's (free). */
enum status record_network(struct store *s, const char *train_job, uint8_t **bytes, size_t *n_bytes,
                           struct errmsg *e);

/* record_state: the state of a job, JOB_WAITING if it is unknown. db may be a reader's. */
enum status record_state(sqlite3 *db, const char *path, const char *digest, enum job_state *state, struct errmsg *e);
