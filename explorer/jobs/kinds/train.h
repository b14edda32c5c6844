/* What a training job brings. */
#pragma once

#include "explorer/jobs/kind.h"
#include "explorer/jobs/plan.h"
#include "models/nn/train/train.h"

struct training {
    struct train_result result; /* its epochs are not here but in the tail of the job's result: first result.n_epochs
                                   of struct epoch_metrics, then the packed network */
    int test_images;            /* rows of the test set; 0: unknown */
    double code_entropy_bits;   /* see codec_entropy_bits; NAN for float */
    char layer_formats[16 * NETWORK_MAX_LAYERS]; /* what step auto or learned chose, "f5o0-f6o1"; else "" */
};

#define TRAINING_HOPELESS                                                                                              \
    {                                                                                                                  \
        "training",                                                                                                    \
            "diverged (`deltasweep status` says where): lower train.lr; what is known to diverge is not tried again"   \
    }

/* training_digest: the name of the training job of a point with a seed, on the data set with this digest. */
void training_digest(const struct point *p, const char *data_digest, uint64_t seed, char hex[DIGEST_HEX_BYTES]);

/* training_run: the training of a job, up to and with epoch `last` (0: all of it). Where it stops before its end,
 * *net is NULL, and its checkpoint waits to go on. t->result.epochs is the caller's (free). */
enum status training_run(const struct job_work *w, struct pool_link *link, int last, struct training *t,
                         struct network **net, struct errmsg *e);

/* training_label: " fixed-reference mean row D4 … seed 0", what is trained. training_save_epochs: writes rows of the
 * table epochs. training_tools: see struct job_kind. */
void training_label(const struct plan *p, const struct planned_job *job, const char *before, char *out, size_t room);
enum status training_save_epochs(struct store *s, const char *job, const struct epoch_metrics *epochs, int n,
                                 struct errmsg *e);
enum status training_tools(char *out, size_t room, struct errmsg *e);

/* training_cost: s, a rough guess of n epochs of it. */
double training_cost(const struct point *p, int train_images, double epochs);

/* training_pack: makes the tail of r, whose what is a struct training. */
enum status training_pack(struct job_result *r, const struct epoch_metrics *epochs, const uint8_t *network,
                          size_t network_bytes, struct errmsg *e);
