#include "explorer/jobs/data.h"

#include "base/stop.h"
#include "explorer/sweep/expand.h"
#include "models/nn/kernels/kernels.h"
#include "models/nn/data/remarks.h"
#include "models/nn/data/spread.h"
#include "models/nn/integer/integer_network.h"
#include "models/nn/io/network_file.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/train/trainer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* check_shape: whether the network takes the images of the data set and has an output for each of its classes. */
static enum status check_shape(const struct plan *p, const struct topology *t, struct errmsg *e)
{
    const struct sweep *s = p->sweep;
    const struct dataset *d = p->data;
    const enum status wrong = s->command_line ? STATUS_USAGE : STATUS_INPUT;
    if (!topology_is_chain(t) && (t->height != d->height || t->width != d->width || t->channels != d->channels))
        return fail(e, wrong, "%s: network: its images are %dx%dx%d, but those of %s are %dx%dx%d (height, width, "
                    "channels)", s->file, t->height, t->width, t->channels, s->dataset, d->height, d->width,
                    d->channels);
    if (t->sizes[0] != d->features)
        return fail(e, wrong, "%s: network: its first layer has %d inputs, but %s has %d features (pixels, columns)",
                    s->file, t->sizes[0], s->dataset, d->features);
    if (t->sizes[t->n_layers] < d->classes)
        return fail(e, wrong, "%s: network: its last layer has %d outputs, but %s has %d classes", s->file,
                    t->sizes[t->n_layers], s->dataset, d->classes);
    return STATUS_OK;
}

static void note(struct plan *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* note: one more line of p->notes; what has no room is cut. */
static void note(struct plan *p, const char *format, ...)
{
    const size_t used = strlen(p->notes);
    char *at = p->notes + used;
    va_list arguments;
    va_start(arguments, format);
    if (used + 2 < sizeof p->notes) {
        snprintf(at, 2, "%s", used > 0 ? "\n" : "");
        vsnprintf(at + (used > 0), sizeof p->notes - used - 1, format, arguments);
    }
    va_end(arguments);
}

/* note_loaded: what the file became, and how accurate it is before anything is changed. */
static enum status note_loaded(struct plan *p, const struct point *at, const struct network *start,
                               const struct exchange_names *names, struct errmsg *e)
{
    enum { BLOCK = 64, GOOD = 99 }; /* GOOD %: the program that trained them hardly had more */
    struct evaluator ev;
    char text[3072];
    const bool own = network_file_is_own(at->loaded), last = at->train.epochs == 0;
    enum status st = evaluator_new(&ev, start, BLOCK, e);
    if (st != STATUS_OK)
        return st;
    evaluator_load(&ev);
    const double accuracy = 100 * evaluator_accuracy(&ev, &p->data->test, NULL, p->data->test.n);
    evaluator_free(&ev);
    if (own) {
        note(p, "%s: %.2f %% of the test set are right before any training", at->loaded, accuracy);
    } else {
        exchange_names_text(names, &at->shape, text, sizeof text);
        note(p, "%s: %s", at->loaded, text);
        note(p, "%s: %.2f %% of the test set are right with these weights as floats, before %s; HardTanh is assumed "
             "after each layer but the last%s", at->loaded, accuracy, last ? "they are coded" : "any training",
             accuracy >= GOOD ? ""
                              : ". If the program that trained them measured more, its network has another "
                                "activation (ReLU), order of layers, or scale of inputs");
    }
    if (trainer_held_out(&at->train, p->data) > 0)
        note(p, "%s: validation_accuracy may be too high: its images are of the training set, and the loaded network may "
             "have been trained on them", at->loaded);
    return STATUS_OK;
}

/* load_start: the file that the point's training begins with; *start is kept from point to point, as most have the same
 * topology. */
static enum status load_start(struct plan *p, const struct point *at, struct network **start, struct errmsg *e)
{
    static const struct code any = {.scheme = SCHEME_FLOAT};
    struct errmsg why = {""};
    struct exchange_names names = {.n_left_out = 0};
    if (at->loaded == NULL || (*start != NULL && memcmp(&(*start)->shape, &at->shape, sizeof at->shape) == 0))
        return STATUS_OK;
    network_free(*start);
    const enum status st = network_file_load(at->loaded, at->load_order, &at->shape, &any, start, &names, &why);
    if (st != STATUS_OK)
        return fail(e, st, "%s: load: %s", p->sweep->file, why.text);
    return note_loaded(p, at, *start, &names, e);
}

/* What a fixed-point grid makes of loaded weights, in the layer in which it loses most. */
struct loss {
    int weight_bits, frac_bits; /* of the grid; weight_bits 0: there is none */
    int layer;
    double vanished, saturated; /* fractions of the layer's weights that are not 0 */
};

/* measure_loss: keeps the layer of *worst, or takes one of n in which a point's code loses more. */
static void measure_loss(const struct point *at, const struct network *n, struct loss *worst)
{
    const struct code *c = &at->code;
    if (c->scheme == SCHEME_FLOAT || c->step != STEP_FIXED)
        return;
    const struct fixed q = fixed_make(c->weight_bits, c->frac_bits, ROUNDING_NEAREST);
    for (int l = 0; l < n->shape.n_layers; l++) {
        const size_t n_weights = (size_t)n->layers[l].O * (size_t)n->layers[l].I;
        size_t vanished = 0, saturated = 0, not_zero = 0;
        for (size_t i = 0; i < n_weights; i++) {
            const float w = n->layers[l].w[i];
            not_zero += w != 0.0f;
            vanished += w != 0.0f && fixed_quantise(q, w) == 0;
            saturated += w < q.lo * q.step || w > (q.hi + 1) * q.step;
        }
        if (not_zero == 0 || vanished + saturated <= (worst->vanished + worst->saturated) * (double)not_zero)
            continue;
        *worst = (struct loss){.weight_bits = c->weight_bits,
                               .frac_bits = c->frac_bits,
                               .layer = l,
                               .vanished = (double)vanished / (double)not_zero,
                               .saturated = (double)saturated / (double)not_zero};
    }
}

static void note_loss(struct plan *p, const struct loss *x)
{
    const double much = 0.8; /* of a layer trained as floats, about half may be below half a step of 2^-5 */
    if (x->weight_bits == 0 || x->vanished + x->saturated < much)
        return;
    note(p, "load: with weight_bits %d and frac_bits %d, %.1f %% of the weights of layer %d become 0, and %.1f %% are "
         "beyond the greatest weight: the steps do not fit these weights; let the layers choose: step: auto (--step auto)",
         x->weight_bits, x->frac_bits, 100 * x->vanished, x->layer + 1, 100 * x->saturated);
}

/* note_outputs: a network with more outputs than classes. most: outputs of any point. */
static void note_outputs(struct plan *p, int most)
{
    const struct dataset *d = p->data;
    if (most > d->classes)
        note(p, "network: its last layer has %d outputs, but %s has %d classes: no image is of the other %d, which cost "
             "weights and cycles all the same", most, p->sweep->dataset, d->classes, most - d->classes);
}

/* note_inputs: the format among the points whose inputs lose most of the data, if it is much. */
static enum status note_inputs(struct plan *p, struct errmsg *e)
{
    struct spread worst = {0};
    struct fixed of_worst = {0};
    int weight_bits = 0, frac_bits = 0; /* of the worst; weight_bits 0: there is none */
    char text[256];
    enum { MOST_BITS = 16 }; /* of a weight, see fixed_make */
    bool seen[MOST_BITS + 1][MOST_BITS + 1] = {{false}};
    double most = 0;
    for (int i = 0; i < p->n_points && p->data->train.values != NULL; i++) {
        const struct code *c = &plan_point(p, i)->code;
        struct spread s;
        if (c->scheme == SCHEME_FLOAT || seen[c->weight_bits][c->frac_bits])
            continue;
        seen[c->weight_bits][c->frac_bits] = true;
        const struct fixed q =
            fixed_make(integer_activation_bits(c->weight_bits, c->frac_bits), c->frac_bits, ROUNDING_NEAREST);
        const enum status st = spread_measure(p->data, &q, &s, e);
        if (st != STATUS_OK)
            return st;
        const double lost = s.saturated + (s.varying > 0 ? (double)s.few / s.varying : 0);
        if (!spread_is_bad(&s) || lost <= most)
            continue;
        most = lost;
        worst = s;
        of_worst = q;
        weight_bits = c->weight_bits;
        frac_bits = c->frac_bits;
    }
    if (weight_bits > 0)
        note(p, "inputs: %s, in the integer network of weight_bits %d and frac_bits %d; `deltasweep data %s` suggests a "
             "scale", spread_text(&worst, &of_worst, text, sizeof text), weight_bits, frac_bits,
             p->sweep->dataset);
    return STATUS_OK;
}

/* note_data: what is odd about the data set, whatever is trained on it. */
static void note_data(struct plan *p)
{
    char text[2048];
    remarks_find(p->data, text, sizeof text);
    for (char *at = strtok(text, "\n"); at != NULL; at = strtok(NULL, "\n"))
        note(p, "%s: %s", p->sweep->dataset, at);
}

enum status data_load(struct plan *p, struct errmsg *e)
{
    enum status st = kernels_load(e); /* names of trainings depend on what they can do */
    if (st == STATUS_OK)
        st = dataset_load(p->sweep->dataset, &p->data, e);
    return st == STATUS_OK ? data_check(p, e) : st;
}

enum status data_check(struct plan *p, struct errmsg *e)
{
    struct network *start = NULL;
    struct loss loss = {0};
    enum status st = STATUS_OK;
    int most_outputs = 0;
    for (int i = 0; i < p->n_points && st == STATUS_OK; i++) {
        const struct point *at = plan_point(p, i);
        const int outputs = at->shape.sizes[at->shape.n_layers];
        struct errmsg why = {""};
        most_outputs = outputs > most_outputs ? outputs : most_outputs;
        if ((st = check_shape(p, &at->shape, e)) != STATUS_OK || (st = load_start(p, at, &start, e)) != STATUS_OK)
            break;
        if (at->loaded != NULL)
            measure_loss(at, start, &loss);
        const struct train_request q = {
            .data = p->data, .shape = &at->shape, .code = &at->code, .config = &at->train, .start = start};
        if (train_check(&q, &why) != STATUS_OK)
            st = expand_refuse(p->sweep, at, why.text, e);
    }
    network_free(start);
    if (st == STATUS_OK) {
        note_loss(p, &loss);
        note_outputs(p, most_outputs);
        note_data(p);
        st = stop_check(e);
    }
    return st == STATUS_OK ? note_inputs(p, e) : st;
}
