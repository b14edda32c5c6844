/* From a weight code to the operator that multiplies with it. */
#pragma once

#include "models/nn/code/code.h"
#include "models/nn/integer/mac.h"

/* operator_of: the operator that runs weights of this code: plain for fixed-point, else the variant of the scheme. A
 * delta has the width and place value that is really stored, the widest of all layers. STATUS_VERDICT with the reason
 * for what no operator can do: a float code, layers with different offsets, and buckets whose ends do not meet those of
 * the dot products (an operator has one initial weight). Otherwise as mac_check. */
enum status operator_of(const struct code *code, int N, int P, enum multiplier m, struct mac_config *out,
                        struct errmsg *e);
