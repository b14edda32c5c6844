#include "models/nn/layout/topology.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct topology *topology_chain(const int *sizes, int n_layers, struct topology *t)
{
    *t = (struct topology){.n_layers = n_layers, .height = 1, .width = 1};
    for (int l = 0; l <= n_layers && l <= NETWORK_MAX_LAYERS; l++)
        t->sizes[l] = sizes[l];
    for (int l = 0; l < n_layers && l < NETWORK_MAX_LAYERS; l++)
        t->layers[l] = (struct layer_shape){.O = sizes[l + 1],
                                            .I = sizes[l],
                                            .stride = 1,
                                            .pool = 1,
                                            .channels = sizes[l],
                                            .height = 1,
                                            .width = 1,
                                            .out_height = 1,
                                            .out_width = 1};
    t->channels = t->sizes[0];
    return t;
}

/* What has come out of the words so far. */
struct cursor {
    int channels, height, width;
    bool flat; /* a linear layer was there: positions are gone */
};

/* The number at *text, which moves behind it; -1 if there is none from 1 to the greatest width. */
static int number(const char **text)
{
    char *end;
    if (!isdigit((unsigned char)**text))
        return -1;
    errno = 0;
    const long v = strtol(*text, &end, 10);
    *text = end;
    return errno == 0 && v >= 1 && v <= NETWORK_MAX_WIDTH ? (int)v : -1;
}

static enum status parse_input(const char *word, struct topology *t, struct cursor *c, struct errmsg *e)
{
    const char *p = word;
    int n[3] = {-1, -1, 1}, count = 0;
    n[count++] = number(&p);
    while (count < 3 && *p == 'x') {
        p++;
        n[count++] = number(&p);
    }
    if (*p != '\0' || n[0] < 1 || (count > 1 && n[1] < 1) || n[2] < 1)
        return fail(e, STATUS_INPUT,
                    "`%.64s` is not an input: write a number of features (784) or height x width [x channels] (28x28, "
                    "32x32x3), each 1 to %d",
                    word, NETWORK_MAX_WIDTH);
    *c = count == 1 ? (struct cursor){n[0], 1, 1, true} : (struct cursor){n[2], n[0], n[1], false};
    t->channels = c->channels;
    t->height = c->height;
    t->width = c->width;
    if ((int64_t)n[0] * (count > 1 ? n[1] : 1) * n[2] > NETWORK_MAX_WIDTH)
        return fail(e, STATUS_INPUT, "an image of `%.64s` has more than %d features", word, NETWORK_MAX_WIDTH);
    t->sizes[0] = c->channels * c->height * c->width;
    return STATUS_OK;
}

static enum status parse_pool(const char *word, struct topology *t, struct cursor *c, struct errmsg *e)
{
    const char *p = word + 1;
    const int pool = number(&p);
    struct layer_shape *a = t->n_layers > 0 ? &t->layers[t->n_layers - 1] : NULL;
    if (*p != '\0' || pool < 2 || pool > NETWORK_MAX_POOL)
        return fail(e, STATUS_INPUT, "`%.64s` is not a pooling: write p2 for the greatest of 2 x 2, at most p%d", word,
                    NETWORK_MAX_POOL);
    if (a == NULL || a->kernel == 0 || a->pool > 1)
        return fail(e, STATUS_INPUT, "`%.64s`: a pooling follows a convolution (16c3), once", word);
    if (pool > c->height || pool > c->width)
        return fail(e, STATUS_INPUT, "`%.64s` pools more than the %d x %d positions that are left", word, c->height,
                    c->width);
    a->pool = pool;
    c->height /= pool;
    c->width /= pool;
    t->sizes[t->n_layers] = c->channels * c->height * c->width;
    return STATUS_OK;
}

static enum status parse_layer(const char *word, struct topology *t, struct cursor *c, struct errmsg *e)
{
    const char *p = word;
    struct layer_shape a = {.stride = 1, .pool = 1, .out_height = 1, .out_width = 1};
    a.O = number(&p);
    bool good = a.O > 0;
    if (good && *p == 'c') {
        p++;
        a.kernel = number(&p);
        good = a.kernel > 0 && a.kernel % 2 == 1;
        if (good && *p == 's') {
            p++;
            a.stride = number(&p);
            good = a.stride > 0;
        }
    }
    if (!good || *p != '\0')
        return fail(e, STATUS_INPUT,
                    "`%.64s` is not a layer: write 96 for a linear layer, 16c3 for 16 channels of 3 x 3 (odd), 16c3s2 "
                    "with stride 2, p2 for pooling",
                    word);
    if (t->n_layers == NETWORK_MAX_LAYERS)
        return fail(e, STATUS_INPUT, "more than %d layers", NETWORK_MAX_LAYERS);
    if (a.kernel > 0 && c->flat)
        return fail(e, STATUS_INPUT,
                    "`%.64s`: a convolution needs an image: give the input as 28x28 or 32x32x3, and "
                    "linear layers after it",
                    word);
    if (a.kernel > 0) {
        a.channels = c->channels;
        a.height = c->height;
        a.width = c->width;
        a.out_height = (c->height + a.stride - 1) / a.stride;
        a.out_width = (c->width + a.stride - 1) / a.stride;
        if ((int64_t)a.kernel * a.kernel * a.channels > NETWORK_MAX_WIDTH ||
            (int64_t)a.O * a.out_height * a.out_width > NETWORK_MAX_WIDTH)
            return fail(e, STATUS_INPUT, "`%.64s`: more than %d inputs of a neuron or outputs of the layer", word,
                        NETWORK_MAX_WIDTH);
        a.I = a.kernel * a.kernel * a.channels;
    } else {
        a.channels = a.I = t->sizes[t->n_layers];
        a.height = a.width = 1;
    }
    t->layers[t->n_layers++] = a;
    *c = (struct cursor){a.O, a.out_height, a.out_width, a.kernel == 0};
    t->sizes[t->n_layers] = a.O * a.out_height * a.out_width;
    return STATUS_OK;
}

enum status topology_parse(const char *const *words, int n, struct topology *t, int *wrong, struct errmsg *e)
{
    struct cursor c = {0};
    *t = (struct topology){0};
    *wrong = -1;
    if (n < 2)
        return fail(e, STATUS_INPUT, "at least two layer sizes are needed, inputs and outputs: [784, 96, 64, 10]");
    *wrong = 0;
    enum status s = parse_input(words[0], t, &c, e);
    for (int i = 1; i < n && s == STATUS_OK; i++) {
        *wrong = i;
        s = words[i][0] == 'p' ? parse_pool(words[i], t, &c, e) : parse_layer(words[i], t, &c, e);
    }
    if (s == STATUS_OK)
        *wrong = -1;
    if (s == STATUS_OK && topology_is_chain(t)) { /* an image of which only the number of features counts */
        t->channels = t->sizes[0];
        t->height = t->width = 1;
    }
    return s == STATUS_OK ? topology_check(t, e) : s;
}

/* put: adds a number, and what stands before it, to the used characters of a text. */
static size_t put(char out[TOPOLOGY_TEXT_BYTES], size_t used, const char *before, int number)
{
    char digits[TEXT_INTEGER_BYTES];
    text_of_integer(number, digits);
    used = text_append(out, TOPOLOGY_TEXT_BYTES, used, before);
    return text_append(out, TOPOLOGY_TEXT_BYTES, used, digits);
}

void topology_text(const struct topology *t, char out[TOPOLOGY_TEXT_BYTES])
{
    const bool chain = topology_is_chain(t);
    size_t used = put(out, 0, "", chain ? t->sizes[0] : t->height);
    if (!chain) {
        used = put(out, used, "x", t->width);
        used = put(out, used, "x", t->channels);
    }
    for (int l = 0; l < t->n_layers; l++) {
        const struct layer_shape *a = &t->layers[l];
        used = put(out, used, "-", a->O);
        if (a->kernel > 0)
            used = put(out, used, "c", a->kernel);
        if (a->stride > 1)
            used = put(out, used, "s", a->stride);
        if (a->pool > 1)
            used = put(out, used, "-p", a->pool);
    }
}

enum status topology_check(const struct topology *t, struct errmsg *e)
{
    if (t->n_layers < 1 || t->n_layers > NETWORK_MAX_LAYERS)
        return fail(e, STATUS_INPUT, "a network of %d layers; it must be 1 to %d", t->n_layers, NETWORK_MAX_LAYERS);
    for (int l = 0; l <= t->n_layers; l++)
        if (t->sizes[l] < 1 || t->sizes[l] > NETWORK_MAX_WIDTH)
            return fail(e, STATUS_INPUT, "network: size %d of layer %d; it must be 1 to %d", t->sizes[l], l,
                        NETWORK_MAX_WIDTH);
    if (t->layers[t->n_layers - 1].kernel > 0)
        return fail(e, STATUS_INPUT, "the last layer is a convolution; end with a linear layer of one output a class");
    return STATUS_OK;
}

bool topology_is_chain(const struct topology *t)
{
    for (int l = 0; l < t->n_layers; l++)
        if (t->layers[l].kernel > 0)
            return false;
    return true;
}

int64_t topology_weights(const struct topology *t)
{
    int64_t n = 0;
    for (int l = 0; l < t->n_layers; l++)
        n += (int64_t)t->layers[l].O * t->layers[l].I;
    return n;
}

int64_t topology_macs(const struct topology *t)
{
    int64_t n = 0;
    for (int l = 0; l < t->n_layers; l++) {
        const struct layer_shape *a = &t->layers[l];
        n += (int64_t)a->O * a->I * a->out_height * a->out_width;
    }
    return n;
}
