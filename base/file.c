#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status file_read_bytes(const char *path, char **text, size_t *bytes, struct errmsg *e)
{
    size_t used = 0, room = 0;
    char *all = NULL;
    enum status s = STATUS_OK;

    *text = NULL;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot read %s", path);
    do {
        if (room - used < 4096) {
            room = room == 0 ? 16384 : 2 * room;
            char *grown = realloc(all, room);
            if (grown == NULL) {
                s = fail(e, STATUS_ENVIRONMENT, "out of memory for %s", path);
                goto done;
            }
            all = grown;
        }
        used += fread(all + used, 1, room - used - 1, f);
    } while (!feof(f) && !ferror(f));
    all[used] = '\0';
    if (ferror(f))
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot read %s", path);
done:
    fclose(f);
    if (s != STATUS_OK)
        free(all);
    else
        *text = all;
    *bytes = s == STATUS_OK ? used : 0;
    return s;
}

enum status file_read(const char *path, char **text, struct errmsg *e)
{
    size_t bytes;
    return file_read_bytes(path, text, &bytes, e);
}

enum status file_write(const char *path, const char *text, struct errmsg *e)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    const bool written = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !written)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    return STATUS_OK;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
        }
    }
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP; /* no file, but a pipe or a device */
}

/* write_through: into what has no content that could be replaced. */
static enum status write_through(const char *path, const void *bytes, size_t n, struct errmsg *e)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool good = fd >= 0 && write_all(fd, bytes, n);
    const enum status s = good ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    if (fd >= 0)
        close(fd);
    return s;
}

/* is_database: whether the file begins as those of SQLite do. */
static bool is_database(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic];
    FILE *f = fopen(path, "rb");
    const bool database = f != NULL && fread(head, 1, sizeof head, f) == sizeof head &&
                          memcmp(head, magic, sizeof head) == 0;
    if (f != NULL)
        fclose(f);
    return database;
}

enum status file_replace(const char *link, const void *bytes, size_t n, struct errmsg *e)
{
    char beside[PATH_MAX], path[PATH_MAX];
    struct stat there;
    if (stat(link, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode))
        return write_through(link, bytes, n, e);
    if (is_database(link))
        return fail(e, STATUS_ENVIRONMENT, "%s is a database, and is not replaced: name another file", link);
    if (realpath(link, path) == NULL && snprintf(path, sizeof path, "%s", link) >= (int)sizeof path)
        return fail(e, STATUS_ENVIRONMENT, "cannot write %.200s…: the name is too long", link);
    if (snprintf(beside, sizeof beside, "%s.%ld.part", path, (long)getpid()) >= (int)sizeof beside)
        return fail(e, STATUS_ENVIRONMENT, "cannot write %.200s…: the name is too long", path);
    const int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", link);
    bool good = write_all(fd, bytes, n);
    int why = errno;
    if (close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(beside, path) == 0)
        return STATUS_OK;
    if (good)
        why = errno;
    unlink(beside);
    errno = why;
    return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", link);
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
