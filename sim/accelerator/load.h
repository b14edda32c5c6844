/* Loads the simulator of one accelerator. */
#pragma once

#include "base/status.h"
#include "sim/accelerator/dut.h"

#ifdef __cplusplus
extern "C" {
#endif

struct accelerator_sim {
    void *handle;
    const struct accelerator_dut_api *api;
};

/* accelerator_sim_load: opens a shared object that accelerator_sim_build made, and makes sure that it is the one under
 * this key (NULL: do not ask). End with accelerator_sim_unload. */
enum status accelerator_sim_load(struct accelerator_sim *out, const char *so_path, const char *key, struct errmsg *e);
void accelerator_sim_unload(struct accelerator_sim *sim);

#ifdef __cplusplus
}
#endif
