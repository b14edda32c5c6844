/* The engine that is the whole network on the part, its weights included. */
#include "models/fpga/engine/engines.h"

#include "models/fpga/cost/least.h"

#include <stdio.h>
#include <string.h>

static enum status of(struct hardware_wish *wish, const struct hardware_source *source, struct hardware *out,
                      struct errmsg *e)
{
    const struct accelerator_wish w = {wish->P, wish->dsp_lanes, wish->memory};
    if (!source->device->family->has_accelerator)
        return fail(e, STATUS_VERDICT, "there is no accelerator for the family %s", source->device->family->name);
    const enum status s =
        accelerator_of(source->shape, source->code, &w, source->device->bram36, &out->accelerator, e);
    if (s != STATUS_OK)
        return s;
    schedule_of(&out->accelerator, &out->schedule);
    wish->dsp_lanes = out->accelerator.dsp_lanes; /* at most P */
    return STATUS_OK;
}

static void key(const struct hardware *h, int out[HARDWARE_KEY_NUMBERS])
{
    const struct accelerator *a = &h->accelerator;
    const int numbers[] = {a->n_layers,    a->W,         a->f, a->D,         a->shift,
                           a->shift_bits, a->consecutive, a->reference, a->P, a->dsp_lanes, a->block_bits,
                           a->block_pixels, a->block_neurons};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };
    _Static_assert(sizeof numbers + sizeof a->sizes <= HARDWARE_KEY_NUMBERS * sizeof *out, "the key has room");
    memcpy(out, numbers, sizeof numbers);
    memcpy(out + NUMBERS, a->sizes, sizeof a->sizes);
}

static void sample(struct hardware *h)
{
    h->accelerator = (struct accelerator){.n_layers = 1, .sizes = {2, 2}, .W = 8, .f = 5, .D = 4, .P = 1, .reference = true};
}

static void label(const struct hardware *h, const struct hardware_wish *wish, const struct hardware_source *source,
                  char *out, size_t room)
{
    const struct accelerator *a = &h->accelerator;
    const enum scheme scheme = source->code->scheme;
    char network[TOPOLOGY_TEXT_BYTES], deltas[48] = "", dsps[48] = "";
    const bool zero = scheme_has_reference(scheme) && !a->reference, both = wish->memory == WEIGHT_MEMORY_BOTH;
    topology_text(source->shape, network);
    if (a->D < a->W)
        snprintf(deltas, sizeof deltas, " D%d%s", a->D, a->shift_bits > 0 ? " shifted by layer" : a->shift > 0 ? " shifted" : "");
    if (a->dsp_lanes > 0)
        snprintf(dsps, sizeof dsps, ", %d on DSPs", a->dsp_lanes);
    snprintf(out, room, "accelerator %s %s%s W%d%s P%d%s%s%s", network, scheme_name(scheme), zero ? " zero" : "", a->W,
             deltas, a->P, dsps, both ? "" : ", ", both ? "" : weight_memory_name(wish->memory));
}

static struct resources least(const struct hardware *h)
{
    return accelerator_least(&h->accelerator);
}

static const struct schedule *schedule(const struct hardware *h)
{
    return &h->schedule;
}

static void estimate(const struct hardware *h, struct estimate *out)
{
    estimate_of(&h->accelerator, out);
}

static enum status flow(const struct hardware *h, struct flow *out, struct errmsg *e)
{
    return accelerator_flow(out, h->family, &h->accelerator, e);
}

static double seconds(const struct hardware *h)
{
    return 15 + 0.4 * h->accelerator.P;
}

const struct engine engine_accelerator = {
    .kind = ENGINE_ACCELERATOR,
    .name = "accelerator",
    .uses = WISH_DSP_LANES | WISH_MEMORY,
    .weights_in_logic = true,
    .of = of,
    .key = key,
    .sample = sample,
    .label = label,
    .least = least,
    .schedule = schedule,
    .estimate = estimate,
    .flow = flow,
    .synth_seconds = seconds,
};
