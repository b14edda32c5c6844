#include "models/nn/network/network.h"
#include "base/rng.h"
#include "models/nn/layout/simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[] = {"standard", "paper"};

const char *train_mode_name(enum train_mode v)
{
    return mode_names[v];
}

static float *vector_new(int n, float value)
{
    float *v = calloc((size_t)nn_padded(n), sizeof *v);
    for (int i = 0; v != NULL && i < n; i++)
        v[i] = value;
    return v;
}

static enum status layer_new(struct layer *a, const struct layer_shape *shape, const struct code *code,
                             struct errmsg *e)
{
    const int O = shape->O, I = shape->I;
    a->O = O;
    a->I = I;
    a->shape = *shape;
    a->code = *code;
    a->w = malloc(sizeof *a->w * (size_t)O * (size_t)I);
    a->gamma = vector_new(O, 1.0f);
    a->beta = vector_new(O, 0.0f);
    a->mean = vector_new(O, 0.0f);
    a->var = vector_new(O, 1.0f);
    if (a->w == NULL || a->gamma == NULL || a->beta == NULL || a->mean == NULL || a->var == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a layer of %d x %d weights", O, I);
    enum status s = code->scheme == SCHEME_FLOAT ? STATUS_OK : coded_layer_new(&a->coded, code, O, I, e);
    if (s == STATUS_OK && scheme_has_reference(code->scheme) && code->reference == REFERENCE_LEARNED) {
        a->reference = calloc((size_t)a->coded.n_spans, sizeof *a->reference);
        if (a->reference == NULL)
            s = fail(e, STATUS_ENVIRONMENT, "out of memory for the references of a layer of %d x %d weights", O, I);
    }
    return s;
}

/* What weights that are new ask of their code. */
static void begin_codes(struct network *n)
{
    for (int l = 0; l < n->shape.n_layers; l++) {
        struct layer *a = &n->layers[l];
        if (a->reference != NULL)
            codec_masters(&a->code, a->w, a->O, a->I, a->reference);
        network_choose(n, l);
        if (a->reference != NULL) /* the lift of one-bit codes depends on the step */
            codec_masters(&a->code, a->w, a->O, a->I, a->reference);
    }
    network_encode(n);
}

enum status network_new(struct network **out, const struct topology *shape, const struct code *code, uint64_t seed,
                        struct errmsg *e)
{
    enum status s;
    struct rng rng;
    struct network *n = NULL;
    *out = NULL;

    s = topology_check(shape, e);
    if (s == STATUS_OK)
        s = code_check(code, e);
    if (s == STATUS_OK && code->n_formats > 0 && code->n_formats != shape->n_layers)
        s = fail(e, STATUS_INPUT, "formats for %d layers, but the network has %d", code->n_formats, shape->n_layers);
    if (s != STATUS_OK)
        goto done;
    n = calloc(1, sizeof *n);
    if (n == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    n->shape = *shape;
    n->code = *code;
    code_canonical(&n->code);
    rng_init(&rng, seed, RNG_INIT);
    for (int l = 0; l < shape->n_layers; l++) {
        struct layer *a = &n->layers[l];
        const struct code of = code_of_layer(&n->code, l);
        s = layer_new(a, &shape->layers[l], &of, e);
        if (s != STATUS_OK)
            goto done;
        const double bound = 1.0 / sqrt((double)a->I);
        for (size_t i = 0; i < (size_t)a->O * (size_t)a->I; i++)
            a->w[i] = (float)((2 * rng_unit(&rng) - 1) * bound);
    }
    begin_codes(n);
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
    for (int l = 0; l < n->shape.n_layers; l++) {
        struct layer *a = &n->layers[l];
        free(a->w);
        free(a->reference);
        free(a->gamma);
        free(a->beta);
        free(a->mean);
        free(a->var);
        coded_layer_free(&a->coded);
    }
    free(n);
}

/* The finest point at which no weight leaves W bits. */
static int finest_point(const struct layer *a)
{
    const size_t weights = (size_t)a->O * (size_t)a->I;
    float least = 0, most = 0;
    for (size_t i = 0; i < weights; i++) {
        least = a->w[i] < least ? a->w[i] : least;
        most = a->w[i] > most ? a->w[i] : most;
    }
    int f = CODE_MOST_FRAC_BITS;
    for (; f > 0; f--) {
        const struct fixed q = fixed_make(a->code.weight_bits, f, ROUNDING_NEAREST);
        if (fixed_inside(q, least) && fixed_inside(q, most))
            break;
    }
    return f;
}

void network_choose(struct network *n, int l)
{
    struct layer *a = &n->layers[l];
    struct code *c = &a->code;
    const int given = c->delta_offset;
    if (n->code.step == STEP_FIXED || n->code.scheme == SCHEME_FLOAT)
        return;
    c->frac_bits = finest_point(a);
    if (!scheme_is_delta(c->scheme) || c->codec == CODEC_PAPER)
        return;
    double least = INFINITY;
    int best = 0;
    for (int o = 0; o <= c->weight_bits - c->delta_bits; o++) {
        c->delta_offset = o;
        codec_encode(c, a->w, a->reference, &a->coded);
        const double error = codec_error(c, &a->coded, a->w);
        if (error < least) {
            least = error;
            best = o;
        }
    }
    c->delta_offset = best;
    if (n->code.step == STEP_LEARNED) {
        const int f = c->frac_bits - best + given;
        c->frac_bits = f < 0 ? 0 : f > CODE_MOST_FRAC_BITS ? CODE_MOST_FRAC_BITS : f;
        c->delta_offset = given;
    }
}

void network_encode(struct network *n)
{
    for (int l = 0; l < n->shape.n_layers && n->code.scheme != SCHEME_FLOAT; l++)
        codec_encode(&n->layers[l].code, n->layers[l].w, n->layers[l].reference, &n->layers[l].coded);
}

void network_rebuilt(const struct network *n, int l, float *w)
{
    const struct layer *a = &n->layers[l];
    const size_t count = (size_t)a->O * (size_t)a->I;
    if (n->code.scheme == SCHEME_FLOAT) {
        memmove(w, a->w, count * sizeof *w);
        return;
    }
    codec_decode_float(&a->code, &a->coded, w);
}

/* The master weights and the batch norm. */
static void layer_copy(struct layer *to, const struct layer *from)
{
    const size_t neurons = sizeof(float) * (size_t)nn_padded(from->O);
    memcpy(to->w, from->w, (size_t)from->O * (size_t)from->I * sizeof(float));
    memcpy(to->gamma, from->gamma, neurons);
    memcpy(to->beta, from->beta, neurons);
    memcpy(to->mean, from->mean, neurons);
    memcpy(to->var, from->var, neurons);
}

void network_copy(struct network *to, const struct network *from)
{
    to->mode = from->mode;
    for (int l = 0; l < from->shape.n_layers; l++) {
        const struct layer *a = &from->layers[l];
        struct layer *b = &to->layers[l];
        const size_t spans = (size_t)a->coded.n_spans;
        b->code = a->code;
        layer_copy(b, a);
        if (a->reference != NULL)
            memcpy(b->reference, a->reference, spans * sizeof(float));
        if (a->coded.delta == NULL)
            continue;
        memcpy(b->coded.reference, a->coded.reference, spans * sizeof(int32_t));
        memcpy(b->coded.delta, a->coded.delta, (size_t)a->O * (size_t)a->I * sizeof(int32_t));
    }
}

void network_begin(struct network *n, const struct network *from)
{
    const enum train_mode mode = n->mode;
    if (memcmp(&n->code, &from->code, sizeof n->code) == 0) {
        network_copy(n, from);
        n->mode = mode;
        return;
    }
    for (int l = 0; l < n->shape.n_layers; l++)
        layer_copy(&n->layers[l], &from->layers[l]);
    begin_codes(n);
}

int64_t network_storage_bits(const struct code *c, const struct topology *shape)
{
    int64_t bits = 0;
    for (int l = 0; l < shape->n_layers; l++) {
        const struct code of = code_of_layer(c, l);
        bits += codec_storage_bits(&of, shape->layers[l].O, shape->layers[l].I);
    }
    return bits;
}
