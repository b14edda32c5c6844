/* Runs images through the Verilated accelerator, pixels always valid and results always taken. */
#pragma once

#include "sim/accelerator/check.h"
#include "sim/accelerator/dut.h"

/* accelerator_bulk: runs n images, whose inputs, labels and verdicts (infer_inputs, infer_set) are given, with the
 * weights in the folder memories. Adds to mismatches of out, sets the first mismatch if there was none yet, and fills
 * images, right, the cycles, schedule_agrees, clocks and clocks_per_second. */
enum status accelerator_bulk(const struct accelerator_dut_api *api, const struct accelerator *a, const char *memories,
                             const int16_t *inputs, const uint8_t *labels, int n, const struct verdict *verdicts,
                             struct accelerator_result *out, struct errmsg *e);
