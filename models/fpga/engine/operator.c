/* The engine that is one multiply-accumulate unit; the network's weights are beside it. */
#include "models/fpga/engine/engines.h"

#include "models/fpga/design/operator.h"

#include <stdio.h>
#include <string.h>

/* widths_agree: whether all layers' deltas have one width; their place values are up to operator_of. */
static bool widths_agree(const struct code *code)
{
    bool same = true;
    for (int l = 0; l < code->n_formats; l++)
        same = same && code->formats[l].delta_bits == code->delta_bits;
    return same;
}

static enum status of(struct hardware_wish *wish, const struct hardware_source *source, struct hardware *out,
                      struct errmsg *e)
{
    if (!topology_is_chain(source->shape))
        return fail(e, STATUS_VERDICT, "the operator has no convolutions yet");
    if (source->code->span == SPAN_BUCKET)
        return fail(e, STATUS_VERDICT, "the operator takes one reference for each row, not one for each bucket");
    if (!widths_agree(source->code))
        return fail(e, STATUS_VERDICT, "the operator has one delta_bits for all layers");
    if (source->device->dsp == 0 && wish->multiplier == MULTIPLIER_DSP)
        return fail(e, STATUS_INPUT, "multiplier is dsp, but the %s has no DSPs; use lut", source->device->name);
    return operator_of(source->code, wish->N, wish->P, wish->multiplier, &out->mac, e);
}

static void key(const struct hardware *h, int out[HARDWARE_KEY_NUMBERS])
{
    const struct mac_config *m = &h->mac;
    const int numbers[] = {(int)m->variant, (int)m->multiplier, m->W, m->D, m->shift, m->N, m->P, m->wrap};
    _Static_assert(sizeof numbers <= HARDWARE_KEY_NUMBERS * sizeof *out, "the key has room");
    memcpy(out, numbers, sizeof numbers);
}

/* sample: the variant has its file, and multipliers their options. */
static void sample(struct hardware *h)
{
    h->mac = (struct mac_config){.variant = h->mac.variant,
                                 .multiplier = h->mac.multiplier,
                                 .W = 8,
                                 .D = h->mac.variant == MAC_PLAIN ? 0 : 4,
                                 .N = 1,
                                 .P = 1};
}

static void label(const struct hardware *h, const struct hardware_wish *wish, const struct hardware_source *source,
                  char *out, size_t room)
{
    const struct mac_config *m = &h->mac;
    char deltas[48] = "";
    (void)wish, (void)source;
    if (m->variant != MAC_PLAIN)
        snprintf(deltas, sizeof deltas, " D%d%s", m->D, m->shift > 0 ? " shifted" : "");
    snprintf(out, room, "%s W%d%s N%d P%d %s", mac_variant_name(m->variant), m->W, deltas, m->N, m->P,
             multiplier_name(m->multiplier));
}

static int cycles_per_dot(const struct hardware *h)
{
    return mac_cycles(&h->mac);
}

static enum status flow(const struct hardware *h, struct flow *out, struct errmsg *e)
{
    return operator_flow(out, h->family, &h->mac, e);
}

static double seconds(const struct hardware *h)
{
    return 4 + 0.05 * h->mac.N + 0.5 * h->mac.P;
}

const struct engine engine_operator = {
    .kind = ENGINE_OPERATOR,
    .name = "operator",
    .uses = WISH_N | WISH_MULTIPLIER,
    .of = of,
    .key = key,
    .sample = sample,
    .label = label,
    .cycles_per_dot = cycles_per_dot,
    .flow = flow,
    .synth_seconds = seconds,
};
