#include "models/nn/io/exchange.h"
#include "models/nn/io/npy.h"
#include "models/nn/io/safetensors.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PER_LAYER = 7, NAME_BYTES = 48 };

size_t exchange_column(const struct topology *t, int l, size_t i)
{
    const struct layer_shape *a = &t->layers[l], *before = l > 0 ? &t->layers[l - 1] : NULL;
    size_t C, positions;
    if (a->kernel > 0) {
        C = (size_t)a->channels;
        positions = (size_t)a->kernel * (size_t)a->kernel;
    } else if (before != NULL && before->kernel > 0) {
        C = (size_t)before->O;
        positions = (size_t)a->I / C;
    } else {
        return i;
    }
    return i % C * positions + i / C;
}

/* All that is written: names and rearranged numbers. */
struct export
{
    const struct network *net;
    int n;
    struct named_floats tensors[NETWORK_MAX_LAYERS * PER_LAYER];
    char names[NETWORK_MAX_LAYERS * PER_LAYER][NAME_BYTES];
    float *owned[3 * NETWORK_MAX_LAYERS];
    int n_owned;
};

static struct named_floats *add(struct export *x, const char *group, int l, const char *leaf, const float *numbers,
                                int n_dimensions)
{
    struct named_floats *t = &x->tensors[x->n];
    snprintf(x->names[x->n], NAME_BYTES, "%s.%d%s", group, l, leaf);
    *t = (struct named_floats){.name = x->names[x->n], .n_dimensions = n_dimensions, .x = numbers};
    x->n++;
    return t;
}

static float *numbers_new(struct export *x, size_t n, struct errmsg *e)
{
    float *numbers = malloc(n * sizeof *numbers);
    if (numbers == NULL)
        fail(e, STATUS_ENVIRONMENT, "out of memory for exporting %zu weights", n);
    else
        x->owned[x->n_owned++] = numbers;
    return numbers;
}

static enum status add_layer(struct export *x, int l, struct errmsg *e)
{
    static const char *const leaves[] = {".weight", ".bias", ".running_mean", ".running_var"};
    const struct layer *a = &x->net->layers[l];
    const struct layer_shape *shape = &x->net->shape.layers[l];
    const size_t O = (size_t)a->O, I = (size_t)a->I, kernel = (size_t)shape->kernel;
    float *ours = malloc(O * I * sizeof *ours), *theirs = ours != NULL ? numbers_new(x, O * I, e) : NULL;
    if (theirs == NULL) {
        free(ours);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for exporting layer %d", l + 1);
    }
    network_rebuilt(x->net, l, ours);
    for (size_t i = 0; i < I; i++) {
        const size_t column = exchange_column(&x->net->shape, l, i);
        for (size_t o = 0; o < O; o++)
            theirs[o * I + column] = ours[o * I + i];
    }
    free(ours);
    struct named_floats *t = add(x, "layers", l, ".weight", theirs, kernel > 0 ? 4 : 2);
    t->shape[0] = O;
    t->shape[1] = kernel > 0 ? (size_t)shape->channels : I;
    t->shape[2] = t->shape[3] = kernel;
    const float *const norm[] = {a->gamma, a->beta, a->mean, a->var};
    for (int k = 0; k < 4; k++)
        add(x, "norms", l, leaves[k], norm[k], 1)->shape[0] = O;
    return STATUS_OK;
}

/* References that cannot be found again from the rebuilt weights: their mean is another one. */
static enum status add_references(struct export *x, int l, struct errmsg *e)
{
    const struct layer *a = &x->net->layers[l];
    if (x->net->code.scheme == SCHEME_FLOAT || !scheme_has_reference(a->code.scheme) ||
        a->code.reference == REFERENCE_FIRST || !code_keeps_references(&a->code))
        return STATUS_OK;
    const size_t n = (size_t)a->coded.n_spans;
    float *numbers = numbers_new(x, n, e);
    if (numbers == NULL)
        return STATUS_ENVIRONMENT;
    for (size_t s = 0; s < n; s++)
        numbers[s] = ldexpf((float)a->coded.reference[s], -a->code.frac_bits);
    add(x, "references", l, "", numbers, 1)->shape[0] = n;
    return STATUS_OK;
}

/* The place values that training chose: others might represent the same weights. */
static enum status add_format(struct export *x, int l, struct errmsg *e)
{
    const struct code *c = &x->net->layers[l].code;
    if (x->net->code.scheme == SCHEME_FLOAT || x->net->code.step == STEP_FIXED)
        return STATUS_OK;
    float *numbers = numbers_new(x, 2, e);
    if (numbers == NULL)
        return STATUS_ENVIRONMENT;
    numbers[0] = (float)c->frac_bits;
    numbers[1] = (float)c->delta_offset;
    add(x, "formats", l, "", numbers, 1)->shape[0] = 2;
    return STATUS_OK;
}

/* A folder that has no arrays yet: what an earlier export left would be imported as layers, too. */
static enum status prepare_folder(const char *path, struct errmsg *e)
{
    struct dirent **entries = NULL;
    bool arrays = false;
    if (mkdir(path, 0777) == 0)
        return STATUS_OK;
    if (errno != EEXIST)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make the folder %s", path);
    const int n = scandir(path, &entries, NULL, NULL);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "%s: neither a folder nor a name that ends in .safetensors", path);
    for (int k = 0; k < n; k++) {
        arrays = arrays || text_ends_with(entries[k]->d_name, ".npy");
        free(entries[k]);
    }
    free(entries);
    return arrays ? fail(e, STATUS_ENVIRONMENT, "%s: it has .npy files already; name a new folder", path) : STATUS_OK;
}

static enum status write_folder(const struct export *x, const char *path, struct errmsg *e)
{
    enum status s = prepare_folder(path, e);
    for (int k = 0; k < x->n && s == STATUS_OK; k++) {
        const struct named_floats *t = &x->tensors[k];
        char file[PATH_MAX];
        if (snprintf(file, sizeof file, "%s/%s.npy", path, t->name) >= (int)sizeof file)
            return fail(e, STATUS_ENVIRONMENT, "%.60s…: the path is too long", path);
        s = npy_write(file, t->x, t->n_dimensions, t->shape, e);
    }
    return s;
}

enum status exchange_export(const struct network *net, const char *path, struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct export *x = calloc(1, sizeof *x);
    if (x == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for exporting a network");
    x->net = net;
    for (int l = 0; l < net->shape.n_layers && s == STATUS_OK; l++)
        if ((s = add_layer(x, l, e)) == STATUS_OK && (s = add_references(x, l, e)) == STATUS_OK)
            s = add_format(x, l, e);
    if (s == STATUS_OK)
        s = text_ends_with(path, ".safetensors") ? safetensors_write(path, x->tensors, x->n, e)
                                                 : write_folder(x, path, e);
    for (int k = 0; k < x->n_owned; k++)
        free(x->owned[k]);
    free(x);
    return s;
}
