#include "models/nn/data/whole_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { MAX_FILE_BYTES = 1 << 30 }; /* uncompressed: 20 times the images of fashion-mnist */

static const char *const suffixes[] = {".gz", ""};

bool whole_file_is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    for (int i = 0; i < 2; i++)
        if (snprintf(path, sizeof path, "%s/%s%s", folder, name, suffixes[i]) < PATH_MAX && access(path, F_OK) == 0)
            return true;
    return false;
}

/* Opens folder/name.gz or, if there is none, folder/name; zlib reads both. */
static enum status open_either(gzFile *out, const char *folder, const char *name, char path[PATH_MAX], struct errmsg *e)
{
    for (int i = 0; i < 2; i++) {
        if (snprintf(path, PATH_MAX, "%s/%s%s", folder, name, suffixes[i]) >= PATH_MAX)
            return fail(e, STATUS_INPUT, "%.60s…: the path is too long", folder);
        errno = 0;
        *out = gzopen(path, "rb");
        if (*out != NULL)
            return STATUS_OK;
        if (errno != ENOENT)
            return fail_errno(e, STATUS_ENVIRONMENT, "%s: cannot be opened", path);
    }
    return fail(e, STATUS_MISSING, "%s: neither %s.gz nor %s is there", folder, name, name);
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
            s = fail(e, STATUS_INPUT, "%s: more than %d bytes; this is not a data set", path, MAX_FILE_BYTES);
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

enum status whole_file_read(const char *folder, const char *name, struct whole_file *out, struct errmsg *e)
{
    gzFile f = NULL;
    out->bytes = NULL;
    enum status s = open_either(&f, folder, name, out->path, e);
    if (s != STATUS_OK)
        return s;
    s = read_all(f, out->path, &out->bytes, &out->n_bytes, e);
    gzclose_r(f);
    return s;
}

void whole_file_free(struct whole_file *f)
{
    free(f->bytes);
    f->bytes = NULL;
}
