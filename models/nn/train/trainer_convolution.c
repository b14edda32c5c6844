/* A convolution in a step of training. */
#include "models/nn/kernels/pooled_norm.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"

#include <string.h>

static struct pooled_norm norm_of(const struct trainer *t, int l)
{
    const struct layer *p = &t->net->layers[l];
    const struct layer_state *a = &t->layers[l];
    const struct pooled_norm n = {
        .layer = &p->shape, .shape = &a->shape, .mean = a->mean, .rstd = a->rstd, .gamma = p->gamma, .beta = p->beta};
    return n;
}

/* Floats of sums, kept ones and activations before image b. */
static size_t sums_before(const struct layer_shape *a, int b)
{
    return (size_t)b * layer_positions(a) * (size_t)nn_padded(a->O);
}

static size_t kept_before(const struct layer_shape *a, int b)
{
    return (size_t)b * pooled_norm_positions(a) * (size_t)nn_padded(a->O);
}

void trainer_convolve(struct trainer *t, int l, int B)
{
    const struct layer *p = &t->net->layers[l];
    struct layer_state *a = &t->layers[l];
    const int block = convolution_block(&p->shape), ld = nn_padded(p->O), x_ld = nn_padded(t->net->shape.sizes[l]),
              rows = (int)layer_positions(&p->shape);
    if (a->product != NULL)
        product_load(a->product, a->rebuilt, forward_weight_unit(t->net, l));
    memset(a->sum, 0, sizeof *a->sum * (size_t)ld);
    memset(a->squares, 0, sizeof *a->squares * (size_t)ld);
    for (int at = 0; at < B; at += block) {
        const int n = B - at < block ? B - at : block;
        float *z = a->z + sums_before(&p->shape, at);
        const size_t from = (size_t)at * (size_t)x_ld;
        if (a->product != NULL) {
            const struct activations x = forward_activations(t->net, l, t->x8[l] + from);
            convolution_forward_int8(&p->shape, a->product, &x, x_ld, z, n, &t->room);
        } else {
            convolution_forward(&p->shape, t->x[l] + from, x_ld, a->rebuilt, z, n, &t->room);
        }
        pooled_norm_add_rows(&a->shape, z, ld, n * rows, p->mean, a->sum, a->squares);
    }
    /* The sums are those of the distance from the running mean, which is near the batch's. */
    const double count = (double)B * (double)rows;
    for (int o = 0; o < ld; o++) {
        const double distance = a->sum[o] / count, variance = a->squares[o] / count - distance * distance;
        a->mean[o] = (float)((double)p->mean[o] + distance);
        a->var[o] = variance > 0 ? (float)variance : 0.0f;
    }
}

void trainer_convolve_norm(struct trainer *t, int l, int B)
{
    const struct pooled_norm n = norm_of(t, l);
    struct layer_state *a = &t->layers[l];
    pooled_norm_forward(&n, a->z, B, t->x[l + 1], t->x8[l + 1], nn_padded(t->net->shape.sizes[l + 1]), a->winner,
                        a->normal);
}

void trainer_convolve_backward(struct trainer *t, int l, int B)
{
    const struct pooled_norm n = norm_of(t, l);
    const struct layer_shape *s = n.layer;
    struct layer_state *a = &t->layers[l];
    const int block = convolution_block(s), x_ld = nn_padded(t->net->shape.sizes[l]),
              y_ld = nn_padded(t->net->shape.sizes[l + 1]);
    float *dx = l > 0 ? t->layers[l - 1].dx : NULL;
    pooled_norm_sums(&n, a->dx, y_ld, B, a->normal, a->gamma.g, a->beta.g);
    for (int at = 0; at < B; at += block) {
        const int images = B - at < block ? B - at : block;
        const size_t from = (size_t)at * (size_t)x_ld;
        pooled_norm_backward(&n, a->z + sums_before(s, at), a->dx + (size_t)at * (size_t)y_ld, y_ld, images,
                             a->winner + kept_before(s, at), a->gamma.g, a->beta.g,
                             (int64_t)B * (int64_t)layer_positions(s), t->room.sums);
        float *inputs = dx != NULL ? dx + from : NULL;
        if (a->product != NULL) {
            const struct activations x = forward_activations(t->net, l, t->x8[l] + from);
            convolution_backward_int8(s, a->product, &x, x_ld, t->room.sums, at > 0, a->w.g, inputs, images, &t->room);
        } else {
            convolution_backward(s, t->x[l] + from, x_ld, a->rebuilt, t->room.sums, at > 0, a->w.g, inputs, images,
                                 &t->room);
        }
    }
}
