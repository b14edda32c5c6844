#include "explorer/sweep/points.h"

#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------------------- hardware */

/* operator_of: mac_config_of, and what it does not see: the network. */
static enum status operator_of(const struct point *p, struct mac_config *out, struct errmsg *e)
{
    if (!topology_is_chain(&p->shape))
        return fail(e, STATUS_VERDICT, "the operator has no convolutions yet");
    if (p->code.span == SPAN_BUCKET)
        return fail(e, STATUS_VERDICT, "the operator has one reference a row, not one a bucket");
    bool same = !code_chooses_offset(&p->code); /* a layer's frac_bits are nothing to integers */
    for (int l = 0; l < p->code.n_formats; l++)
        same = same && p->code.formats[l].delta_bits == p->code.delta_bits &&
               p->code.formats[l].delta_offset == p->code.delta_offset;
    if (!same)
        return fail(e, STATUS_VERDICT, "the operator has one delta_bits and one delta_offset for all layers");
    return mac_config_of(&p->code, p->wish.N, p->wish.P, p->wish.multiplier, out, e);
}

static enum status accelerator_for(const struct point *p, struct accelerator *out, struct errmsg *e)
{
    const struct accelerator_wish wish = {p->wish.P, p->wish.dsp_lanes, p->wish.memory};
    return accelerator_of(&p->shape, &p->code, &wish, p->device->bram36, out, e);
}

enum status point_make_hardware(struct point *p, struct errmsg *e)
{
    enum status st = STATUS_VERDICT;
    struct errmsg why = {""};
    const bool whole = p->wish.engine == ENGINE_ACCELERATOR;
    p->has_operator = p->has_accelerator = false;
    memset(&p->mac, 0, sizeof p->mac);
    memset(&p->accelerator, 0, sizeof p->accelerator);
    memset(&p->schedule, 0, sizeof p->schedule);
    if (p->code.scheme != SCHEME_FLOAT && p->wish.engine != ENGINE_NONE) {
        p->has_accelerator = whole;
        p->has_operator = !whole;
        st = whole ? accelerator_for(p, &p->accelerator, &why) : operator_of(p, &p->mac, &why);
    }
    if (st == STATUS_VERDICT) {
        p->wish = (struct hardware_wish){.engine = p->wish.engine == ENGINE_NONE ? ENGINE_NONE : ENGINE_OPERATOR};
        memset(&p->mac, 0, sizeof p->mac);
        memset(&p->accelerator, 0, sizeof p->accelerator);
        p->has_operator = p->has_accelerator = false;
        return STATUS_OK;
    }
    if (st != STATUS_OK)
        return fail(e, st, "%s", why.text);
    if (whole) {
        schedule_of(&p->accelerator, &p->schedule);
        p->wish.dsp_lanes = p->accelerator.dsp_lanes; /* at most P */
        p->wish.N = 0;
        p->wish.multiplier = MULTIPLIER_DSP;
    } else {
        p->wish.dsp_lanes = 0;
        p->wish.memory = WEIGHT_MEMORY_BLOCK;
    }
    return STATUS_OK;
}

bool point_without_rtl(const struct point *p, struct errmsg *why)
{
    struct point wished = *p;
    struct accelerator a;
    struct mac_config m;
    if (p->has_operator || p->has_accelerator || p->code.scheme == SCHEME_FLOAT)
        return false;
    wished.wish = (struct hardware_wish){.P = 1, .N = 1};
    if (accelerator_for(&wished, &a, why) == STATUS_VERDICT)
        return true;
    return p->wish.engine != ENGINE_NONE && operator_of(&wished, &m, why) == STATUS_VERDICT;
}

void points_lacking(const struct point *points, int n, char *out, size_t room)
{
    enum { REASONS = 16 };
    struct {
        struct errmsg why;
        int points;
    } reasons[REASONS];
    int n_reasons = 0;
    for (int i = 0; i < n; i++) {
        struct errmsg why = {""};
        int k = 0;
        if (!point_without_rtl(&points[i], &why))
            continue;
        while (k < n_reasons && strcmp(reasons[k].why.text, why.text) != 0)
            k++;
        if (k == REASONS)
            continue;
        if (k == n_reasons) {
            reasons[n_reasons].why = why;
            reasons[n_reasons++].points = 0;
        }
        reasons[k].points++;
    }
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < n_reasons && used < room; k++) {
        const bool one = reasons[k].points == 1;
        used += (size_t)snprintf(out + used, room - used, "%s%d point%s no RTL yet: %s; %s hardware columns stay NULL",
                                 k == 0 ? "" : "\n", reasons[k].points, one ? " has" : "s have", reasons[k].why.text,
                                 one ? "its" : "their");
    }
}
