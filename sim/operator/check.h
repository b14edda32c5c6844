/* Compares the Verilated RTL of one operator with the integer definition: in bulk (Verilator alone) and in lock-step
 * with the SystemC cycle model. */
#pragma once

#include "sim/operator/build.h"
#include "sim/operator/vectors.h"

struct operator_result {
    int64_t vectors, mismatches; /* mismatches: outputs or clocks that differ, both simulators */
    int trained_vectors;         /* of these, with trained weights; sim_check, which cannot tell, leaves 0 */
    int cycles_per_dot;          /* counted in the RTL, not computed */
    /* The first mismatch; first_vector is -1 if there is none. first_clock counts from the start of the run (10 ns each
     * in a trace). expected and got are values of the port; for DATA_RDY in bulk, the clocks of the request. */
    int64_t first_vector, first_clock, expected, got;
    char first_where[32]; /* "bulk OUT_DATA", "lock-step DATA_RDY", … */
    int64_t clocks, lockstep_clocks;
    double clocks_per_second;          /* plain Verilator */
    double lockstep_clocks_per_second; /* SystemC and RTL side by side; NAN if not run */
    double build_seconds;              /* 0 if the simulator was cached */
};

/* operator_sim_check: builds the simulator if need be, then runs all vectors in bulk and the first lockstep_vectors of
 * them in lock-step. trace_file (NULL: none) ends in .fst or .vcd. A mismatch is STATUS_OK with mismatches > 0: the
 * caller judges. */
enum status operator_sim_check(const struct mac_config *c, const struct vector_set *vectors, int lockstep_vectors,
                               const char *trace_file, struct operator_result *out, struct errmsg *e);
