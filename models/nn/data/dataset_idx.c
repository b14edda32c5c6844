/* Four IDX files, train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-… or test-…, also with other words around
 * these; FOLDER:PREFIX picks one set of several. Features are pixels. */
#include "models/nn/data/dataset_format.h"
#include "models/nn/data/idx.h"
#include "models/nn/data/whole_file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANY_CLASSES = 256 };

static const char *const standard[2][2] = {{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
                                           {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};

/* Which of the four files one of this name (without .gz) is: its set and kind. */
static bool is_idx_name(const char *name, int *set, enum idx_kind *kind)
{
    const bool images =
                   strstr(name, "images") != NULL && (strstr(name, "idx3") != NULL || strstr(name, "idx4") != NULL),
               labels = strstr(name, "labels") != NULL && (strstr(name, "idx1") != NULL || strstr(name, "idx2-int") != NULL),
               test = strstr(name, "t10k") != NULL || strstr(name, "test") != NULL,
               train = strstr(name, "train") != NULL;
    if (images == labels || test == train)
        return false;
    if (!text_ends_with(name, "ubyte") && !(labels && text_ends_with(name, "-int")) && !text_ends_with(name, "idx1") && !text_ends_with(name, "idx3") &&
        !text_ends_with(name, "idx4"))
        return false;
    *set = test;
    *kind = images ? IDX_IMAGES : IDX_LABELS;
    return true;
}

static void free_names(char **names, int n)
{
    for (int k = 0; names != NULL && k < n; k++)
        free(names[k]);
    free(names);
}

/* Whether a file of this name (without .gz) is of the set and kind, and not among the n names already. */
static bool is_another(const char *folder, const char *name, const char *prefix, int set, enum idx_kind kind,
                       char *const *names, int n)
{
    int other_set;
    enum idx_kind other_kind;
    for (int k = 0; k < n; k++)
        if (strcmp(names[k], name) == 0)
            return false;
    return strncmp(name, prefix, strlen(prefix)) == 0 && is_idx_name(name, &other_set, &other_kind) &&
           other_set == set && other_kind == kind && whole_file_is_there(folder, name);
}

/* The files of a set and kind in a folder, by their names without .gz, each once; the caller's. NULL, and *n is -1, if
 * the folder cannot be read. */
static char **list_files(const char *folder, const char *prefix, int set, enum idx_kind kind, int *n, struct errmsg *e)
{
    struct dirent **entries = NULL;
    const int n_entries = scandir(folder, &entries, NULL, alphasort);
    char **names = n_entries < 0 ? NULL : calloc((size_t)n_entries + 1, sizeof *names);
    bool good = names != NULL;
    *n = 0;
    for (int i = 0; i < n_entries; i++) {
        char *name = entries[i]->d_name;
        if (text_ends_with(name, ".gz"))
            name[strlen(name) - 3] = '\0';
        if (good && is_another(folder, name, prefix, set, kind, names, *n)) {
            names[*n] = strdup(name);
            good = names[*n] != NULL;
            *n += good;
        }
        free(entries[i]);
    }
    free(entries);
    if (good)
        return names;
    if (n_entries < 0)
        fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be read", folder);
    else
        fail(e, STATUS_ENVIRONMENT, "%s: out of memory", folder);
    free_names(names, *n);
    *n = -1;
    return NULL;
}

/* Whether another name has the same content as the file that was read. */
static enum status compare(const char *folder, const char *first, const char *other, const struct whole_file *file,
                           struct errmsg *e)
{
    struct whole_file second = {.bytes = NULL};
    enum status s = whole_file_read(folder, other, &second, e);
    if (s == STATUS_OK &&
        (second.n_bytes != file->n_bytes || memcmp(second.bytes, file->bytes, file->n_bytes) != 0))
        s = fail(e, STATUS_INPUT,
                 "%s: both %s and %s could be it, and they differ; name the set as FOLDER:PREFIX, where all four files "
                 "start with PREFIX, or keep it in a folder of its own",
                 folder, first, other);
    whole_file_free(&second);
    return s;
}

/* The file of a set and kind in a folder: its content. Several names for one content will do. */
static enum status read_file(const char *folder, const char *prefix, int set, enum idx_kind kind,
                             struct whole_file *file, struct errmsg *e)
{
    int n;
    const char *usual = standard[set][kind == IDX_LABELS];
    char **names = list_files(folder, prefix, set, kind, &n, e);
    enum status s = n < 0 ? STATUS_ENVIRONMENT : STATUS_OK;
    if (n == 0)
        s = fail(e, STATUS_MISSING, "%s: neither %s.gz nor %s is there%s%s", folder, usual, usual,
                 prefix[0] != '\0' ? ", nor another name of this kind that starts with " : "", prefix);
    if (n > 0)
        s = whole_file_read(folder, names[0], file, e);
    for (int k = 1; k < n && s == STATUS_OK; k++)
        s = compare(folder, names[0], names[k], file, e);
    free_names(names, n);
    return s;
}

/* What a name says beside the set, the kind and the format: "emnist-letters" of emnist-letters-test-labels-idx1-ubyte,
 * without what separates its words. */
static void key_of(const char *name, char key[NAME_MAX + 1])
{
    static const char *const words[] = {"train", "t10k",  "test", "images", "labels", "idx1", "idx2",
                                        "idx3",  "idx4", "ubyte", "-int",   "-",      "_",    ".", " "};
    char *to = key;
    while (*name != '\0') {
        size_t skip = 0;
        for (size_t k = 0; k < sizeof words / sizeof *words && skip == 0; k++)
            if (strncmp(name, words[k], strlen(words[k])) == 0)
                skip = strlen(words[k]);
        if (skip == 0)
            *to++ = *name++;
        name += skip;
    }
    *to = '\0';
}

static bool has_key(char *const *names, int n, const char *key)
{
    char other[NAME_MAX + 1];
    for (int k = 0; k < n; k++) {
        key_of(names[k], other);
        if (strcmp(key, other) == 0)
            return true;
    }
    return false;
}

/* Whether the four files are of one data set, by their names: a training set of one and a test set of another would
 * train, and say nothing. */
static enum status check_same_set(const char *folder, const char *prefix, struct errmsg *e)
{
    char **names[4] = {NULL}, key[NAME_MAX + 1];
    int n[4] = {0};
    enum status s = STATUS_OK;
    bool all = true, one = false;
    for (int k = 0; k < 4 && s == STATUS_OK; k++) {
        names[k] = list_files(folder, prefix, k / 2, k % 2 == 0 ? IDX_IMAGES : IDX_LABELS, &n[k], e);
        s = n[k] < 0 ? STATUS_ENVIRONMENT : STATUS_OK;
        all = all && n[k] > 0;
    }
    for (int i = 0; s == STATUS_OK && all && i < n[0] && !one; i++) {
        key_of(names[0][i], key);
        one = has_key(names[1], n[1], key) && has_key(names[2], n[2], key) && has_key(names[3], n[3], key);
    }
    if (s == STATUS_OK && all && !one) /* which is missing is said by the reader */
        s = fail(e, STATUS_INPUT, "%s: %s, %s, %s and %s are not of one data set, by their names; keep the four files of a "
                 "set in a folder, or rename them", folder, names[0][0], names[1][0], names[2][0], names[3][0]);
    for (int k = 0; k < 4; k++)
        free_names(names[k], n[k]);
    return s;
}

static bool is_there(const char *folder)
{
    bool found = false;
    DIR *entries = opendir(folder);
    for (const struct dirent *entry; entries != NULL && !found && (entry = readdir(entries)) != NULL;) {
        char name[NAME_MAX + 1];
        int set;
        enum idx_kind kind;
        snprintf(name, sizeof name, "%s", entry->d_name);
        if (text_ends_with(name, ".gz"))
            name[strlen(name) - 3] = '\0';
        found = is_idx_name(name, &set, &kind) && whole_file_is_there(folder, name);
    }
    if (entries != NULL)
        closedir(entries);
    return found;
}

static enum status read_idx(const char *folder, const char *prefix, int set, enum idx_kind kind,
                            struct whole_file *file, struct idx_view *view, struct errmsg *e)
{
    const enum status s = read_file(folder, prefix, set, kind, file, e);
    return s == STATUS_OK ? idx_parse(file->bytes, file->n_bytes, kind, file->path, view, e) : s;
}

/* Where a folder's labels end, when nothing but the labels tells: before a first gap that
 * is wider than all the labels below it (0 to 9 and one 200: 200 is damage), else after
 * the largest. Sets that leave some numbers out, or start at 1, pass. */
static int plausible_classes(const struct idx_view *labels)
{
    bool used[ANY_CLASSES] = {false};
    int end = 0;
    for (int i = 0; i < labels->n; i++) {
        const int32_t label = idx_label(labels, i);
        if (label >= 0 && label < ANY_CLASSES)
            used[label] = true;
    }
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
    for (int i = 0; i < labels.n; i++)
        if (idx_label(&labels, i) < 0 || idx_label(&labels, i) >= ANY_CLASSES) {
            s = fail(e, STATUS_INPUT, "%s: byte offset %zu: label %d; labels are whole numbers from 0 to %d",
                     label_file.path, (size_t)(labels.data - label_file.bytes) + idx_label_at(&labels, i),
                     (int)idx_label(&labels, i), ANY_CLASSES - 1);
            goto done;
        }
    const int limit = classes > 0 ? classes : plausible_classes(&labels);
    for (int i = 0; i < labels.n; i++)
        if (idx_label(&labels, i) < 0 || idx_label(&labels, i) >= limit) {
            s = fail(e, STATUS_INPUT, "%s: byte offset %zu: label %d is out of range; this set's labels are 0 to %d",
                     label_file.path, (size_t)(labels.data - label_file.bytes) + idx_label_at(&labels, i),
                     (int)idx_label(&labels, i), limit - 1);
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
    for (int i = 0; i < labels.n; i++)
        out->labels[i] = (uint8_t)idx_label(&labels, i);
    out->n = images->n;
done:
    whole_file_free(&image_file);
    whole_file_free(&label_file);
    return s;
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    struct idx_view train, test;
    enum status s = check_same_set(from->folder, from->suffix, e);
    if (s != STATUS_OK)
        return s;
    s = load_set(from->folder, from->suffix, 0, from->classes, &d->train, &train, e);
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
