#include "db/lock.h"

#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* open_or_make: the file of path. */
static enum status open_or_make(const char *path, int *fd, bool *created, struct errmsg *e)
{
    *created = false;
    *fd = -1;
    const enum status s = output_check(path, e);
    if (s != STATUS_OK)
        return s;
    *fd = open(path, O_RDWR | O_CLOEXEC);
    if (*fd < 0 && errno == ENOENT) {
        *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        *created = *fd >= 0;
        if (*fd < 0 && errno == EEXIST)
            *fd = open(path, O_RDWR | O_CLOEXEC);
    }
    if (*fd >= 0)
        return STATUS_OK;
    if (errno == EACCES || errno == EROFS || errno == EPERM)
        return fail_errno(e, STATUS_ENVIRONMENT,
                          "%s cannot be written (check the permissions, or name another file with --db)", path);
    return fail_errno(e, STATUS_ENVIRONMENT, "%s cannot be opened (check the path given with --db)", path);
}

bool lock_try(int fd, bool alone)
{
    return flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0;
}

void lock_drop(int fd)
{
    flock(fd, LOCK_UN);
}

bool lock_wait(const char *path, struct patience *patience, struct errmsg *e)
{
    char line[400];
    snprintf(line, sizeof line, "%.300s is in use by another deltasweep: waiting until it ends", path);
    if (patience_wait(patience, line))
        return true;
    fail(e, STATUS_ENVIRONMENT,
         "%s is in use by another deltasweep: wait for it to end, or name another file with --db", path);
    return false;
}

enum status lock_change(int fd, const char *path, bool alone, struct patience *patience, struct errmsg *e)
{
    patience_begin(patience);
    while (!lock_try(fd, alone)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail_errno(e, STATUS_ENVIRONMENT, "%s cannot be locked", path);
        if (!lock_wait(path, patience, e))
            return STATUS_ENVIRONMENT;
    }
    return STATUS_OK;
}

/* is_file_of: whether path still names the open file. */
static bool is_file_of(const char *path, int fd)
{
    struct stat named, opened;
    return stat(path, &named) == 0 && fstat(fd, &opened) == 0 && named.st_ino == opened.st_ino &&
           named.st_dev == opened.st_dev;
}

enum status lock_open(const char *path, bool alone, struct patience *patience, int *fd, bool *created, struct errmsg *e)
{
    for (;;) {
        enum status st = open_or_make(path, fd, created, e);
        if (st != STATUS_OK)
            return st;
        st = lock_change(*fd, path, alone, patience, e);
        if (st == STATUS_OK && is_file_of(path, *fd))
            return STATUS_OK;
        close(*fd);
        *fd = -1;
        if (st != STATUS_OK)
            return st;
    }
}

/* of_number: a byte far behind the end of every file, and far from those that SQLite locks. */
static struct flock of_number(int64_t number)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = ((off_t)1 << 60) + number, .l_len = 1};
}

bool lock_mark(int fd, int64_t number)
{
    struct flock l = of_number(number);
    return fcntl(fd, F_OFD_SETLK, &l) == 0;
}

bool lock_marked(int fd, int64_t number)
{
    struct flock l = of_number(number);
    return fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}
