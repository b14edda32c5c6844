#include "models/nn/kernels/pooled_norm.h"
#include "base/rng.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"

#include <math.h>
#include <stdlib.h>

enum { HELD_OUT = 5000, HELD_OUT_FROM = 10000, EVALUATE_BLOCK = 500 };

static float *floats_new(size_t n)
{
    return calloc(n, sizeof(float));
}

bool trainer_tensor_new(struct tensor *t, size_t n)
{
    t->g = floats_new(n);
    t->m = floats_new(n);
    t->v = floats_new(n);
    return t->g != NULL && t->m != NULL && t->v != NULL;
}

static void tensor_free(struct tensor *t)
{
    free(t->g);
    free(t->m);
    free(t->v);
    free(t->average);
}

static bool layer_state_new(struct trainer *t, int l, struct errmsg *e)
{
    struct layer_state *a = &t->layers[l];
    const struct network *net = t->net;
    const struct layer *p = &net->layers[l];
    const int batch = t->batch, x_ld = nn_padded(net->shape.sizes[l]);
    const size_t ld = (size_t)nn_padded(p->O), weights = (size_t)p->O * (size_t)p->I;
    const size_t rows = (size_t)batch * layer_positions(&p->shape);
    a->shape = forward_norm_shape(net, l);
    if (trainer_new_codes(t, l, e) != STATUS_OK)
        return false;
    if (forward_int8(net, l, &t->data->train)) {
        struct product_paths paths = product_paths();
        paths.bfloat16 = paths.bfloat16 && t->config->gradients != GRADIENTS_SINGLE;
        t->x8[l] = calloc((size_t)batch, (size_t)x_ld);
        if (t->x8[l] == NULL || product_new(&a->product, convolution_product_rows(&p->shape, batch), p->I, p->O,
                                            nn_padded(p->I), nn_padded(p->O), paths, true, e) != STATUS_OK)
            return false;
    } else {
        t->x[l] = floats_new((size_t)batch * (size_t)x_ld);
        if (t->x[l] == NULL)
            return false;
    }
    a->rebuilt = floats_new(weights);
    bool whole = true;
    a->z = floats_new(rows * ld);
    if (p->shape.kernel > 0) {
        const size_t kept = (size_t)batch * pooled_norm_positions(&p->shape) * ld;
        a->dx = floats_new((size_t)batch * (size_t)nn_padded(net->shape.sizes[l + 1]));
        a->winner = calloc(kept, sizeof *a->winner);
        a->normal = floats_new(kept);
        a->sum = calloc(ld, sizeof *a->sum);
        a->squares = calloc(ld, sizeof *a->squares);
        whole =
            whole && a->dx != NULL && a->winner != NULL && a->normal != NULL && a->sum != NULL && a->squares != NULL;
    } else {
        a->d = a->dx = floats_new(rows * ld);
        whole = whole && a->d != NULL;
    }
    a->mean = floats_new(ld);
    a->var = floats_new(ld);
    a->rstd = floats_new(ld);
    return whole && a->rebuilt != NULL && a->z != NULL && a->mean != NULL && a->var != NULL && a->rstd != NULL &&
           trainer_tensor_new(&a->w, weights) && trainer_tensor_new(&a->gamma, ld) && trainer_tensor_new(&a->beta, ld);
}

void trainer_free(struct trainer *t)
{
    for (int l = 0; l < NETWORK_MAX_LAYERS; l++) {
        struct layer_state *a = &t->layers[l];
        coded_layer_free(&a->scratch);
        product_free(a->product);
        free(t->x8[l]);
        free(a->rebuilt);
        free(a->z);
        if (a->dx != a->d)
            free(a->dx);
        free(a->d);
        free(a->winner);
        free(a->normal);
        free(a->sum);
        free(a->squares);
        free(a->mean);
        free(a->var);
        free(a->rstd);
        free(a->reach);
        free(a->learned_point);
        tensor_free(&a->reference);
        tensor_free(&a->point);
        tensor_free(&a->w);
        tensor_free(&a->gamma);
        tensor_free(&a->beta);
    }
    for (int l = 0; l <= NETWORK_MAX_LAYERS; l++)
        free(t->x[l]);
    convolution_room_free(&t->room);
    free(t->labels);
    free(t->mirrored);
    free(t->order);
    evaluator_free(&t->evaluator);
    network_free(t->net);
}

int trainer_held_out(const struct train_config *config, const struct dataset *data)
{
    if (config->mode == TRAIN_PAPER)
        return 0;
    return data->train.n < HELD_OUT_FROM ? data->train.n / 10 : HELD_OUT;
}

enum status trainer_new(struct trainer *t, const struct train_request *q, struct errmsg *e)
{
    const struct dataset *data = q->data;
    const struct train_config *config = q->config;
    const struct topology *shape = q->shape;
    *t = (struct trainer){.data = data, .config = config, .seed = q->seed};
    enum status s = network_new(&t->net, shape, q->code, q->seed, e);
    if (s != STATUS_OK)
        return s;
    t->net->mode = config->mode;
    if (q->start != NULL)
        network_begin(t->net, q->start);

    t->n_held_out = trainer_held_out(config, data);
    t->n_train = data->train.n - t->n_held_out;
    t->batch = config->batch < t->n_train ? config->batch : t->n_train;
    t->total_steps = (long)config->epochs * ((t->n_train + t->batch - 1) / t->batch);

    bool whole = true;
    for (int l = 0; l < shape->n_layers; l++)
        whole = whole && layer_state_new(t, l, e);
    t->x[shape->n_layers] = floats_new((size_t)t->batch * (size_t)nn_padded(shape->sizes[shape->n_layers]));
    whole = convolution_room_new(&t->room, shape, true, e) == STATUS_OK && whole;
    t->labels = malloc((size_t)t->batch);
    if (config->mirror) {
        t->mirrored = malloc((size_t)t->batch);
        whole = t->mirrored != NULL && whole;
    }
    t->order = calloc((size_t)data->train.n, sizeof *t->order);
    if (!whole || t->x[shape->n_layers] == NULL || t->labels == NULL || t->order == NULL) {
        fail(e, STATUS_ENVIRONMENT, "out of memory for training with batches of %d; a smaller batch needs less",
             t->batch);
        return STATUS_ENVIRONMENT; /* in plain sight of the static analyser, which does not know fail */
    }
    for (int i = 0; i < data->train.n; i++)
        t->order[i] = i;
    if (t->n_held_out > 0) {
        struct rng split;
        rng_init(&split, q->seed, RNG_SPLIT);
        rng_shuffle(&split, t->order, data->train.n);
    }
    rng_init(&t->shuffle, q->seed, RNG_SHUFFLE);
    s = trainer_new_averages(t, e);
    return s == STATUS_OK ? evaluator_new(&t->evaluator, t->net, EVALUATE_BLOCK, e) : s;
}
