/* Loads the simulator of one operator. */
#pragma once

#include "models/nn/integer/mac.h"
#include "sim/operator/dut.h"

#ifdef __cplusplus
extern "C" {
#endif

struct operator_sim {
    void *handle;
    const struct operator_dut_api *api;
};

/* operator_sim_load: opens a shared object that operator_sim_build made, and makes sure that it is the one for c. End
 * with operator_sim_unload. */
enum status operator_sim_load(struct operator_sim *out, const char *so_path, const struct mac_config *c,
                              struct errmsg *e);
void operator_sim_unload(struct operator_sim *sim);

#ifdef __cplusplus
}
#endif
