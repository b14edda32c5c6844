/* train-x.npy, train-y.npy, test-x.npy and test-y.npy. Features are pixels if x is of unsigned bytes, else values as
 * they are, or, with FOLDER:standardise, scaled as the columns of a table. */
#include "models/nn/data/dataset_format.h"
#include "models/nn/network/network.h"
#include "models/nn/io/npy.h"
#include "models/nn/data/scale.h"
#include "models/nn/data/whole_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STANDARDISE "standardise"
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

static enum status read_array(const char *folder, const char *name, struct whole_file *file, struct array_view *a,
                              struct errmsg *e)
{
    const enum status s = whole_file_read(folder, name, file, e);
    return s != STATUS_OK ? s : npy_parse(file->bytes, file->n_bytes, file->path, a, e);
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
    struct whole_file x_file, y_file;
    struct array_view x;
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
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the %zu images of %s", x->shape[0], set->x_file.path);
    if (set->numbers != NULL)
        return array_doubles(x, set->x_file.path, set->numbers, e);
    if (out->values != NULL)
        return array_floats(x, set->x_file.path, out->values, e);
    if (!x->fortran)
        memcpy(out->pixels, x->data, x->count);
    for (size_t i = 0; x->fortran && i < x->count; i++)
        out->pixels[i] = (uint8_t)array_number(x, i);
    return STATUS_OK;
}

static enum status load_set(const char *folder, int k, int classes, bool standardise, struct images *out,
                            struct set *set, struct errmsg *e)
{
    struct array_view y;
    enum status s = read_array(folder, names[k][0], &set->x_file, &set->x, e);
    if (s != STATUS_OK || (s = geometry_of(&set->x, set->x_file.path, &set->geometry, e)) != STATUS_OK ||
        (s = read_array(folder, names[k][1], &set->y_file, &y, e)) != STATUS_OK)
        return s;
    if (standardise && set->x.n_dimensions != 2)
        return fail(e, STATUS_INPUT, "%s: only n x features are standardised; scale images to -1 to 1 (x / 127.5 - 1)",
                    set->x_file.path);
    out->n = (int)set->x.shape[0];
    out->labels = calloc(set->x.shape[0], 1);
    if (out->labels == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the labels of %s", set->y_file.path);
    s = take_features(set, standardise, out, e);
    return s == STATUS_OK ? read_labels(&y, set->y_file.path, out->n, classes, out->labels, e) : s;
}

static void set_free(struct set *set)
{
    whole_file_free(&set->x_file);
    whole_file_free(&set->y_file);
    free(set->numbers);
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

static enum status load_both(struct dataset *d, const struct dataset_source *from, bool standardise,
                             struct set sets[2], struct errmsg *e)
{
    const struct geometry *train = &sets[0].geometry, *test = &sets[1].geometry;
    enum status s = load_set(from->folder, 0, ANY_CLASSES, standardise, &d->train, &sets[0], e);
    if (s != STATUS_OK)
        return s;
    d->classes = dataset_format_classes(&d->train);
    s = load_set(from->folder, 1, d->classes, standardise, &d->test, &sets[1], e);
    if (s != STATUS_OK)
        return s;
    if (test->height != train->height || test->width != train->width || test->channels != train->channels ||
        (d->train.pixels == NULL) != (d->test.pixels == NULL))
        return fail(e, STATUS_INPUT,
                    "%s: train-x.npy has images of %d x %d x %d (%s), test-x.npy of %d x %d x %d (%s); both must be "
                    "equal",
                    from->folder, train->height, train->width, train->channels,
                    d->train.pixels != NULL ? "pixels" : "numbers", test->height, test->width, test->channels,
                    d->test.pixels != NULL ? "pixels" : "numbers");
    d->features = train->features;
    d->height = train->height;
    d->width = train->width;
    d->channels = train->channels;
    if (!standardise || (s = name_columns(d, e)) != STATUS_OK)
        return s;
    return scale_features(d, (const double *const[]){sets[0].numbers, sets[1].numbers}, e);
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    char text[512];
    struct set *sets = calloc(2, sizeof *sets);
    const bool standardise = strcmp(from->suffix, STANDARDISE) == 0;
    if (sets == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %s", from->folder);
    const enum status s =
        from->suffix[0] != '\0' && !standardise
            ? fail(e, STATUS_INPUT, "data set %s:%s: %s; write %s, or %s:" STANDARDISE, from->folder, from->suffix,
                   dataset_format_suffix_rules(text, sizeof text), from->folder, from->folder)
            : load_both(d, from, standardise, sets, e);
    set_free(&sets[0]);
    set_free(&sets[1]);
    free(sets);
    return s;
}

const struct dataset_format dataset_arrays = {
    .name = "arrays (npy)",
    .files = "train-x.npy, train-y.npy, test-x.npy and test-y.npy",
    .suffix_rule = "only arrays can be scaled, by `" STANDARDISE "`",
    .is_there = is_there,
    .load = load,
};
