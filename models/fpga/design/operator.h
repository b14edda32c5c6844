/* From a weight code to the operator that multiplies with it, and how its RTL is set to it. */
#pragma once

#include "models/nn/code/code.h"
#include "models/nn/integer/mac.h"

/* operator_of: the operator that runs weights of this code: plain for fixed-point, else the variant of the scheme. A
 * delta has the width and place value that is really stored, the widest of all layers. Where the offsets of layers
 * differ, or training chooses them, deltas to zero have shift 0: what follows the operator gives its sum the layer's place
 * value. STATUS_VERDICT with the reason for what no operator can do: a float code, different offsets of layers beside
 * references, and buckets whose ends do not meet those of the dot products (an operator has one initial weight).
 * Otherwise as mac_check. */
enum status operator_of(const struct code *code, int N, int P, enum multiplier m, struct mac_config *out,
                        struct errmsg *e);

/* operator_rtl_file: the name of the file that has module MAC of this variant: "mac_plain.v", … */
const char *operator_rtl_file(enum mac_variant v);

/* A parameter of module MAC. */
struct operator_parameter {
    const char *name;
    int value;
};
enum { OPERATOR_PARAMETERS = 7 }; /* at most */

/* operator_parameters: fills out with those that make the module this operator, and returns how many there are. */
int operator_parameters(const struct mac_config *c, struct operator_parameter out[OPERATOR_PARAMETERS]);
