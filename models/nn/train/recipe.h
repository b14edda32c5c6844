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
#define RECIPE(type, member) type member;
#include "models/nn/train/recipe.def"
#undef RECIPE
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
