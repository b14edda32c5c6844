/* Bulk runs: the Verilated operator alone, at full speed. */
#pragma once

#include "sim/operator/check.h"
#include "sim/operator/load.h"

/* operator_bulk: gives all vectors to the operator, one request after the other, and compares each OUT_DATA with
 * mac_dot and each clock of DATA_RDY with mac_cycles. Fills vectors, mismatches, cycles_per_dot, the first mismatch,
 * clocks and clocks_per_second of out. first_clock counts from the start of the run. */
enum status operator_bulk(const struct operator_dut_api *api, const struct mac_config *c,
                          const struct vector_set *vectors, struct operator_result *out, struct errmsg *e);
