/* A trained network as the integers that the part computes with. Formulas: docs/accelerator.md. */
#ifndef DELTASWEEP_DEPLOY_H
#define DELTASWEEP_DEPLOY_H

#include "models/nn/integer/integer_network.h"
#include "models/nn/network/network.h"

/* deploy: the integer network of a trained one. Its weights are the rebuilt ones, its codes
 * the stored ones (of a consecutive row the differences of its rebuilt weights; of the paper's codec the
 * differences that are left after saturation, in code_delta_width bits; of a code with buckets, which no lane can
 * take, the W-bit weights themselves without references). Checks that references and codes give
 * the weights. STATUS_VERDICT for a float network, and where a saturated weight is off
 * the code's grid (only consecutive-open with an offset can). *out: integer_network_free. */
enum status deploy(const struct network *net, struct integer_network **out, struct errmsg *e);

#endif
