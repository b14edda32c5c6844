#include "models/nn/dataset.h"
#include "models/nn/idx.h"
#include "base/digest.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define FASHION_MNIST "fashion-mnist"
#define DEBIAN_DATASETS "/usr/share/datasets" /* where dataset-fashion-mnist puts its folder */

enum { FASHION_MNIST_CLASSES = 10, ANY_CLASSES = 256 };
enum { MAX_FILE_BYTES = 1 << 30 }; /* uncompressed: 20 times the largest set of this family */

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

enum status dataset_find(const char *name, char *path, unsigned path_bytes, struct errmsg *e)
{
    const bool shipped = strcmp(name, FASHION_MNIST) == 0;
    const char *root = getenv("DELTASWEEP_DATASETS");
    if (root == NULL || *root == '\0')
        root = DEBIAN_DATASETS;
    const int n =
        shipped ? snprintf(path, path_bytes, "%s/" FASHION_MNIST, root) : snprintf(path, path_bytes, "%s", name);
    if (n < 0 || (unsigned)n >= path_bytes)
        return fail(e, STATUS_INPUT, "data set %.60s…: its path is too long", name);
    if (is_folder(path))
        return STATUS_OK;
    if (shipped)
        return fail(e, STATUS_MISSING,
                    "data set " FASHION_MNIST " is not in %s: install the package dataset-fashion-mnist, or set "
                    "DELTASWEEP_DATASETS to the folder that holds " FASHION_MNIST "/",
                    path);
    return fail(e, STATUS_MISSING,
                "data set %s: there is no such folder; give " FASHION_MNIST " or a folder with the four IDX files",
                name);
}

/* Opens folder/name.gz or, if there is none, folder/name; zlib reads both. */
static enum status open_either(gzFile *out, const char *folder, const char *name, char path[PATH_MAX], struct errmsg *e)
{
    static const char *const suffix[] = {".gz", ""};
    for (int i = 0; i < 2; i++) {
        if (snprintf(path, PATH_MAX, "%s/%s%s", folder, name, suffix[i]) >= PATH_MAX)
            return fail(e, STATUS_INPUT, "%.60s…: the path is too long", folder);
        errno = 0;
        *out = gzopen(path, "rb");
        if (*out != NULL)
            return STATUS_OK;
        if (errno != ENOENT)
            return fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be opened", path);
    }
    return fail(e, STATUS_MISSING, "%s: neither %s.gz nor %s is there; a data set is four IDX files", folder, name,
                name);
}

/* The file's whole content, uncompressed; *bytes is the caller's. */
static enum status read_all(gzFile f, const char *path, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    enum status s = STATUS_OK;
    size_t room = 1 << 20, used = 0;
    uint8_t *buffer = malloc(room);
    for (;;) {
        if (buffer == NULL) {
            s = fail(e, STATUS_ENVIRONMENT, "%s: out of memory after %zu bytes", path, used);
            goto done;
        }
        const int got = gzread(f, buffer + used, (unsigned)(room - used));
        if (got <= 0)
            break;
        used += (size_t)got;
        if (used > MAX_FILE_BYTES) {
            s = fail(e, STATUS_INPUT, "%s: more than %d bytes; this is not an image set", path, MAX_FILE_BYTES);
            goto done;
        }
        if (used < room)
            continue;
        room *= 2;
        uint8_t *more = realloc(buffer, room);
        if (more == NULL)
            free(buffer);
        buffer = more;
    }
    int code = Z_OK;
    const char *text = gzerror(f, &code);
    if (strncmp(text, path, strlen(path)) == 0 && strncmp(text + strlen(path), ": ", 2) == 0)
        text += strlen(path) + 2; /* zlib names the file as well */
    if (code == Z_ERRNO)
        s = fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be read", path);
    else if (code == Z_MEM_ERROR)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %s", path);
    else if (code != Z_OK && code != Z_STREAM_END)
        s = fail(e, STATUS_INPUT, "%s: damaged after %zu good bytes (uncompressed): %s; fetch the file again", path,
                 used, code == Z_BUF_ERROR ? "it ends too early" : text);
done:
    if (s != STATUS_OK) {
        free(buffer);
        buffer = NULL;
    }
    *bytes = buffer;
    *n_bytes = used;
    return s;
}

static enum status read_idx(const char *folder, const char *name, enum idx_kind kind, uint8_t **content,
                            struct idx_view *view, char path[PATH_MAX], struct errmsg *e)
{
    size_t n_bytes = 0;
    gzFile f = NULL;
    enum status s = open_either(&f, folder, name, path, e);
    if (s != STATUS_OK)
        return s;
    s = read_all(f, path, content, &n_bytes, e);
    gzclose_r(f);
    if (s == STATUS_OK)
        s = idx_parse(*content, n_bytes, kind, path, view, e);
    return s;
}

/* Where a folder's labels end, when nothing but the labels tells: before a first gap that
 * is wider than all the labels below it (0 to 9 and one 200: 200 is damage), else after
 * the largest. Sets that leave some numbers out, or start at 1, pass. */
static int plausible_classes(const uint8_t *labels, int n)
{
    bool used[ANY_CLASSES] = {false};
    int end = 0;
    for (int i = 0; i < n; i++)
        used[labels[i]] = true;
    for (int c = 0; c < ANY_CLASSES; c++)
        if (used[c]) {
            if (end > 1 && c - end > end)
                break;
            end = c + 1;
        }
    return end;
}

/* One of the two sets: its images and labels, checked against each other. */
static enum status load_set(const char *folder, const char *prefix, int classes, struct images *out, int *features,
                            struct errmsg *e)
{
    enum status s;
    char name[64], image_path[PATH_MAX], label_path[PATH_MAX];
    uint8_t *image_file = NULL, *label_file = NULL;
    struct idx_view images, labels;

    snprintf(name, sizeof name, "%s-images-idx3-ubyte", prefix);
    s = read_idx(folder, name, IDX_IMAGES, &image_file, &images, image_path, e);
    if (s != STATUS_OK)
        goto done;
    snprintf(name, sizeof name, "%s-labels-idx1-ubyte", prefix);
    s = read_idx(folder, name, IDX_LABELS, &label_file, &labels, label_path, e);
    if (s != STATUS_OK)
        goto done;
    if (images.n != labels.n) {
        s = fail(e, STATUS_INPUT, "%s: byte offset 4: it counts %d labels, but %s has %d images", label_path, labels.n,
                 image_path, images.n);
        goto done;
    }
    const int limit = classes != ANY_CLASSES ? classes : plausible_classes(labels.data, labels.n);
    for (int i = 0; i < labels.n; i++)
        if (labels.data[i] >= limit) {
            s = fail(e, STATUS_INPUT, "%s: byte offset %zu: label %d is out of range; this set's labels are 0 to %d",
                     label_path, (size_t)(labels.data - label_file) + (size_t)i, labels.data[i], limit - 1);
            goto done;
        }
    const size_t n_pixels = (size_t)images.n * (size_t)images.features;
    out->pixels = malloc(n_pixels);
    out->labels = calloc((size_t)labels.n, 1);
    if (out->pixels == NULL || out->labels == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the %d images of %s", images.n, image_path);
        goto done;
    }
    memcpy(out->pixels, images.data, n_pixels);
    memcpy(out->labels, labels.data, (size_t)labels.n);
    out->n = images.n;
    *features = images.features;
done:
    free(image_file);
    free(label_file);
    return s;
}

static int largest_label(const struct images *x)
{
    int largest = 0;
    for (int i = 0; i < x->n; i++)
        if (x->labels[i] > largest)
            largest = x->labels[i];
    return largest;
}

static void digest_images(struct digest *d, const struct images *x, int features)
{
    digest_int(d, "images", x->n);
    digest_bytes(d, "pixels", x->pixels, (size_t)x->n * (size_t)features);
    digest_bytes(d, "labels", x->labels, (size_t)x->n);
}

enum status dataset_load(const char *name, struct dataset **out, struct errmsg *e)
{
    enum status s;
    char folder[PATH_MAX];
    int test_features = 0;
    struct dataset *d = NULL;
    *out = NULL;

    s = dataset_find(name, folder, sizeof folder, e);
    if (s != STATUS_OK)
        goto done;
    d = calloc(1, sizeof *d);
    if (d == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    snprintf(d->name, sizeof d->name, "%s", name);
    const bool shipped = strcmp(name, FASHION_MNIST) == 0;
    s = load_set(folder, "train", shipped ? FASHION_MNIST_CLASSES : ANY_CLASSES, &d->train, &d->features, e);
    if (s != STATUS_OK)
        goto done;
    /* A test label that no training image has cannot be learned: it is an error of the set. */
    d->classes = shipped ? FASHION_MNIST_CLASSES : largest_label(&d->train) + 1;
    s = load_set(folder, "t10k", d->classes, &d->test, &test_features, e);
    if (s != STATUS_OK)
        goto done;
    if (test_features != d->features) {
        s = fail(e, STATUS_INPUT,
                 "%s: an image of train-images-idx3-ubyte has %d pixels, one of t10k-images-idx3-ubyte %d; "
                 "both must be equal",
                 folder, d->features, test_features);
        goto done;
    }
    struct digest digest;
    digest_init(&digest);
    digest_int(&digest, "features", d->features);
    digest_images(&digest, &d->train, d->features);
    digest_images(&digest, &d->test, d->features);
    digest_hex(&digest, d->digest);
    *out = d;
    d = NULL;
done:
    dataset_free(d);
    return s;
}

void dataset_free(struct dataset *d)
{
    if (d == NULL)
        return;
    free(d->train.pixels);
    free(d->train.values);
    free(d->train.labels);
    free(d->test.pixels);
    free(d->test.values);
    free(d->test.labels);
    free(d);
}
