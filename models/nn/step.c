#include "models/nn/layers.h"
#include "models/nn/simd.h"
#include "models/nn/trainer.h"

#include <math.h>

/* The norm of rows of sums, and the pooling after it. */
static void normalise(struct trainer *t, int l, int B)
{
    const struct layer *p = &t->net->layers[l];
    const struct layer_state *a = &t->layers[l];
    const int ld = nn_padded(p->O), x_ld = nn_padded(t->net->shape.sizes[l + 1]);
    const size_t positions = layer_positions(&p->shape);
    float *x = t->x[l + 1];
    if (x == NULL) {
        norm_forward_int8(&a->shape, a->z, ld, B, a->mean, a->rstd, p->gamma, p->beta, t->x8[l + 1]);
        return;
    }
    if (outputs_are_dense(&p->shape)) {
        norm_forward(&a->shape, a->z, ld, B * (int)positions, a->mean, a->rstd, p->gamma, p->beta, x);
        return;
    }
    /* The gradient is not there yet: its place takes an image at a time, so that a cache holds it. */
    for (int b = 0; b < B; b++) {
        const size_t at = (size_t)b * positions;
        norm_forward(&a->shape, a->z + at * (size_t)ld, ld, (int)positions, a->mean, a->rstd, p->gamma, p->beta, a->d);
        pool_forward(&p->shape, a->d, 1, x + (size_t)b * (size_t)x_ld, x_ld,
                     a->winner + (size_t)b * (size_t)t->net->shape.sizes[l + 1]);
    }
}

void step_forward(struct trainer *t, const int32_t *order, const uint8_t *mirrored, int B, float momentum)
{
    struct network *net = t->net;
    struct fixed q;
    const bool quantised = network_input_format(net, &q);
    const int I = net->shape.sizes[0], ld_0 = nn_padded(I);
    const struct dataset *data = t->data;
    if (t->layers[0].product != NULL) {
        images_to_int8(&data->train, 0, order, B, I, quantised ? &q : NULL, t->x8[0], ld_0);
        if (mirrored != NULL)
            images_mirror_int8(t->x8[0], ld_0, B, mirrored, data->channels, data->height, data->width);
    } else {
        images_to_float(&data->train, 0, order, B, I, quantised ? &q : NULL, t->x[0], ld_0);
        if (mirrored != NULL)
            images_mirror(t->x[0], ld_0, B, mirrored, data->channels, data->height, data->width);
    }
    for (int l = 0; l < net->shape.n_layers; l++) {
        struct layer *p = &net->layers[l];
        struct layer_state *a = &t->layers[l];
        const int ld = nn_padded(p->O), x_ld = nn_padded(net->shape.sizes[l]);
        const int rows = B * (int)layer_positions(&p->shape);
        trainer_rebuild(t, l);
        if (a->product != NULL) {
            const struct activations x = network_activation(net, l, t->x8[l]);
            product_load(a->product, a->rebuilt, network_weight_unit(net, l));
            product_forward(a->product, &x, a->z, B);
        } else if (p->shape.kernel > 0) {
            convolution_forward(&p->shape, t->x[l], x_ld, a->rebuilt, a->z, B, &t->room);
        } else {
            linear_forward(t->x[l], x_ld, a->rebuilt, a->z, ld, B, p->I, p->O);
        }
        norm_statistics(&a->shape, a->z, ld, rows, a->mean, a->var);
        const float unbiased = rows > 1 ? (float)rows / (float)(rows - 1) : 1.0f;
        for (int o = 0; o < p->O; o++) {
            a->rstd[o] = 1.0f / sqrtf(a->var[o] + NORM_EPS);
            p->mean[o] += momentum * (a->mean[o] - p->mean[o]);
            p->var[o] += momentum * (a->var[o] * unbiased - p->var[o]);
        }
        normalise(t, l, B);
    }
}

void step_backward(struct trainer *t, int B)
{
    struct network *net = t->net;
    for (int l = net->shape.n_layers - 1; l >= 0; l--) {
        struct layer *p = &net->layers[l];
        struct layer_state *a = &t->layers[l];
        const int ld = nn_padded(p->O), x_ld = nn_padded(net->shape.sizes[l]);
        const int rows = B * (int)layer_positions(&p->shape);
        float *dx = l > 0 ? t->layers[l - 1].dx : NULL;
        if (a->winner != NULL)
            pool_backward(&p->shape, a->dx, nn_padded(net->shape.sizes[l + 1]), B, a->winner, a->d);
        norm_backward(&a->shape, a->z, ld, rows, a->mean, a->rstd, p->gamma, p->beta, a->d, a->gamma.g, a->beta.g);
        if (a->product != NULL) {
            const struct activations x = network_activation(net, l, t->x8[l]);
            product_backward(a->product, a->d, &x, a->w.g, dx, B);
            continue;
        }
        if (p->shape.kernel > 0) {
            convolution_backward(&p->shape, t->x[l], x_ld, a->rebuilt, a->d, a->w.g, dx, B, &t->room);
            continue;
        }
        linear_backward_weights(a->d, ld, t->x[l], x_ld, a->w.g, B, p->I, p->O);
        if (dx != NULL)
            linear_backward_inputs(a->d, ld, a->rebuilt, dx, x_ld, B, p->I, p->O);
    }
}
