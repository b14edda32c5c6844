/* Bulk runs: the plain Verilated operator, as fast as it goes. */
#ifndef DELTASWEEP_SIM_OPERATOR_BULK_H
#define DELTASWEEP_SIM_OPERATOR_BULK_H

#include "sim/operator/check.h"
#include "sim/operator/verilate.h"

/* fast_run: all vectors through the operator, one request after the other, each OUT_DATA
 * and each clock of DATA_RDY held against mac_dot and mac_cycles. Fills vectors,
 * mismatches, cycles_per_dot, the first mismatch, clocks and clocks_per_second of out.
 * A first_clock counts from the start of the run. trace_file may be NULL. */
enum status fast_run(const struct dut_api *api, const struct mac_config *c, const struct vector_set *vectors,
                     const char *trace_file, struct check_result *out, struct errmsg *e);

#endif
