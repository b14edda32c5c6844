/* What the weight codes need in training: rebuilt weights in every step, and the gradients of what a code learns. */
#include "models/nn/train/trainer.h"

#include <math.h>
#include <stdlib.h>

enum status trainer_new_codes(struct trainer *t, int l, struct errmsg *e)
{
    const struct layer *p = &t->net->layers[l];
    struct layer_state *a = &t->layers[l];
    const bool points = t->net->code.step == STEP_LEARNED && p->code.scheme != SCHEME_FLOAT;
    if (p->code.scheme != SCHEME_FLOAT && coded_layer_new(&a->scratch, &p->code, p->O, p->I, e) != STATUS_OK)
        return STATUS_ENVIRONMENT;
    bool whole = true;
    if (points || p->reference != NULL || t->config->clamp_gradient == CLAMP_GRADIENT_ZERO) {
        a->reach = calloc((size_t)p->O * (size_t)p->I, sizeof *a->reach);
        whole = a->reach != NULL;
    }
    if (p->reference != NULL)
        whole = trainer_tensor_new(&a->reference, (size_t)p->coded.n_spans) && whole;
    if (points) {
        a->learned_point = calloc(1, sizeof *a->learned_point);
        whole = a->learned_point != NULL && trainer_tensor_new(&a->point, 1) && whole;
        if (whole)
            *a->learned_point = (float)p->code.frac_bits;
    }
    return whole ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for what the code of layer %d learns", l);
}

/* Weights can settle once formats stay. */
void trainer_begin_epoch(struct trainer *t, int epoch)
{
    if (t->net->code.step != STEP_AUTO || 2 * (epoch - 1) >= t->config->epochs)
        return;
    for (int l = 0; l < t->net->shape.n_layers; l++)
        network_choose(t->net, l);
}

/* The greatest stored number: Q of the paper on learned steps. */
static double greatest_code(const struct code *c)
{
    const int bits = scheme_is_delta(c->scheme) ? c->delta_bits : c->weight_bits;
    return bits > 1 ? (double)fixed_max(bits) : 1;
}

void trainer_code_gradients(struct trainer *t)
{
    for (int l = 0; l < t->net->shape.n_layers; l++) {
        const struct layer *p = &t->net->layers[l];
        struct layer_state *a = &t->layers[l];
        if (p->reference != NULL)
            codec_reference_gradients(&p->code, p->O, p->I, a->w.g, a->reach, a->reference.g);
        if (a->learned_point == NULL)
            continue;
        /* The point is -log2 of the step. */
        const double n = (double)p->O * p->I, of_log = codec_step_gradient(&p->code, p->w, p->O, p->I, &a->scratch,
                                                                           a->rebuilt, a->reach, a->w.g);
        a->point.g[0] = (float)(-M_LN2 * of_log / sqrt(n * greatest_code(&p->code)));
    }
}

void trainer_follow_points(struct trainer *t)
{
    if (2 * t->steps >= t->total_steps) /* weights settle */
        return;
    for (int l = 0; l < t->net->shape.n_layers; l++) {
        float *point = t->layers[l].learned_point;
        if (point == NULL)
            continue;
        *point = fminf(fmaxf(*point, 0.0f), (float)CODE_MOST_FRAC_BITS);
        t->net->layers[l].code.frac_bits = (int)lroundf(*point);
    }
}

/* The key of layer l's random numbers in this step: it depends on nothing else, so a run that is
 * resumed needs no state of it. Never 0. */
static uint64_t rounding_key(uint64_t seed, long step, int l)
{
    uint64_t mix = RNG_ROUNDING;
    mix = rng_splitmix64(&mix) ^ seed;
    mix = rng_splitmix64(&mix) ^ (uint64_t)step;
    mix = rng_splitmix64(&mix) ^ (uint64_t)l;
    return rng_splitmix64(&mix) | 1;
}

void trainer_rebuild(struct trainer *t, int l)
{
    const struct layer *p = &t->net->layers[l];
    struct layer_state *a = &t->layers[l];
    const struct codec_training training = {
        .masters = p->reference,
        .key = t->measuring ? 0 : rounding_key(t->seed, t->steps, l),
        .reach = a->reach,
    };
    codec_apply(&p->code, p->w, p->O, p->I, &training, &a->scratch, a->rebuilt);
}
