/* train-x.npy, train-y.npy, test-x.npy and test-y.npy. */
#include "models/nn/data/dataset_arrays.h"
#include "models/nn/network/network.h"
#include "models/nn/io/npy.h"
#include "models/nn/data/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANY_CLASSES = 256 };

static const char *const names[2][2] = {{"train-x.npy", "train-y.npy"}, {"test-x.npy", "test-y.npy"}};

static bool is_there(const char *folder)
{
    for (int k = 0; k < 4; k++)
        if (whole_file_is_there(folder, names[k / 2][k % 2]))
            return true;
    return false;
}

/* Features of an image: n x features, n x height x width [x channels]. */
struct geometry {
    int features, height, width, channels;
};

static enum status geometry_of(const struct array_view *a, const char *path, struct geometry *g, struct errmsg *e)
{
    char text[192];
    size_t features = 1;
    const size_t *shape = a->shape;
    bool good = a->n_dimensions >= 2 && a->n_dimensions <= 4 && shape[0] >= 1 && shape[0] <= INT32_MAX;
    for (int k = 1; good && k < a->n_dimensions; k++) {
        good = shape[k] >= 1 && shape[k] <= NETWORK_MAX_WIDTH;
        features *= good ? shape[k] : 0;
        good = good && features <= NETWORK_MAX_WIDTH;
    }
    if (!good)
        return fail(e, STATUS_INPUT,
                    "%s: an array of %s; n x features, n x height x width or n x height x width x channels is needed, "
                    "with at least one image and at most %d features",
                    path, array_shape_text(a->n_dimensions, shape, text, sizeof text), NETWORK_MAX_WIDTH);
    const bool flat = a->n_dimensions == 2;
    *g = (struct geometry){.features = (int)features,
                           .height = flat ? 1 : (int)shape[1],
                           .width = flat ? 1 : (int)shape[2],
                           .channels = flat                   ? (int)shape[1]
                                       : a->n_dimensions == 4 ? (int)shape[3]
                                                              : 1};
    return STATUS_OK;
}

static enum status read_labels(const struct array_view *a, const char *path, int n, int classes, uint8_t *labels,
                               struct errmsg *e)
{
    char text[192];
    if (a->count != (size_t)n || a->n_dimensions < 1 || a->shape[0] != (size_t)n)
        return fail(e, STATUS_INPUT, "%s: labels of %s; one for each of %d images is needed", path,
                    array_shape_text(a->n_dimensions, a->shape, text, sizeof text), n);
    for (int i = 0; i < n; i++) {
        const double y = array_number(a, (size_t)i);
        if (!(y >= 0 && y < classes) || y != floor(y))
            return fail(e, STATUS_INPUT, "%s: the label at index [%d] is %g; labels are whole numbers from 0 to %d%s",
                        path, i, y, classes - 1, classes < ANY_CLASSES ? ", as in the training set" : "");
        labels[i] = (uint8_t)y;
    }
    return STATUS_OK;
}

/* What is read of a set before it is scaled; numbers: where it is to be scaled. */
struct set {
    const struct whole_file *x_file, *y_file;
    struct array_view x, y;
    struct geometry geometry;
    double *numbers;
};

static enum status take_features(struct set *set, bool standardise, struct images *out, struct errmsg *e)
{
    const struct array_view *x = &set->x;
    const bool pixels = x->dtype == DTYPE_U8 && !standardise;
    if (standardise)
        set->numbers = malloc(x->count * sizeof *set->numbers);
    else if (pixels)
        out->pixels = malloc(x->count);
    else
        out->values = malloc(x->count * sizeof *out->values);
    if (set->numbers == NULL && out->pixels == NULL && out->values == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the %zu images of %s", x->shape[0], set->x_file->path);
    if (set->numbers != NULL)
        return array_doubles(x, set->x_file->path, set->numbers, e);
    if (out->values != NULL)
        return array_floats(x, set->x_file->path, out->values, e);
    if (!x->fortran)
        memcpy(out->pixels, x->data, x->count);
    for (size_t i = 0; x->fortran && i < x->count; i++)
        out->pixels[i] = (uint8_t)array_number(x, i);
    return STATUS_OK;
}

static enum status parse(const struct whole_file *file, struct array_view *a, struct errmsg *e)
{
    return npy_parse(file->bytes, file->n_bytes, file->path, a, e);
}

static enum status load_set(int classes, bool standardise, struct images *out, struct set *set, struct errmsg *e)
{
    enum status s = parse(set->x_file, &set->x, e);
    if (s != STATUS_OK || (s = geometry_of(&set->x, set->x_file->path, &set->geometry, e)) != STATUS_OK ||
        (s = parse(set->y_file, &set->y, e)) != STATUS_OK)
        return s;
    if (standardise && set->x.n_dimensions != 2)
        return fail(e, STATUS_INPUT, "%s: only n x features are standardised; scale images to -1 to 1 (x / 127.5 - 1)",
                    set->x_file->path);
    out->n = (int)set->x.shape[0];
    out->labels = calloc(set->x.shape[0], 1);
    if (out->labels == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the labels of %s", set->y_file->path);
    s = take_features(set, standardise, out, e);
    return s == STATUS_OK ? read_labels(&set->y, set->y_file->path, out->n, classes, out->labels, e) : s;
}

/* The columns of an array have numbers for names: x0, x1, … */
static enum status name_columns(struct dataset *d, struct errmsg *e)
{
    d->columns = calloc((size_t)d->features, sizeof *d->columns);
    for (int k = 0; d->columns != NULL && k < d->features; k++)
        if (asprintf(&d->columns[k].name, "x%d", k) < 0) {
            d->columns[k].name = NULL;
            return fail(e, STATUS_ENVIRONMENT, "out of memory for the columns of %s", d->name);
        }
    return d->columns != NULL ? STATUS_OK
                              : fail(e, STATUS_ENVIRONMENT, "out of memory for the columns of %s", d->name);
}

static const char *leaf_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static enum status load_both(struct dataset *d, const struct dataset_source *from, bool standardise,
                             struct set sets[2], struct errmsg *e)
{
    const struct geometry *train = &sets[0].geometry, *test = &sets[1].geometry;
    enum status s = load_set(ANY_CLASSES, standardise, &d->train, &sets[0], e);
    if (s != STATUS_OK)
        return s;
    d->classes = dataset_format_classes(&d->train);
    s = load_set(d->classes, standardise, &d->test, &sets[1], e);
    if (s != STATUS_OK)
        return s;
    if (test->height != train->height || test->width != train->width || test->channels != train->channels ||
        (d->train.pixels == NULL) != (d->test.pixels == NULL))
        return fail(e, STATUS_INPUT,
                    "%s: %s has images of %d x %d x %d (%s), %s of %d x %d x %d (%s); both must be equal", from->folder,
                    leaf_of(sets[0].x_file->path), train->height, train->width, train->channels,
                    d->train.pixels != NULL ? "pixels" : "numbers", leaf_of(sets[1].x_file->path), test->height, test->width, test->channels,
                    d->test.pixels != NULL ? "pixels" : "numbers");
    d->features = train->features;
    d->height = train->height;
    d->width = train->width;
    d->channels = train->channels;
    if (!standardise || (s = name_columns(d, e)) != STATUS_OK)
        return s;
    return scale_features(d, (const double *const[]){sets[0].numbers, sets[1].numbers}, e);
}

enum status dataset_arrays_take(struct dataset *d, const struct dataset_source *from,
                                const struct array_files *files, struct errmsg *e)
{
    char text[512];
    struct set sets[2] = {{.x_file = &files->x[0], .y_file = &files->y[0]},
                          {.x_file = &files->x[1], .y_file = &files->y[1]}};
    const bool standardise = strcmp(from->suffix, DATASET_ARRAYS_STANDARDISE) == 0;
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s%s%s", from->folder, from->file != NULL ? "/" : "",
             from->file != NULL ? from->file : "");
    const enum status s =
        from->suffix[0] != '\0' && !standardise
            ? fail(e, STATUS_INPUT, "data set %s:%s: %s; write %s, or %s:" DATASET_ARRAYS_STANDARDISE, name,
                   from->suffix, dataset_format_suffix_rules(text, sizeof text), name, name)
            : load_both(d, from, standardise, sets, e);
    free(sets[0].numbers);
    free(sets[1].numbers);
    return s;
}

void array_files_free(struct array_files *files)
{
    for (int k = 0; files != NULL && k < 2; k++) {
        whole_file_free(&files->x[k]);
        whole_file_free(&files->y[k]);
    }
    free(files);
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    struct array_files *files = calloc(1, sizeof *files);
    enum status s = files != NULL ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for %s", from->folder);
    for (int k = 0; k < 4 && s == STATUS_OK; k++)
        s = whole_file_read(from->folder, names[k / 2][k % 2], k % 2 ? &files->y[k / 2] : &files->x[k / 2], e);
    if (s == STATUS_OK)
        s = dataset_arrays_take(d, from, files, e);
    array_files_free(files);
    return s;
}

const struct dataset_format dataset_arrays = {
    .name = "arrays (npy)",
    .files = "train-x.npy, train-y.npy, test-x.npy and test-y.npy",
    .suffix_rule = DATASET_ARRAYS_SUFFIX_RULE,
    .is_there = is_there,
    .load = load,
};
