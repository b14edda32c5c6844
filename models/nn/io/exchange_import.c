#include "models/nn/io/exchange.h"
#include "models/nn/io/tensors.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What PyTorch calls a module: the tensors whose names are equal up to the last point. */
struct module {
    const char *name;
    size_t length; /* of its name, which goes on in the tensor's */
    bool early;    /* the first word of its name is that of a convolution, too */
    const struct named_array *matrix, *weight, *bias, *mean, *var; /* weight: of one dimension */
};

struct import {
    struct network *net;
    const char *path;
    struct errmsg *e;
    struct tensors tensors;
    struct module *modules;
    int n_modules;
    const struct named_array *references[NETWORK_MAX_LAYERS], *formats[NETWORK_MAX_LAYERS];
    const struct module *layers[NETWORK_MAX_LAYERS], *norms[NETWORK_MAX_LAYERS]; /* norms: NULL if there is none */
};

static enum status not_ours(const struct import *m, const struct named_array *t)
{
    char text[192];
    return fail(m->e, STATUS_INPUT,
                "%s: tensor `%.100s` (%s) belongs to no convolution, linear layer or batch norm; a network here is a "
                "chain of these: take it out of the file",
                m->path, t->name, array_shape_text(t->array.n_dimensions, t->array.shape, text, sizeof text));
}

static struct module *module_of(struct import *m, const char *name, size_t length)
{
    for (int k = 0; k < m->n_modules; k++)
        if (m->modules[k].length == length && strncmp(m->modules[k].name, name, length) == 0)
            return &m->modules[k];
    struct module *x = &m->modules[m->n_modules++];
    *x = (struct module){.name = name, .length = length};
    return x;
}

/* WORD.N, as exchange_export writes what a layer's weights do not show. */
static bool take_extra(const struct named_array *t, const char *word, const struct named_array **extras)
{
    const size_t n = strlen(word);
    char *end;
    if (strncmp(t->name, word, n) != 0 || !isdigit((unsigned char)t->name[n]))
        return false;
    const unsigned long l = strtoul(t->name + n, &end, 10);
    if (*end != '\0' || t->array.n_dimensions != 1)
        return false;
    if (l < NETWORK_MAX_LAYERS)
        extras[l] = t;
    return true;
}

static enum status sort_in(struct import *m, const struct named_array *t)
{
    const char *point = strrchr(t->name, '.'), *leaf = point != NULL ? point + 1 : t->name;
    const int dimensions = t->array.n_dimensions;
    if (strcmp(leaf, "num_batches_tracked") == 0 || take_extra(t, "references.", m->references) ||
        take_extra(t, "formats.", m->formats))
        return STATUS_OK;
    struct module *x = module_of(m, t->name, point != NULL ? (size_t)(point - t->name) : 0);
    if ((dimensions == 2 || dimensions == 4) && strcmp(leaf, "weight") == 0)
        x->matrix = t;
    else if (dimensions == 1 && strcmp(leaf, "weight") == 0)
        x->weight = t;
    else if (dimensions == 1 && strcmp(leaf, "bias") == 0)
        x->bias = t;
    else if (dimensions == 1 && strcmp(leaf, "running_mean") == 0)
        x->mean = t;
    else if (dimensions == 1 && strcmp(leaf, "running_var") == 0)
        x->var = t;
    else
        return not_ours(m, t);
    return STATUS_OK;
}

/* Every module is a layer (a matrix, perhaps a bias) or a batch norm (both statistics). */
static enum status check_modules(const struct import *m)
{
    for (int k = 0; k < m->n_modules; k++) {
        const struct module *x = &m->modules[k];
        const struct named_array *stray = NULL;
        if (x->matrix != NULL)
            stray = x->mean != NULL ? x->mean : x->var;
        else if (x->mean == NULL || x->var == NULL)
            stray = x->weight != NULL ? x->weight : x->bias != NULL ? x->bias : x->mean != NULL ? x->mean : x->var;
        if (stray != NULL)
            return not_ours(m, stray);
    }
    return STATUS_OK;
}

static size_t first_word(const struct module *x)
{
    const char *point = memchr(x->name, '.', x->length);
    return point != NULL ? (size_t)(point - x->name) : x->length;
}

/* `features` and `classifier`: what stands beside convolutions comes first, whatever its name. */
static void find_early(struct import *m)
{
    for (int k = 0; k < m->n_modules; k++) {
        struct module *x = &m->modules[k];
        const size_t n = first_word(x);
        for (int j = 0; j < m->n_modules && !x->early; j++) {
            const struct module *y = &m->modules[j];
            x->early = y->matrix != NULL && y->matrix->array.n_dimensions == 4 && first_word(y) == n &&
                       strncmp(x->name, y->name, n) == 0;
        }
    }
}

static int compare(const void *a, const void *b)
{
    const struct module *x = a, *y = b;
    if (x->early != y->early)
        return x->early ? -1 : 1;
    return tensors_order(x->name, y->name);
}

static bool is_convolution(const struct module *x)
{
    return x->matrix->array.n_dimensions == 4;
}

/* Which module is which layer: the convolutions and the linear layers each in their order. */
static enum status match_layers(struct import *m)
{
    const struct topology *t = &m->net->shape;
    int n_convolutions = 0, wanted = 0, found = 0, at = 0;
    char names[256] = "";
    size_t used = 0;
    for (int l = 0; l < t->n_layers; l++)
        wanted += t->layers[l].kernel > 0;
    for (int k = 0; k < m->n_modules; k++) {
        const struct module *x = &m->modules[k];
        if (x->matrix == NULL)
            continue;
        found++;
        n_convolutions += is_convolution(x);
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", found > 1 ? ", " : "", x->matrix->name);
    }
    if (n_convolutions != wanted || found != t->n_layers)
        return fail(m->e, STATUS_INPUT, "%s: %d convolutions and %d linear layers (%s), but the network has %d and %d",
                    m->path, n_convolutions, found - n_convolutions, names, wanted, t->n_layers - wanted);
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < m->n_modules; k++)
            if (m->modules[k].matrix != NULL && is_convolution(&m->modules[k]) == (pass == 0))
                m->layers[at++] = &m->modules[k];
    return STATUS_OK;
}

static enum status match_norms(struct import *m)
{
    const int L = m->net->shape.n_layers;
    int n = 0;
    for (int k = 0; k < m->n_modules; k++) {
        if (m->modules[k].matrix != NULL)
            continue;
        if (n < L)
            m->norms[n] = &m->modules[k];
        n++;
    }
    if (n != 0 && n != L && n != L - 1)
        return fail(m->e, STATUS_INPUT,
                    "%s: %d batch norms for %d layers; there must be one a layer, one for each but the last, or none",
                    m->path, n, L);
    return STATUS_OK;
}

static enum status wrong_shape(const struct import *m, const struct named_array *t, int l, int n_dimensions,
                               const size_t *expected)
{
    char is[192], should[192];
    return fail(m->e, STATUS_INPUT, "%s: tensor `%.100s` is %s; layer %d of the network, %s, needs %s", m->path,
                t->name, array_shape_text(t->array.n_dimensions, t->array.shape, is, sizeof is), l + 1,
                m->net->shape.layers[l].kernel > 0 ? "a convolution" : "linear",
                array_shape_text(n_dimensions, expected, should, sizeof should));
}

static bool has_shape(const struct named_array *t, int n_dimensions, const size_t *shape)
{
    return t->array.n_dimensions == n_dimensions &&
           memcmp(t->array.shape, shape, (size_t)n_dimensions * sizeof *shape) == 0;
}

static enum status floats_of(const struct import *m, const struct named_array *t, float *to)
{
    char what[512];
    snprintf(what, sizeof what, "%s: tensor `%.100s`", m->path, t->name);
    return array_floats(&t->array, what, to, m->e);
}

/* A vector of one number an output. */
static enum status read_vector(const struct import *m, const struct named_array *t, int l, float *to)
{
    const size_t O = (size_t)m->net->layers[l].O;
    return has_shape(t, 1, &O) ? floats_of(m, t, to) : wrong_shape(m, t, l, 1, &O);
}

static enum status read_matrix(const struct import *m, int l)
{
    const struct layer *a = &m->net->layers[l];
    const struct layer_shape *shape = &m->net->shape.layers[l];
    const struct named_array *t = m->layers[l]->matrix;
    const size_t O = (size_t)a->O, I = (size_t)a->I, kernel = (size_t)shape->kernel;
    const size_t expected[4] = {O, kernel > 0 ? (size_t)shape->channels : I, kernel, kernel};
    const int dimensions = kernel > 0 ? 4 : 2;
    if (!has_shape(t, dimensions, expected))
        return wrong_shape(m, t, l, dimensions, expected);
    float *theirs = malloc(O * I * sizeof *theirs);
    if (theirs == NULL)
        return fail(m->e, STATUS_ENVIRONMENT, "%s: out of memory", m->path);
    const enum status s = floats_of(m, t, theirs);
    for (size_t i = 0; i < I && s == STATUS_OK; i++) {
        const size_t column = exchange_column(&m->net->shape, l, i);
        for (size_t o = 0; o < O; o++)
            a->w[o * I + i] = theirs[o * I + column];
    }
    free(theirs);
    return s;
}

/* Batch norm of a layer: read, or one that changes nothing; then the layer's bias into its mean. */
static enum status read_norm(const struct import *m, int l)
{
    const struct layer *a = &m->net->layers[l];
    const struct module *norm = m->norms[l];
    const struct named_array *bias = m->layers[l]->bias;
    enum status s = STATUS_OK;
    for (int o = 0; o < a->O; o++) {
        a->gamma[o] = 1;
        a->beta[o] = 0;
        a->mean[o] = 0;
        a->var[o] = 1.0f - NORM_EPS;
    }
    if (norm != NULL) {
        s = read_vector(m, norm->mean, l, a->mean);
        if (s == STATUS_OK)
            s = read_vector(m, norm->var, l, a->var);
        if (s == STATUS_OK && norm->weight != NULL)
            s = read_vector(m, norm->weight, l, a->gamma);
        if (s == STATUS_OK && norm->bias != NULL)
            s = read_vector(m, norm->bias, l, a->beta);
        for (int o = 0; o < a->O && s == STATUS_OK; o++)
            if (a->var[o] < 0)
                s = fail(m->e, STATUS_INPUT, "%s: tensor `%.100s`: the variance at index [%d] is %g; none is below 0",
                         m->path, norm->var->name, o, (double)a->var[o]);
    }
    if (s != STATUS_OK || bias == NULL)
        return s;
    float *b = calloc((size_t)a->O, sizeof *b);
    if (b == NULL)
        return fail(m->e, STATUS_ENVIRONMENT, "%s: out of memory", m->path);
    s = read_vector(m, bias, l, b);
    for (int o = 0; o < a->O && s == STATUS_OK; o++) {
        a->mean[o] -= b[o];
        if (!isfinite(a->mean[o]))
            s = fail(m->e, STATUS_INPUT, "%s: tensor `%.100s`: the bias at index [%d] is too great", m->path,
                     bias->name, o);
    }
    free(b);
    return s;
}

/* formats.N of a layer: frac_bits and delta_offset. False if they are none, or the code has its own. */
static bool take_format(const struct import *m, int l, struct code *c)
{
    static const size_t two = 2;
    const struct named_array *t = m->formats[l];
    if (t == NULL || m->net->code.step == STEP_FIXED || !has_shape(t, 1, &two))
        return false;
    const double f = array_number(&t->array, 0), o = array_number(&t->array, 1);
    const int most_offset = scheme_is_delta(c->scheme) ? c->weight_bits - c->delta_bits : 0;
    if (!(f >= 0 && f <= CODE_MOST_FRAC_BITS && f == floor(f) && o >= 0 && o <= most_offset && o == floor(o)))
        return false;
    c->frac_bits = (int)f;
    c->delta_offset = (int)o;
    return true;
}

/* Encodes with the format and the references that the file has. *exact: they give the very weights; else the layer is
 * as it was, but for its code's numbers. */
static enum status encode_as_given(const struct import *m, int l, bool *exact)
{
    struct layer *a = &m->net->layers[l];
    const struct named_array *t = m->references[l];
    const size_t n_weights = (size_t)a->O * (size_t)a->I, n_spans = (size_t)a->coded.n_spans;
    struct code given = a->code;
    const bool format = take_format(m, l, &given),
               references = t != NULL && scheme_has_reference(given.scheme) && has_shape(t, 1, &n_spans);
    *exact = false;
    if ((!format && !references) || (a->reference != NULL && !references))
        return STATUS_OK;
    float *masters = calloc(n_spans, sizeof *masters), *rebuilt = calloc(n_weights, sizeof *rebuilt);
    enum status s = STATUS_ENVIRONMENT;
    if (masters == NULL || rebuilt == NULL)
        fail(m->e, s, "%s: out of memory", m->path);
    else
        s = references ? floats_of(m, t, masters) : STATUS_OK;
    if (s == STATUS_OK && masters != NULL && rebuilt != NULL) { /* the static analyser does not follow s */
        struct code as_given = given;
        if (references)
            as_given.reference = REFERENCE_LEARNED;
        codec_encode(&as_given, a->w, references ? masters : NULL, &a->coded);
        codec_decode_float(&given, &a->coded, rebuilt);
        *exact = memcmp(rebuilt, a->w, n_weights * sizeof *rebuilt) == 0;
    }
    if (*exact) {
        a->code = given;
        if (a->reference != NULL)
            memcpy(a->reference, masters, n_spans * sizeof *masters);
    }
    free(masters);
    free(rebuilt);
    return s;
}

/* The code of a layer: as the file says, if that gives its very weights, else as that of any weights. */
static enum status encode(const struct import *m, int l)
{
    struct layer *a = &m->net->layers[l];
    bool exact;
    if (m->net->code.scheme == SCHEME_FLOAT)
        return STATUS_OK;
    const enum status s = encode_as_given(m, l, &exact);
    if (s != STATUS_OK || exact)
        return s;
    if (a->reference != NULL)
        codec_masters(&a->code, a->w, a->O, a->I, a->reference);
    network_choose(m->net, l);
    if (a->reference != NULL) /* the lift of one-bit codes depends on the step */
        codec_masters(&a->code, a->w, a->O, a->I, a->reference);
    codec_encode(&a->code, a->w, a->reference, &a->coded);
    return STATUS_OK;
}

enum status exchange_import(struct network *net, const char *path, struct errmsg *e)
{
    struct tensors tensors;
    enum status s = tensors_read(path, &tensors, e);
    struct import m = {.net = net, .path = path, .e = e, .tensors = tensors};
    if (s != STATUS_OK)
        goto done;
    m.modules = calloc((size_t)m.tensors.n + 1, sizeof *m.modules);
    if (m.modules == NULL) {
        fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
        s = STATUS_ENVIRONMENT; /* in plain sight of the static analyser, which does not know fail */
        goto done;
    }
    for (int k = 0; k < m.tensors.n && s == STATUS_OK; k++)
        s = sort_in(&m, &m.tensors.list[k]);
    if (s != STATUS_OK || (s = check_modules(&m)) != STATUS_OK)
        goto done;
    find_early(&m);
    qsort(m.modules, (size_t)m.n_modules, sizeof *m.modules, compare);
    if ((s = match_layers(&m)) != STATUS_OK || (s = match_norms(&m)) != STATUS_OK)
        goto done;
    for (int l = 0; l < net->shape.n_layers && s == STATUS_OK && m.layers[l] != NULL; l++)
        if ((s = read_matrix(&m, l)) == STATUS_OK && (s = read_norm(&m, l)) == STATUS_OK)
            s = encode(&m, l);
done:
    free(m.modules);
    tensors_free(&m.tensors);
    return s;
}
