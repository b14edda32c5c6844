/* What deltasweep-lockstep --accelerator is to do: written by sim/accelerator/lockstep.c to its standard
 * input, read by sim/accel_system.cpp. Both ends are of one build. */
#ifndef DELTASWEEP_SIM_ACCELERATOR_JOB_H
#define DELTASWEEP_SIM_ACCELERATOR_JOB_H

#include "models/fpga/design/accelerator.h"

#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct accel_job {
    struct accelerator accelerator;
    int images;
    int resets;  /* in the middle of the stream, after which it goes on with the first image not delivered */
    bool stalls; /* both streams stall at random */
    uint64_t seed;
    struct integer_network *network; /* shape, weights and requantisation: what infer needs */
    int32_t *pixels;                 /* images · sizes[0] activations */
    int32_t *result_class, *logit;   /* images each: the verdicts */
};

/* accel_job_write: into f; the caller looks at ferror. */
void accel_job_write(const struct accel_job *job, FILE *f);

/* accel_job_read: STATUS_INPUT if it is not a job, or ends too soon. *out: accel_job_free. */
enum status accel_job_read(FILE *f, struct accel_job **out, struct errmsg *e);
void accel_job_free(struct accel_job *job); /* of accel_job_read */

/* accel_job_infer: the verdict of integer inference for one image of activations. */
enum status accel_job_infer(const struct accel_job *job, const int32_t *pixels, int32_t *result_class, int32_t *logit,
                            struct errmsg *e);

#ifdef __cplusplus
}
#endif

#endif
