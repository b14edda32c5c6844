/* A trained network as the integers that the part computes with. Formulas: docs/arithmetic.md. */
#pragma once

#include "models/nn/integer/integer_network.h"
#include "models/nn/network/network.h"

/* deploy: the integer network of a trained one. Its weights are the rebuilt ones, its codes the stored ones, with
 * three exceptions. A consecutive row has the differences of its rebuilt weights. The paper's codec has the
 * differences that are left after saturation, in code_delta_width bits. A code with buckets, which no lane can take,
 * has the W-bit weights themselves and no references. deploy checks that references and codes give the weights.
 * STATUS_VERDICT for a float network, and where a saturated weight is off the grid of the code (only consecutive-open
 * with an offset can do that). *out: integer_network_free. */
enum status deploy(const struct network *net, struct integer_network **out, struct errmsg *e);
