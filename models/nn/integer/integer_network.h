/* A network in integers, as the part computes it: deploy makes one, infer runs it. Words and widths:
 * docs/arithmetic.md. */
#pragma once

#include "models/nn/code/code.h"
#include "models/nn/integer/requantise.h"
#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOGIT_BITS = 24 }; /* of the outputs of the last layer */

struct integer_layer {
    int O, I;
    struct layer_shape shape;
    int f;                /* fraction bits of the weights; below 0 after a fold (struct places) */
    int D, shift;         /* bits of a code; a code d stands for d · 2^shift */
    int32_t *weight;      /* O · I rebuilt W-bit weights: what inference is defined by */
    int32_t *code;        /* O · I stored D-bit codes: what the lanes multiply */
    int32_t *reference;   /* O: what multiplies Σ x; 0 if the code has none */
    struct requantise *q; /* O */
};

struct integer_network {
    int n_layers, sizes[NETWORK_MAX_LAYERS + 1];
    int W, f;             /* of the activations, and of the weights unless their layer says otherwise */
    int D;                /* the greatest of all layers */
    int shift, shift_bits; /* as struct places */
    bool consecutive;     /* codes are differences along a row */
    bool has_reference;   /* the references are not all 0 by the code's nature */
    int logit_fraction;   /* h: a logit y stands for y · 2^-h */
    struct integer_layer layers[NETWORK_MAX_LAYERS];
};

/* The place values of the codes of all layers, as the lanes have them: a code d of layer l stands for d · 2^shift[l],
 * and shift <= shift[l] < shift + 2^shift_bits. */
struct places {
    int shift;      /* of all layers, the least */
    int shift_bits; /* of what a neuron has above it; 0: all layers have `shift` */
    bool folded;    /* the layers' own offsets are in the f of their weights: only codes without references can do that */
};

/* integer_places: those of a network of n_layers layers with this canonical code, before it is trained: where training
 * chooses the offsets of the layers, there is room for all that it may choose. total_bits is TOTAL. */
struct places integer_places(const struct code *c, int n_layers, int total_bits);

void integer_network_free(struct integer_network *n);

/* integer_activation_bits: X of docs/arithmetic.md. integer_total_bits: TOTAL of docs/arithmetic.md; inputs[l] is the
 * number of inputs that a neuron of layer l has. integer_network_total_bits: TOTAL of a network. */
int integer_activation_bits(int W, int f);
int integer_total_bits(int W, int f, const int *inputs, int n_layers);
int integer_network_total_bits(const struct integer_network *n);
