#include "models/nn/io/tensors.h"
#include "models/nn/io/npy.h"
#include "models/nn/io/npz.h"
#include "models/nn/io/safetensors.h"

#include "base/input.h"
#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char file_end[] = ".safetensors", array_end[] = ".npy", archive_end[] = ".npz";

int tensors_order(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            a += strspn(a, "0");
            b += strspn(b, "0");
            const size_t n = strspn(a, "0123456789"), m = strspn(b, "0123456789");
            const int order = n != m ? (n < m ? -1 : 1) : strncmp(a, b, n);
            if (order != 0)
                return order;
            a += n;
            b += m;
        } else if (*a != *b) {
            break;
        } else {
            a++;
            b++;
        }
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static int compare(const void *a, const void *b)
{
    const char *x = ((const struct named_array *)a)->name, *y = ((const struct named_array *)b)->name;
    const int order = tensors_order(x, y);
    return order != 0 ? order : strcmp(x, y);
}

/* The length of text without its end, which is what comes before a name's; 0 if it does not end so. */
static size_t before(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0 ? n - m : 0;
}

/* Room in t for the content of one more file. */
static enum status make_room(struct tensors *t, const char *path, struct errmsg *e)
{
    char **grown = realloc(t->files, ((size_t)t->n_files + 1) * sizeof *grown);
    if (grown == NULL)
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    t->files = grown;
    return STATUS_OK;
}

/* The content of one more file, kept in t. */
static enum status read_file(struct tensors *t, const char *path, const uint8_t **bytes, size_t *n_bytes,
                             struct errmsg *e)
{
    enum status s = make_room(t, path, e);
    if (s == STATUS_OK)
        s = input_read(path, INPUT_NETWORK, &t->files[t->n_files], n_bytes, e);
    if (s != STATUS_OK)
        return s;
    *bytes = (const uint8_t *)t->files[t->n_files++];
    t->n_bytes += *n_bytes;
    return t->n_bytes <= input_most(INPUT_NETWORK) ? s : input_too_large(path, INPUT_NETWORK, e);
}

static const char *leaf_of(const char *name)
{
    const char *point = strrchr(name, '.');
    return point != NULL ? point + 1 : name;
}

static struct named_array *find(struct tensors *t, const char *name)
{
    for (int k = 0; k < t->n; k++)
        if (strcmp(t->list[k].name, name) == 0)
            return &t->list[k];
    return NULL;
}

static enum status add(struct tensors *t, const char *name, const struct array_view *array, size_t place,
                       const char *path, struct errmsg *e)
{
    char *copy = strdup(name);
    if (copy == NULL)
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    struct named_array *new = &t->list[t->n++];
    new->name = copy;
    new->array = *array;
    new->place = place;
    return STATUS_OK;
}

/* A note of numbers between spaces becomes an array. */
static enum status add_numbers(struct tensors *t, const struct safetensors_note *note, const char *path,
                               struct errmsg *e)
{
    const size_t most = strlen(note->value) / 2 + 1;
    float *x = calloc(most, sizeof *x);
    char **grown = x != NULL ? realloc(t->files, ((size_t)t->n_files + 1) * sizeof *grown) : NULL;
    struct array_view a = {.dtype = DTYPE_F32, .n_dimensions = 1, .data = (const uint8_t *)x};
    a.big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (grown == NULL) {
        free(x);
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    }
    t->files = grown;
    t->files[t->n_files++] = (char *)x;
    for (char *at = note->value, *end; a.count < most; at = end) {
        const float v = strtof(at, &end);
        if (end == at)
            break;
        x[a.count++] = v;
    }
    a.shape[0] = a.count;
    return add(t, note->key + strlen(TENSORS_NOTE), &a, SIZE_MAX, path, e);
}

/* Whether a note gives a weight's other name: both names end alike, as those of a layer's tensors do. */
static bool is_other_name(const struct safetensors_note *note)
{
    static const char *const leaves[] = {"weight", "bias", "running_mean", "running_var"};
    const char *leaf = leaf_of(note->key);
    for (size_t k = 0; k < sizeof leaves / sizeof *leaves; k++)
        if (strcmp(leaf, leaves[k]) == 0)
            return strcmp(leaf, leaf_of(note->value)) == 0;
    return false;
}

/* A weight that goes by another name must be there, under a name of its own. */
static enum status check_other_names(struct tensors *t, const struct safetensors *s, const char *path, struct errmsg *e)
{
    for (int k = 0; k < s->n_notes; k++) {
        const struct safetensors_note *note = &s->notes[k];
        if (is_other_name(note) && find(t, note->key) == NULL)
            return fail(e, STATUS_INPUT, "%s: the metadata say that `%.100s` is the tensor `%.100s`, %s; save all tensors "
                        "again: save_model(model, \"net.safetensors\")", path, note->key, note->value,
                        strcmp(note->key, note->value) == 0 ? "itself" : "which is not in the file");
    }
    return STATUS_OK;
}

/* Other names of tensors, and arrays that are notes. A name and the one that it stands for end alike: `l2.weight`, not
 * `best`. */
static enum status add_notes(struct tensors *t, const struct safetensors *s, const char *path, struct errmsg *e)
{
    struct named_array *grown = realloc(t->list, (size_t)(t->n + s->n_notes + 1) * sizeof *grown);
    enum status status = STATUS_OK;
    if (grown == NULL)
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    t->list = grown;
    for (int k = 0; k < s->n_notes && status == STATUS_OK; k++) {
        const struct safetensors_note *note = &s->notes[k];
        const struct named_array *same = find(t, note->value);
        if (find(t, note->key) != NULL)
            continue;
        if (strncmp(note->key, TENSORS_NOTE, strlen(TENSORS_NOTE)) == 0)
            status = add_numbers(t, note, path, e);
        else if (same != NULL && strcmp(leaf_of(note->key), leaf_of(note->value)) == 0)
            status = add(t, note->key, &same->array, same->place, path, e);
    }
    return status == STATUS_OK ? check_other_names(t, s, path, e) : status;
}

static int compare_places(const void *a, const void *b)
{
    const struct named_array *x = a, *y = b;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Whether the file is in an order of its own: safetensors' save_file sorts by type and name, which says nothing. */
static bool is_ordered(struct tensors *t)
{
    bool ordered = false;
    if (t->list == NULL)
        return false;
    qsort(t->list, (size_t)t->n, sizeof *t->list, compare_places);
    for (int k = 0; k + 1 < t->n; k++)
        ordered = ordered || (t->list[k].array.dtype == t->list[k + 1].array.dtype &&
                              strcmp(t->list[k].name, t->list[k + 1].name) > 0);
    return ordered;
}

static enum status read_safetensors(struct tensors *t, const char *path, struct errmsg *e)
{
    struct safetensors s = {0};
    const uint8_t *bytes = NULL;
    size_t n_bytes = 0;
    enum status status = read_file(t, path, &bytes, &n_bytes, e);
    if (status == STATUS_OK)
        status = safetensors_parse(bytes, n_bytes, path, &s, e);
    if (status == STATUS_OK && (s.n > TENSORS_MAX || s.n_notes > TENSORS_MAX))
        status = fail(e, STATUS_INPUT, "%s: %d tensors; a chain of layers has at most %d", path,
                      s.n > s.n_notes ? s.n : s.n_notes, TENSORS_MAX);
    if (status == STATUS_OK) {
        t->list = s.tensors;
        t->n = t->list != NULL ? s.n : 0;
        s.tensors = NULL;
        s.n = 0;
        t->ordered = is_ordered(t);
        status = add_notes(t, &s, path, e);
    }
    safetensors_free(&s);
    return status;
}

static enum status read_array(struct tensors *t, struct npz *z, int k, struct errmsg *e)
{
    char file[PATH_MAX + 300];
    uint8_t *bytes = NULL;
    size_t n_bytes = 0;
    struct array_view array;
    enum status s = make_room(t, z->path, e);
    if (s == STATUS_OK)
        s = npz_read(z, k, &bytes, &n_bytes, e);
    if (s != STATUS_OK)
        return s;
    t->files[t->n_files++] = (char *)bytes;
    snprintf(file, sizeof file, "%s: array %.256s", z->path, z->arrays[k].name);
    s = npy_parse(bytes, n_bytes, file, &array, e);
    return s == STATUS_OK ? add(t, z->arrays[k].name, &array, (size_t)k, z->path, e) : s;
}

static enum status read_archive(struct tensors *t, const char *path, struct errmsg *e)
{
    struct npz z;
    enum status s = npz_open(path, &z, e);
    if (s == STATUS_OK && (t->list = calloc((size_t)z.n + 1, sizeof *t->list)) == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    for (int k = 0; k < z.n && s == STATUS_OK; k++)
        s = read_array(t, &z, k, e);
    npz_close(&z);
    if (s == STATUS_OK && t->n > 0)
        t->ordered = is_ordered(t);
    return s;
}

static enum status read_folder(struct tensors *t, const char *path, struct errmsg *e)
{
    const char *archive = NULL;
    struct dirent **entries = NULL;
    enum status s = STATUS_OK;
    const int n = scandir(path, &entries, NULL, alphasort);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be read", path);
    t->list = calloc(TENSORS_MAX, sizeof *t->list);
    if (t->list == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
    for (int k = 0; k < n && s == STATUS_OK; k++) {
        char file[PATH_MAX];
        const size_t length = before(entries[k]->d_name, array_end);
        const uint8_t *bytes = NULL;
        size_t n_bytes = 0;
        if (before(entries[k]->d_name, archive_end) > 0)
            archive = entries[k]->d_name;
        if (length == 0)
            continue;
        if (t->n == TENSORS_MAX)
            s = fail(e, STATUS_INPUT, "%s: more than %d arrays", path, TENSORS_MAX);
        else if (snprintf(file, sizeof file, "%s/%s", path, entries[k]->d_name) >= (int)sizeof file)
            s = fail(e, STATUS_INPUT, "%.60s…: the path is too long", path);
        if (s != STATUS_OK || (s = read_file(t, file, &bytes, &n_bytes, e)) != STATUS_OK ||
            (s = npy_parse(bytes, n_bytes, file, &t->list[t->n].array, e)) != STATUS_OK)
            break;
        t->list[t->n].name = strndup(entries[k]->d_name, length);
        if (t->list[t->n].name == NULL)
            s = fail(e, STATUS_ENVIRONMENT, "%s: out of memory", path);
        else
            t->n++;
    }
    if (s == STATUS_OK && archive != NULL)
        s = fail(e, STATUS_INPUT, "%s: it holds %s%s; give %s%s%s, or keep the arrays in a folder of their own", path,
                 t->n > 0 ? ".npy files and " : "", archive, path, text_ends_with(path, "/") ? "" : "/", archive);
    for (int k = 0; k < n; k++)
        free(entries[k]);
    free(entries);
    return s;
}

enum status tensors_read(const char *path, struct tensors *out, struct errmsg *e)
{
    struct stat about;
    enum status s;
    *out = (struct tensors){0};
    if (stat(path, &about) != 0)
        return fail_errno(e, STATUS_MISSING, "%s: give a .safetensors or .npz file, or a folder of .npy files", path);
    if (S_ISDIR(about.st_mode))
        s = read_folder(out, path, e);
    else if (before(path, file_end) > 0)
        s = read_safetensors(out, path, e);
    else if (before(path, archive_end) > 0)
        s = read_archive(out, path, e);
    else
        s = fail(e, STATUS_INPUT,
                 "%s: neither a .safetensors or .npz file nor a folder of .npy files; from PyTorch: "
                 "safetensors.torch.save_file(model.state_dict(), \"net.safetensors\")",
                 path);
    if (s == STATUS_OK && out->n == 0)
        s = fail(e, STATUS_INPUT, "%s: there are no tensors in it", path);
    if (s == STATUS_OK)
        qsort(out->list, (size_t)out->n, sizeof *out->list, compare);
    return s;
}

void tensors_free(struct tensors *t)
{
    for (int k = 0; k < t->n; k++)
        free(t->list[k].name);
    for (int k = 0; k < t->n_files; k++)
        free(t->files[k]);
    free(t->list);
    free(t->files);
    *t = (struct tensors){0};
}
