#include "models/nn/data/whole_file.h"

#include "base/file.h"
#include "base/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

static const char *const suffixes[] = {".gz", ""};

static bool path_of(const char *folder, const char *name, int suffix, char path[PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s/%s%s", folder, name, suffixes[suffix]) < PATH_MAX;
}

/* A folder of that name is no file: archives unpack into such. */
static bool is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISDIR(about.st_mode);
}

bool whole_file_is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    for (int i = 0; i < 2; i++)
        if (path_of(folder, name, i, path) && is_file(path))
            return true;
    return false;
}

/* The file's whole content, uncompressed; *bytes is the caller's. */
static enum status read_all(gzFile f, const char *path, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    enum status s = STATUS_OK;
    const size_t most = input_most(INPUT_DATA);
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
        if (used > most) {
            s = input_too_large(path, INPUT_DATA, e);
            goto done;
        }
        if (used < room)
            continue;
        room = 2 * room <= most ? 2 * room : most + 1;
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

static enum status read_one(const char *path, uint8_t **bytes, size_t *n_bytes, struct errmsg *e)
{
    *bytes = NULL;
    enum status s = input_check(path, INPUT_DATA, e);
    if (s != STATUS_OK)
        return s;
    errno = 0;
    gzFile f = gzopen(path, "rb"); /* zlib reads what is not compressed, too */
    if (f == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be opened", path);
    s = read_all(f, path, bytes, n_bytes, e);
    gzclose_r(f);
    return s;
}

/* The other of two files of a name: STATUS_INPUT unless both have the same content. */
static enum status compare(const struct whole_file *a, const char *other, struct errmsg *e)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    enum status s = read_one(other, &bytes, &n, e);
    if (s == STATUS_OK && (n != a->n_bytes || (bytes != NULL && a->bytes != NULL && memcmp(bytes, a->bytes, n) != 0)))
        s = fail(e, STATUS_INPUT, "%s and %s are both there and differ; keep the one that is meant", a->path, other);
    free(bytes);
    return s;
}

enum status whole_file_read(const char *folder, const char *name, struct whole_file *out, struct errmsg *e)
{
    char path[PATH_MAX];
    bool found = false;
    out->bytes = NULL;
    for (int i = 0; i < 2; i++) {
        if (!path_of(folder, name, i, path))
            return fail(e, STATUS_INPUT, "%.60s…: the path is too long", folder);
        if (!is_file(path))
            continue;
        if (!found)
            snprintf(out->path, sizeof out->path, "%s", path);
        const enum status s = found ? compare(out, path, e) : read_one(path, &out->bytes, &out->n_bytes, e);
        if (s != STATUS_OK) {
            whole_file_free(out);
            return s;
        }
        found = true;
    }
    return found ? STATUS_OK
                 : fail(e, STATUS_MISSING, "%s: neither %s.gz nor %s is there", folder, name, name);
}

void whole_file_free(struct whole_file *f)
{
    free(f->bytes);
    f->bytes = NULL;
}
