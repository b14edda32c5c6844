#include "models/nn/train/recipe.h"

#include <math.h>

static const char *const optimiser_names[] = {"adam", "sgd"};
static const char *const decay_names[] = {"none", "cosine", "linear"};
static const char *const clamp_names[CLAMP_GRADIENT_COUNT] = {"paper", "pass", "zero"};
static const char *const gradients_names[GRADIENTS_COUNT] = {"auto", "single", "bfloat16"};

const char *optimiser_name(enum optimiser v)
{
    return optimiser_names[v];
}
const char *lr_decay_name(enum lr_decay v)
{
    return decay_names[v];
}
const char *clamp_gradient_name(enum clamp_gradient v)
{
    return clamp_names[v];
}
const char *gradients_name(enum gradients v)
{
    return gradients_names[v];
}

enum status recipe_check(const struct train_config *c, struct errmsg *e)
{
    if (c->epochs < 0)
        return fail(e, STATUS_INPUT, "epochs is %d; it must be at least 1, or 0 for loaded weights as they are",
                    c->epochs);
    if (c->batch < 2)
        return fail(e, STATUS_INPUT, "batch is %d; it must be at least 2, because batch norm needs a variance",
                    c->batch);
    if (!(c->lr > 0) || !isfinite(c->lr))
        return fail(e, STATUS_INPUT, "lr is %g; it must be greater than 0", c->lr);
    if (!(c->warmup >= 0 && c->warmup <= c->epochs))
        return fail(e, STATUS_INPUT, "warmup is %g epochs; it must be 0 to %d (epochs)", c->warmup, c->epochs);
    if (!(c->weight_decay >= 0) || !isfinite(c->weight_decay))
        return fail(e, STATUS_INPUT, "weight_decay is %g; it must be 0 or greater", c->weight_decay);
    if (!(c->lr * c->weight_decay < 1))
        return fail(e, STATUS_INPUT, "weight_decay is %g; lr (%g) times it must be less than 1, or weights change sign",
                    c->weight_decay, c->lr);
    if (!(c->smoothing >= 0 && c->smoothing < 1))
        return fail(e, STATUS_INPUT, "smoothing is %g; it must be at least 0 and less than 1", c->smoothing);
    if (!(c->average >= 0 && c->average < 1))
        return fail(e, STATUS_INPUT, "average is %g; it must be at least 0 and less than 1", c->average);
    if (c->average > 0 && c->mode == TRAIN_PAPER)
        return fail(e, STATUS_INPUT,
                    "average is %g in mode paper, whose running statistics are not those of averaged weights; use mode "
                    "standard, or 0",
                    c->average);
    if (c->patience < 0)
        return fail(e, STATUS_INPUT, "patience is %d; it must be 0 or greater", c->patience);
    if (c->patience > 0 && c->mode == TRAIN_PAPER)
        return fail(e, STATUS_INPUT,
                    "patience is %d in mode paper, which has no validation set; use mode standard, or 0", c->patience);
    return STATUS_OK;
}

double recipe_rate(const struct train_config *c, long step, long total_steps)
{
    const long warm = lround(c->warmup * ((double)total_steps / c->epochs));
    if (step < warm)
        return c->lr * (double)(step + 1) / (double)(warm + 1);
    const double at = (double)(step - warm), end = (double)(total_steps - warm);
    switch (c->decay) {
    case LR_DECAY_COSINE:
        return c->lr * (0.5 * (1 + cos(M_PI * at / end)));
    case LR_DECAY_LINEAR:
        return c->lr * (1 - at / end);
    case LR_DECAY_NONE:
    case LR_DECAY_COUNT:
        break;
    }
    return c->lr;
}

double recipe_average(const struct train_config *c, long step)
{
    return (1 - c->average) / (1 - pow(c->average, (double)step));
}
