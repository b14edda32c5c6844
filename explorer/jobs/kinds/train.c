/* The job of kind train: one network, one seed. */
#include "explorer/jobs/kinds/train.h"

#include "base/cache.h"
#include "db/row.h"
#include "explorer/jobs/job.h"
#include "models/nn/io/pack.h"
#include "models/nn/io/network_file.h"
#include "models/nn/kernels/blas.h"
#include "models/nn/kernels/kernels.h"
#include "models/nn/kernels/product.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Part of a training job's digest. Raise it whenever a change to models/nn changes a trained bit, so that old results
 * are not taken for new ones. */
enum { TRAINING_VERSION = 3 };

/* ---------------------------------------------------------------------- planning */

void training_digest(const struct point *p, const char *data_digest, uint64_t seed, char hex[DIGEST_HEX_BYTES])
{
    char text[POINT_TEXT_BYTES];
    struct digest d;
    struct point trained = *p;
    if (trained.train.gradients == GRADIENTS_AUTO && !product_paths().bfloat16)
        trained.train.gradients = GRADIENTS_SINGLE; /* what auto is here: another machine's results are not these */
    point_training_text(&trained, text);
    digest_init(&d);
    digest_text(&d, "what", "deltasweep train");
    digest_int(&d, "version", TRAINING_VERSION);
    digest_text(&d, "dataset", data_digest);
    digest_text(&d, "axes", text);
    if (p->loaded != NULL)
        digest_text(&d, "loaded", p->loaded_digest);
    digest_int(&d, "seed", (long long)seed);
    digest_hex(&d, hex);
}

static enum status digest(const struct plan *p, struct planned_job *job, struct errmsg *e)
{
    (void)e;
    training_digest(plan_point(p, job->point), p->data->digest, job->seed, job->digest);
    return STATUS_OK;
}

/* label_codes: " fixed-reference mean row D4 o0 W8 f5", without what is usual. */
static size_t label_codes(const struct point *p, char *out, size_t room, size_t used)
{
    for (int a = 0; a < AXIS_COUNT && used < room; a++) {
        const struct axis *x = axis_at((enum axis_id)a);
        const struct axis_value v = axis_get(p, (enum axis_id)a);
        char text[AXIS_TEXT_BYTES];
        if (x->labelled == LABEL_NONE || !axis_used(p, (enum axis_id)a) ||
            (x->labelled == LABEL_ODD && v.number == axis_default(p, (enum axis_id)a)))
            continue;
        axis_text((enum axis_id)a, &v, text);
        used += (size_t)snprintf(out + used, room - used, " %s%s", x->label, text);
    }
    return used;
}

/* varies: a value with braces stands for several, of which a search takes one. */
static bool varies(const struct axis_values *v)
{
    return v->n > 1 || (v->patterns != NULL && v->patterns[0] != NULL);
}

/* label_varied: " 784-96-10 lr 0.01": of network and recipe what the sweep varies. */
static size_t label_varied(const struct sweep *s, const struct point *p, char *out, size_t room, size_t used)
{
    for (int a = AXIS_NETWORK; a < AXIS_COUNT && used < room; a++) {
        const struct axis_value v = axis_get(p, (enum axis_id)a);
        char text[AXIS_TEXT_BYTES];
        if (!varies(&s->axes[a]))
            continue;
        axis_text((enum axis_id)a, &v, text);
        if (a == AXIS_NETWORK)
            used += (size_t)snprintf(out + used, room - used, " %s", text);
        else
            used += (size_t)snprintf(out + used, room - used, " %s %s", axis_at((enum axis_id)a)->name, text);
    }
    return used;
}

void training_label(const struct plan *p, const struct planned_job *job, const char *before, char *out, size_t room)
{
    const struct point *at = plan_point(p, job->point);
    size_t used = (size_t)snprintf(out, room, "%s", before);
    used = label_codes(at, out, room, used);
    used = label_varied(p->sweep, at, out, room, used);
    if (used < room)
        snprintf(out + used, room - used, " seed %llu", (unsigned long long)job->seed);
}

/* label: "train fixed-reference mean row D4 o0 W8 f5 lr 0.01 seed 0". */
static void label(const struct plan *p, const struct planned_job *job, char *out, size_t room)
{
    training_label(p, job, "train", out, room);
}

/* Three products of the network a step, 2 operations a weight and image, at some 150 GFLOP/s, and what reading each
 * image takes. */
double training_cost(const struct point *p, int train_images, double epochs)
{
    return (4e-11 * (double)topology_macs(&p->shape) + 1e-6) * train_images * (epochs + 0.5);
}

static double cost(const struct plan *p, const struct planned_job *job)
{
    const struct point *at = plan_point(p, job->point);
    return training_cost(at, p->data->train.n, at->train.epochs - job->known_epochs);
}

/* ----------------------------------------------------------------------- running */

/* Where epochs are reported. */
struct reporter {
    struct pool_link *link;
    int epochs;
    int last; /* the training stops after it; 0: at its end */
};

static int report(void *context, const struct epoch_metrics *m)
{
    const struct reporter *r = context;
    const struct job_news news = {(m->epoch - 1.0) / r->epochs, (double)m->epoch / r->epochs, m->seconds, m->epoch,
                                  r->epochs};
    job_tell(r->link, &news);
    return r->last > 0 && m->epoch >= r->last;
}

/* describe: what is recorded of a trained network beside it. */
static void describe(const struct network *net, struct training *t)
{
    const bool coded = net->code.scheme != SCHEME_FLOAT;
    const size_t room = sizeof t->layer_formats;
    size_t used = 0;
    t->code_entropy_bits = coded ? 0 : (double)NAN;
    for (int l = 0; l < net->shape.n_layers && coded; l++) {
        const struct code *c = &net->layers[l].code;
        t->code_entropy_bits += codec_entropy_bits(c, &net->layers[l].coded);
        if (net->code.step == STEP_FIXED || used >= room)
            continue;
        used += (size_t)snprintf(t->layer_formats + used, room - used, "%sf%d", l == 0 ? "" : "-", c->frac_bits);
        if (scheme_is_delta(c->scheme) && used < room)
            used += (size_t)snprintf(t->layer_formats + used, room - used, "o%d", c->delta_offset);
    }
}

/* checkpoint_seconds: between two checkpoints of a training. */
static double checkpoint_seconds(void)
{
    enum { USUAL = 20 };
    const char *text = getenv("DELTASWEEP_CHECKPOINT_SECONDS");
    char *end = NULL;
    const double seconds = text == NULL ? USUAL : strtod(text, &end);
    return text != NULL && (end == text || *end != '\0' || !(seconds >= 0)) ? USUAL : seconds;
}

/* load_start: the weights that a training begins with. The job's digest names their content. */
static enum status load_start(const struct point *p, struct network **start, struct errmsg *e)
{
    char found[DIGEST_HEX_BYTES];
    *start = NULL;
    if (p->loaded == NULL)
        return STATUS_OK;
    enum status st = network_file_load(p->loaded, p->load_order, &p->shape, &p->code, start, NULL, e);
    if (st == STATUS_OK)
        st = network_file_digest(p->loaded, p->load_order, found, e);
    if (st == STATUS_OK && strcmp(found, p->loaded_digest) != 0) {
        network_free(*start);
        *start = NULL;
        st = fail(e, STATUS_ENVIRONMENT, "%s has changed since the command began; start it again", p->loaded);
    }
    return st;
}

enum status training_pack(struct job_result *r, const struct epoch_metrics *epochs, const uint8_t *network,
                          size_t network_bytes, struct errmsg *e)
{
    const struct training *t = r->what;
    const size_t epoch_bytes = (size_t)t->result.n_epochs * sizeof *epochs;
    r->tail_bytes = epoch_bytes + network_bytes;
    r->tail = malloc(r->tail_bytes + 1);
    if (r->tail == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a result");
    if (epoch_bytes > 0)
        memcpy(r->tail, epochs, epoch_bytes);
    memcpy(r->tail + epoch_bytes, network, network_bytes);
    return STATUS_OK;
}

enum status training_run(const struct job_work *w, struct pool_link *link, int last, struct training *t,
                         struct network **net, struct errmsg *e)
{
    const struct point *p = plan_point(w->plan, w->job->point);
    struct reporter reporter = {link, last > 0 ? last : p->train.epochs, last};
    char training[DIGEST_HEX_BYTES];
    struct cache_file checkpoint;
    struct errmsg why = {""};
    struct network *start = NULL;
    *net = NULL;
    training_digest(p, w->plan->data->digest, w->job->seed, training);
    const enum status kept = cache_file_open(&checkpoint, "training", training, &why);
    enum status st = load_start(p, &start, e);
    if (st != STATUS_OK) {
        cache_file_close(&checkpoint);
        return st;
    }
    const struct train_request q = {.data = w->plan->data,
                                    .shape = &p->shape,
                                    .code = &p->code,
                                    .config = &p->train,
                                    .start = start,
                                    .seed = w->job->seed,
                                    .on_epoch = report,
                                    .context = &reporter,
                                    .checkpoint = kept == STATUS_OK ? checkpoint.path : NULL,
                                    .checkpoint_seconds = checkpoint_seconds()};
    t->test_images = w->plan->data->test.n;
    st = train_run(&q, net, &t->result, e);
    if (st == STATUS_INTERRUPTED && last > 0 && t->result.n_epochs >= last)
        st = STATUS_OK;
    network_free(start);
    cache_file_close(&checkpoint);
    if (kept != STATUS_OK)
        snprintf(t->result.note, sizeof t->result.note, "the training is not kept for going on later: %.400s",
                 why.text);
    return st;
}

static enum status run(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    struct training *t = r->what;
    struct network *net = NULL;
    uint8_t *packed = NULL;
    size_t packed_bytes = 0;
    enum status st = training_run(w, link, 0, t, &net, e);
    if (st == STATUS_OK && net != NULL) {
        describe(net, t);
        st = pack_write(net, &packed, &packed_bytes, e);
    }
    if (st == STATUS_OK && packed != NULL)
        st = training_pack(r, t->result.epochs, packed, packed_bytes, e);
    free(t->result.epochs);
    t->result.epochs = NULL;
    free(packed);
    network_free(net);
    return st;
}

/* ---------------------------------------------------------------------- results */

enum status training_save_epochs(struct store *s, const char *job, const struct epoch_metrics *epochs, int n,
                                 struct errmsg *e)
{
    enum status st = STATUS_OK;
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        const struct epoch_metrics *epoch = &epochs[i];
        const struct field of_epoch[] = {
            field_text("job", job),
            field_integer("epoch", epoch->epoch),
            field_real("loss", epoch->loss),
            field_real("train_accuracy", epoch->train_accuracy),
            field_real("validation_accuracy", epoch->validation_accuracy),
            field_real("test_accuracy", epoch->test_accuracy),
            field_real("seconds", epoch->seconds),
        };
        st = ROW_INSERT(s, "keeping a training result", "epochs", of_epoch, e);
    }
    return st;
}

static enum status save(struct store *s, const char *job, const void *result, struct errmsg *e)
{
    const struct job_result *r = result;
    const struct training *t = r->what;
    const struct train_result *m = &t->result;
    const struct epoch_metrics *epochs = (const struct epoch_metrics *)(const void *)r->tail; /* malloc aligns it */
    const size_t epoch_bytes = (size_t)m->n_epochs * sizeof *epochs;
    assert(epoch_bytes <= r->tail_bytes);
    const struct field row[] = {
        field_text("job", job),
        field_real("train_accuracy", m->train_accuracy),
        field_real("validation_accuracy", m->validation_accuracy),
        field_real("test_accuracy", m->test_accuracy),
        field_real("seconds", m->seconds),
        field_blob("network", r->tail + epoch_bytes, r->tail_bytes - epoch_bytes),
        field_real("deployed_accuracy", m->deployed_accuracy),
        field_integer_if("best_epoch", m->best_epoch > 0, m->best_epoch),
        field_real("code_entropy_bits", t->code_entropy_bits),
        field_integer_if("test_images", t->test_images > 0, t->test_images),
        field_text("layer_formats", t->layer_formats[0] != '\0' ? t->layer_formats : NULL),
    };
    const enum status st = ROW_INSERT(s, "keeping a training result", "training", row, e);
    return st == STATUS_OK ? training_save_epochs(s, job, epochs, m->n_epochs, e) : st;
}

static void say(const char *name, const struct job_result *result, struct progress *progress)
{
    const struct training *t = result->what;
    const struct train_result *r = &t->result;
    if (r->note[0] != '\0')
        progress_say(progress, "%s: %s", name, r->note);
    if (r->resumed_epochs > 0 && !progress->quiet)
        progress_say(progress, "%s: went on after epoch %d of %d, where it was stopped", name,
                     r->resumed_epochs, r->n_epochs);
    if (!progress->live && !progress->quiet)
        progress_say(progress, "%s: test accuracy %.2f %% in %.1f s", name, 100 * r->test_accuracy, r->seconds);
}

static void figures(const struct job_result *result, struct json *j)
{
    const struct training *t = result->what;
    json_put_real(j, "train_accuracy", t->result.train_accuracy);
    json_put_real(j, "validation_accuracy", t->result.validation_accuracy);
    json_put_real(j, "test_accuracy", t->result.test_accuracy);
    json_put_real(j, "deployed_accuracy", t->result.deployed_accuracy);
}

enum status training_tools(char *out, size_t room, struct errmsg *e)
{
    char products[PRODUCT_TEXT_BYTES];
    const enum status st = kernels_load(e);
    if (st != STATUS_OK)
        return st;
    product_text(products);
    snprintf(out, room, "%s; products: %s", blas_build(), products);
    return STATUS_OK;
}

const struct job_kind job_train = {
    .name = "train",
    .digest = digest,
    .label = label,
    .cost = cost,
    .run = run,
    .result_bytes = sizeof(struct training),
    .save = save,
    .say = say,
    .figures = figures,
    .tools = training_tools,
    .most_hours = 7 * 24,
    .trains = true,
    .hopeless = TRAINING_HOPELESS,
};
