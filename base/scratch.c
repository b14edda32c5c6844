#include "base/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A folder is made before it can be locked: younger ones are left alone. */
enum { LEAST_AGE_SECONDS = 60 };

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)s, (void)type, (void)walk;
    return remove(path);
}

static void remove_all(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* remove_if_left: removes the folder if this user owns it, it has some age, and nobody holds its lock. */
static void remove_if_left(const char *path)
{
    struct stat s;
    const int fd = open_folder(path);
    if (fd < 0)
        return;
    if (fstat(fd, &s) == 0 && s.st_uid == geteuid() && s.st_mtime + LEAST_AGE_SECONDS < time(NULL) &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_all(path);
    close(fd);
}

static void remove_left(const char *base, const char *prefix)
{
    char path[PATH_MAX];
    DIR *d = opendir(base);
    if (d == NULL)
        return;
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d))
        if (strncmp(f->d_name, prefix, strlen(prefix)) == 0 &&
            snprintf(path, sizeof path, "%s/%s", base, f->d_name) < (int)sizeof path)
            remove_if_left(path);
    closedir(d);
}

enum status scratch_open(struct scratch *s, const char *name, struct errmsg *e)
{
    char prefix[64], path[PATH_MAX];
    const char *base = getenv("TMPDIR");
    *s = (struct scratch){.lock_fd = -1};
    if (base == NULL || base[0] == '\0')
        base = "/tmp";
    snprintf(prefix, sizeof prefix, "deltasweep-%s-", name);
    if (snprintf(path, sizeof path, "%s/%sXXXXXX", base, prefix) >= (int)sizeof path)
        return fail(e, STATUS_ENVIRONMENT, "TMPDIR is too long: %.200s…", base);
    remove_left(base, prefix);
    if (mkdtemp(path) == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make a folder in %s (set TMPDIR to one that can be written)",
                          base);
    memcpy(s->path, path, sizeof path);
    s->lock_fd = open_folder(path);
    if (s->lock_fd < 0 || flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot lock %s", path);
    return STATUS_OK;
}

void scratch_close(struct scratch *s)
{
    if (s->path[0] != '\0')
        remove_all(s->path);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    *s = (struct scratch){.lock_fd = -1};
}
