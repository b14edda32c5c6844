/* What a sweep asks for, and what came out, as rows of the store. */
#ifndef DELTASWEEP_RECORD_H
#define DELTASWEEP_RECORD_H

#include "base/digest.h"
#include "models/point/point.h"
#include "db/store.h"
#include "models/fpga/device/device.h"
#include "models/fpga/cost/synth.h"
#include "models/fpga/cost/vivado_report.h"
#include "models/nn/train/train.h"
#include "sim/accelerator/check.h"
#include "sim/operator/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum job_kind { JOB_TRAIN, JOB_BUILD, JOB_CHECK, JOB_SYNTH, JOB_KIND_COUNT };
const char *job_kind_name(enum job_kind k); /* "train", "build", "check", "synth" */

/* JOB_HOPELESS: failed in a way that the same work would repeat (training diverged). */
enum job_state { JOB_WAITING, JOB_DONE, JOB_FAILED, JOB_HOPELESS };

/* What one job brings; only the members of its kind are set. */
struct job_result {
    enum job_kind kind;
    struct train_result train; /* train; owned, see job_result_free */
    uint8_t *network;          /* train: packed network; owned */
    size_t network_bytes;
    double code_entropy_bits;  /* train: see codec_entropy_bits; NAN for float */
    char layer_formats[16 * NETWORK_MAX_LAYERS]; /* train: what step auto or learned chose; else "" */
    double build_seconds;      /* build */
    struct operator_result check; /* check of an operator */
    int trained_vectors;
    bool of_accelerator; /* check: accel instead of check */
    struct accelerator_result accel;
    int lockstep_images;
    struct synth_result synth; /* synth */
};
void job_result_free(struct job_result *r);

/* Who did a job. All texts are the caller's; NULL is kept as NULL. */
struct job_note {
    const char *git_revision, *tools, *rtl_digest, *host;
    double started, finished; /* seconds since 1970 */
};

/* record_begin … record_commit or record_rollback: one transaction around the calls up
 * to record_prune. */
enum status record_begin(struct store *s, struct errmsg *e);
enum status record_commit(struct store *s, struct errmsg *e);
void record_rollback(struct store *s);

/* record_sweep: makes or updates the sweep called name. */
enum status record_sweep(struct store *s, const char *name, const char *file, const char *content, int64_t *id,
                         struct errmsg *e);
/* record_job: makes the job unless it is there, and gives its state. */
enum status record_job(struct store *s, const char *digest, enum job_kind kind, const char *label,
                       enum job_state *state, struct errmsg *e);
/* record_point: makes the point unless it is there, and its row in fits. A job that is
 * NULL leaves what the row says. */
enum status record_point(struct store *s, const struct point *p, const char *build_job, const char *synth_job,
                         int64_t *id, struct errmsg *e);
/* record_run: one point with one seed (NULL: not to be trained) in one sweep. */
enum status record_run(struct store *s, int64_t sweep, int64_t point, const uint64_t *seed, const char *train_job,
                       const char *check_job, struct errmsg *e);
/* record_prune: forgets runs of the sweep that were not recorded since record_begin and
 * have no training result, and jobs without a result that nobody asks for any more. */
enum status record_prune(struct store *s, int64_t sweep, struct errmsg *e);

/* record_done: the job and its result, in one transaction of their own. */
enum status record_done(struct store *s, const char *digest, const struct job_result *r, const struct job_note *note,
                        struct errmsg *e);
/* record_failed: the job failed, and why. final: it would fail again. */
enum status record_failed(struct store *s, const char *digest, const char *message, bool final,
                          const struct job_note *note, struct errmsg *e);

/* record_vivado: what Vivado says of a point; replaces an earlier report of the same version, speed grade and
 * period. *id is its row in vivado_reports. */
enum status record_vivado(struct store *s, int64_t point, const struct vivado_report *r, int64_t *id, struct errmsg *e);

/* record_network: the packed network of a training job that is done; *bytes is the
 * caller's (free). */
enum status record_network(struct store *s, const char *train_job, uint8_t **bytes, size_t *n_bytes,
                           struct errmsg *e);

/* record_state: the state of a job, JOB_WAITING if it is unknown. db may be a reader's. */
enum status record_state(sqlite3 *db, const char *path, const char *digest, enum job_state *state, struct errmsg *e);

#endif
