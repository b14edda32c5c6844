/* Holds the Verilated accelerator against integer inference and against the schedule. */
#ifndef DELTASWEEP_SIM_ACCELERATOR_CHECK_H
#define DELTASWEEP_SIM_ACCELERATOR_CHECK_H

#include "base/digest.h"
#include "models/fpga/design/accelerator.h"
#include "models/nn/integer/infer.h"

struct accel_result {
    int64_t images, mismatches;   /* verdicts (class or logit) that differ, lost, too many; lock-step clocks that differ */
    int64_t lockstep_images;      /* of these, in lock-step too */
    int64_t right;                /* images whose RTL class is the label */
    int64_t cycles_per_inference; /* counted in the RTL: clocks between results in a steady stream; of one image alone
                                     if there was but one */
    int64_t cycles_latency;       /* counted: first image, first pixel to result */
    bool schedule_agrees;         /* both as models/fpga/design/schedule says */
    int64_t first_image;          /* of the first mismatch, -1 if none */
    char first_where[160];        /* what differed there, in words */
    int64_t clocks, lockstep_clocks;
    double clocks_per_second, lockstep_clocks_per_second; /* of processor time; NAN if not run */
    double build_seconds;         /* 0 if the simulator was cached */
};

/* accel_digest: the key of the simulator: RTL, parameters, glue, tool versions. */
enum status accel_digest(const struct accelerator *a, char hex[DIGEST_HEX_BYTES], struct errmsg *e);

/* accel_build: builds (or finds in the cache) the Verilated accelerator as a shared object. It
 * depends on the configuration, not on weights: those are loaded from files when it starts. */
enum status accel_build(const struct accelerator *a, char *so_path, unsigned so_path_bytes, double *build_seconds,
                        struct errmsg *e);

/* accel_check: the first images of a set through the RTL in bulk (pixels always valid, results always
 * taken), and the first lockstep_images of them (0: none) through SystemC model and RTL in lock-step with random
 * stalls of both streams from seed, and a reset while one of the first images is under way. labels as in set.
 * schedule_agrees is about every result of the bulk run. A mismatch is STATUS_OK with mismatches > 0. */
enum status accel_check(const struct accelerator *a, const struct integer_network *n, const struct images *set,
                        int images, int lockstep_images, uint64_t seed, struct accel_result *out, struct errmsg *e);

#endif
