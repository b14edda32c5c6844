/* The recipe of a training (struct train_config), and what it means for single steps. Formulas and sources:
 * docs/training.md. */
#pragma once

#include "models/nn/network/network.h"

#include <stdbool.h>

enum optimiser { OPTIMISER_ADAM, OPTIMISER_SGD };
enum lr_decay { LR_DECAY_NONE, LR_DECAY_COSINE, LR_DECAY_LINEAR, LR_DECAY_COUNT };

/* Where the gradient of a rebuilt weight reaches its master. PAPER: where the clamp to Q(W, f) did not act, also
 * through the clamp of the delta. PASS: everywhere. ZERO: only where neither clamp acted. */
enum clamp_gradient { CLAMP_GRADIENT_PAPER, CLAMP_GRADIENT_PASS, CLAMP_GRADIENT_ZERO, CLAMP_GRADIENT_COUNT };

/* How backward products of layers with numbers of at most 8 bits are computed (models/nn/kernels/product.h).
 * SINGLE: in single precision.
 * BFLOAT16: the gradients of the sums of a layer are rounded to bfloat16 (8 significant bits) before they are
 * multiplied; weights and activations fit it exactly, and sums stay in single precision.
 * AUTO: as BFLOAT16 where the processor has such products, else SINGLE. */
enum gradients { GRADIENTS_AUTO, GRADIENTS_SINGLE, GRADIENTS_BFLOAT16, GRADIENTS_COUNT };

struct train_config {
    enum train_mode mode;
    int epochs, batch;
    enum optimiser optimiser;
    double lr;
    enum lr_decay decay; /* of the learning rate, over all steps after the warm-up: to 0 */
    double warmup;       /* epochs in which the learning rate rises from 0 to lr, before its decay; 0: none */
    double weight_decay; /* decoupled: w -= lr · weight_decay · w (I. Loshchilov and F. Hutter, 2019); 0: none */
    double smoothing;    /* so much of each label is spread over all classes (C. Szegedy et al., 2016); 0: none */
    enum clamp_gradient clamp_gradient;
    double average; /* decay of the moving average of the weights, a step; what is evaluated and deployed; 0: none */
    int patience;   /* stop after so many epochs without a better validation accuracy, and take the best; 0: never */
    enum gradients gradients;
    bool shuffle;   /* a new order every epoch; default: standard yes, paper no */
    bool mirror;    /* training images are mirrored left to right with probability 1/2; image sets only */
};

/* recipe_check: STATUS_INPUT for a value out of its bounds; the message names the key, its value and the bound. */
enum status recipe_check(const struct train_config *c, struct errmsg *e);

/* recipe_rate: the learning rate of a step, counted from 0. total_steps: the steps of all epochs. During the warm-up
 * the rate rises linearly, so that the first step after it has lr; the decay takes the steps that are left. */
double recipe_rate(const struct train_config *c, long step, long total_steps);

/* recipe_average: how much of the weights the moving average takes over after a step, counted from 1: (1 - a) / (1 -
 * a^step). So from the first step on it is the mean of all weights so far, each a times as heavy as the next. */
double recipe_average(const struct train_config *c, long step);

const char *optimiser_name(enum optimiser v);
const char *lr_decay_name(enum lr_decay v);
const char *clamp_gradient_name(enum clamp_gradient v); /* paper, pass, zero */
const char *gradients_name(enum gradients v); /* auto, single, bfloat16 */
