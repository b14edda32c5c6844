/* Runs deltasweep-lockstep (sim/operator/lockstep.cpp): RTL and SystemC cycle model side by side. */
#ifndef DELTASWEEP_SIM_OPERATOR_LOCKSTEP_H
#define DELTASWEEP_SIM_OPERATOR_LOCKSTEP_H

#include "sim/operator/check.h"

/* lockstep_run: the first n vectors. Adds to mismatches of out, sets the first mismatch
 * if there was none yet, and fills lockstep_clocks and lockstep_clocks_per_second.
 * trace_file may be NULL, else so_path was built for its format. */
enum status lockstep_run(const struct mac_config *c, const struct vector_set *vectors, int n, const char *so_path,
                         const char *trace_file, struct check_result *out, struct errmsg *e);

/* lockstep_program: where the program is: $DELTASWEEP_LOCKSTEP, beside the running
 * program, or in ../sim of that (a build tree). STATUS_MISSING if nowhere. */
enum status lockstep_program(char *path, unsigned path_bytes, struct errmsg *e);

#endif
