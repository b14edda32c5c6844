/* Four IDX files, train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-… or test-…, also with other words around
 * these; FOLDER:PREFIX picks one set of several. Features are pixels. */
#include "models/nn/data/dataset_format.h"
#include "models/nn/data/idx.h"
#include "models/nn/data/whole_file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANY_CLASSES = 256, NAME_BYTES = 256 };

static const char *const standard[2][2] = {{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
                                           {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};

/* Which of the four files one of this name (without .gz) is: its set and kind. */
static bool is_idx_name(const char *name, int *set, enum idx_kind *kind)
{
    const bool images =
                   strstr(name, "images") != NULL && (strstr(name, "idx3") != NULL || strstr(name, "idx4") != NULL),
               labels = strstr(name, "labels") != NULL && strstr(name, "idx1") != NULL,
               test = strstr(name, "t10k") != NULL || strstr(name, "test") != NULL,
               train = strstr(name, "train") != NULL;
    if (images == labels || test == train)
        return false;
    if (!text_ends_with(name, "ubyte") && !text_ends_with(name, "idx1") && !text_ends_with(name, "idx3") &&
        !text_ends_with(name, "idx4"))
        return false;
    *set = test;
    *kind = images ? IDX_IMAGES : IDX_LABELS;
    return true;
}

/* The file of a set and kind in a folder: its name without .gz; the standard one goes before all others. */
static enum status find_file(const char *folder, const char *prefix, int set, enum idx_kind kind, char name[NAME_BYTES],
                             struct errmsg *e)
{
    enum status s = STATUS_OK;
    struct dirent **entries = NULL;
    const char *usual = standard[set][kind == IDX_LABELS];
    snprintf(name, NAME_BYTES, "%s", usual);
    if (prefix[0] == '\0' && whole_file_is_there(folder, usual))
        return STATUS_OK;
    const int n = scandir(folder, &entries, NULL, alphasort);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be read", folder);
    bool found = false;
    for (int i = 0; i < n; i++) {
        char other[NAME_BYTES];
        int other_set;
        enum idx_kind other_kind;
        snprintf(other, sizeof other, "%s", entries[i]->d_name);
        if (text_ends_with(other, ".gz"))
            other[strlen(other) - 3] = '\0';
        if (strncmp(other, prefix, strlen(prefix)) != 0 || !is_idx_name(other, &other_set, &other_kind) ||
            other_set != set || other_kind != kind || (found && strcmp(name, other) == 0))
            continue;
        if (found && s == STATUS_OK)
            s = fail(e, STATUS_INPUT,
                     "%s: both %s and %s could be it; name the set as FOLDER:PREFIX, where all four files start with "
                     "PREFIX, or keep it in a folder of its own",
                     folder, name, other);
        if (!found)
            snprintf(name, NAME_BYTES, "%s", other);
        found = true;
    }
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    if (!found)
        s = fail(e, STATUS_MISSING, "%s: neither %s.gz nor %s is there%s%s", folder, usual, usual,
                 prefix[0] != '\0' ? ", nor another name of this kind that starts with " : "", prefix);
    return s;
}

static bool is_there(const char *folder)
{
    char name[NAME_BYTES];
    for (int k = 0; k < 4; k++)
        if (find_file(folder, "", k / 2, k % 2 ? IDX_LABELS : IDX_IMAGES, name, NULL) != STATUS_MISSING)
            return true;
    return false;
}

static enum status read_idx(const char *folder, const char *prefix, int set, enum idx_kind kind,
                            struct whole_file *file, struct idx_view *view, struct errmsg *e)
{
    char name[NAME_BYTES];
    enum status s = find_file(folder, prefix, set, kind, name, e);
    if (s == STATUS_OK)
        s = whole_file_read(folder, name, file, e);
    if (s == STATUS_OK)
        s = idx_parse(file->bytes, file->n_bytes, kind, file->path, view, e);
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
static enum status load_set(const char *folder, const char *prefix, int set, int classes, struct images *out,
                            struct idx_view *images, struct errmsg *e)
{
    enum status s;
    struct whole_file image_file = {.bytes = NULL}, label_file = {.bytes = NULL};
    struct idx_view labels;

    s = read_idx(folder, prefix, set, IDX_IMAGES, &image_file, images, e);
    if (s != STATUS_OK)
        goto done;
    s = read_idx(folder, prefix, set, IDX_LABELS, &label_file, &labels, e);
    if (s != STATUS_OK)
        goto done;
    if (images->n != labels.n) {
        s = fail(e, STATUS_INPUT, "%s: byte offset 4: it counts %d labels, but %s has %d images", label_file.path,
                 labels.n, image_file.path, images->n);
        goto done;
    }
    const int limit = classes > 0 ? classes : plausible_classes(labels.data, labels.n);
    for (int i = 0; i < labels.n; i++)
        if (labels.data[i] >= limit) {
            s = fail(e, STATUS_INPUT, "%s: byte offset %zu: label %d is out of range; this set's labels are 0 to %d",
                     label_file.path, (size_t)(labels.data - label_file.bytes) + (size_t)i, labels.data[i], limit - 1);
            goto done;
        }
    const size_t n_pixels = (size_t)images->n * (size_t)images->features;
    out->pixels = malloc(n_pixels);
    out->labels = calloc((size_t)labels.n, 1);
    if (out->pixels == NULL || out->labels == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the %d images of %s", images->n, image_file.path);
        goto done;
    }
    memcpy(out->pixels, images->data, n_pixels);
    memcpy(out->labels, labels.data, (size_t)labels.n);
    out->n = images->n;
done:
    whole_file_free(&image_file);
    whole_file_free(&label_file);
    return s;
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    struct idx_view train, test;
    enum status s = load_set(from->folder, from->suffix, 0, from->classes, &d->train, &train, e);
    if (s != STATUS_OK)
        return s;
    d->features = train.features;
    d->height = train.height;
    d->width = train.width;
    d->channels = train.channels;
    /* A test label that no training image has cannot be learned: it is an error of the set. */
    d->classes = from->classes > 0 ? from->classes : dataset_format_classes(&d->train);
    s = load_set(from->folder, from->suffix, 1, d->classes, &d->test, &test, e);
    if (s != STATUS_OK)
        return s;
    if (test.height != train.height || test.width != train.width || test.channels != train.channels)
        return fail(e, STATUS_INPUT,
                    "%s: training images (train-…) of %d x %d x %d pixels, but test images (t10k-… or test-…) of "
                    "%d x %d x %d; both must be equal",
                    from->folder, train.height, train.width, train.channels, test.height, test.width, test.channels);
    return STATUS_OK;
}

const struct dataset_format dataset_idx = {
    .name = "IDX files",
    .files = "four IDX files (train-images-idx3-ubyte, …)",
    .suffix_rule = "only IDX files have a prefix",
    .is_there = is_there,
    .load = load,
};
