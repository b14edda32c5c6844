#include "sim/accelerator/job.h"

#include "models/nn/integer/infer.h"

#include <stdlib.h>
#include <string.h>

/* In the stream: this header, pixels, classes, logits, then of each layer its weights and requantisations. */
static const char magic[8] = "DSACCEL1";

struct header {
    char magic[8];
    struct accelerator accelerator;
    int32_t images, resets, stalls;
    uint64_t seed;
};

static size_t neurons(const struct integer_layer *layer)
{
    return (size_t)layer->O;
}

static size_t weights(const struct integer_layer *layer)
{
    return (size_t)layer->O * (size_t)layer->I;
}

void accelerator_job_write(const struct accelerator_job *job, FILE *f)
{
    struct header h;
    memset(&h, 0, sizeof h); /* its gaps, too */
    memcpy(h.magic, magic, sizeof magic);
    h.accelerator = job->accelerator;
    h.images = job->images;
    h.resets = job->resets;
    h.stalls = job->stalls;
    h.seed = job->seed;
    const size_t images = (size_t)job->images;
    fwrite(&h, sizeof h, 1, f);
    fwrite(job->pixels, sizeof *job->pixels, images * (size_t)h.accelerator.sizes[0], f);
    fwrite(job->result_class, sizeof *job->result_class, images, f);
    fwrite(job->logit, sizeof *job->logit, images, f);
    for (int l = 0; l < h.accelerator.n_layers; l++) {
        const struct integer_layer *layer = &job->network->layers[l];
        fwrite(layer->weight, sizeof *layer->weight, weights(layer), f);
        fwrite(layer->q, sizeof *layer->q, neurons(layer), f);
    }
}

/* read_array: n elements; NULL once *s is not STATUS_OK. */
static void *read_array(FILE *f, size_t n, size_t bytes, enum status *s, struct errmsg *e)
{
    void *array = *s == STATUS_OK ? calloc(n, bytes) : NULL;
    if (*s == STATUS_OK && array == NULL)
        *s = fail(e, STATUS_ENVIRONMENT, "out of memory for a job");
    else if (*s == STATUS_OK && fread(array, bytes, n, f) != n)
        *s = fail(e, STATUS_INPUT, "the job on standard input ends too soon");
    return array;
}

static void read_network(FILE *f, struct accelerator_job *job, enum status *s, struct errmsg *e)
{
    const struct accelerator *a = &job->accelerator;
    struct integer_network *n = job->network = calloc(1, sizeof *n);
    if (n == NULL) {
        *s = fail(e, STATUS_ENVIRONMENT, "out of memory for a job");
        return;
    }
    n->n_layers = a->n_layers;
    memcpy(n->sizes, a->sizes, sizeof n->sizes);
    n->W = a->W;
    n->f = a->f;
    n->D = a->D;
    n->shift = a->shift;
    n->shift_bits = a->shift_bits;
    n->consecutive = a->consecutive;
    n->has_reference = a->reference;
    for (int l = 0; l < n->n_layers; l++) {
        struct integer_layer *layer = &n->layers[l];
        layer->I = n->sizes[l];
        layer->O = n->sizes[l + 1];
        layer->D = a->D;
        layer->shift = a->shift;
        layer->weight = read_array(f, weights(layer), sizeof *layer->weight, s, e);
        layer->q = read_array(f, neurons(layer), sizeof *layer->q, s, e);
    }
}

static enum status read_body(FILE *f, struct accelerator_job *job, struct errmsg *e)
{
    const size_t images = (size_t)job->images, pixels = images * (size_t)job->accelerator.sizes[0];
    enum status s = STATUS_OK;
    job->pixels = read_array(f, pixels, sizeof *job->pixels, &s, e);
    job->result_class = read_array(f, images, sizeof *job->result_class, &s, e);
    job->logit = read_array(f, images, sizeof *job->logit, &s, e);
    read_network(f, job, &s, e);
    return s;
}

enum status accelerator_job_read(FILE *f, struct accelerator_job **out, struct errmsg *e)
{
    struct header h;
    *out = NULL;
    if (fread(&h, sizeof h, 1, f) != 1 || memcmp(h.magic, magic, sizeof magic) != 0)
        return fail(e, STATUS_INPUT, "standard input has no job of an accelerator (wrong magic)");
    enum status s = accelerator_check(&h.accelerator, e);
    if (s != STATUS_OK)
        return s;
    if (h.images < 1)
        return fail(e, STATUS_INPUT, "the job has no images");
    struct accelerator_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a job");
    job->accelerator = h.accelerator;
    job->images = h.images;
    job->resets = h.resets;
    job->stalls = h.stalls != 0;
    job->seed = h.seed;
    if ((s = read_body(f, job, e)) != STATUS_OK) {
        accelerator_job_free(job);
        return s;
    }
    *out = job;
    return STATUS_OK;
}

void accelerator_job_free(struct accelerator_job *job)
{
    if (job == NULL)
        return;
    for (int l = 0; job->network != NULL && l < NETWORK_MAX_LAYERS; l++) {
        free(job->network->layers[l].weight);
        free(job->network->layers[l].q);
    }
    free(job->network);
    free(job->pixels);
    free(job->result_class);
    free(job->logit);
    free(job);
}

enum status accelerator_job_infer(const struct accelerator_job *job, const int32_t *pixels, int32_t *result_class,
                                  int32_t *logit, struct errmsg *e)
{
    struct verdict v = {0};
    const enum status s = infer_naive(job->network, pixels, 1, &v, NULL, e);
    *result_class = v.class;
    *logit = v.logit;
    return s;
}
