#include "models/nn/train.h"
#include "models/nn/infer.h"
#include "models/nn/simd.h"
#include "models/nn/trainer.h"

#include <cblas.h>
#undef I /* of complex.h, which cblas.h pulls in */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NORM_MOMENTUM 0.1f   /* of the running statistics; PyTorch's default */
enum { POPULATION = 10000 }; /* images, or all, that population statistics are measured on */

static const char *const mode_names[] = {"standard", "paper"};
static const char *const optimiser_names[] = {"adam", "sgd"};
static const char *const decay_names[] = {"none", "cosine"};
static const char *const clamp_names[CLAMP_GRADIENT_COUNT] = {"paper", "pass", "zero"};

static int parse(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
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
    return parse(mode_names, 2, name);
}
int optimiser_parse(const char *name)
{
    return parse(optimiser_names, 2, name);
}
int lr_decay_parse(const char *name)
{
    return parse(decay_names, 2, name);
}
const char *clamp_gradient_name(enum clamp_gradient v)
{
    return clamp_names[v];
}
int clamp_gradient_parse(const char *name)
{
    return parse(clamp_names, CLAMP_GRADIENT_COUNT, name);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Every epoch has a generator of its own: what is mirrored depends on the seed and the epoch's
 * number alone, so a run that is resumed needs no state of it. */
static void start_mirroring(struct trainer *t, int number)
{
    uint64_t mix = (uint64_t)number;
    rng_init(&t->mirror, t->seed ^ rng_splitmix64(&mix), RNG_MIRROR);
}

/* One pass over the training images. False if the loss is no longer finite. */
static bool epoch(struct trainer *t, struct epoch_metrics *m)
{
    struct network *net = t->net;
    const int L = net->shape.n_layers, classes = net->shape.sizes[L];
    const double start = now();
    double loss = 0;
    long right = 0;
    if (t->config->shuffle)
        rng_shuffle(&t->shuffle, t->order, t->n_train);
    start_mirroring(t, m->epoch);
    for (int at = 0; at < t->n_train; at += t->batch) {
        const int B = t->n_train - at < t->batch ? t->n_train - at : t->batch;
        int batch_right = 0;
        for (int b = 0; b < B; b++)
            t->labels[b] = t->data->train.labels[t->order[at + b]];
        for (int b = 0; b < B && t->mirrored != NULL; b++)
            t->mirrored[b] = (uint8_t)rng_below(&t->mirror, 2);
        step_forward(t, t->order + at, t->mirrored, B, NORM_MOMENTUM);
        const double batch_loss =
            loss_softmax(t->x[L], nn_padded(classes), B, classes, t->labels, t->layers[L - 1].d, &batch_right);
        if (!isfinite(batch_loss))
            return false;
        loss += batch_loss * B;
        right += batch_right;
        step_backward(t, B);
        step_update(t);
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
        step_forward(t, t->order + (size_t)k * (size_t)t->batch, NULL, t->batch, 1.0f / (float)(k + 1));
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
    for (int l = 0; l < net->shape.n_layers; l++) {
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

/* What is named, but not built yet. */
static enum status check_built(const struct train_request *q, struct errmsg *e)
{
    const struct train_config *c = q->config;
    if (c->warmup != 0 || c->weight_decay != 0 || c->clamp_gradient != CLAMP_GRADIENT_PAPER || c->average != 0 ||
        c->patience != 0)
        return fail(e, STATUS_INPUT, "this recipe is not there yet");
    return STATUS_OK;
}

enum status train_check(const struct train_request *q, struct errmsg *e)
{
    const struct dataset *data = q->data;
    const struct train_config *config = q->config;
    const int inputs = q->shape->sizes[0];
    enum status s = topology_check(q->shape, e);
    if (s == STATUS_OK)
        s = code_check(q->code, e);
    if (s != STATUS_OK)
        return s;
    const int outputs = q->shape->sizes[q->shape->n_layers];
    if (inputs != data->features)
        return fail(e, STATUS_INPUT, "network: %d inputs, but %s has %d features (pixels, columns)", inputs, data->name,
                    data->features);
    if (!topology_is_chain(q->shape) && (q->shape->height != data->height || q->shape->width != data->width ||
                                         q->shape->channels != data->channels))
        return fail(e, STATUS_INPUT, "network: images of %d x %d x %d, but those of %s are %d x %d x %d",
                    q->shape->height, q->shape->width, q->shape->channels, data->name, data->height, data->width,
                    data->channels);
    if (config->mirror && data->width < 2)
        return fail(e, STATUS_INPUT, "mirror: %s has no images of more than one column to mirror", data->name);
    if (outputs < data->classes)
        return fail(e, STATUS_INPUT,
                    "network: %d outputs, but %s has labels up to %d: a label out of range, or a network too small",
                    outputs, data->name, data->classes - 1);
    if (config->epochs < 1)
        return fail(e, STATUS_INPUT, "epochs is %d; it must be at least 1", config->epochs);
    if (config->batch < 2)
        return fail(e, STATUS_INPUT, "batch is %d; it must be at least 2, because batch norm needs a variance",
                    config->batch);
    if (!(config->lr > 0) || !isfinite(config->lr))
        return fail(e, STATUS_INPUT, "lr is %g; it must be greater than 0", config->lr);
    if (data->train.n < 2)
        return fail(e, STATUS_INPUT, "%s has %d training images; at least 2 are needed", data->name, data->train.n);
    return check_built(q, e);
}

enum status train_run(const struct train_request *q, struct network **net, struct train_result *result,
                      struct errmsg *e)
{
    const struct dataset *data = q->data;
    const struct train_config *config = q->config;
    const double start = now();
    struct trainer t = {0};
    *net = NULL;
    *result = (struct train_result){
        .train_accuracy = NAN, .validation_accuracy = NAN, .test_accuracy = NAN, .deployed_accuracy = NAN};

    enum status s = train_check(q, e);
    if (s != STATUS_OK)
        goto done;
    openblas_set_num_threads(1);
    s = trainer_new(&t, q, e);
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
        if (q->on_epoch != NULL && q->on_epoch(q->context, &m) != 0) {
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
