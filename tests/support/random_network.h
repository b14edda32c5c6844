/* Networks with random codes, shapes, weights and batch norm, for tests: as wild as a code allows. */
#pragma once

#include "models/nn/network/network.h"
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

/* random_integer_code: any code but float, buckets included. random_lane_code: any that an accelerator takes. */
static inline struct code random_integer_code(struct rng *r)
{
    struct code c;
    do {
        c = (struct code){
            .scheme = (enum scheme)(1 + rng_below(r, SCHEME_COUNT - 1)),
            .reference = (enum reference)rng_below(r, REFERENCE_COUNT),
            .span = (enum span)rng_below(r, SPAN_COUNT),
            .codec = (enum codec)rng_below(r, CODEC_COUNT),
            .rounding = (enum rounding)rng_below(r, 3),
            .weight_bits = 2 + (int)rng_below(r, 15),
        };
        c.frac_bits = (int)rng_below(r, (uint64_t)c.weight_bits);
        c.delta_bits = c.codec == CODEC_TERNARY ? 2 : 1 + (int)rng_below(r, (uint64_t)c.weight_bits);
        c.delta_offset = (int)rng_below(r, (uint64_t)(c.weight_bits - c.delta_bits) + 1);
        c.bucket = 1 + (int)rng_below(r, 50);
        code_canonical(&c);
    } while (code_check(&c, NULL) != STATUS_OK);
    return c;
}

/* random_formats: gives each of n_layers a format of its own, one code in two; with one_offset all have
 * the same. */
static inline void random_formats(struct rng *r, struct code *c, int n_layers, bool one_offset)
{
    if (rng_below(r, 2))
        return;
    const int W = c->weight_bits, offset = (int)rng_below(r, (uint64_t)W);
    c->n_formats = n_layers;
    for (int l = 0; l < n_layers; l++) {
        struct layer_format *f = &c->formats[l];
        f->frac_bits = (int)rng_below(r, 16);
        if (!scheme_is_delta(c->scheme))
            continue;
        const int most = one_offset && c->codec != CODEC_PAPER ? W - offset : W;
        f->delta_bits = c->codec == CODEC_TERNARY ? 2 : 1 + (int)rng_below(r, (uint64_t)most);
        f->delta_offset = one_offset && c->codec != CODEC_PAPER ? offset
                                                                : (int)rng_below(r, (uint64_t)(W - f->delta_bits) + 1);
    }
    struct code canonical = *c;
    code_canonical(&canonical);
    if (code_check(&canonical, NULL) != STATUS_OK)
        canonical.n_formats = 0;
    *c = canonical;
    code_canonical(c);
}

static inline struct code random_lane_code(struct rng *r)
{
    struct code c;
    do
        c = random_integer_code(r);
    while (c.span == SPAN_BUCKET);
    return c;
}

/* random_sizes: 1 to most_layers layers of 1 to most_size neurons; returns their number. */
static inline int random_sizes(struct rng *r, int *sizes, int most_layers, int most_size)
{
    const int n_layers = 1 + (int)rng_below(r, (uint64_t)most_layers);
    for (int l = 0; l <= n_layers; l++)
        sizes[l] = 1 + (int)rng_below(r, (uint64_t)most_size);
    return n_layers;
}

/* random_topology: an image of up to most x most x 5, one or two convolutions, some pooled, and a linear layer
 * or two. */
static inline void random_topology(struct rng *r, struct topology *t, int most)
{
    char text[8][32];
    const char *words[8] = {0};
    int n = 0, wrong, height = 1 + (int)rng_below(r, (uint64_t)most), width = 1 + (int)rng_below(r, (uint64_t)most);
    snprintf(text[n++], sizeof text[0], "%dx%dx%d", height, width, 1 + (int)rng_below(r, 5));
    for (int l = 1 + (int)rng_below(r, 2); l > 0; l--) {
        const int stride = 1 + (int)rng_below(r, 3), pool = 1 + (int)rng_below(r, 3);
        snprintf(text[n++], sizeof text[0], "%dc%ds%d", 1 + (int)rng_below(r, 20), 1 + 2 * (int)rng_below(r, 3), stride);
        height = (height + stride - 1) / stride;
        width = (width + stride - 1) / stride;
        if (pool == 1 || pool > height || pool > width)
            continue;
        snprintf(text[n++], sizeof text[0], "p%d", pool);
        height /= pool;
        width /= pool;
    }
    for (int l = 1 + (int)rng_below(r, 2); l > 0; l--)
        snprintf(text[n++], sizeof text[0], "%d", 1 + (int)rng_below(r, 12));
    for (int i = 0; i < n; i++)
        words[i] = text[i];
    struct errmsg e = {""};
    const enum status s = topology_parse(words, n, t, &wrong, &e);
    if (s != STATUS_OK)
        fprintf(stderr, "random_topology: %s\n", e.text);
    assert(s == STATUS_OK);
}

/* network_shake: masters over the code's whole range and beyond, one in eight at its ends; a batch norm that
 * keeps about half the neurons inside ±1; encoded. */
static inline void network_shake(struct rng *r, struct network *n)
{
    const double part = rng_below(r, 2) ? 0.1 : 1.3;
    for (int l = 0; l < n->shape.n_layers; l++) {
        struct layer *a = &n->layers[l];
        const double full = ldexp(1.0, a->code.weight_bits - 1 - a->code.frac_bits), spread = full * part;
        for (int i = 0; i < a->O * a->I; i++) {
            a->w[i] = (float)((2 * rng_unit(r) - 1) * spread);
            if (rng_below(r, 8) == 0)
                a->w[i] = (float)(rng_below(r, 2) ? full : -full);
        }
        const double sigma = spread * sqrt((double)a->I) * 0.4;
        for (int o = 0; o < a->O; o++) {
            a->gamma[o] = (float)(2 * rng_unit(r) - 0.5);
            a->beta[o] = (float)(2 * rng_unit(r) - 1);
            a->mean[o] = (float)((2 * rng_unit(r) - 1) * sigma);
            a->var[o] = (float)(sigma * sigma * (0.5 + rng_unit(r)));
        }
    }
    network_encode(n);
}

/* random_activations: n numbers of bits, one in four at the ends. */
static inline void random_activations(struct rng *r, int32_t *x, int n, int bits)
{
    const int32_t lo = -(1 << (bits - 1));
    for (int i = 0; i < n; i++) {
        x[i] = lo + (int32_t)rng_below(r, UINT64_C(1) << bits);
        if (rng_below(r, 4) == 0)
            x[i] = rng_below(r, 2) ? lo : -(lo + 1);
    }
}
