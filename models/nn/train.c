#include "models/nn/train.h"
#include "models/nn/evaluate.h"
#include "models/nn/infer.h"
#include "models/nn/optimizer.h"
#include "models/nn/rng.h"
#include "models/nn/simd.h"

#include <cblas.h>
#undef I /* of complex.h, which cblas.h pulls in */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NORM_MOMENTUM 0.1f   /* of the running statistics; PyTorch's default */
enum { POPULATION = 10000 }; /* images, or all, that population statistics are measured on */
enum { HELD_OUT = 5000, HELD_OUT_FROM = 10000, EVALUATE_BLOCK = 500 };

static const char *const mode_names[] = {"standard", "paper"};
static const char *const optimiser_names[] = {"adam", "sgd"};
static const char *const decay_names[] = {"none", "cosine"};

static int parse(const char *const names[2], const char *name)
{
    return strcmp(name, names[0]) == 0 ? 0 : strcmp(name, names[1]) == 0 ? 1 : -1;
}

const char *train_mode_name(enum train_mode v)
{
    return mode_names[v];
}
const char *optimiser_name(enum optimiser v)
{
    return optimiser_names[v];
}
const char *lr_decay_name(enum lr_decay v)
{
    return decay_names[v];
}
int train_mode_parse(const char *name)
{
    return parse(mode_names, name);
}
int optimiser_parse(const char *name)
{
    return parse(optimiser_names, name);
}
int lr_decay_parse(const char *name)
{
    return parse(decay_names, name);
}

/* A parameter tensor's gradient and moments. */
struct tensor {
    float *g, *m, *v;
};

/* What one layer needs in training besides its parameters. */
struct layer_state {
    struct norm_shape shape;
    struct coded_layer scratch;
    float *rebuilt;           /* O · I: the weights the step computes with */
    float *z, *d;             /* B · ld: the sums; the gradient of the outputs, then of the sums */
    float *mean, *var, *rstd; /* of this batch */
    struct tensor w, gamma, beta;
};

struct trainer {
    const struct dataset *data;
    const struct train_config *config;
    struct network *net;
    struct layer_state layers[NETWORK_MAX_LAYERS];
    float *x[NETWORK_MAX_LAYERS + 1]; /* x[l]: inputs of layer l; the last: logits; B rows */
    uint8_t *labels;                  /* of this batch */
    int32_t *order;                   /* training images as they will be met, then the held-out ones */
    int n_train, n_held_out, batch;
    long steps, total_steps;
    float w_lo, w_hi; /* the gradient of a weight outside is 0 */
    struct rng shuffle;
    struct evaluator evaluator;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats_new(size_t n)
{
    return calloc(n, sizeof(float));
}

static bool tensor_new(struct tensor *t, size_t n)
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
}

static bool layer_state_new(struct layer_state *a, const struct network *net, int l, int batch, struct errmsg *e)
{
    const struct layer *p = &net->layers[l];
    const size_t ld = (size_t)nn_padded(p->O), weights = (size_t)p->O * (size_t)p->I;
    a->shape = network_norm_shape(net, l);
    if (net->code.scheme != SCHEME_FLOAT && coded_layer_new(&a->scratch, &net->code, p->O, p->I, e) != STATUS_OK)
        return false;
    a->rebuilt = floats_new(weights);
    a->z = floats_new((size_t)batch * ld);
    a->d = floats_new((size_t)batch * ld);
    a->mean = floats_new(ld);
    a->var = floats_new(ld);
    a->rstd = floats_new(ld);
    return a->rebuilt != NULL && a->z != NULL && a->d != NULL && a->mean != NULL && a->var != NULL && a->rstd != NULL &&
           tensor_new(&a->w, weights) && tensor_new(&a->gamma, ld) && tensor_new(&a->beta, ld);
}

static void trainer_free(struct trainer *t)
{
    for (int l = 0; l < NETWORK_MAX_LAYERS; l++) {
        struct layer_state *a = &t->layers[l];
        coded_layer_free(&a->scratch);
        free(a->rebuilt);
        free(a->z);
        free(a->d);
        free(a->mean);
        free(a->var);
        free(a->rstd);
        tensor_free(&a->w);
        tensor_free(&a->gamma);
        tensor_free(&a->beta);
    }
    for (int l = 0; l <= NETWORK_MAX_LAYERS; l++)
        free(t->x[l]);
    free(t->labels);
    free(t->order);
    evaluator_free(&t->evaluator);
    network_free(t->net);
}

static enum status trainer_new(struct trainer *t, const struct dataset *data, const int *sizes, int n_layers,
                               const struct code *code, const struct train_config *config, uint64_t seed,
                               struct errmsg *e)
{
    *t = (struct trainer){.data = data, .config = config};
    enum status s = network_new(&t->net, sizes, n_layers, code, seed, e);
    if (s != STATUS_OK)
        return s;
    t->net->mode = config->mode;

    if (config->mode == TRAIN_STANDARD)
        t->n_held_out = data->train.n < HELD_OUT_FROM ? data->train.n / 10 : HELD_OUT;
    t->n_train = data->train.n - t->n_held_out;
    t->batch = config->batch < t->n_train ? config->batch : t->n_train;
    t->total_steps = (long)config->epochs * ((t->n_train + t->batch - 1) / t->batch);
    t->w_lo = -INFINITY;
    t->w_hi = INFINITY;
    if (code->scheme != SCHEME_FLOAT) {
        const struct fixed q = fixed_make(code->weight_bits, code->frac_bits, code->rounding);
        t->w_lo = q.lo * q.step;
        t->w_hi = q.hi * q.step;
    }

    bool whole = true;
    for (int l = 0; l < n_layers; l++)
        whole = whole && layer_state_new(&t->layers[l], t->net, l, t->batch, e);
    for (int l = 0; l <= n_layers; l++) {
        t->x[l] = floats_new((size_t)t->batch * (size_t)nn_padded(sizes[l]));
        whole = whole && t->x[l] != NULL;
    }
    t->labels = malloc((size_t)t->batch);
    t->order = calloc((size_t)data->train.n, sizeof *t->order);
    if (!whole || t->labels == NULL || t->order == NULL) {
        fail(e, STATUS_ENVIRONMENT, "out of memory for training with batches of %d; a smaller batch needs less",
             t->batch);
        return STATUS_ENVIRONMENT; /* in plain sight of the static analyser, which does not know fail */
    }
    for (int i = 0; i < data->train.n; i++)
        t->order[i] = i;
    if (t->n_held_out > 0) {
        struct rng split;
        rng_init(&split, seed, RNG_SPLIT);
        rng_shuffle(&split, t->order, data->train.n);
    }
    rng_init(&t->shuffle, seed, RNG_SHUFFLE);
    return evaluator_new(&t->evaluator, t->net, EVALUATE_BLOCK, e);
}

/* momentum: how much of the batch's statistics the running ones take over. */
static void forward(struct trainer *t, const int32_t *order, int B, float momentum)
{
    struct network *net = t->net;
    struct fixed q;
    const bool quantised = network_input_format(net, &q);
    images_to_float(t->data->train.pixels, order, B, net->sizes[0], quantised ? &q : NULL, t->x[0],
                    nn_padded(net->sizes[0]));
    for (int l = 0; l < net->n_layers; l++) {
        struct layer *p = &net->layers[l];
        struct layer_state *a = &t->layers[l];
        const int ld = nn_padded(p->O);
        codec_apply(&net->code, p->w, p->O, p->I, &a->scratch, a->rebuilt, NULL);
        linear_forward(t->x[l], nn_padded(p->I), a->rebuilt, a->z, ld, B, p->I, p->O);
        norm_statistics(&a->shape, a->z, ld, B, a->mean, a->var);
        const float unbiased = B > 1 ? (float)B / (float)(B - 1) : 1.0f;
        for (int o = 0; o < p->O; o++) {
            a->rstd[o] = 1.0f / sqrtf(a->var[o] + NORM_EPS);
            p->mean[o] += momentum * (a->mean[o] - p->mean[o]);
            p->var[o] += momentum * (a->var[o] * unbiased - p->var[o]);
        }
        norm_forward(&a->shape, a->z, ld, B, a->mean, a->rstd, p->gamma, p->beta, t->x[l + 1]);
    }
}

static void backward(struct trainer *t, int B)
{
    struct network *net = t->net;
    for (int l = net->n_layers - 1; l >= 0; l--) {
        struct layer *p = &net->layers[l];
        struct layer_state *a = &t->layers[l];
        const int ld = nn_padded(p->O), x_ld = nn_padded(p->I);
        norm_backward(&a->shape, a->z, ld, B, a->mean, a->rstd, p->gamma, p->beta, a->d, a->gamma.g, a->beta.g);
        linear_backward_weights(a->d, ld, t->x[l], x_ld, a->w.g, B, p->I, p->O);
        if (l > 0)
            linear_backward_inputs(a->d, ld, a->rebuilt, t->layers[l - 1].d, x_ld, B, p->I, p->O);
    }
}

static void update(const struct trainer *t, float *p, const struct tensor *x, size_t n, double lr, float lo, float hi)
{
    if (t->config->optimiser == OPTIMISER_ADAM)
        adam_step(p, x->g, x->m, x->v, n, lr, t->steps, lo, hi);
    else
        sgd_step(p, x->g, x->m, n, lr, lo, hi);
}

static void step(struct trainer *t)
{
    double lr = t->config->lr;
    if (t->config->decay == LR_DECAY_COSINE)
        lr *= 0.5 * (1 + cos(M_PI * (double)t->steps / (double)t->total_steps));
    t->steps++;
    for (int l = 0; l < t->net->n_layers; l++) {
        struct layer *p = &t->net->layers[l];
        const struct layer_state *a = &t->layers[l];
        update(t, p->w, &a->w, (size_t)p->O * (size_t)p->I, lr, t->w_lo, t->w_hi);
        update(t, p->gamma, &a->gamma, (size_t)p->O, lr, -INFINITY, INFINITY);
        update(t, p->beta, &a->beta, (size_t)p->O, lr, -INFINITY, INFINITY);
    }
}

/* One pass over the training images. False if the loss is no longer finite. */
static bool epoch(struct trainer *t, struct epoch_metrics *m)
{
    struct network *net = t->net;
    const int L = net->n_layers, classes = net->sizes[L];
    const double start = now();
    double loss = 0;
    long right = 0;
    if (t->config->shuffle)
        rng_shuffle(&t->shuffle, t->order, t->n_train);
    for (int at = 0; at < t->n_train; at += t->batch) {
        const int B = t->n_train - at < t->batch ? t->n_train - at : t->batch;
        int batch_right = 0;
        for (int b = 0; b < B; b++)
            t->labels[b] = t->data->train.labels[t->order[at + b]];
        forward(t, t->order + at, B, NORM_MOMENTUM);
        const double batch_loss =
            loss_softmax(t->x[L], nn_padded(classes), B, classes, t->labels, t->layers[L - 1].d, &batch_right);
        if (!isfinite(batch_loss))
            return false;
        loss += batch_loss * B;
        right += batch_right;
        backward(t, B);
        step(t);
    }
    m->loss = loss / t->n_train;
    m->train_accuracy = (double)right / t->n_train;
    m->seconds = now() - start;
    return true;
}

/* The statistics of the network as it is now: the mean over whole batches of training
 * images, with nothing else changed (S. Ioffe and C. Szegedy, 2015, algorithm 2). Running
 * ones lag behind the weights by ten steps, which cost 1.5 to 2 points of accuracy and
 * most of the noise between epochs and seeds. */
static void measure_population(struct trainer *t)
{
    const int images = t->n_train < POPULATION ? t->n_train : POPULATION;
    const int batches = (images + t->batch - 1) / t->batch;
    for (int k = 0; k < batches && (k + 1) * t->batch <= t->n_train; k++)
        forward(t, t->order + (size_t)k * (size_t)t->batch, t->batch, 1.0f / (float)(k + 1));
}

static bool all_finite(const float *x, size_t n)
{
    float sum = 0; /* stays 0 unless a number is infinite or NaN */
    for (size_t i = 0; i < n; i++)
        sum += x[i] * 0.0f;
    return sum == 0.0f;
}

/* Codes clamp, so a weight that is NaN need not show in the loss. */
static bool network_finite(const struct network *net)
{
    for (int l = 0; l < net->n_layers; l++) {
        const struct layer *p = &net->layers[l];
        const size_t O = (size_t)p->O;
        if (!all_finite(p->w, O * (size_t)p->I) || !all_finite(p->gamma, O) || !all_finite(p->beta, O) ||
            !all_finite(p->mean, O) || !all_finite(p->var, O))
            return false;
    }
    return true;
}

/* The fraction of the test set that the network gets right as integers. */
static enum status measure_deployed(const struct network *net, const struct dataset *data, double *accuracy,
                                    struct errmsg *e)
{
    struct integer_network *n = NULL;
    struct verdict *out = NULL;
    int right;
    enum status s = deploy(net, &n, e);
    *accuracy = NAN;
    if (s == STATUS_VERDICT || data->test.n == 0) {
        s = STATUS_OK;
        goto done;
    }
    if (s != STATUS_OK)
        goto done;
    out = malloc((size_t)data->test.n * sizeof *out);
    if (out == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the verdicts of %d images", data->test.n);
        goto done;
    }
    s = infer_set(n, &data->test, data->features, data->test.n, out, &right, e);
    if (s == STATUS_OK)
        *accuracy = (double)right / data->test.n;
done:
    free(out);
    integer_network_free(n);
    return s;
}

static enum status check(const struct dataset *data, const int *sizes, int n_layers, const struct code *code,
                         const struct train_config *config, struct errmsg *e)
{
    enum status s = network_check(sizes, n_layers, e);
    if (s == STATUS_OK)
        s = code_check(code, e);
    if (s != STATUS_OK)
        return s;
    if (sizes[0] != data->features)
        return fail(e, STATUS_INPUT, "network: %d inputs, but an image of %s has %d pixels", sizes[0], data->name,
                    data->features);
    if (sizes[n_layers] < data->classes)
        return fail(e, STATUS_INPUT,
                    "network: %d outputs, but %s has labels up to %d: a label out of range, or a network too small",
                    sizes[n_layers], data->name, data->classes - 1);
    if (config->epochs < 1)
        return fail(e, STATUS_INPUT, "epochs is %d; it must be at least 1", config->epochs);
    if (config->batch < 2)
        return fail(e, STATUS_INPUT, "batch is %d; it must be at least 2, because batch norm needs a variance",
                    config->batch);
    if (!(config->lr > 0) || !isfinite(config->lr))
        return fail(e, STATUS_INPUT, "lr is %g; it must be greater than 0", config->lr);
    if (data->train.n < 2)
        return fail(e, STATUS_INPUT, "%s has %d training images; at least 2 are needed", data->name, data->train.n);
    return STATUS_OK;
}

enum status train_run(const struct dataset *data, const int *sizes, int n_layers, const struct code *code,
                      const struct train_config *config, uint64_t seed,
                      int (*on_epoch)(void *context, const struct epoch_metrics *m), void *context,
                      struct network **net, struct train_result *result, struct errmsg *e)
{
    const double start = now();
    struct trainer t = {0};
    *net = NULL;
    *result = (struct train_result){
        .train_accuracy = NAN, .validation_accuracy = NAN, .test_accuracy = NAN, .deployed_accuracy = NAN};

    enum status s = check(data, sizes, n_layers, code, config, e);
    if (s != STATUS_OK)
        goto done;
    openblas_set_num_threads(1);
    s = trainer_new(&t, data, sizes, n_layers, code, config, seed, e);
    if (s != STATUS_OK)
        goto done;
    result->epochs = calloc((size_t)config->epochs, sizeof *result->epochs);
    if (result->epochs == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the metrics of %d epochs", config->epochs);
        goto done;
    }
    for (int i = 1; i <= config->epochs; i++) {
        struct epoch_metrics m = {.epoch = i, .validation_accuracy = NAN, .test_accuracy = NAN};
        if (!epoch(&t, &m) || !network_finite(t.net)) {
            s = fail(
                e, STATUS_VERDICT,
                "training diverged in epoch %d of %d: the loss or a weight is no longer finite; lower lr (it is %g)", i,
                config->epochs, config->lr);
            goto done;
        }
        if (config->mode == TRAIN_STANDARD)
            measure_population(&t);
        network_encode(t.net);
        evaluator_load(&t.evaluator);
        if (t.n_held_out > 0)
            m.validation_accuracy = evaluator_accuracy(&t.evaluator, &data->train, t.order + t.n_train, t.n_held_out);
        if (config->mode == TRAIN_PAPER || i == config->epochs)
            m.test_accuracy = evaluator_accuracy(&t.evaluator, &data->test, NULL, data->test.n);
        result->epochs[result->n_epochs++] = m;
        result->train_accuracy = m.train_accuracy;
        result->validation_accuracy = m.validation_accuracy;
        result->test_accuracy = m.test_accuracy;
        if (on_epoch != NULL && on_epoch(context, &m) != 0) {
            s = fail(e, STATUS_INTERRUPTED, "training was interrupted after epoch %d of %d", i, config->epochs);
            goto done;
        }
    }
    s = measure_deployed(t.net, data, &result->deployed_accuracy, e);
    if (s != STATUS_OK)
        goto done;
    *net = t.net;
    t.net = NULL;
done:
    result->seconds = now() - start;
    trainer_free(&t);
    return s;
}

void train_result_free(struct train_result *r)
{
    free(r->epochs);
    *r = (struct train_result){0};
}
