#include "base/scratch.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[SCRATCH_USES] = {[SCRATCH_TOOL] = "tool",
                                                [SCRATCH_MEMORIES] = "memories",
                                                [SCRATCH_TRACE] = "trace",
                                                [SCRATCH_DOCTOR] = "doctor"};
enum { RANDOM = 6 };

const char *scratch_folder(void)
{
    const char *base = getenv("TMPDIR");
    return base != NULL && base[0] != '\0' ? base : "/tmp";
}

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* is_scratch: whether a folder's name is deltasweep-scratch-<one of the names>-XXXXXX. */
static bool is_scratch(const char *folder)
{
    char prefix[64];
    for (int i = 0; i < SCRATCH_USES; i++) {
        const size_t n = (size_t)snprintf(prefix, sizeof prefix, "deltasweep-scratch-%s-", names[i]);
        if (strncmp(folder, prefix, n) == 0 && strlen(folder) == n + RANDOM)
            return true;
    }
    return false;
}

/* remove_if_left: removes the folder if this user owns it, and nobody holds its lock. */
static bool remove_if_left(const char *path, bool dry)
{
    struct stat s;
    const int fd = open_folder(path);
    if (fd < 0)
        return false;
    const bool left = fstat(fd, &s) == 0 && s.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (left && !dry)
        file_remove_all(path);
    close(fd);
    return left;
}

int scratch_remove_left(bool dry)
{
    const char *base = scratch_folder();
    char path[PATH_MAX];
    int n = 0;
    DIR *d = opendir(base);
    if (d == NULL)
        return 0;
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d))
        if (is_scratch(f->d_name) && file_path(path, base, f->d_name, NULL) == STATUS_OK)
            n += remove_if_left(path, dry);
    closedir(d);
    return n;
}

/* lock_made: locks the folder that was just made; -1 if another process took it for left meanwhile. */
static int lock_made(const char *path)
{
    struct stat mine, there;
    const int fd = open_folder(path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &mine) == 0 && lstat(path, &there) == 0 &&
        mine.st_ino == there.st_ino && mine.st_dev == there.st_dev)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

enum status scratch_open(struct scratch *s, enum scratch_use use, struct errmsg *e)
{
    static bool swept;
    char path[PATH_MAX];
    const char *base = scratch_folder();
    *s = (struct scratch){.lock_fd = -1};
    if (!swept)
        scratch_remove_left(false);
    swept = true;
    for (int tries = 0; tries < 100; tries++) {
        if (snprintf(path, sizeof path, "%s/deltasweep-scratch-%s-XXXXXX", base, names[use]) >= (int)sizeof path)
            return fail(e, STATUS_ENVIRONMENT, "TMPDIR is too long: %.200s…", base);
        if (mkdtemp(path) == NULL)
            return fail_errno(e, STATUS_ENVIRONMENT,
                              "cannot make a folder in %s (set TMPDIR to one that can be written)", base);
        if ((s->lock_fd = lock_made(path)) < 0)
            continue;
        memcpy(s->path, path, sizeof path);
        return STATUS_OK;
    }
    return fail(e, STATUS_ENVIRONMENT, "cannot keep a folder in %s: another process removes it", base);
}

void scratch_close(struct scratch *s)
{
    if (s->path[0] != '\0')
        file_remove_all(s->path);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    *s = (struct scratch){.lock_fd = -1};
}
