#include "models/nn/integer/mac.h"

#include "models/nn/code/fixed.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { MIN_BITS = 2, MAX_BITS = 16, MAX_INPUTS = 65536 };

static const char *const variant_names[] = {"plain", "fixed-reference", "consecutive"};
static const char *const multiplier_names[] = {"dsp", "lut"};

/* in_range: STATUS_INPUT that names the parameter unless lo <= value <= hi. */
static enum status in_range(const char *name, int value, int lo, int hi, struct errmsg *e)
{
    if (value >= lo && value <= hi)
        return STATUS_OK;
    return fail(e, STATUS_INPUT, "the operator's %s is %d, but must be %d to %d", name, value, lo, hi);
}

enum status mac_check(const struct mac_config *c, struct errmsg *e)
{
    enum status s;

    if ((int)c->variant < MAC_PLAIN || (int)c->variant > MAC_CONSECUTIVE)
        return fail(e, STATUS_INPUT, "there is no operator variant %d", (int)c->variant);
    if ((int)c->multiplier < MULTIPLIER_DSP || (int)c->multiplier > MULTIPLIER_LUT)
        return fail(e, STATUS_INPUT, "there is no multiplier %d", (int)c->multiplier);
    const bool plain = c->variant == MAC_PLAIN;
    if ((s = in_range("W (weight_bits)", c->W, MIN_BITS, MAX_BITS, e)) != STATUS_OK ||
        (s = in_range("D (delta_bits)", c->D, plain ? 0 : 1, plain ? 0 : c->W, e)) != STATUS_OK ||
        (s = in_range("shift (delta_offset)", c->shift, 0, plain ? 0 : c->W - c->D, e)) != STATUS_OK ||
        (s = in_range("N (operator_inputs)", c->N, 1, MAX_INPUTS, e)) != STATUS_OK ||
        (s = in_range("P (parallelism)", c->P, 1, c->N, e)) != STATUS_OK ||
        (s = in_range("wrap", c->wrap, 0, c->variant == MAC_CONSECUTIVE ? 1 : 0, e)) != STATUS_OK)
        return s;
    return STATUS_OK;
}

/* wrapped: the number of W bits that is equal to x modulo 2^W. */
static int64_t wrapped(int64_t x, int W)
{
    const uint64_t half = UINT64_C(1) << (W - 1);
    return (int64_t)(((uint64_t)x + half) & (2 * half - 1)) - (int64_t)half;
}

/* rebuild_next: weight i; *running is the exact sum so far. A delta's place value is
 * applied by multiplication because a negative number must not be shifted left. */
static int64_t rebuild_next(const struct mac_config *c, const struct mac_vector *v, int i, int64_t *running)
{
    if (c->variant == MAC_PLAIN)
        return v->weights[i];
    const int64_t delta = v->weights[i] * (INT64_C(1) << c->shift);
    if (c->variant == MAC_FIXED_REFERENCE)
        return fixed_saturate(v->initial + delta, c->W);
    *running += delta;
    return c->wrap ? wrapped(*running, c->W) : fixed_saturate(*running, c->W);
}

void mac_rebuild(const struct mac_config *c, const struct mac_vector *v, int32_t *w)
{
    int64_t running = v->initial;
    for (int i = 0; i < c->N; i++)
        w[i] = (int32_t)rebuild_next(c, v, i, &running);
}

int64_t mac_dot(const struct mac_config *c, const struct mac_vector *v)
{
    int64_t running = v->initial, sum = v->bias;
    for (int i = 0; i < c->N; i++)
        sum += rebuild_next(c, v, i, &running) * v->data[i];
    return fixed_saturate(sum, 2 * c->W);
}

int mac_cycles(const struct mac_config *c)
{
    return (c->N + c->P - 1) / c->P + 2;
}

const char *mac_variant_name(enum mac_variant v)
{
    return variant_names[v];
}

const char *multiplier_name(enum multiplier m)
{
    return multiplier_names[m];
}
