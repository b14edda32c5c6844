#include "models/nn/integer/deploy.h"

#include <math.h>
#include <stdlib.h>

enum { LOGIT_FRACTION = 12 }; /* at most; fewer where a multiplier or bias would saturate */

static double clamp_to_bits(double x, int bits)
{
    return fmin(fmax(x, (double)fixed_min(bits)), (double)fixed_max(bits));
}

/* What requantise_of needs of a layer besides its neuron. */
struct grid {
    int f, H; /* fraction bits of the sum: of weights and activations together; and of the result */
    int e;    /* bits that the sum loses at its right end */
};

/* The requantisation of neuron o; true if neither its multiplier nor its bias is saturated. The bias
 * follows from the multiplier as it was rounded, so that a sum at the mean gives beta. */
static bool requantise_of(const struct layer *a, int o, struct grid g, struct requantise *q)
{
    const double factor = (double)a->gamma[o] / sqrt((double)a->var[o] + (double)NORM_EPS);
    const double slope = ldexp(factor, g.H - g.f + g.e);
    /* The cut of e bits takes (2^e - 1) / 2 of the sum on average: half a step of t less 2^-e. */
    const double mean = ldexp((double)a->mean[o], g.f - g.e) - 0.5 * (1.0 - ldexp(1.0, -g.e));
    const double at_mean = ldexp((double)a->beta[o], g.H) + 0.5;
    for (int s = REQUANTISE_GREATEST_SHIFT;; s--) {
        const double m = round(ldexp(slope, s));
        const double m_fits = clamp_to_bits(m, REQUANTISE_MULTIPLIER_BITS);
        const double b = round(ldexp(ldexp(at_mean, s) - m_fits * mean, -REQUANTISE_BIAS_SHIFT));
        const double b_fits = clamp_to_bits(b, REQUANTISE_BIAS_BITS);
        const bool fits = m == m_fits && b == b_fits;
        if (!fits && s > REQUANTISE_LEAST_SHIFT)
            continue;
        *q = (struct requantise){.multiplier = (int32_t)m_fits, .bias = (int32_t)b_fits, .shift = s};
        return fits;
    }
}

static bool requantise_layer(const struct layer *a, struct grid g, struct requantise *q)
{
    bool fits = true;
    for (int o = 0; o < a->O; o++)
        fits = requantise_of(a, o, g, &q[o]) && fits;
    return fits;
}

/* The codes of one row of weights, and whether they and the reference give the weights: false
 * with *bad the first that has no code. */
static bool row_codes(const struct integer_layer *a, bool consecutive, int32_t reference, const int32_t *w, int I,
                      int32_t *code, int *bad)
{
    const int32_t step = 1 << a->shift;
    for (int i = 0; i < I; i++) {
        const int32_t from = consecutive ? w[i > 0 ? i - 1 : 0] : reference;
        code[i] = (w[i] - from) / step;
        if (from + code[i] * step != w[i] || code[i] != (int32_t)fixed_saturate(code[i], a->D)) {
            *bad = i;
            return false;
        }
    }
    return true;
}

/* Buckets have more references than a neuron has: what is left are the weights themselves. */
static bool lanes_take_codes(const struct code *c)
{
    return c->span != SPAN_BUCKET;
}

static enum status layer_new(struct integer_layer *a, const struct layer *from, struct errmsg *e)
{
    const int O = from->O, I = from->I;
    const size_t weights = (size_t)O * (size_t)I;
    a->O = O;
    a->I = I;
    a->shape = from->shape;
    a->f = from->code.frac_bits;
    a->D = lanes_take_codes(&from->code) ? code_stored_width(&from->code) : from->code.weight_bits;
    a->shift = lanes_take_codes(&from->code) ? code_delta_shift(&from->code) : 0;
    a->weight = malloc(weights * sizeof *a->weight);
    a->code = malloc(weights * sizeof *a->code);
    a->reference = calloc((size_t)O, sizeof *a->reference);
    a->q = calloc((size_t)O, sizeof *a->q);
    if (a->weight == NULL || a->code == NULL || a->reference == NULL || a->q == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a deployed layer of %d x %d weights", O, I);
    return STATUS_OK;
}

/* fold: the weights of a layer, which are all multiples of 2^(a->shift), with this place value instead; f follows. */
static void fold(struct integer_layer *a, int shift)
{
    const size_t weights = (size_t)a->O * (size_t)a->I;
    for (size_t i = 0; i < weights; i++)
        a->weight[i] = a->weight[i] / (1 << a->shift) * (1 << shift);
    a->f += shift - a->shift;
    a->shift = shift;
}

static enum status layer_codes(const struct network *net, int l, struct places places, struct integer_network *n,
                               struct errmsg *e)
{
    struct integer_layer *a = &n->layers[l];
    const struct coded_layer *coded = &net->layers[l].coded;
    codec_decode(&net->layers[l].code, coded, a->weight);
    if (places.folded)
        fold(a, places.shift);
    for (int o = 0; o < a->O; o++) {
        const size_t row = (size_t)o * (size_t)a->I;
        const int32_t *w = a->weight + row;
        int bad;
        if (n->consecutive)
            a->reference[o] = w[a->I - 1];
        else if (n->has_reference)
            a->reference[o] = coded->reference[coded->n_spans > 1 ? o : 0];
        if (!row_codes(a, n->consecutive, a->reference[o], w, a->I, a->code + row, &bad))
            return fail(e, STATUS_VERDICT,
                        "layer %d, neuron %d, weight %d: %d was saturated and has no code of %d bits and step 2^%d; "
                        "the accelerator needs delta_offset 0, or another scheme",
                        l, o, bad, w[bad], a->D, a->shift);
    }
    return STATUS_OK;
}

enum status deploy(const struct network *net, struct integer_network **out, struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct integer_network *n = NULL;
    const struct code *c = &net->code;
    *out = NULL;
    if (c->scheme == SCHEME_FLOAT)
        return fail(e, STATUS_VERDICT, "a float network cannot be deployed: the accelerator takes integer weights");

    n = calloc(1, sizeof *n);
    if (n == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a deployed network");
    n->n_layers = net->shape.n_layers;
    n->W = c->weight_bits;
    n->f = c->frac_bits;
    n->consecutive = scheme_is_consecutive(c->scheme) && lanes_take_codes(c);
    n->has_reference = code_keeps_references(c) && lanes_take_codes(c);
    for (int l = 0; l <= net->shape.n_layers; l++)
        n->sizes[l] = net->shape.sizes[l];

    for (int l = 0; l < n->n_layers; l++) {
        struct integer_layer *a = &n->layers[l];
        if ((s = layer_new(a, &net->layers[l], e)) != STATUS_OK)
            goto done;
        n->D = a->D > n->D ? a->D : n->D;
    }
    const struct places places = integer_places(c, n->n_layers, integer_network_total_bits(n));
    n->shift = places.shift;
    n->shift_bits = places.shift_bits;
    for (int l = 0; l < n->n_layers; l++)
        if ((s = layer_codes(net, l, places, n, e)) != STATUS_OK)
            goto done;
    const int surplus = integer_network_total_bits(n) - REQUANTISE_T_BITS;
    struct grid g = {.H = n->f, .e = surplus > 0 ? surplus : 0};
    for (int l = 0; l < n->n_layers; l++) {
        g.f = n->f + n->layers[l].f;
        if (l < n->n_layers - 1)
            requantise_layer(&net->layers[l], g, n->layers[l].q);
    }
    /* The logits are only compared: as fine a grid as all of them can have. */
    const int last = n->n_layers - 1;
    g.H = LOGIT_FRACTION;
    while (!requantise_layer(&net->layers[last], g, n->layers[last].q) && g.H > 0)
        g.H--;
    n->logit_fraction = g.H;
    *out = n;
    n = NULL;
done:
    integer_network_free(n);
    return s;
}
