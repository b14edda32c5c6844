#include "models/fpga/engine/engines.h"

#include <stdio.h>
#include <string.h>

static const struct engine *const engines[ENGINE_COUNT] = {
    [ENGINE_OPERATOR] = &engine_operator,
    [ENGINE_ACCELERATOR] = &engine_accelerator,
    [ENGINE_NONE] = NULL,
};

const struct engine *engine_at(enum engine_kind kind)
{
    return engines[kind];
}

const char *engine_kind_name(enum engine_kind kind)
{
    return engines[kind] != NULL ? engines[kind]->name : "none";
}

const struct engine *engine_find(const char *name)
{
    for (int k = 0; k < ENGINE_COUNT; k++)
        if (engines[k] != NULL && strcmp(engines[k]->name, name) == 0)
            return engines[k];
    return NULL;
}

bool engine_uses(const struct engine *engine, enum wish_field field)
{
    return engine != NULL && (engine->uses & field) != 0;
}

/* clear_unused: what the engine does not use is 0, so that points which differ in nothing else are one. */
static void clear_unused(const struct engine *engine, struct hardware_wish *wish)
{
    if (!engine_uses(engine, WISH_N))
        wish->N = 0;
    if (!engine_uses(engine, WISH_DSP_LANES))
        wish->dsp_lanes = 0;
    if (!engine_uses(engine, WISH_MULTIPLIER))
        wish->multiplier = (enum multiplier)0;
    if (!engine_uses(engine, WISH_MEMORY))
        wish->memory = (enum weight_memory)0;
}

enum status hardware_of(struct hardware_wish *wish, const struct hardware_source *source, struct hardware *out,
                        struct errmsg *e)
{
    const struct engine *engine = engine_at(wish->engine);
    memset(out, 0, sizeof *out);
    if (engine == NULL || source->code->scheme == SCHEME_FLOAT)
        return fail(e, STATUS_VERDICT, "%s has no hardware", engine == NULL ? "engine none" : "a float code");
    out->engine = engine;
    out->family = source->device->family;
    const enum status s = engine->of(wish, source, out, e);
    if (s == STATUS_OK)
        clear_unused(engine, wish);
    if (s == STATUS_VERDICT)
        memset(out, 0, sizeof *out);
    return s;
}

struct hardware_key hardware_key(const struct hardware *h)
{
    struct hardware_key key = {.engine = h->engine != NULL ? h->engine->kind : ENGINE_NONE};
    if (h->engine == NULL)
        return key;
    snprintf(key.family, sizeof key.family, "%s", h->family->name);
    h->engine->key(h, key.number);
    return key;
}

struct hardware hardware_sample(const struct hardware *h)
{
    struct hardware out = {.engine = h->engine, .family = h->family, .mac = h->mac, .accelerator = h->accelerator};
    h->engine->sample(&out);
    return out;
}

enum status hardware_synth_digest(const struct hardware *h, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    struct flow f;
    enum status s = h->engine->flow(h, &f, e);
    if (s == STATUS_OK)
        s = flow_digest(&f, hex, e);
    flow_free(&f);
    return s;
}

enum status hardware_synth_run(const struct hardware *h, struct synth_result *out, struct errmsg *e)
{
    struct flow f;
    enum status s = h->engine->flow(h, &f, e);
    if (s == STATUS_OK)
        s = flow_run(&f, out, e);
    flow_free(&f);
    return s;
}

struct resources hardware_least(const struct hardware *h)
{
    return h->engine != NULL && h->engine->least != NULL ? h->engine->least(h) : (struct resources){0};
}

int64_t hardware_weight_bits(const struct hardware *h, int64_t stored_bits)
{
    return h->engine != NULL && h->engine->weights_in_logic ? 0 : stored_bits;
}

const struct schedule *hardware_schedule(const struct hardware *h)
{
    return h->engine != NULL && h->engine->schedule != NULL ? h->engine->schedule(h) : NULL;
}

int hardware_cycles_per_dot(const struct hardware *h)
{
    return h->engine != NULL && h->engine->cycles_per_dot != NULL ? h->engine->cycles_per_dot(h) : 0;
}

bool hardware_estimate(const struct hardware *h, struct estimate *out)
{
    memset(out, 0, sizeof *out);
    if (h->engine == NULL || h->engine->estimate == NULL || h->family->library == NULL)
        return false;
    h->engine->estimate(h, out);
    return true;
}

enum estimated_fit hardware_fit(const struct hardware *h, const struct device *d, int64_t stored_bits,
                                struct fullness *fit)
{
    const struct resources least = hardware_least(h);
    struct estimate estimate;
    if (hardware_estimate(h, &estimate))
        return estimate_fit(&estimate, &least, d, fit);
    *fit = resources_fullness(d, &least, hardware_weight_bits(h, stored_bits));
    return fit->fits ? ESTIMATED_OPEN : ESTIMATED_NO;
}
