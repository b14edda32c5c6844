#include "models/nn/io/exchange_modules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import {
    struct network *net;
    const char *path;
    struct errmsg *e;
    struct modules modules;
};

/* Whether a tensor has the sizes that are needed, but inputs before outputs, as Keras, TensorFlow and JAX keep them. */
static bool is_transposed(const struct named_array *t, int n_dimensions, const size_t *expected)
{
    const size_t *is = t->array.shape;
    if (t->array.n_dimensions != n_dimensions)
        return false;
    if (n_dimensions == 2)
        return is[0] == expected[1] && is[1] == expected[0];
    return n_dimensions == 4 && is[0] == expected[2] && is[1] == expected[3] && is[2] == expected[1] &&
           is[3] == expected[0];
}

static enum status wrong_shape(const struct import *m, const struct named_array *t, int l, int n_dimensions,
                               const size_t *expected)
{
    char is[192], should[192];
    return fail(m->e, STATUS_INPUT, "%s: tensor `%.100s` is %s; layer %d of the network, %s, needs %s%s", m->path,
                t->name, array_shape_text(t->array.n_dimensions, t->array.shape, is, sizeof is), l + 1,
                m->net->shape.layers[l].kernel > 0 ? "a convolution" : "linear",
                array_shape_text(n_dimensions, expected, should, sizeof should),
                !is_transposed(t, n_dimensions, expected) ? ""
                : n_dimensions == 2 ? "; it looks transposed (inputs before outputs, as Keras and JAX have it): save `.T`"
                                    : "; its sizes look like height x width x inputs x outputs, as Keras and JAX have "
                                      "it: save transpose(3, 2, 0, 1)");
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
    return modules_has_shape(t, 1, &O) ? floats_of(m, t, to) : wrong_shape(m, t, l, 1, &O);
}

static enum status read_matrix(const struct import *m, int l)
{
    const struct layer *a = &m->net->layers[l];
    const struct named_array *t = m->modules.layers[l]->matrix;
    const size_t O = (size_t)a->O, I = (size_t)a->I;
    size_t expected[4];
    const int dimensions = modules_matrix_shape(&m->net->shape, l, expected);
    if (!modules_has_shape(t, dimensions, expected))
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
    const struct module *norm = m->modules.norms[l];
    const struct named_array *bias = m->modules.layers[l]->bias;
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
    const struct named_array *t = m->modules.formats[l];
    if (t == NULL || m->net->code.step == STEP_FIXED || !modules_has_shape(t, 1, &two))
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
    const struct named_array *t = m->modules.references[l];
    const size_t n_weights = (size_t)a->O * (size_t)a->I, n_spans = (size_t)a->coded.n_spans;
    struct code given = a->code;
    const bool format = take_format(m, l, &given),
               references = t != NULL && scheme_has_reference(given.scheme) && modules_has_shape(t, 1, &n_spans);
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

/* What the file calls the layers; false if a name is longer than anybody's. */
static bool name_all(const struct modules *m, struct exchange_names *names)
{
    *names = (struct exchange_names){.order = m->order, .n_left_out = m->n_left_out};
    for (int l = 0; l < m->shape->n_layers; l++) {
        const struct module *layer = m->layers[l], *norm = m->norms[l];
        struct exchange_name *x = &names->layers[l];
        if (layer == NULL || layer->length >= sizeof x->layer || (norm != NULL && norm->length >= sizeof x->norm))
            return false;
        memcpy(x->layer, layer->name, layer->length);
        x->has_bias = layer->bias != NULL;
        if (norm == NULL)
            continue;
        memcpy(x->norm, norm->name, norm->length);
        x->has_norm = true;
        x->affine = norm->weight != NULL;
    }
    if (m->left_out != NULL)
        snprintf(names->left_out, sizeof names->left_out, "%.100s", m->left_out);
    return true;
}

enum status exchange_import(struct network *net, const char *path, const char *order, struct exchange_names *names,
                            struct errmsg *e)
{
    struct tensors tensors;
    struct import m = {.net = net, .path = path, .e = e};
    enum status s = tensors_read(path, &tensors, e);
    if (s == STATUS_OK)
        s = modules_match(&m.modules, path, &tensors, &net->shape, order, e);
    for (int l = 0; l < net->shape.n_layers && s == STATUS_OK && m.modules.layers[l] != NULL; l++)
        if ((s = read_matrix(&m, l)) == STATUS_OK && (s = read_norm(&m, l)) == STATUS_OK)
            s = encode(&m, l);
    if (s == STATUS_OK && names != NULL && !name_all(&m.modules, names))
        s = fail(e, STATUS_INPUT, "%s: a name of a layer has more than %d characters", path, EXCHANGE_NAME_BYTES - 1);
    modules_free(&m.modules);
    tensors_free(&tensors);
    return s;
}

enum status exchange_read_names(const char *path, const char *order, const struct topology *shape,
                                struct exchange_names *names, struct errmsg *e)
{
    struct tensors tensors;
    struct modules modules = {.n = 0};
    enum status s = tensors_read(path, &tensors, e);
    if (s == STATUS_OK)
        s = modules_match(&modules, path, &tensors, shape, order, e);
    if (s == STATUS_OK && !name_all(&modules, names))
        s = fail(e, STATUS_INPUT, "%s: a name of a layer has more than %d characters", path, EXCHANGE_NAME_BYTES - 1);
    modules_free(&modules);
    tensors_free(&tensors);
    return s;
}

void exchange_names_text(const struct exchange_names *names, const struct topology *t, char *out, size_t room)
{
    static const char *const orders[] = {
        [ORDER_BY_SHAPE] = "by their shapes", [ORDER_BY_NUMBER] = "by shapes and numbers in the names",
        [ORDER_OF_FILE] = "by shapes and the order in the file", [ORDER_GIVEN] = "in the order given"};
    size_t used = 0;
    for (int l = 0; l < t->n_layers && used < room; l++) {
        const struct exchange_name *x = &names->layers[l];
        size_t shape[4];
        char text[192];
        const int dimensions = modules_matrix_shape(t, l, shape);
        used += (size_t)snprintf(out + used, room - used, "%slayer %d is %s.weight (%s)%s%s", l > 0 ? ", " : "", l + 1,
                                 x->layer, array_shape_text(dimensions, shape, text, sizeof text),
                                 x->has_norm ? " with batch norm " : "", x->norm);
    }
    if (used < room)
        used += (size_t)snprintf(out + used, room - used, ", %s", orders[names->order]);
    if (names->n_left_out > 0 && used < room)
        snprintf(out + used, room - used, "; left out: %d tensor%s of quantisers (%s%s)", names->n_left_out,
                 names->n_left_out > 1 ? "s" : "", names->left_out, names->n_left_out > 1 ? ", ..." : "");
}
