/* What a recipe (struct train_config) says of single steps. Formulas and sources: docs/training.md. */
#ifndef DELTASWEEP_RECIPE_H
#define DELTASWEEP_RECIPE_H

#include "models/nn/train/train.h"

/* recipe_check: STATUS_INPUT for a value out of its bounds; the message names the key, its value and the bound. */
enum status recipe_check(const struct train_config *c, struct errmsg *e);

/* recipe_rate: the learning rate of a step (from 0) of total_steps, epochs times as many as one epoch has. In the
 * warm-up it rises linearly, so that the first step after it has lr; the decay takes what is left. */
double recipe_rate(const struct train_config *c, long step, long total_steps);

/* recipe_average: how much of the weights the moving average takes over after a step (from 1): (1 - a) / (1 - a^step),
 * so that it is the mean of all weights so far, each a times as heavy as the next, from the first step on. */
double recipe_average(const struct train_config *c, long step);

#endif
