#include "models/nn/network.h"
#include "models/nn/rng.h"
#include "models/nn/simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum status network_check(const int *sizes, int n_layers, struct errmsg *e)
{
    if (n_layers < 1 || n_layers > NETWORK_MAX_LAYERS)
        return fail(e, STATUS_INPUT, "a network of %d layers; it must be 1 to %d", n_layers, NETWORK_MAX_LAYERS);
    for (int l = 0; l <= n_layers; l++)
        if (sizes[l] < 1 || sizes[l] > NETWORK_MAX_WIDTH)
            return fail(e, STATUS_INPUT, "network: size %d of layer %d; it must be 1 to %d", sizes[l], l,
                        NETWORK_MAX_WIDTH);
    return STATUS_OK;
}

static float *vector_new(int n, float value)
{
    float *v = calloc((size_t)nn_padded(n), sizeof *v);
    for (int i = 0; v != NULL && i < n; i++)
        v[i] = value;
    return v;
}

static enum status layer_new(struct layer *a, int O, int I, const struct code *code, struct errmsg *e)
{
    a->O = O;
    a->I = I;
    a->w = malloc(sizeof *a->w * (size_t)O * (size_t)I);
    a->gamma = vector_new(O, 1.0f);
    a->beta = vector_new(O, 0.0f);
    a->mean = vector_new(O, 0.0f);
    a->var = vector_new(O, 1.0f);
    if (a->w == NULL || a->gamma == NULL || a->beta == NULL || a->mean == NULL || a->var == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a layer of %d x %d weights", O, I);
    return code->scheme == SCHEME_FLOAT ? STATUS_OK : coded_layer_new(&a->coded, code, O, I, e);
}

enum status network_new(struct network **out, const int *sizes, int n_layers, const struct code *code, uint64_t seed,
                        struct errmsg *e)
{
    enum status s;
    struct rng rng;
    struct network *n = NULL;
    *out = NULL;

    s = network_check(sizes, n_layers, e);
    if (s == STATUS_OK)
        s = code_check(code, e);
    if (s != STATUS_OK)
        goto done;
    n = calloc(1, sizeof *n);
    if (n == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    n->n_layers = n_layers;
    n->code = *code;
    code_canonical(&n->code);
    memcpy(n->sizes, sizes, sizeof *sizes * ((size_t)n_layers + 1));
    rng_init(&rng, seed, RNG_INIT);
    for (int l = 0; l < n_layers; l++) {
        struct layer *a = &n->layers[l];
        s = layer_new(a, sizes[l + 1], sizes[l], &n->code, e);
        if (s != STATUS_OK)
            goto done;
        const double bound = 1.0 / sqrt((double)a->I);
        for (size_t i = 0; i < (size_t)a->O * (size_t)a->I; i++)
            a->w[i] = (float)((2 * rng_unit(&rng) - 1) * bound);
    }
    network_encode(n);
    *out = n;
    n = NULL;
done:
    network_free(n);
    return s;
}

void network_free(struct network *n)
{
    if (n == NULL)
        return;
    for (int l = 0; l < n->n_layers; l++) {
        struct layer *a = &n->layers[l];
        free(a->w);
        free(a->gamma);
        free(a->beta);
        free(a->mean);
        free(a->var);
        coded_layer_free(&a->coded);
    }
    free(n);
}

void network_encode(struct network *n)
{
    for (int l = 0; l < n->n_layers && n->code.scheme != SCHEME_FLOAT; l++)
        codec_encode(&n->code, n->layers[l].w, &n->layers[l].coded);
}

void network_rebuilt(const struct network *n, int l, float *w)
{
    const struct layer *a = &n->layers[l];
    const size_t count = (size_t)a->O * (size_t)a->I;
    if (n->code.scheme == SCHEME_FLOAT) {
        memmove(w, a->w, count * sizeof *w);
        return;
    }
    codec_decode_float(&n->code, &a->coded, w);
}

int64_t network_weights(const int *sizes, int n_layers)
{
    int64_t n = 0;
    for (int l = 0; l < n_layers; l++)
        n += (int64_t)sizes[l] * sizes[l + 1];
    return n;
}

int64_t network_storage_bits(const struct code *c, const int *sizes, int n_layers)
{
    int64_t bits = 0;
    for (int l = 0; l < n_layers; l++)
        bits += codec_storage_bits(c, sizes[l + 1], sizes[l]);
    return bits;
}
