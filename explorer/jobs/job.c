#include "explorer/jobs/job.h"

#include "base/cache.h"
#include "base/tool.h"
#include "models/nn/io/network_file.h"
#include "models/nn/kernels/product.h"
#include "sim/operator/trained.h"

#include <cblas.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer: this, then the epochs, then the network. Both ends are one program and one
 * machine, and the pool guards it with a checksum. */
struct answer {
    enum status outcome;
    struct errmsg why;
    struct job_result result; /* its pointers mean nothing */
    int n_epochs;
    size_t network_bytes;
};

static void send(struct pool_link *link, enum status outcome, const struct errmsg *why, const struct job_result *r)
{
    struct answer a;
    memset(&a, 0, sizeof a);
    a.outcome = outcome;
    a.why = *why;
    a.result = *r;
    if (outcome == STATUS_OK) {
        a.n_epochs = r->train.n_epochs;
        a.network_bytes = r->network_bytes;
    }
    const size_t epoch_bytes = (size_t)a.n_epochs * sizeof(struct epoch_metrics);
    const size_t total = sizeof a + epoch_bytes + a.network_bytes;
    unsigned char *bytes = malloc(total);
    if (bytes == NULL)
        return; /* no answer: the pool reports the worker as lost */
    memcpy(bytes, &a, sizeof a);
    if (epoch_bytes > 0)
        memcpy(bytes + sizeof a, r->train.epochs, epoch_bytes);
    if (a.network_bytes > 0)
        memcpy(bytes + sizeof a + epoch_bytes, r->network, a.network_bytes);
    pool_answer(link, bytes, total);
    free(bytes);
}

enum status job_read_answer(const unsigned char *bytes, size_t n, enum status *outcome, struct errmsg *why,
                            struct job_result *result, struct errmsg *e)
{
    struct answer a;
    memset(result, 0, sizeof *result);
    if (n < sizeof a)
        return fail(e, STATUS_ENVIRONMENT, "a worker's answer is too short");
    memcpy(&a, bytes, sizeof a);
    const size_t epoch_bytes = (size_t)a.n_epochs * sizeof(struct epoch_metrics);
    if (a.n_epochs < 0 || a.network_bytes > n || n != sizeof a + epoch_bytes + a.network_bytes)
        return fail(e, STATUS_ENVIRONMENT, "a worker's answer has the wrong length");
    *outcome = a.outcome;
    *why = a.why;
    if (a.outcome != STATUS_OK)
        return STATUS_OK;
    *result = a.result;
    result->train.epochs = malloc(epoch_bytes + 1);
    result->network = malloc(a.network_bytes + 1);
    if (result->train.epochs == NULL || result->network == NULL) {
        job_result_free(result);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a result");
    }
    memcpy(result->train.epochs, bytes + sizeof a, epoch_bytes);
    memcpy(result->network, bytes + sizeof a + epoch_bytes, a.network_bytes);
    return STATUS_OK;
}

/* Where epochs are reported. */
struct reporter {
    struct pool_link *link;
    int epochs;
};

static int report(void *context, const struct epoch_metrics *m)
{
    struct reporter *r = context;
    const struct job_news news = {r->epochs, *m};
    pool_note(r->link, &news, sizeof news);
    return 0;
}

/* describe: what of a trained network is recorded beside it. */
static void describe(const struct network *net, struct job_result *r)
{
    const bool coded = net->code.scheme != SCHEME_FLOAT;
    size_t used = 0;
    r->code_entropy_bits = coded ? 0 : (double)NAN;
    for (int l = 0; l < net->shape.n_layers && coded; l++) {
        const struct code *c = &net->layers[l].code;
        r->code_entropy_bits += codec_entropy_bits(c, &net->layers[l].coded);
        if (net->code.step == STEP_FIXED || used >= sizeof r->layer_formats)
            continue;
        used += (size_t)snprintf(r->layer_formats + used, sizeof r->layer_formats - used, "%sf%d", l == 0 ? "" : "-",
                                 c->frac_bits);
        if (scheme_is_delta(c->scheme) && used < sizeof r->layer_formats)
            used += (size_t)snprintf(r->layer_formats + used, sizeof r->layer_formats - used, "o%d", c->delta_offset);
    }
}

/* Seconds between two checkpoints of a training. */
static double checkpoint_seconds(void)
{
    enum { USUAL = 20 };
    const char *text = getenv("DELTASWEEP_CHECKPOINT_SECONDS");
    char *end = NULL;
    const double seconds = text == NULL ? USUAL : strtod(text, &end);
    return text != NULL && (end == text || *end != '\0' || !(seconds >= 0)) ? USUAL : seconds;
}

/* The weights that a training begins with: those whose digest the job has in its name. */
static enum status load_start(const struct point *p, struct network **start, struct errmsg *e)
{
    char digest[DIGEST_HEX_BYTES];
    *start = NULL;
    if (p->loaded == NULL)
        return STATUS_OK;
    enum status st = network_load(p->loaded, &p->shape, &p->code, start, e);
    if (st == STATUS_OK)
        st = network_file_digest(p->loaded, digest, e);
    if (st == STATUS_OK && strcmp(digest, p->loaded_digest) != 0) {
        network_free(*start);
        *start = NULL;
        st = fail(e, STATUS_ENVIRONMENT, "%s has changed since the command began; start it again", p->loaded);
    }
    return st;
}

static enum status do_train(const struct job_work *w, struct pool_link *link, struct job_result *r, struct errmsg *e)
{
    const struct point *p = &w->plan->points[w->job->point].point;
    struct reporter reporter = {link, p->train.epochs};
    struct network *net = NULL;
    char checkpoint[PATH_MAX];
    struct errmsg why = {""};
    const enum status kept = cache_file(checkpoint, "training", w->job->digest, &why);
    struct network *start = NULL;
    enum status st = load_start(p, &start, e);
    if (st != STATUS_OK)
        return st;
    const struct train_request q = {.data = w->plan->data,
                                    .shape = &p->shape,
                                    .code = &p->code,
                                    .config = &p->train,
                                    .start = start,
                                    .seed = w->job->seed,
                                    .on_epoch = report,
                                    .context = &reporter,
                                    .checkpoint = kept == STATUS_OK ? checkpoint : NULL,
                                    .checkpoint_seconds = checkpoint_seconds()};
    st = train_run(&q, &net, &r->train, e);
    network_free(start);
    if (kept != STATUS_OK)
        snprintf(r->train.note, sizeof r->train.note, "the training is not kept for going on later: %.400s", why.text);
    if (st == STATUS_OK)
        describe(net, r);
    if (st == STATUS_OK)
        st = network_pack(net, &r->network, &r->network_bytes, e);
    network_free(net);
    return st;
}

enum status job_check_vectors(const struct mac_config *m, const struct network *net, const struct dataset *data,
                              struct vector_set *out, int *trained, struct errmsg *e)
{
    enum { EARLY_RANDOM = 16 }; /* among the lock-step vectors; the rest there are extreme and trained */
    static const uint64_t seeds[2] = {0x64656c7461, 0x7377656570};
    *trained = net == NULL ? 0 : CHECK_TRAINED;
    enum status st = vector_set_new(out, CHECK_EXTREME + CHECK_RANDOM + *trained, m->N, e);
    if (st != STATUS_OK)
        return st;
    int next = 0;
    vector_set_extreme(out, m, next, CHECK_EXTREME);
    next += CHECK_EXTREME;
    vector_set_random(out, m, next, EARLY_RANDOM, seeds[0]);
    next += EARLY_RANDOM;
    if (net != NULL)
        st = vector_set_trained(out, m, net, data, next, *trained, e);
    next += *trained;
    vector_set_random(out, m, next, CHECK_RANDOM - EARLY_RANDOM, seeds[1]);
    if (st != STATUS_OK)
        vector_set_free(out);
    return st;
}

static enum status do_check(const struct job_work *w, struct job_result *r, struct errmsg *e)
{
    const struct mac_config *m = &w->plan->points[w->job->point].point.mac;
    struct network *net = NULL;
    struct vector_set vectors = {0};
    enum status st = STATUS_OK;
    if (w->network != NULL && (st = network_unpack(w->network, w->network_bytes, &net, e)) != STATUS_OK)
        return st;
    st = job_check_vectors(m, net, w->plan->data, &vectors, &r->trained_vectors, e);
    if (st == STATUS_OK) {
        st = operator_sim_check(m, &vectors, CHECK_LOCKSTEP, NULL, &r->check, e);
        vector_set_free(&vectors);
    }
    network_free(net);
    return st;
}

/* check_accelerator: the whole test set through the RTL, with the trained weights. */
static enum status check_accelerator(const struct job_work *w, struct job_result *r, struct errmsg *e)
{
    const struct accelerator *a = &w->plan->points[w->job->point].point.accelerator;
    const struct images *set = &w->plan->data->test;
    struct network *net = NULL;
    struct integer_network *deployed = NULL;
    enum status st = network_unpack(w->network, w->network_bytes, &net, e);
    r->of_accelerator = true;
    r->lockstep_images = set->n < CHECK_LOCKSTEP_IMAGES ? set->n : CHECK_LOCKSTEP_IMAGES;
    if (st == STATUS_OK)
        st = deploy(net, &deployed, e);
    if (st == STATUS_OK)
        st = accelerator_sim_check(a, deployed, set, set->n, r->lockstep_images, CHECK_STALL_SEED, &r->accel, e);
    integer_network_free(deployed);
    network_free(net);
    return st;
}

void job_do(void *work, struct pool_link *link)
{
    const struct job_work *w = work;
    const struct point *p = &w->plan->points[w->job->point].point;
    struct job_result r;
    struct errmsg e = {""};
    char so_path[PATH_MAX];
    enum status st = STATUS_ENVIRONMENT;
    memset(&r, 0, sizeof r);
    r.kind = w->job->kind;
    switch (w->job->kind) {
    case JOB_TRAIN:
        st = do_train(w, link, &r, &e);
        break;
    case JOB_BUILD:
        st = p->has_accelerator ? accelerator_sim_build(&p->accelerator, so_path, sizeof so_path, &r.build_seconds, &e)
                                : operator_sim_build(&p->mac, NULL, so_path, sizeof so_path, &r.build_seconds, &e);
        break;
    case JOB_CHECK:
        st = p->has_accelerator ? check_accelerator(w, &r, &e) : do_check(w, &r, &e);
        break;
    case JOB_SYNTH:
        st = p->has_accelerator ? accel_synth_run(&p->accelerator, &r.synth, &e) : synth_run(&p->mac, &r.synth, &e);
        break;
    case JOB_KIND_COUNT:
        break;
    }
    send(link, st, &e, &r);
    job_result_free(&r);
}

void job_tools(enum job_kind kind, char *out, size_t room)
{
    switch (kind) {
    case JOB_TRAIN: {
        char products[PRODUCT_TEXT_BYTES];
        product_text(products);
        snprintf(out, room, "%s; products: %s", openblas_get_config(), products);
        break;
    }
    case JOB_BUILD:
    case JOB_CHECK:
        snprintf(out, room, "%s; %s", tool_version("verilator"), tool_version("g++"));
        break;
    case JOB_SYNTH: {
        const char *timing = tool_version("sta");
        snprintf(out, room, "%s%s%s", tool_version("yosys"), timing[0] == '\0' ? "" : "; OpenSTA ", timing);
        break;
    }
    case JOB_KIND_COUNT:
        break;
    }
}
