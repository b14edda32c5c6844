/* What is stored for the weights of one layer. */
#pragma once

#include "models/nn/code/code.h"

#include <stdint.h>

/* A coded layer: O rows of I weights, row-major. For fixed-point, delta holds the
 * W-bit weights themselves and reference is unused (0). For a delta scheme,
 * reference[s] is the W-bit number stored once for span s (code_spans),
 * and delta[i] what is stored for weight i. The first weight of a
 * span under `consecutive*`, and under reference `first`, is the reference itself:
 * its delta is 0 and is not stored. */
struct coded_layer {
    int O, I, n_spans;
    int32_t *reference; /* n_spans */
    int32_t *delta;     /* O · I */
};

enum status coded_layer_new(struct coded_layer *out, const struct code *c, int O, int I, struct errmsg *e);
void coded_layer_free(struct coded_layer *layer);
