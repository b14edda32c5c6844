/* What the weight codes need in training: rebuilt weights in every step. */
#include "models/nn/trainer.h"

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
