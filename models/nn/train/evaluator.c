#include "models/nn/train/evaluator.h"
#include "models/nn/kernels/images.h"
#include "models/nn/kernels/linear.h"
#include "models/nn/kernels/pooled_norm.h"
#include "models/nn/layout/simd.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum status evaluator_new(struct evaluator *ev, const struct network *net, int block, struct errmsg *e)
{
    *ev = (struct evaluator){.net = net, .block = block};
    if (convolution_room_new(&ev->room, &net->shape, false, e) != STATUS_OK) {
        evaluator_free(ev);
        return STATUS_ENVIRONMENT;
    }
    for (int l = 0; l <= net->shape.n_layers; l++) {
        ev->x[l] = calloc((size_t)block * (size_t)nn_padded(net->shape.sizes[l]), sizeof(float));
        bool whole = ev->x[l] != NULL;
        if (l < net->shape.n_layers) {
            const struct layer *a = &net->layers[l];
            ev->shape[l] = forward_norm_shape(net, l);
            ev->w[l] = malloc((size_t)a->O * (size_t)a->I * sizeof(float));
            ev->rstd[l] = malloc((size_t)nn_padded(a->O) * sizeof(float));
            whole = whole && ev->w[l] != NULL && ev->rstd[l] != NULL;
        }
        if (whole && l < net->shape.n_layers && forward_has_8_bits(net)) {
            const struct layer *a = &net->layers[l];
            ev->x8[l] = calloc((size_t)block, (size_t)nn_padded(net->shape.sizes[l]));
            whole = ev->x8[l] != NULL &&
                    product_new(&ev->product[l], convolution_product_rows(&a->shape, block), a->I, a->O,
                                nn_padded(a->I), nn_padded(a->O), product_paths(), false, e) == STATUS_OK;
        }
        if (!whole) {
            evaluator_free(ev);
            return fail(e, STATUS_ENVIRONMENT, "out of memory for evaluating %d images at a time", block);
        }
    }
    return STATUS_OK;
}

void evaluator_load(struct evaluator *ev)
{
    for (int l = 0; l < ev->net->shape.n_layers; l++) {
        const struct layer *a = &ev->net->layers[l];
        network_rebuilt(ev->net, l, ev->w[l]);
        if (ev->product[l] != NULL)
            product_load(ev->product[l], ev->w[l], forward_weight_unit(ev->net, l));
        for (int o = 0; o < nn_padded(a->O); o++)
            ev->rstd[l][o] = 1.0f / sqrtf(a->var[o] + NORM_EPS);
    }
}

void evaluator_free(struct evaluator *ev)
{
    for (int l = 0; l <= NETWORK_MAX_LAYERS; l++) {
        free(ev->x[l]);
        if (l == NETWORK_MAX_LAYERS)
            continue;
        free(ev->x8[l]);
        product_free(ev->product[l]);
        free(ev->w[l]);
        free(ev->rstd[l]);
    }
    convolution_room_free(&ev->room);
    *ev = (struct evaluator){0};
}

/* Layer l of n images: a convolution, its norm and its pooling. */
static void convolve(struct evaluator *ev, const struct images *set, int l, int n)
{
    const struct network *net = ev->net;
    const struct layer *a = &net->layers[l];
    const bool int8 = forward_int8(net, l, set), next_int8 = forward_int8(net, l + 1, set);
    const int *sizes = net->shape.sizes, x_ld = nn_padded(sizes[l]), y_ld = nn_padded(sizes[l + 1]),
              block = convolution_block(&a->shape);
    const struct pooled_norm norm = {.layer = &a->shape,
                                     .shape = &ev->shape[l],
                                     .mean = a->mean,
                                     .rstd = ev->rstd[l],
                                     .gamma = a->gamma,
                                     .beta = a->beta};
    for (int at = 0; at < n; at += block) {
        const int images = n - at < block ? n - at : block;
        const size_t from = (size_t)at * (size_t)x_ld, to = (size_t)at * (size_t)y_ld;
        if (int8) {
            const struct activations x = forward_activations(net, l, ev->x8[l] + from);
            convolution_forward_int8(&a->shape, ev->product[l], &x, x_ld, ev->room.sums, images, &ev->room);
        } else {
            convolution_forward(&a->shape, ev->x[l] + from, x_ld, ev->w[l], ev->room.sums, images, &ev->room);
        }
        pooled_norm_forward(&norm, ev->room.sums, images, next_int8 ? NULL : ev->x[l + 1] + to,
                            next_int8 ? ev->x8[l + 1] + to : NULL, y_ld, NULL, NULL);
    }
}

void evaluator_run(struct evaluator *ev, const struct images *set, int first, const int32_t *order, int n, int upto)
{
    const struct network *net = ev->net;
    struct fixed q;
    const bool quantised = forward_input_format(net, &q);
    assert(n <= ev->block && upto <= net->shape.n_layers);
    const int I = net->shape.sizes[0];
    if (forward_int8(net, 0, set))
        images_to_int8(set, first, order, n, I, quantised ? &q : NULL, ev->x8[0], nn_padded(I));
    else
        images_to_float(set, first, order, n, I, quantised ? &q : NULL, ev->x[0], nn_padded(I));
    for (int l = 0; l < upto; l++) {
        const struct layer *a = &net->layers[l];
        const int ld = nn_padded(a->O);
        float *z = ev->x[l + 1];
        if (a->shape.kernel > 0) {
            convolve(ev, set, l, n);
            continue;
        }
        if (forward_int8(net, l, set)) {
            const struct activations x = forward_activations(net, l, ev->x8[l]);
            product_forward(ev->product[l], &x, z, n);
        } else {
            linear_forward(ev->x[l], nn_padded(a->I), ev->w[l], z, ld, n, a->I, a->O);
        }
        if (l + 1 < net->shape.n_layers && forward_int8(net, l + 1, set))
            norm_forward_int8(&ev->shape[l], z, ld, n, a->mean, ev->rstd[l], a->gamma, a->beta, ev->x8[l + 1]);
        else
            norm_forward(&ev->shape[l], z, ld, n, a->mean, ev->rstd[l], a->gamma, a->beta, z);
    }
}

double evaluator_accuracy(struct evaluator *ev, const struct images *set, const int32_t *order, int n)
{
    const struct network *net = ev->net;
    const int classes = net->shape.sizes[net->shape.n_layers], ld = nn_padded(classes);
    int right = 0;
    for (int at = 0; at < n; at += ev->block) {
        const int count = n - at < ev->block ? n - at : ev->block;
        evaluator_run(ev, set, at, order != NULL ? order + at : NULL, count, net->shape.n_layers);
        for (int b = 0; b < count; b++) {
            const float *row = ev->x[net->shape.n_layers] + (size_t)b * (size_t)ld;
            int best = 0;
            for (int c = 1; c < classes; c++)
                if (row[c] > row[best])
                    best = c;
            right += best == set->labels[order != NULL ? order[at + b] : at + b];
        }
    }
    return (double)right / n;
}

enum status evaluator_activations(const struct network *net, const struct dataset *data, int first, int n, int l,
                                  int32_t *x, struct errmsg *e)
{
    enum { BLOCK = 256 };
    struct evaluator ev = {0};
    enum status s;
    if (net->code.scheme == SCHEME_FLOAT)
        return fail(e, STATUS_INPUT, "a float network has no integer activations");
    if (data->features != net->shape.sizes[0])
        return fail(e, STATUS_INPUT, "%s has %d features (pixels, columns), but the network has %d inputs", data->name,
                    data->features, net->shape.sizes[0]);
    if (l < 0 || l >= net->shape.n_layers)
        return fail(e, STATUS_INPUT, "layer %d; this network has layers 0 to %d", l, net->shape.n_layers - 1);
    if (net->layers[l].shape.kernel > 0)
        return fail(e, STATUS_INPUT,
                    "layer %d is a convolution: it has no single vector of inputs for an operator; take a linear layer",
                    l);
    if (first < 0 || n < 0 || n > data->test.n || first > data->test.n - n)
        return fail(e, STATUS_INPUT, "images %d to %lld of the test set; it has %d", first, (long long)first + n - 1,
                    data->test.n);
    s = evaluator_new(&ev, net, BLOCK, e);
    if (s != STATUS_OK)
        return s;
    evaluator_load(&ev);
    /* Activations of layers after the first are on the grid already; images of mode paper are not. */
    const struct fixed q = fixed_make(net->code.weight_bits, net->code.frac_bits, ROUNDING_NEAREST);
    struct fixed input;
    const bool quantised = forward_input_format(net, &input);
    const int width = net->shape.sizes[l], ld = nn_padded(width);
    for (int at = 0; at < n; at += BLOCK) {
        const int count = n - at < BLOCK ? n - at : BLOCK;
        const bool int8 = l > 0 && forward_int8(net, l, &data->test);
        if (l > 0)
            evaluator_run(&ev, &data->test, first + at, NULL, count, l);
        else
            images_to_float(&data->test, first + at, NULL, count, width, quantised ? &input : NULL, ev.x[0], ld);
        for (int b = 0; b < count; b++)
            for (int i = 0; i < width; i++) {
                const size_t from = (size_t)b * (size_t)ld + (size_t)i;
                x[((size_t)at + (size_t)b) * (size_t)width + (size_t)i] =
                    int8 ? ev.x8[l][from] : fixed_quantise(q, ev.x[l][from]);
            }
    }
    evaluator_free(&ev);
    return s;
}
