#include "models/nn/data/dataset.h"
#include "models/nn/data/dataset_format.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FASHION_MNIST "fashion-mnist"
#define DEBIAN_DATASETS "/usr/share/datasets" /* where dataset-fashion-mnist puts its folder */

enum { FASHION_MNIST_CLASSES = 10 };

/* nearest_folder: the data set that is there, or the folder beside, which a wrong name is probably meant to be. */
static bool nearest_folder(const char *name, char *out, size_t room)
{
    static const char *const shipped[] = {FASHION_MNIST};
    enum { SEEN = 1000 }; /* of a folder with more nobody expects this */
    const char *slash = strrchr(name, '/'), *last = slash != NULL ? slash + 1 : name;
    char parent[PATH_MAX], path[PATH_MAX + 300];
    int fewest = INT_MAX;
    if (text_nearest(name, shipped, 1) != NULL)
        return snprintf(out, room, FASHION_MNIST) > 0;
    snprintf(parent, sizeof parent, "%.*s", slash != NULL ? (int)(slash - name) + 1 : 2, slash != NULL ? name : "./");
    DIR *d = opendir(parent);
    for (int i = 0; d != NULL && i < SEEN; i++) {
        const struct dirent *entry = readdir(d);
        if (entry == NULL)
            break;
        const char *const found[] = {entry->d_name};
        const int edits = text_distance(last, entry->d_name);
        snprintf(path, sizeof path, "%s%s", parent, entry->d_name);
        if (entry->d_name[0] == '.' || edits >= fewest || text_nearest(last, found, 1) == NULL || !file_is_folder(path))
            continue;
        if (snprintf(out, room, "%s%s", slash != NULL ? parent : "", entry->d_name) < (int)room)
            fewest = edits;
    }
    if (d != NULL)
        closedir(d);
    return fewest < INT_MAX;
}

/* Whether there is a file of this name that is a whole data set. */
static bool is_file(const char *path)
{
    return dataset_format_of_file(path) != NULL && access(path, F_OK) == 0 && !file_is_folder(path);
}

/* The folder of a name, and its suffix: what the name says after a colon ("" if nothing; a view of name). A folder
 * whose own name has a colon in it goes before. */
static enum status find(const char *name, char *path, size_t path_bytes, const char **suffix, struct errmsg *e)
{
    char files[512], meant[PATH_MAX];
    const bool shipped = strcmp(name, FASHION_MNIST) == 0;
    const char *root = getenv("DELTASWEEP_DATASETS"), *colon = strrchr(name, ':');
    if (root == NULL || *root == '\0')
        root = DEBIAN_DATASETS;
    *suffix = name + strlen(name);
    const int n =
        shipped ? snprintf(path, path_bytes, "%s/" FASHION_MNIST, root) : snprintf(path, path_bytes, "%s", name);
    if (n < 0 || (size_t)n >= path_bytes)
        return fail(e, STATUS_INPUT, "data set %.60s…: its path is too long", name);
    struct stat here, there;
    if (shipped && file_is_folder(FASHION_MNIST) && stat(FASHION_MNIST, &here) == 0 && stat(path, &there) == 0 &&
        (here.st_ino != there.st_ino || here.st_dev != there.st_dev))
        return fail(e, STATUS_INPUT,
                    "data set " FASHION_MNIST ": both %s and the folder " FASHION_MNIST " here could be it; write "
                    "./" FASHION_MNIST " for the latter, or %s for the former",
                    path, path);
    if (file_is_folder(path) || is_file(path))
        return STATUS_OK;
    if (shipped)
        return fail(e, STATUS_MISSING,
                    "data set " FASHION_MNIST " is not in %s: install the package dataset-fashion-mnist, or set "
                    "DELTASWEEP_DATASETS to the folder that holds " FASHION_MNIST "/",
                    path);
    if (colon != NULL && colon[1] != '\0') {
        path[colon - name] = '\0';
        *suffix = colon + 1;
        if (file_is_folder(path) || is_file(path))
            return STATUS_OK;
    }
    if (nearest_folder(name, meant, sizeof meant))
        return fail(e, STATUS_MISSING, "data set %s: there is no such folder; did you mean %s?", name, meant);
    return fail(e, STATUS_MISSING,
                "data set %s: there is no such folder; give " FASHION_MNIST ", a table (FILE.csv:LABEL,split=0.2), an "
                "archive (FILE.npz), or a folder %s", name,
                dataset_format_files(files, sizeof files));
}

enum status dataset_find(const char *name, char *path, unsigned path_bytes, struct errmsg *e)
{
    const char *suffix;
    return find(name, path, path_bytes, &suffix, e);
}

static enum status load(struct dataset *d, const struct dataset_source *from, struct errmsg *e)
{
    char text[512];
    const struct dataset_format *format = from->file != NULL ? dataset_format_of_file(from->file) : NULL;
    enum status s = STATUS_OK;
    if (format == NULL)
        s = dataset_format_find(from->folder, &format, e);
    if (s == STATUS_OK && from->suffix[0] != '\0' && format->suffix_rule == NULL)
        return fail(e, STATUS_INPUT, "data set %s:%s: %s; write %s", from->folder, from->suffix,
                    dataset_format_suffix_rules(text, sizeof text), from->folder);
    if (s == STATUS_OK)
        s = format->load(d, from, e);
    if (s == STATUS_MISSING && e != NULL) {
        const size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof e->text - used, "; a data set is a folder %s",
                 dataset_format_files(text, sizeof text));
    }
    return s;
}

static void digest_images(struct digest *d, const struct images *x, int features)
{
    const size_t n = (size_t)x->n * (size_t)features;
    digest_int(d, "images", x->n);
    if (x->pixels != NULL)
        digest_bytes(d, "pixels", x->pixels, n);
    else
        digest_bytes(d, "values", x->values, n * sizeof *x->values);
    digest_bytes(d, "labels", x->labels, (size_t)x->n);
}

static void digest_all(struct dataset *d)
{
    struct digest digest;
    digest_init(&digest);
    digest_int(&digest, "features", d->features);
    /* Square images of one channel came first; their number of features says it all. */
    if (d->channels != 1 || d->height != d->width) {
        digest_int(&digest, "height", d->height);
        digest_int(&digest, "width", d->width);
        digest_int(&digest, "channels", d->channels);
    }
    digest_images(&digest, &d->train, d->features);
    digest_images(&digest, &d->test, d->features);
    digest_hex(&digest, d->digest);
}

enum status dataset_load(const char *name, struct dataset **out, struct errmsg *e)
{
    enum status s;
    char folder[PATH_MAX];
    struct dataset_source from = {.folder = folder};
    struct dataset *d = NULL;
    *out = NULL;

    s = find(name, folder, sizeof folder, &from.suffix, e);
    if (s != STATUS_OK)
        goto done;
    d = calloc(1, sizeof *d);
    if (d == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    if (!file_is_folder(folder)) { /* one file is all: its folder and its name */
        char *slash = strrchr(folder, '/');
        from.file = slash != NULL ? slash + 1 : folder;
        from.folder = slash == NULL ? "." : slash == folder ? "/" : folder;
        if (slash != NULL)
            *slash = '\0';
    }
    snprintf(d->name, sizeof d->name, "%s", name);
    from.classes = strcmp(name, FASHION_MNIST) == 0 ? FASHION_MNIST_CLASSES : 0;
    s = load(d, &from, e);
    if (s != STATUS_OK)
        goto done;
    digest_all(d);
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
    for (int k = 0; k < 2; k++) {
        struct images *x = k == 0 ? &d->train : &d->test;
        free(x->pixels);
        free(x->values);
        free(x->labels);
    }
    for (int k = 0; d->columns != NULL && k < d->features; k++)
        free(d->columns[k].name);
    for (int k = 0; d->class_names != NULL && k < d->classes; k++)
        free(d->class_names[k]);
    free(d->columns);
    free(d->class_names);
    free(d);
}
