/* Builds the shared object of one accelerator (accel_build, sim/accel_check.h) and loads it. */
#ifndef DELTASWEEP_ACCEL_VERILATE_H
#define DELTASWEEP_ACCEL_VERILATE_H

#include "sim/accel_check.h"
#include "sim/accel_dut.h"

struct accel_library {
    void *handle;
    const struct accel_dut_api *api;
};

/* accel_load: opens a shared object that accel_build made, and makes sure that it is the one
 * under this key (NULL: do not ask). End with accel_unload. */
enum status accel_load(struct accel_library *out, const char *so_path, const char *key, struct errmsg *e);
void accel_unload(struct accel_library *library);

#endif
