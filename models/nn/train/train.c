#include "models/nn/train/train.h"
#include "models/nn/kernels/kernels.h"
#include "models/nn/kernels/loss.h"
#include "models/nn/integer/deploy.h"
#include "base/clock.h"
#include "models/nn/train/checkpoint.h"
#include "models/nn/integer/infer.h"
#include "models/nn/train/recipe.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NORM_MOMENTUM 0.1f   /* of the running statistics; PyTorch's default */
enum { POPULATION = 10000 }; /* images, or all, that population statistics are measured on */

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
    const double start = clock_monotonic_s();
    double loss = 0;
    long right = 0;
    if (t->config->shuffle)
        rng_shuffle(&t->shuffle, t->order, t->n_train);
    start_mirroring(t, m->epoch);
    trainer_begin_epoch(t, m->epoch);
    for (int at = 0; at < t->n_train; at += t->batch) {
        const int B = t->n_train - at < t->batch ? t->n_train - at : t->batch;
        int batch_right = 0;
        for (int b = 0; b < B; b++)
            t->labels[b] = t->data->train.labels[t->order[at + b]];
        for (int b = 0; b < B && t->mirrored != NULL; b++)
            t->mirrored[b] = (uint8_t)rng_below(&t->mirror, 2);
        trainer_forward(t, t->order + at, t->mirrored, B, NORM_MOMENTUM);
        const double batch_loss = loss_softmax(t->x[L], nn_padded(classes), B, classes, t->labels, t->config->smoothing,
                                               t->layers[L - 1].d, &batch_right);
        if (!isfinite(batch_loss))
            return false;
        loss += batch_loss * B;
        right += batch_right;
        trainer_backward(t, B);
        trainer_update(t);
    }
    m->loss = loss / t->n_train;
    m->train_accuracy = (double)right / t->n_train;
    m->seconds = clock_monotonic_s() - start;
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
    t->measuring = true;
    for (int k = 0; k < batches && (k + 1) * t->batch <= t->n_train; k++)
        trainer_forward(t, t->order + (size_t)k * (size_t)t->batch, NULL, t->batch, 1.0f / (float)(k + 1));
    t->measuring = false;
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
            !all_finite(p->mean, O) || !all_finite(p->var, O) ||
            (p->reference != NULL && !all_finite(p->reference, (size_t)p->coded.n_spans)))
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

static enum status check_start(const struct train_request *q, struct errmsg *e)
{
    char wanted[TOPOLOGY_TEXT_BYTES], given[TOPOLOGY_TEXT_BYTES];
    if (q->start == NULL && q->config->epochs == 0)
        return fail(e, STATUS_INPUT, "epochs is 0; it must be at least 1, unless weights are loaded");
    if (q->start == NULL || memcmp(&q->start->shape, q->shape, sizeof *q->shape) == 0)
        return STATUS_OK;
    topology_text(q->shape, wanted);
    topology_text(&q->start->shape, given);
    return fail(e, STATUS_INPUT, "the weights to begin with are of a network %s, but this one is %s", given, wanted);
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
    if (!topology_is_chain(q->shape) &&
        (q->shape->height != data->height || q->shape->width != data->width || q->shape->channels != data->channels))
        return fail(e, STATUS_INPUT, "network: images of %d x %d x %d, but those of %s are %d x %d x %d",
                    q->shape->height, q->shape->width, q->shape->channels, data->name, data->height, data->width,
                    data->channels);
    if (config->mirror && data->width < 2)
        return fail(e, STATUS_INPUT, "mirror: %s has no images of more than one column to mirror", data->name);
    if (outputs < data->classes)
        return fail(e, STATUS_INPUT,
                    "network: %d outputs, but %s has labels up to %d: a label out of range, or a network too small",
                    outputs, data->name, data->classes - 1);
    if (data->train.n < 2)
        return fail(e, STATUS_INPUT, "%s has %d training images; at least 2 are needed", data->name, data->train.n);
    if (config->gradients == GRADIENTS_BFLOAT16 && !product_paths().bfloat16)
        return fail(e, STATUS_MISSING,
                    "this processor, or this build, has no bfloat16 products; take gradients auto or single");
    s = recipe_check(config, e);
    if (s == STATUS_OK)
        s = check_start(q, e);
    if (s == STATUS_OK && config->patience > 0 && trainer_held_out(config, data) == 0)
        return fail(e, STATUS_INPUT,
                    "patience is %d, but the %d training images of %s leave none for validation; use 0, or more images",
                    config->patience, data->train.n, data->name);
    return s;
}

/* A run under way. */
struct run {
    const struct train_request *q;
    struct trainer t;
    struct network *best; /* so far; NULL without patience, but with no epochs room for one */
    struct train_result *result;
    double start, kept; /* when it began, less what it took before it was stopped; when it was last written */
    char digest[DIGEST_HEX_BYTES];
};

static void run_free(struct run *r)
{
    network_free(r->best);
    trainer_free(&r->t);
    r->best = NULL;
    r->t = (struct trainer){0};
}

static enum status run_new(struct run *r, struct errmsg *e)
{
    const struct train_config *c = r->q->config;
    enum status s = trainer_new(&r->t, r->q, e);
    if (s == STATUS_OK && (c->patience > 0 || c->epochs == 0))
        s = network_new(&r->best, r->q->shape, r->q->code, r->q->seed, e);
    if (s != STATUS_OK)
        return s;
    r->result->epochs = calloc((size_t)c->epochs + 1, sizeof *r->result->epochs);
    if (r->result->epochs == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the metrics of %d epochs", c->epochs);
    return STATUS_OK;
}

/* The network as it would be deployed now: statistics, code and accuracy. */
static void measure_epoch(struct run *r, struct epoch_metrics *m)
{
    const struct train_config *c = r->q->config;
    const struct dataset *data = r->q->data;
    struct trainer *t = &r->t;
    if (c->mode == TRAIN_STANDARD)
        measure_population(t);
    network_encode(t->net);
    evaluator_load(&t->evaluator);
    if (t->n_held_out > 0)
        m->validation_accuracy = evaluator_accuracy(&t->evaluator, &data->train, t->order + t->n_train, t->n_held_out);
    if (c->mode == TRAIN_PAPER || (m->epoch == c->epochs && c->patience == 0))
        m->test_accuracy = evaluator_accuracy(&t->evaluator, &data->test, NULL, data->test.n);
}

/* Whether training goes on after the epoch that m is of. */
static bool take_epoch(struct run *r, const struct epoch_metrics *m)
{
    const struct train_config *c = r->q->config;
    struct train_result *result = r->result;
    const bool better =
        result->best_epoch == 0 || m->validation_accuracy > result->epochs[result->best_epoch - 1].validation_accuracy;
    result->epochs[result->n_epochs++] = *m;
    if (c->patience == 0 || better)
        result->best_epoch = m->epoch;
    if (c->patience > 0 && better)
        network_copy(r->best, r->t.net);
    return m->epoch < c->epochs && (c->patience == 0 || m->epoch - result->best_epoch < c->patience);
}

/* The best network takes the place of the last, and meets the test set. */
static void take_best(struct run *r)
{
    struct train_result *result = r->result;
    struct epoch_metrics *best = &result->epochs[result->best_epoch - 1];
    if (r->best != NULL) {
        network_copy(r->t.net, r->best);
        evaluator_load(&r->t.evaluator);
        best->test_accuracy = evaluator_accuracy(&r->t.evaluator, &r->q->data->test, NULL, r->q->data->test.n);
    }
    result->train_accuracy = best->train_accuracy;
    result->validation_accuracy = best->validation_accuracy;
    result->test_accuracy = best->test_accuracy;
}

static void note(struct run *r, const char *what, const struct errmsg *why)
{
    snprintf(r->result->note, sizeof r->result->note, "%s: %.400s", what, why->text);
}

/* Goes on where a checkpoint is, if it is good. */
static enum status resume(struct run *r, struct errmsg *e)
{
    struct checkpoint c = {&r->t, r->best, r->result, 0};
    struct errmsg why = {""};
    if (r->q->checkpoint == NULL)
        return STATUS_OK;
    checkpoint_digest(r->q, r->digest);
    const enum status s = checkpoint_read(r->q->checkpoint, r->digest, &c, &why);
    if (s == STATUS_OK) {
        r->start -= c.seconds;
        r->result->resumed_epochs = r->result->n_epochs;
    }
    if (s == STATUS_OK || s == STATUS_MISSING)
        return STATUS_OK;
    note(r, "training begins anew", &why);
    run_free(r);
    free(r->result->epochs);
    r->result->epochs = NULL;
    r->result->n_epochs = r->result->best_epoch = 0;
    return run_new(r, e);
}

/* A run that cannot be written goes on: all that is lost is the chance to go on later. */
static void keep(struct run *r)
{
    struct checkpoint c = {&r->t, r->best, r->result, clock_monotonic_s() - r->start};
    struct errmsg why = {""};
    if (checkpoint_write(r->q->checkpoint, r->digest, &c, &why) != STATUS_OK)
        note(r, "the training is not kept for going on later", &why);
    r->kept = clock_monotonic_s();
}

static double validation_accuracy(struct trainer *t)
{
    evaluator_load(&t->evaluator);
    return evaluator_accuracy(&t->evaluator, &t->data->train, t->order + t->n_train, t->n_held_out);
}

/* No epochs: the start, with its own batch norm or with statistics of the data under its coded weights. */
static void measure_start(struct run *r)
{
    struct trainer *t = &r->t;
    struct train_result *result = r->result;
    if (t->n_held_out > 0) {
        network_copy(r->best, t->net);
        result->validation_accuracy = validation_accuracy(t);
        measure_population(t);
        const double measured = validation_accuracy(t);
        if (measured > result->validation_accuracy)
            result->validation_accuracy = measured;
        else
            network_copy(t->net, r->best);
    }
    evaluator_load(&t->evaluator);
    result->test_accuracy = evaluator_accuracy(&t->evaluator, &t->data->test, NULL, t->data->test.n);
}

/* All epochs: afterwards t.net is the network that they gave. */
static enum status run_epochs(struct run *r, struct errmsg *e)
{
    const struct train_request *q = r->q;
    struct trainer *t = &r->t;
    bool more = q->config->epochs > 0;
    if (!more)
        measure_start(r);
    for (int i = r->result->n_epochs + 1; more; i++) {
        struct epoch_metrics m = {.epoch = i, .validation_accuracy = NAN, .test_accuracy = NAN};
        if (!epoch(t, &m) || !network_finite(t->net))
            return fail(
                e, STATUS_VERDICT,
                "training diverged in epoch %d of %d: the loss or a weight is no longer finite; lower lr (it is %g)", i,
                q->config->epochs, q->config->lr);
        trainer_swap_averages(t);
        measure_epoch(r, &m);
        more = take_epoch(r, &m);
        if (!more)
            take_best(r);
        else
            trainer_swap_averages(t);
        const bool keeps = q->checkpoint != NULL && more, due = keeps && clock_monotonic_s() - r->kept >= q->checkpoint_seconds;
        if (due)
            keep(r);
        if (q->on_epoch != NULL && q->on_epoch(q->context, &r->result->epochs[i - 1]) != 0 && more) {
            if (keeps && !due)
                keep(r);
            return fail(e, STATUS_INTERRUPTED, "training was interrupted after epoch %d of %d", i, q->config->epochs);
        }
    }
    return STATUS_OK;
}

enum status train_run(const struct train_request *q, struct network **net, struct train_result *result,
                      struct errmsg *e)
{
    struct run r = {.q = q, .result = result, .start = clock_monotonic_s(), .kept = clock_monotonic_s()};
    *net = NULL;
    *result = (struct train_result){
        .train_accuracy = NAN, .validation_accuracy = NAN, .test_accuracy = NAN, .deployed_accuracy = NAN};

    enum status s = train_check(q, e);
    if (s != STATUS_OK)
        goto done;
    if ((s = kernels_load(e)) == STATUS_OK)
        s = run_new(&r, e);
    if (s == STATUS_OK)
        s = resume(&r, e);
    if (s == STATUS_OK)
        s = run_epochs(&r, e);
    if (s == STATUS_OK)
        s = measure_deployed(r.t.net, q->data, &result->deployed_accuracy, e);
    if (q->checkpoint != NULL && (s == STATUS_OK || s == STATUS_VERDICT))
        unlink(q->checkpoint);
    if (s != STATUS_OK)
        goto done;
    *net = r.t.net;
    r.t.net = NULL;
done:
    result->seconds = clock_monotonic_s() - r.start;
    run_free(&r);
    return s;
}

void train_result_free(struct train_result *r)
{
    free(r->epochs);
    *r = (struct train_result){0};
}
