/* Builds the shared object of one operator and loads it. */
#ifndef DELTASWEEP_SIM_OPERATOR_VERILATE_H
#define DELTASWEEP_SIM_OPERATOR_VERILATE_H

#include "base/status.h"
#include "models/nn/integer/mac.h"
#include "sim/operator/dut.h"

#include <limits.h>

/* The file in rtl/ that has module MAC of this variant: "mac_plain.v", … */
const char *mac_file(enum mac_variant v);

struct dut_library {
    void *handle;
    const struct dut_api *api;
};

/* dut_load: opens a shared object that sim_build made, and makes sure that it is the
 * one for c. End with dut_unload. */
enum status dut_load(struct dut_library *out, const char *so_path, const struct mac_config *c, struct errmsg *e);
void dut_unload(struct dut_library *library);

#endif
