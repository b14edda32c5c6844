/* Builds the simulator of one accelerator: a shared object of Verilated RTL. It depends on the configuration, not on
 * weights: those are loaded from files when it starts. */
#pragma once

#include "base/digest.h"
#include "models/fpga/design/accelerator.h"

/* accelerator_sim_digest: the key of a built simulator: RTL, parameters, glue, versions of Verilator and the
 * compiler. */
enum status accelerator_sim_digest(const struct accelerator *a, char hex[DIGEST_HEX_BYTES], struct errmsg *e);

/* accelerator_sim_build: builds the shared object, or finds it in the cache. *build_seconds is 0 if it was in the
 * cache. STATUS_MISSING without Verilator or a C++ compiler. */
enum status accelerator_sim_build(const struct accelerator *a, char *so_path, unsigned so_path_bytes,
                                  double *build_seconds, struct errmsg *e);
