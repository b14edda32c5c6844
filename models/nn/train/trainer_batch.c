/* One batch through the network, forward and backward. */
#include "models/nn/kernels/images.h"
#include "models/nn/kernels/linear.h"
#include "models/nn/kernels/norm.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"

#include <math.h>

void trainer_forward(struct trainer *t, const int32_t *order, const uint8_t *mirrored, int B, float momentum)
{
    struct network *net = t->net;
    struct fixed q;
    const bool quantised = forward_input_format(net, &q);
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
        if (p->shape.kernel > 0) {
            trainer_convolve(t, l, B);
        } else if (a->product != NULL) {
            const struct activations x = forward_activations(net, l, t->x8[l]);
            product_load(a->product, a->rebuilt, forward_weight_unit(net, l));
            product_forward(a->product, &x, a->z, B);
        } else {
            linear_forward(t->x[l], x_ld, a->rebuilt, a->z, ld, B, p->I, p->O);
        }
        if (p->shape.kernel == 0)
            norm_statistics(&a->shape, a->z, ld, rows, a->mean, a->var);
        const float unbiased = rows > 1 ? (float)rows / (float)(rows - 1) : 1.0f;
        for (int o = 0; o < p->O; o++) {
            a->rstd[o] = 1.0f / sqrtf(a->var[o] + NORM_EPS);
            p->mean[o] += momentum * (a->mean[o] - p->mean[o]);
            p->var[o] += momentum * (a->var[o] * unbiased - p->var[o]);
        }
        if (p->shape.kernel > 0)
            trainer_convolve_norm(t, l, B);
        else if (t->x[l + 1] == NULL)
            norm_forward_int8(&a->shape, a->z, ld, B, a->mean, a->rstd, p->gamma, p->beta, t->x8[l + 1]);
        else
            norm_forward(&a->shape, a->z, ld, B, a->mean, a->rstd, p->gamma, p->beta, t->x[l + 1]);
    }
}

void trainer_backward(struct trainer *t, int B)
{
    struct network *net = t->net;
    for (int l = net->shape.n_layers - 1; l >= 0; l--) {
        struct layer *p = &net->layers[l];
        struct layer_state *a = &t->layers[l];
        const int ld = nn_padded(p->O), x_ld = nn_padded(net->shape.sizes[l]);
        float *dx = l > 0 ? t->layers[l - 1].dx : NULL;
        if (p->shape.kernel > 0) {
            trainer_convolve_backward(t, l, B);
            continue;
        }
        norm_backward(&a->shape, a->z, ld, B, a->mean, a->rstd, p->gamma, p->beta, a->d, a->gamma.g, a->beta.g);
        if (a->product != NULL) {
            const struct activations x = forward_activations(net, l, t->x8[l]);
            product_backward(a->product, a->d, &x, a->w.g, dx, B);
            continue;
        }
        linear_backward_weights(a->d, ld, t->x[l], x_ld, a->w.g, B, p->I, p->O);
        if (dx != NULL)
            linear_backward_inputs(a->d, ld, a->rebuilt, dx, x_ld, B, p->I, p->O);
    }
    trainer_code_gradients(t);
}
