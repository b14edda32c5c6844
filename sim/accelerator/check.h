/* Compares the Verilated accelerator with integer inference and with the schedule. */
#pragma once

#include "models/nn/integer/infer.h"
#include "sim/accelerator/build.h"

struct accelerator_result {
    int64_t images;
    int64_t mismatches; /* verdicts (class or logit) that differ, are lost or too many; lock-step clocks that differ */
    int64_t lockstep_images; /* of images, in lock-step too */
    int64_t right;      /* images whose RTL class is the label */
    int64_t cycles_per_inference; /* counted in the RTL: clocks between results in a steady stream; of one image alone
                                     if there was but one */
    int64_t cycles_latency;       /* counted: first image, first pixel to result */
    bool schedule_agrees;         /* both as models/fpga/design/schedule says */
    int64_t first_image;          /* of the first mismatch, -1 if none */
    char first_where[160];        /* what differed there, in words */
    int64_t clocks, lockstep_clocks;
    double clocks_per_second, lockstep_clocks_per_second; /* of processor time; NAN if not run */
    double build_seconds;                                 /* 0 if the simulator was cached */
};

/* accelerator_sim_check: runs the first images of a set through the RTL in bulk (pixels always valid, results always
 * taken), and the first lockstep_images of them (0: none) through SystemC model and RTL in lock-step. There both
 * streams stall at random (seed), and a reset comes while one of the first images is under way. schedule_agrees tells
 * of every result of the bulk run. A mismatch is STATUS_OK with mismatches > 0. */
enum status accelerator_sim_check(const struct accelerator *a, const struct integer_network *n,
                                  const struct images *set, int images, int lockstep_images, uint64_t seed,
                                  struct accelerator_result *out, struct errmsg *e);
