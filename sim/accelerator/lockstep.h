/* Runs an accelerator in lock-step with its SystemC cycle model (sim/accelerator/system.cpp). */
#pragma once

#include "sim/accelerator/job.h"

struct accelerator_lockstep_result {
    int64_t delivered;  /* results taken */
    int64_t mismatches; /* clocks in which the outputs differ, verdicts that differ, images lost */
    int64_t clocks, resets;
    int64_t first_pixel, last_result; /* clocks of these transfers; -1: there was none */
    int64_t first_image;              /* of the first mismatch, -1 if none */
    char first_where[128];
    double clocks_per_second;
};

/* accelerator_lockstep: runs the job with the weights in the folder memories. */
enum status accelerator_lockstep(const struct accelerator_job *job, const char *so_path, const char *memories,
                                 struct accelerator_lockstep_result *out, struct errmsg *e);
