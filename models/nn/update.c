/* What happens to the parameters after the gradients are there. */
#include "models/nn/optimizer.h"
#include "models/nn/recipe.h"
#include "models/nn/simd.h"
#include "models/nn/trainer.h"

#include <math.h>
#include <stdlib.h>

int trainer_parameters(struct trainer *t, int l, struct parameter out[LAYER_PARAMETERS])
{
    struct layer *p = &t->net->layers[l];
    struct layer_state *a = &t->layers[l];
    const size_t O = (size_t)p->O, weights = O * (size_t)p->I;
    const bool everywhere = t->config->clamp_gradient == CLAMP_GRADIENT_PASS;
    out[0] = (struct parameter){&p->w, &a->w, weights, true, everywhere ? -INFINITY : a->w_lo,
                                everywhere ? INFINITY : a->w_hi, a->reach};
    out[1] = (struct parameter){&p->gamma, &a->gamma, O, false, -INFINITY, INFINITY, NULL};
    out[2] = (struct parameter){&p->beta, &a->beta, O, false, -INFINITY, INFINITY, NULL};
    return 3;
}

enum status trainer_new_averages(struct trainer *t, struct errmsg *e)
{
    struct parameter p[LAYER_PARAMETERS];
    for (int l = 0; l < t->net->shape.n_layers && t->config->average > 0; l++)
        for (int n = trainer_parameters(t, l, p), i = 0; i < n; i++) {
            p[i].x->average = calloc((p[i].n + NN_LANES - 1) / NN_LANES * NN_LANES, sizeof(float));
            if (p[i].x->average == NULL)
                return fail(e, STATUS_ENVIRONMENT, "out of memory for averaged weights");
        }
    return STATUS_OK;
}

void trainer_swap_averages(struct trainer *t)
{
    struct parameter p[LAYER_PARAMETERS];
    for (int l = 0; l < t->net->shape.n_layers && t->config->average > 0; l++)
        for (int n = trainer_parameters(t, l, p), i = 0; i < n; i++) {
            float *averaged = p[i].x->average;
            p[i].x->average = *p[i].p;
            *p[i].p = averaged;
        }
}

NN_CLONES static void move_average(float *restrict average, const float *restrict p, size_t n, float part)
{
    for (size_t i = 0; i < n; i++)
        average[i] += part * (p[i] - average[i]);
}

NN_CLONES static void multiply(float *restrict g, const float *restrict by, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g[i] *= by[i];
}

void step_update(struct trainer *t)
{
    const struct train_config *c = t->config;
    const double lr = recipe_rate(c, t->steps, t->total_steps);
    struct parameter p[LAYER_PARAMETERS];
    t->steps++;
    const float part = c->average > 0 ? (float)recipe_average(c, t->steps) : 0.0f;
    for (int l = 0; l < t->net->shape.n_layers; l++)
        for (int n = trainer_parameters(t, l, p), i = 0; i < n; i++) {
            const struct parameter *a = &p[i];
            const double decay = a->decays ? c->weight_decay : 0;
            if (a->reach != NULL)
                multiply(a->x->g, a->reach, a->n);
            if (c->optimiser == OPTIMISER_ADAM)
                adam_step(*a->p, a->x->g, a->x->m, a->x->v, a->n, lr, decay, t->steps, a->lo, a->hi);
            else
                sgd_step(*a->p, a->x->g, a->x->m, a->n, lr, decay, a->lo, a->hi);
            if (c->average > 0)
                move_average(a->x->average, *a->p, a->n, part);
        }
}
