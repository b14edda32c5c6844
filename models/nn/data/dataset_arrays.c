/* train-x.npy, train-y.npy, test-x.npy and test-y.npy. Features are pixels if x is of unsigned bytes, else values as
 * they are. */
#include "models/nn/data/dataset_format.h"
#include "models/nn/network/network.h"
#include "models/nn/io/npy.h"
#include "models/nn/data/whole_file.h"

#include <math.h>
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

static enum status load_set(const char *folder, int set, int classes, struct images *out, struct geometry *g,
                            struct errmsg *e)
{
    struct whole_file x_file = {.bytes = NULL}, y_file = {.bytes = NULL};
    struct array_view x, y;
    enum status s = read_array(folder, names[set][0], &x_file, &x, e);
    if (s != STATUS_OK || (s = geometry_of(&x, x_file.path, g, e)) != STATUS_OK ||
        (s = read_array(folder, names[set][1], &y_file, &y, e)) != STATUS_OK)
        goto done;
    const bool pixels = x.dtype == DTYPE_U8;
    out->labels = calloc(x.shape[0], 1);
    if (pixels)
        out->pixels = malloc(x.count);
    else
        out->values = malloc(x.count * sizeof *out->values);
    if (out->labels == NULL || (out->pixels == NULL && out->values == NULL)) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the %zu images of %s", x.shape[0], x_file.path);
        goto done;
    }
    out->n = (int)x.shape[0];
    if (out->pixels != NULL)
        memcpy(out->pixels, x.data, x.count);
    else if ((s = array_floats(&x, x_file.path, out->values, e)) != STATUS_OK)
        goto done;
    s = read_labels(&y, y_file.path, out->n, classes, out->labels, e);
done:
    whole_file_free(&x_file);
    whole_file_free(&y_file);
    return s;
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    struct geometry train = {0}, test = {0};
    enum status s = load_set(from->folder, 0, ANY_CLASSES, &d->train, &train, e);
    if (s != STATUS_OK)
        return s;
    d->classes = dataset_format_classes(&d->train);
    s = load_set(from->folder, 1, d->classes, &d->test, &test, e);
    if (s != STATUS_OK)
        return s;
    if (test.height != train.height || test.width != train.width || test.channels != train.channels ||
        (d->train.pixels == NULL) != (d->test.pixels == NULL))
        return fail(e, STATUS_INPUT,
                    "%s: train-x.npy has images of %d x %d x %d (%s), test-x.npy of %d x %d x %d (%s); both must be "
                    "equal",
                    from->folder, train.height, train.width, train.channels,
                    d->train.pixels != NULL ? "pixels" : "numbers", test.height, test.width, test.channels,
                    d->test.pixels != NULL ? "pixels" : "numbers");
    d->features = train.features;
    d->height = train.height;
    d->width = train.width;
    d->channels = train.channels;
    return STATUS_OK;
}

const struct dataset_format dataset_arrays = {
    .name = "arrays (npy)",
    .files = "train-x.npy, train-y.npy, test-x.npy and test-y.npy",
    .is_there = is_there,
    .load = load,
};
