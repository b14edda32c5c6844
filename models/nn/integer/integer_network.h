/* A network in integers, as the part computes it: deploy makes one, infer runs it. Words and widths: docs/accelerator.md. */
#pragma once

#include "models/nn/integer/requantise.h"
#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOGIT_BITS = 24 }; /* of the outputs of the last layer */

struct integer_layer {
    int O, I;
    struct layer_shape shape;
    int f;                /* fraction bits of the weights */
    int D, shift;         /* bits of a code; a code d stands for d · 2^shift */
    int32_t *weight;      /* O · I rebuilt W-bit weights: what inference is defined by */
    int32_t *code;        /* O · I stored D-bit codes: what the lanes multiply */
    int32_t *reference;   /* O: what multiplies Σ x; 0 if the code has none */
    struct requantise *q; /* O */
};

struct integer_network {
    int n_layers, sizes[NETWORK_MAX_LAYERS + 1];
    int W, f;             /* of the activations, and of the weights unless their layer says otherwise */
    int D, shift;         /* the greatest of all layers */
    bool consecutive;     /* codes are differences along a row */
    bool has_reference;   /* the references are not all 0 by the code's nature */
    int logit_fraction;   /* h: a logit y stands for y · 2^-h */
    struct integer_layer layers[NETWORK_MAX_LAYERS];
};

void integer_network_free(struct integer_network *n);

/* activation_bits: X of docs/accelerator.md. total_bits: TOTAL of docs/accelerator.md; inputs[l] is the number of
 * inputs that a neuron of layer l has. integer_network_total_bits: TOTAL of a network. */
int activation_bits(int W, int f);
int total_bits(int W, int f, const int *inputs, int n_layers);
int integer_network_total_bits(const struct integer_network *n);
