#include "base/cache_lock.h"

#include "base/file.h"
#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* is_current: whether fd is the file that is at path now: its holder may have removed it. */
static bool is_current(int fd, const char *path)
{
    struct stat mine, there;
    return fstat(fd, &mine) == 0 && lstat(path, &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

static bool name_of(const char *path, char lock[PATH_MAX])
{
    return snprintf(lock, PATH_MAX, "%s" CACHE_LOCK, path) < PATH_MAX;
}

/* take: the file and its lock, with these flags of flock; -1 and errno. */
static int take(const char *lock, int how)
{
    for (;;) {
        const int fd = open(lock, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return -1;
        while (flock(fd, how) != 0)
            if (errno != EINTR) {
                const int why = errno;
                close(fd);
                errno = why;
                return -1;
            }
        if (is_current(fd, lock))
            return fd;
        close(fd);
    }
}

enum status cache_lock(const char *path, bool alone, int *fd, struct errmsg *e)
{
    char lock[PATH_MAX];
    *fd = -1;
    if (!name_of(path, lock))
        return fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", path);
    *fd = take(lock, alone ? LOCK_EX : LOCK_SH);
    return *fd >= 0 ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot lock %s", lock);
}

int cache_try_lock(const char *path)
{
    char lock[PATH_MAX];
    return name_of(path, lock) ? take(lock, LOCK_EX | LOCK_NB) : -1;
}

void cache_unlock(const char *path, int fd)
{
    char lock[PATH_MAX];
    if (fd < 0)
        return;
    if (name_of(path, lock) && flock(fd, LOCK_EX | LOCK_NB) == 0 && is_current(fd, lock))
        unlink(lock);
    close(fd);
}

/* ends_with: whether name is one or more bytes and then the ending; cuts that off. */
static bool ends_with(char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    if (n <= m || strcmp(name + n - m, ending) != 0)
        return false;
    name[n - m] = '\0';
    return true;
}

bool cache_is_locked(const char *path)
{
    char lock[PATH_MAX];
    const int fd = name_of(path, lock) ? open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
    const bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    return locked;
}

/* sweep_one: what is left of the work on path, of which `leftover` is a draft or a lock. */
static int sweep_one(const char *path, const char *leftover, bool dry)
{
    if (dry)
        return !cache_is_locked(path);
    const int fd = cache_try_lock(path);
    if (fd < 0)
        return 0;
    file_remove_all(leftover); /* if it is the lock, that is removed by its holder */
    cache_unlock(path, fd);
    return access(leftover, F_OK) != 0;
}

int cache_sweep(const char *folder, bool dry)
{
    char name[PATH_MAX], path[PATH_MAX], leftover[PATH_MAX];
    int n = output_remove_left(folder, NULL, dry);
    DIR *d = opendir(folder);
    if (d == NULL)
        return n;
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        snprintf(name, sizeof name, "%s", f->d_name);
        if (file_path(leftover, folder, name, NULL) != STATUS_OK)
            continue;
        if ((ends_with(name, CACHE_DRAFT) || ends_with(name, CACHE_LOCK)) &&
            file_path(path, folder, name, NULL) == STATUS_OK)
            n += sweep_one(path, leftover, dry);
    }
    closedir(d);
    return n;
}
