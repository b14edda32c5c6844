/* What a training job brings. */
#pragma once

#include "explorer/jobs/kind.h"
#include "models/nn/train/train.h"

struct training {
    struct train_result result; /* its epochs are not here but in the tail of the job's result: first result.n_epochs
                                   of struct epoch_metrics, then the packed network */
    int test_images;            /* rows of the test set; 0: unknown */
    double code_entropy_bits;   /* see codec_entropy_bits; NAN for float */
    char layer_formats[16 * NETWORK_MAX_LAYERS]; /* what step auto or learned chose, "f5o0-f6o1"; else "" */
};

/* training_pack: makes the tail of r, whose what is a struct training. */
enum status training_pack(struct job_result *r, const struct epoch_metrics *epochs, const uint8_t *network,
                          size_t network_bytes, struct errmsg *e);
