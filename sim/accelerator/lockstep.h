/* Runs deltasweep-lockstep --accelerator (sim/accelerator/system.cpp): the system model around RTL and cycle model. */
#ifndef DELTASWEEP_SIM_ACCELERATOR_LOCKSTEP_H
#define DELTASWEEP_SIM_ACCELERATOR_LOCKSTEP_H

#include "sim/accelerator/job.h"

struct accel_lockstep {
    int64_t delivered;  /* results taken */
    int64_t mismatches; /* clocks in which the outputs differ, verdicts that do, images lost */
    int64_t clocks, resets;
    int64_t first_pixel, last_result; /* clocks of these transfers; -1: there was none */
    int64_t first_image;              /* of the first mismatch, -1 if none */
    char first_where[128];
    double clocks_per_second;
};

/* accel_lockstep_run: the job, with the weights of the folder memories. */
enum status accel_lockstep_run(const struct accel_job *job, const char *so_path, const char *memories,
                               struct accel_lockstep *out, struct errmsg *e);

#endif
