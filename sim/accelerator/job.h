/* What deltasweep-lockstep --accelerator is to do: written by sim/accelerator/lockstep.c to its standard
 * input, read by sim/accelerator_system.cpp. Both ends are of one build. */
#pragma once

#include "models/fpga/design/accelerator.h"

#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct accelerator_job {
    struct accelerator accelerator;
    int images;
    int resets;  /* in the middle of the stream; after each it goes on with the first image that has no result */
    bool stalls; /* both streams stall at random */
    uint64_t seed;
    struct integer_network *network; /* shape, weights and requantisation: what infer needs */
    int32_t *pixels;                 /* images · sizes[0] activations */
    int32_t *result_class, *logit;   /* images each: the verdicts */
};

/* accelerator_job_write: writes it into f; the caller looks at ferror. */
void accelerator_job_write(const struct accelerator_job *job, FILE *f);

/* accelerator_job_read: *out is a new job; end with accelerator_job_free. STATUS_INPUT if f holds no job, or ends too
 * soon. */
enum status accelerator_job_read(FILE *f, struct accelerator_job **out, struct errmsg *e);
void accelerator_job_free(struct accelerator_job *job);

/* accelerator_job_infer: the verdict of integer inference for one image of activations. */
enum status accelerator_job_infer(const struct accelerator_job *job, const int32_t *pixels, int32_t *result_class,
                                  int32_t *logit, struct errmsg *e);

#ifdef __cplusplus
}
#endif
