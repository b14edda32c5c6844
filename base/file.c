#include "base/file.h"

#include "base/input.h"
#include "base/output.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status file_read_bytes(const char *path, char **text, size_t *bytes, struct errmsg *e)
{
    return input_read(path, INPUT_OWN, text, bytes, e);
}

enum status file_read(const char *path, char **text, struct errmsg *e)
{
    size_t bytes;
    return file_read_bytes(path, text, &bytes, e);
}

enum status file_new(const char *path, FILE **f, struct errmsg *e)
{
    *f = NULL;
    if (unlink(path) != 0 && errno != ENOENT)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    *f = fopen(path, "wxe");
    return *f != NULL ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
}

enum status file_write(const char *path, const char *text, struct errmsg *e)
{
    FILE *f;
    const enum status s = file_new(path, &f, e);
    if (s != STATUS_OK || f == NULL)
        return s;
    const bool written = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !written)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    return STATUS_OK;
}

enum status file_replace(const char *path, const void *bytes, size_t n, struct errmsg *e)
{
    struct output o;
    const enum status s = output_open(&o, path, e);
    if (s != STATUS_OK)
        return s;
    fwrite(bytes, 1, n, o.f); /* what goes wrong shows at the end */
    return output_close(&o, STATUS_OK, e);
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)s, (void)type, (void)walk;
    return remove(path);
}

int file_remove_all(const char *path)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT ? 0 : -1;
}

enum status file_path(char path[PATH_MAX], const char *folder, const char *name, struct errmsg *e)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "the path of %s is too long", name);
    return STATUS_OK;
}

bool file_is_special(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode);
}

bool file_is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

bool file_is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}
