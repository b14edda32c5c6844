/* Holds the Verilated RTL of one operator against the integer definition: in bulk
 * (plain Verilator) and in lock-step with the SystemC cycle model. */
#ifndef DELTASWEEP_SIM_OPERATOR_CHECK_H
#define DELTASWEEP_SIM_OPERATOR_CHECK_H

#include "base/digest.h"
#include "models/nn/integer/mac.h"

#include <stdbool.h>

/* Vectors in one block: what a check is fed. */
struct vector_set {
    int n, N;
    int32_t *bias, *initial; /* n each */
    int32_t *weights, *data; /* n · N each */
};

enum status vector_set_new(struct vector_set *out, int n, int N, struct errmsg *e);
void vector_set_free(struct vector_set *s);
/* vector_set_random: fills vectors [first, first + n) with uniform numbers of the
 * full range of each port. vector_set_extreme: all minima, all maxima, alternating
 * signs, sums that saturate both ways, one-hot lanes. Both fit c. */
void vector_set_random(struct vector_set *s, const struct mac_config *c, int first, int n, uint64_t seed);
void vector_set_extreme(struct vector_set *s, const struct mac_config *c, int first, int n);

struct check_result {
    int64_t vectors, mismatches; /* mismatches: outputs or clocks that differ, both simulators */
    int trained_vectors;         /* of these, with trained weights; sim_check, which cannot tell, leaves 0 */
    int cycles_per_dot;          /* counted in the RTL, not computed */
    /* Of the first mismatch; first_vector is -1 if there is none. first_clock counts from the start of the run (10 ns
     * each in a trace). expected and got are what the port gave; of DATA_RDY in bulk, the clocks of the request. */
    int64_t first_vector, first_clock, expected, got;
    char first_where[32]; /* "bulk OUT_DATA", "lock-step DATA_RDY", … */
    int64_t clocks, lockstep_clocks;
    double clocks_per_second;          /* plain Verilator */
    double lockstep_clocks_per_second; /* SystemC and RTL side by side; NAN if not run */
    double build_seconds;              /* 0 if the simulator was cached */
};

/* sim_digest: the key of a built simulator: RTL, parameters, glue, Verilator and compiler versions. */
enum status sim_digest(const struct mac_config *c, const char *trace_kind, char hex[DIGEST_HEX_BYTES],
                       struct errmsg *e);

/* sim_build: builds (or finds in the cache) the Verilated operator as a shared object.
 * trace_kind: NULL, "fst" or "vcd". STATUS_MISSING without Verilator or a C++ compiler. */
enum status sim_build(const struct mac_config *c, const char *trace_kind, char *so_path, unsigned so_path_bytes,
                      double *build_seconds, struct errmsg *e);

/* sim_check: builds if need be, then runs all vectors in bulk and the first
 * lockstep_vectors of them in lock-step. trace_file (NULL: none) ends in .fst or .vcd.
 * A mismatch is STATUS_OK with mismatches > 0: the caller judges. */
enum status sim_check(const struct mac_config *c, const struct vector_set *vectors, int lockstep_vectors,
                      const char *trace_file, struct check_result *out, struct errmsg *e);

#endif
