/* Builds the shared object of one accelerator (accel_build, sim/accelerator/check.h) and loads it. */
#ifndef DELTASWEEP_SIM_ACCELERATOR_VERILATE_H
#define DELTASWEEP_SIM_ACCELERATOR_VERILATE_H

#include "sim/accelerator/check.h"
#include "sim/accelerator/dut.h"

struct accel_library {
    void *handle;
    const struct accel_dut_api *api;
};

/* accel_load: opens a shared object that accel_build made, and makes sure that it is the one
 * under this key (NULL: do not ask). End with accel_unload. */
enum status accel_load(struct accel_library *out, const char *so_path, const char *key, struct errmsg *e);
void accel_unload(struct accel_library *library);

#endif
