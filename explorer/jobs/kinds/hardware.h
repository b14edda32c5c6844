/* What the jobs do with the hardware of a point: an operator or an accelerator. All that depends on which of the two it
 * is stands here. */
#ifndef DELTASWEEP_JOBS_HARDWARE_H
#define DELTASWEEP_JOBS_HARDWARE_H

#include "db/store.h"
#include "explorer/jobs/progress.h"
#include "models/fpga/cost/synth.h"
#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"
#include "models/point/point.h"
#include "sim/accelerator/check.h"
#include "sim/operator/check.h"

/* Vectors of one check of an operator, and how many of them also run in lock-step; images of the test set that an
 * accelerator runs in lock-step too, and the seed of their stalls. */
enum { CHECK_TRAINED = 256, CHECK_RANDOM = 128, CHECK_EXTREME = 64, CHECK_LOCKSTEP = 96 };
enum { CHECK_LOCKSTEP_IMAGES = 5, CHECK_STALL_SEED = 20261122 };

/* hardware_any: whether the point has hardware. hardware_missing: STATUS_OK if it has; else STATUS_USAGE, and the message
 * says why there is nothing to_do ("simulate", "synthesise"). */
bool hardware_any(const struct point *p);
enum status hardware_missing(const struct point *p, const char *to_do, struct errmsg *e);

/* hardware_has_weights: its memories hold the weights of the whole network. hardware_needs_training: it is checked with
 * trained weights only. */
bool hardware_has_weights(const struct point *p);
bool hardware_needs_training(const struct point *p);

/* hardware_fits: false if the point cannot fit its device, by what is known before any synthesis: its weights; the
 * memories and DSPs of an accelerator. */
bool hardware_fits(const struct point *p);

/* What decides the hardware of a point: points with equal bytes share simulator and synthesis. */
struct hardware_key {
    int of_mac[7], of_accelerator[12 + NETWORK_MAX_LAYERS + 1];
};
struct hardware_key hardware_key(const struct point *p);

/* hardware_label: "build consecutive W8 D4 N96 P8 dsp", "synth accelerator 784-96-64-10 W8 D4 P32, 8 on DSPs, both". */
void hardware_label(const struct point *p, const char *what, char *label, size_t room);

/* hardware_build_digest: the key of the simulator. hardware_build: makes it; *seconds is what that took, 0 if it was in
 * the cache. */
enum status hardware_build_digest(const struct point *p, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status hardware_build(const struct point *p, double *seconds, struct errmsg *e);
double hardware_build_cost(const struct point *p); /* s, rough, as the other costs */

enum status hardware_synth_digest(const struct point *p, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
enum status hardware_synth(const struct point *p, struct synth_result *out, struct errmsg *e);
double hardware_synth_cost(const struct point *p);
/* hardware_synth_columns: columns of the table accelerators, each with a comma after it, that its synthesis is shown
 * with; a is that table. */
const char *hardware_synth_columns(const struct point *p);

/* The result of a check. */
struct hardware_check {
    bool of_accelerator; /* accelerator and lockstep_images are set, else mac and trained_vectors */
    int trained_vectors, lockstep_images;
    struct operator_result mac;
    struct accelerator_result accelerator;
};

/* hardware_check_digest: adds to d what a check is fed beside simulator and training. */
void hardware_check_digest(const struct point *p, const struct dataset *data, bool trained, struct digest *d);
double hardware_check_cost(const struct point *p, const struct dataset *data);

/* hardware_check: the RTL against the integer definition. An operator gets extreme, random and, with a network, trained
 * vectors, some of each in lock-step too; an accelerator the whole test set, with the weights of net. */
enum status hardware_check(const struct point *p, const struct network *net, const struct dataset *data,
                           struct hardware_check *out, struct errmsg *e);
enum status hardware_save_check(struct store *s, const char *job, const struct hardware_check *c, struct errmsg *e);
/* hardware_say_check: what is wrong, if anything is. */
void hardware_say_check(const char *name, const struct hardware_check *c, struct progress *progress);
/* hardware_check_sql: the query that shows the check of a point; ?1 is the digest of its job. */
const char *hardware_check_sql(const struct point *p);

/* hardware_trace: runs the extreme and random vectors of an operator once more and writes a waveform to file. */
enum status hardware_trace(const struct point *p, const char *file, struct errmsg *e);

#endif
