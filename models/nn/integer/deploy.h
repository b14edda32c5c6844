/* A trained network as the integers that the part computes with. Formulas: docs/accelerator.md. */
#ifndef DELTASWEEP_DEPLOY_H
#define DELTASWEEP_DEPLOY_H

#include "models/nn/network/network.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    REQUANTISE_T_BITS = 25,          /* A port of a DSP48E1 */
    REQUANTISE_MULTIPLIER_BITS = 18, /* B port */
    REQUANTISE_BIAS_BITS = 32,
    REQUANTISE_BIAS_SHIFT = 8,       /* a bias b is worth b · 2^8 in the C port */
    REQUANTISE_LEAST_SHIFT = 9,
    REQUANTISE_GREATEST_SHIFT = 40,
    REQUANTISE_SHIFT_BITS = 5,       /* of what a shift is above the least */
    LOGIT_BITS = 24,
};

/* Batch norm of one neuron: y = (t · multiplier + bias · 2^8) >> shift. */
struct requantise {
    int32_t multiplier, bias;
    int shift;
};

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

/* deploy: the integer network of a trained one. Its weights are the rebuilt ones, its codes
 * the stored ones (of a consecutive row the differences of its rebuilt weights; of the paper's codec the
 * differences that are left after saturation, in code_delta_width bits; of a code with buckets, which no lane can
 * take, the W-bit weights themselves without references). Checks that references and codes give
 * the weights. STATUS_VERDICT for a float network, and where a saturated weight is off
 * the code's grid (only consecutive-open with an offset can). *out: integer_network_free. */
enum status deploy(const struct network *net, struct integer_network **out, struct errmsg *e);
void integer_network_free(struct integer_network *n);

/* activation_bits, total_bits: X and TOTAL of docs/accelerator.md; inputs: of a neuron of each layer.
 * integer_total_bits: TOTAL of a network. */
int activation_bits(int W, int f);
int total_bits(int W, int f, const int *inputs, int n_layers);
int integer_total_bits(const struct integer_network *n);

#endif
