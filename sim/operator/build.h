/* Builds the simulator of one operator: a shared object of Verilated RTL. */
#pragma once

#include "base/digest.h"
#include "models/nn/integer/mac.h"

/* operator_rtl_file: the name of the file that has module MAC of this variant: "mac_plain.v", … */
const char *operator_rtl_file(enum mac_variant v);

/* operator_sim_digest: the key of a built simulator: RTL, parameters, glue, versions of Verilator and the compiler. */
enum status operator_sim_digest(const struct mac_config *c, const char *trace_kind, char hex[DIGEST_HEX_BYTES],
                                struct errmsg *e);

/* operator_sim_build: builds the shared object, or finds it in the cache. trace_kind: NULL, "fst" or "vcd".
 * *build_seconds is 0 if it was in the cache. STATUS_MISSING without Verilator or a C++ compiler. */
enum status operator_sim_build(const struct mac_config *c, const char *trace_kind, char *so_path,
                               unsigned so_path_bytes, double *build_seconds, struct errmsg *e);
