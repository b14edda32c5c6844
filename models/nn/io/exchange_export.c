#include "models/nn/io/exchange.h"
#include "models/nn/io/npy.h"
#include "models/nn/io/safetensors.h"
#include "models/nn/io/tensors.h"
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

enum { PER_LAYER = 8, NAME_BYTES = EXCHANGE_NAME_BYTES + 32, NOTE_BYTES = 32 };

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
    const struct exchange_names *names;
    int n, n_notes;
    struct named_floats tensors[NETWORK_MAX_LAYERS * PER_LAYER], notes[2 * NETWORK_MAX_LAYERS];
    char text[NETWORK_MAX_LAYERS * PER_LAYER][NAME_BYTES], note_text[2 * NETWORK_MAX_LAYERS][NOTE_BYTES];
    float *owned[NETWORK_MAX_LAYERS * PER_LAYER];
    int n_owned;
};

void exchange_sequential(const struct topology *t, struct exchange_names *names)
{
    int at = 0;
    *names = (struct exchange_names){.n_left_out = 0};
    for (int l = 0; l < t->n_layers; l++) {
        const struct layer_shape *a = &t->layers[l];
        struct exchange_name *x = &names->layers[l];
        at += l > 0 && a->kernel == 0 && t->layers[l - 1].kernel > 0; /* Flatten */
        snprintf(x->layer, sizeof x->layer, "%d", at++);
        snprintf(x->norm, sizeof x->norm, "%d", at++);
        x->has_norm = x->affine = true;
        at += l + 1 < t->n_layers; /* Hardtanh */
        at += a->pool > 1;         /* MaxPool2d */
    }
}

static struct named_floats *add(struct export *x, const char *module, const char *leaf, const float *numbers,
                                size_t n)
{
    struct named_floats *t = &x->tensors[x->n];
    snprintf(x->text[x->n], NAME_BYTES, "%s%s%s", module, module[0] != '\0' ? "." : "", leaf);
    *t = (struct named_floats){.name = x->text[x->n], .n_dimensions = 1, .shape = {n}, .x = numbers};
    x->n++;
    return t;
}

/* What a state_dict does not have, for importing the very codes. */
static void add_note(struct export *x, const char *word, int l, const float *numbers, size_t n)
{
    struct named_floats *t = &x->notes[x->n_notes];
    snprintf(x->note_text[x->n_notes], NOTE_BYTES, "%s.%d", word, l);
    *t = (struct named_floats){.name = x->note_text[x->n_notes], .n_dimensions = 1, .shape = {n}, .x = numbers};
    x->n_notes++;
}

static float *numbers_new(struct export *x, size_t n, struct errmsg *e)
{
    float *numbers = calloc(n, sizeof *numbers);
    if (numbers == NULL)
        fail(e, STATUS_ENVIRONMENT, "out of memory for exporting %zu weights", n);
    else
        x->owned[x->n_owned++] = numbers;
    return numbers;
}

/* The factor by which a batch norm multiplies neuron o. */
static float factor(const struct layer *a, size_t o)
{
    return a->gamma[o] / sqrtf(a->var[o] + NORM_EPS);
}

static bool is_neutral(const struct layer *a)
{
    for (size_t o = 0; o < (size_t)a->O; o++)
        if (factor(a, o) != 1.0f)
            return false;
    return true;
}

static enum status add_matrix(struct export *x, int l, struct errmsg *e)
{
    const struct layer *a = &x->net->layers[l];
    const struct layer_shape *shape = &x->net->shape.layers[l];
    const struct exchange_name *name = &x->names->layers[l];
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
            theirs[o * I + column] = name->has_norm ? ours[o * I + i] : ours[o * I + i] * factor(a, o);
    }
    free(ours);
    struct named_floats *t = add(x, name->layer, "weight", theirs, O);
    t->n_dimensions = kernel > 0 ? 4 : 2;
    t->shape[1] = kernel > 0 ? (size_t)shape->channels : I;
    t->shape[2] = t->shape[3] = kernel;
    return STATUS_OK;
}

/* A layer's bias: 0 in front of a batch norm, which has it in its mean; else what the norm adds. */
static enum status add_bias(struct export *x, int l, struct errmsg *e)
{
    const struct layer *a = &x->net->layers[l];
    const struct exchange_name *name = &x->names->layers[l];
    const size_t O = (size_t)a->O;
    bool needed = name->has_bias;
    if (name->has_norm && !name->has_bias)
        return STATUS_OK;
    float *bias = numbers_new(x, O, e);
    if (bias == NULL)
        return STATUS_ENVIRONMENT;
    for (size_t o = 0; o < O && !name->has_norm; o++) {
        bias[o] = a->beta[o] - a->mean[o] * factor(a, o);
        needed = needed || bias[o] != 0.0f;
    }
    if (needed)
        add(x, name->layer, "bias", bias, O);
    return STATUS_OK;
}

static void add_norm(struct export *x, int l)
{
    const struct layer *a = &x->net->layers[l];
    const struct exchange_name *name = &x->names->layers[l];
    const size_t O = (size_t)a->O;
    bool affine = name->affine;
    for (size_t o = 0; o < O; o++)
        affine = affine || a->gamma[o] != 1.0f || a->beta[o] != 0.0f;
    if (affine) {
        add(x, name->norm, "weight", a->gamma, O);
        add(x, name->norm, "bias", a->beta, O);
    }
    add(x, name->norm, "running_mean", a->mean, O);
    add(x, name->norm, "running_var", a->var, O);
}

static enum status add_layer(struct export *x, int l, struct errmsg *e)
{
    enum status s = add_matrix(x, l, e);
    if (s == STATUS_OK)
        s = add_bias(x, l, e);
    if (s == STATUS_OK && x->names->layers[l].has_norm)
        add_norm(x, l);
    return s;
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
    add_note(x, "references", l, numbers, n);
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
    add_note(x, "formats", l, numbers, 2);
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
    for (int k = 0; k < x->n + x->n_notes && s == STATUS_OK; k++) {
        const struct named_floats *t = k < x->n ? &x->tensors[k] : &x->notes[k - x->n];
        char file[PATH_MAX];
        if (snprintf(file, sizeof file, "%s/%s.npy", path, t->name) >= (int)sizeof file)
            return fail(e, STATUS_ENVIRONMENT, "%.60s…: the path is too long", path);
        s = npy_write(file, t->x, t->n_dimensions, t->shape, e);
    }
    return s;
}

/* The numbers of a note between spaces, the caller's; NULL without memory. */
static char *note_value(const struct named_floats *t)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&text, &bytes);
    if (f == NULL)
        return NULL;
    for (size_t k = 0; k < t->shape[0]; k++)
        fprintf(f, "%s%.9g", k > 0 ? " " : "", (double)t->x[k]);
    if (fclose(f) == 0)
        return text;
    free(text);
    return NULL;
}

/* The notes go into the metadata: load_state_dict refuses tensors that are no module's. */
static enum status write_file(const struct export *x, const char *path, struct errmsg *e)
{
    struct safetensors_note notes[2 * NETWORK_MAX_LAYERS];
    char keys[2 * NETWORK_MAX_LAYERS][NOTE_BYTES + sizeof TENSORS_NOTE];
    enum status s = STATUS_OK;
    int n = 0;
    for (; n < x->n_notes; n++) {
        snprintf(keys[n], sizeof keys[n], TENSORS_NOTE "%s", x->notes[n].name);
        notes[n] = (struct safetensors_note){keys[n], note_value(&x->notes[n])};
        if (notes[n].value == NULL) {
            s = fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
            break;
        }
    }
    if (s == STATUS_OK)
        s = safetensors_write(path, x->tensors, x->n, notes, n, e);
    while (n > 0)
        free(notes[--n].value);
    return s;
}

enum status exchange_export(const struct network *net, const char *path, const struct exchange_names *names,
                            struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct exchange_names sequential;
    struct export *x = calloc(1, sizeof *x);
    if (x == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for exporting a network");
    exchange_sequential(&net->shape, &sequential);
    x->net = net;
    x->names = names != NULL ? names : &sequential;
    for (int l = 0; l < net->shape.n_layers && s == STATUS_OK; l++) {
        s = add_layer(x, l, e);
        if (!x->names->layers[l].has_norm && !is_neutral(&net->layers[l]))
            continue; /* these weights are in no code any more */
        if (s == STATUS_OK && (s = add_references(x, l, e)) == STATUS_OK)
            s = add_format(x, l, e);
    }
    if (s == STATUS_OK)
        s = text_ends_with(path, ".safetensors") ? write_file(x, path, e) : write_folder(x, path, e);
    for (int k = 0; k < x->n_owned; k++)
        free(x->owned[k]);
    free(x);
    return s;
}
