/* Runs an operator in lock-step with its SystemC cycle model (sim/operator/system.cpp). */
#pragma once

#include "sim/operator/check.h"

/* operator_lockstep: runs the first n vectors. Adds to mismatches of out, sets the first mismatch if there was none
 * yet, and fills lockstep_clocks and lockstep_clocks_per_second. trace_file may be NULL; otherwise so_path must have
 * been built for its format. */
enum status operator_lockstep(const struct mac_config *c, const struct vector_set *vectors, int n, const char *so_path,
                              const char *trace_file, struct operator_result *out, struct errmsg *e);
