#include "models/nn/io/npz.h"

#include "base/input.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

static const char array_end[] = ".npy";

/* What libzip could not do. */
static enum status wrong(const char *path, const char *name, zip_error_t *why, struct errmsg *e)
{
    const int code = zip_error_code_zip(why);
    const char *of = name != NULL ? ": array " : "", *text = zip_error_strerror(why);
    if (name == NULL)
        name = "";
    if (code == ZIP_ER_NOENT)
        return fail(e, STATUS_MISSING, "%s: there is no such file", path);
    if (code == ZIP_ER_MEMORY)
        return fail(e, STATUS_ENVIRONMENT, "%s%s%s: out of memory", path, of, name);
    if (code == ZIP_ER_OPEN || code == ZIP_ER_READ)
        return fail(e, STATUS_ENVIRONMENT, "%s%s%s: cannot be read: %s", path, of, name, text);
    return fail(e, STATUS_INPUT,
                "%s%s%s: damaged or cut short, or not a zip archive (%s); copy the file again, or write it again with "
                "numpy.savez",
                path, of, name, text);
}

static enum status list(struct npz *z, zip_int64_t entries, struct errmsg *e)
{
    z->arrays = calloc((size_t)entries + 1, sizeof *z->arrays);
    if (z->arrays == NULL)
        return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", z->path);
    for (zip_int64_t i = 0; i < entries; i++) {
        const char *name = zip_get_name(z->zip, (zip_uint64_t)i, 0);
        if (name == NULL)
            return wrong(z->path, NULL, zip_get_error(z->zip), e);
        const size_t length = strlen(name), end = strlen(array_end);
        if (length <= end || strcmp(name + length - end, array_end) != 0)
            continue;
        struct npz_array *new = &z->arrays[z->n];
        new->entry = (uint64_t)i;
        new->name = strndup(name, length - end);
        if (new->name == NULL)
            return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", z->path);
        z->n++;
        for (int k = 0; k + 1 < z->n; k++)
            if (strcmp(z->arrays[k].name, new->name) == 0)
                return fail(e, STATUS_INPUT, "%s: it has two arrays `%s`; write it again with numpy.savez", z->path,
                            new->name);
    }
    return STATUS_OK;
}

enum status npz_open(const char *path, struct npz *out, struct errmsg *e)
{
    int code = 0;
    *out = (struct npz){.path = path};
    const enum status good = input_check(path, INPUT_ARCHIVE, e);
    if (good != STATUS_OK)
        return good;
    out->zip = zip_open(path, ZIP_RDONLY, &code);
    if (out->zip == NULL) {
        zip_error_t why;
        zip_error_init_with_code(&why, code);
        const enum status s = wrong(path, NULL, &why, e);
        zip_error_fini(&why);
        return s;
    }
    const zip_int64_t entries = zip_get_num_entries(out->zip, 0);
    if (entries > NPZ_MAX_ARRAYS)
        return fail(e, STATUS_INPUT,
                    "%s: an archive of more than %d files; write the arrays that are needed into one "
                    "of their own",
                    path, NPZ_MAX_ARRAYS);
    return list(out, entries, e);
}

static enum status check(const struct npz *z, int k, zip_stat_t *about, struct errmsg *e)
{
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    const char *name = z->arrays[k].name;
    if (zip_stat_index(z->zip, z->arrays[k].entry, 0, about) != 0)
        return wrong(z->path, name, zip_get_error(z->zip), e);
    if ((about->valid & needed) != needed)
        return fail(e, STATUS_INPUT, "%s: array %s: its size is not known; write it again with numpy.savez", z->path,
                    name);
    if (about->encryption_method != ZIP_EM_NONE)
        return fail(e, STATUS_INPUT, "%s: array %s: it is encrypted; decrypt the archive first", z->path, name);
    if (about->comp_method != ZIP_CM_STORE && about->comp_method != ZIP_CM_DEFLATE)
        return fail(e, STATUS_INPUT,
                    "%s: array %s: compressed by method %d of zip; stored and deflated arrays can be read: write it "
                    "again with numpy.savez or numpy.savez_compressed",
                    z->path, name, about->comp_method);
    const zip_uint64_t most = input_most(INPUT_ARCHIVE);
    if (about->size > most - z->bytes) /* a zip bomb, for example */
        return fail(e, STATUS_INPUT,
                    "%s: array %s: it claims %llu bytes; at most %llu of an archive are read: write fewer or smaller "
                    "arrays",
                    z->path, name, (unsigned long long)about->size, (unsigned long long)most);
    return STATUS_OK;
}

enum status npz_read(struct npz *z, int k, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    zip_stat_t about;
    size_t used = 0;
    zip_int64_t got = 0;
    *bytes = NULL;
    *n_bytes = 0;
    enum status s = check(z, k, &about, e);
    if (s != STATUS_OK)
        return s;
    zip_file_t *f = zip_fopen_index(z->zip, z->arrays[k].entry, 0);
    if (f == NULL)
        return wrong(z->path, z->arrays[k].name, zip_get_error(z->zip), e);
    const size_t size = (size_t)about.size; /* one more is asked for: the checksum is compared at the end */
    uint8_t *all = malloc(size + 1);
    while (all != NULL && used <= size && (got = zip_fread(f, all + used, size + 1 - used)) > 0)
        used += (size_t)got;
    if (all == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "%s: array %s: out of memory", z->path, z->arrays[k].name);
    else if (got < 0)
        s = wrong(z->path, z->arrays[k].name, zip_file_get_error(f), e);
    else if (used != size)
        s = fail(e, STATUS_INPUT, "%s: array %s: damaged: not the %zu bytes that the archive promises; copy it again",
                 z->path, z->arrays[k].name, size);
    zip_fclose(f);
    if (s != STATUS_OK) {
        free(all);
        return s;
    }
    z->bytes += used;
    *bytes = all;
    *n_bytes = used;
    return STATUS_OK;
}

void npz_close(struct npz *z)
{
    for (int k = 0; k < z->n; k++)
        free(z->arrays[k].name);
    free(z->arrays);
    if (z->zip != NULL)
        zip_discard(z->zip);
    *z = (struct npz){.path = NULL};
}
