#include "sim/engine.h"

static const struct engine_sim *const engines[ENGINE_COUNT] = {
    [ENGINE_OPERATOR] = &engine_sim_operator,
    [ENGINE_ACCELERATOR] = &engine_sim_accelerator,
    [ENGINE_NONE] = NULL,
};

const struct engine_sim *engine_sim_at(enum engine_kind kind)
{
    return engines[kind];
}

const struct engine_sim *engine_sim_of(const struct hardware *h)
{
    return engines[h->engine->kind];
}
