/* One .npz archive of four arrays, alone or in a folder. */
#include "models/nn/data/dataset_arrays.h"
#include "models/nn/io/npz.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_END ".npz"

/* What the four are called: x and y of the training set, x and y of the test set. Case does not count, and '-' is '_'.
 * Keras' archives; those that are named as files of a folder are; MedMNIST's. */
enum { FAMILIES = 3, FOUR = 4 };
static const char *const families[FAMILIES][FOUR] = {
    {"x_train", "y_train", "x_test", "y_test"},
    {"train_x", "train_y", "test_x", "test_y"},
    {"train_images", "train_labels", "test_images", "test_labels"},
};

static bool is_called(const struct npz *z, int k, const char *name)
{
    return strlen(z->arrays[k].name) == strlen(name) && text_distance(z->arrays[k].name, name) == 0;
}

/* Whether the archive has an array that a data set has, or cannot be opened: then it could be meant. */
static bool could_be(const char *path)
{
    struct npz z;
    bool could = npz_open(path, &z, NULL) != STATUS_OK;
    for (int k = 0; k < z.n && !could; k++)
        for (int i = 0; i < FAMILIES * FOUR && !could; i++)
            could = is_called(&z, k, families[i / FOUR][i % FOUR]);
    npz_close(&z);
    return could;
}

/* The archives of a folder that could be meant: how many, and the path of the first two. */
static int find(const char *folder, char paths[2][PATH_MAX])
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, NULL, alphasort);
    int found = 0;
    for (int k = 0; k < n; k++) {
        char *path = paths[found < 2 ? found : 1];
        const char *name = entries[k]->d_name;
        if (found < 2 && text_ends_with(name, FILE_END) && file_path(path, folder, name, NULL) == STATUS_OK &&
            !file_is_folder(path) && could_be(path))
            found++;
        free(entries[k]);
    }
    free(entries);
    return found;
}

static bool is_there(const char *folder)
{
    char paths[2][PATH_MAX];
    return find(folder, paths) > 0;
}

/* Which arrays of the archive are the four. */
static enum status choose(const struct npz *z, int chosen[FOUR], struct errmsg *e)
{
    int family = 0, seen = -1, n_names = 0;
    char names[512] = "";
    for (int k = 0; k < FOUR; k++)
        chosen[k] = -1;
    for (int k = 0; k < z->n; k++) {
        if (n_names < (int)sizeof names)
            n_names +=
                snprintf(names + n_names, sizeof names - (size_t)n_names, "%s%s", k > 0 ? ", " : "", z->arrays[k].name);
        for (int i = 0; i < FAMILIES * FOUR; i++) {
            if (!is_called(z, k, families[i / FOUR][i % FOUR]))
                continue;
            if (seen >= 0 && (i / FOUR != family || chosen[i % FOUR] >= 0))
                return fail(e, STATUS_INPUT,
                            "%s: both `%s` and `%s` could be meant; keep one kind of names in an archive", z->path,
                            z->arrays[seen].name, z->arrays[k].name);
            family = i / FOUR;
            chosen[i % FOUR] = seen = k;
        }
    }
    for (int k = 0; k < FOUR; k++)
        if (chosen[k] < 0)
            return fail(e, STATUS_INPUT,
                        "%s: there is no array `%s` in it (there is %s); write it with numpy.savez(…, "
                        "x_train=…, y_train=…, x_test=…, y_test=…)",
                        z->path, families[family][k], z->n > 0 ? names : "none");
    return STATUS_OK;
}

static enum status read_four(struct npz *z, struct array_files *files, struct errmsg *e)
{
    int chosen[FOUR];
    enum status s = choose(z, chosen, e);
    for (int k = 0; k < FOUR && s == STATUS_OK; k++) {
        struct whole_file *file = k % 2 ? &files->y[k / 2] : &files->x[k / 2];
        if (snprintf(file->path, sizeof file->path, "%s: array %s", z->path, z->arrays[chosen[k]].name) >=
            (int)sizeof file->path)
            s = fail(e, STATUS_INPUT, "%.60s…: the path is too long", z->path);
        else
            s = npz_read(z, chosen[k], &file->bytes, &file->n_bytes, e);
    }
    return s;
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    char paths[2][PATH_MAX];
    struct npz z = {.path = NULL};
    struct array_files *files = calloc(1, sizeof *files);
    enum status s = files != NULL ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for %s", from->folder);
    if (s == STATUS_OK && from->file != NULL)
        s = file_path(paths[0], from->folder, from->file, e);
    else if (s == STATUS_OK && find(from->folder, paths) > 1)
        s = fail(e, STATUS_INPUT, "%s: both %s and %s could be meant; give the one that is", from->folder, paths[0],
                 paths[1]);
    if (s == STATUS_OK && (s = npz_open(paths[0], &z, e)) == STATUS_OK && (s = read_four(&z, files, e)) == STATUS_OK)
        s = dataset_arrays_take(d, from, files, e);
    npz_close(&z);
    array_files_free(files);
    return s;
}

static const char *const file_ends[] = {FILE_END, NULL};

const struct dataset_format dataset_archives = {
    .name = "archives (npz)",
    .files = "one .npz of x_train, y_train, x_test and y_test",
    .suffix_rule = DATASET_ARRAYS_SUFFIX_RULE,
    .is_there = is_there,
    .file_ends = file_ends,
    .load = load,
};
