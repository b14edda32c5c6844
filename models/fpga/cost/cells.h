/* Counts of a family's cells, from what Yosys reports of a mapped netlist. */
#pragma once

#include "base/status.h"
#include "models/fpga/device/family.h"

/* cells_parse: the resources of a flat design from the text of Yosys's `stat -json`. Every LUT1 … LUT6 and every inverter
 * counts as one LUT: two small LUTs that could share one are not paired, and no inverter is folded into a neighbour, so
 * that the number is an upper bound. A cell that is not in the family's table is STATUS_INPUT by name, never
 * ignored; so is a netlist of several modules. */
enum status cells_parse(const struct family *family, const char *stat_json, struct resources *out, struct errmsg *e);
