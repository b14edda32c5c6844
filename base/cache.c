#include "base/cache.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* make_folders: path and every folder above it. */
static enum status make_folders(const char *path, struct errmsg *e)
{
    char partial[PATH_MAX];
    snprintf(partial, sizeof partial, "%s", path);
    for (char *p = partial + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        const char end = *p;
        *p = '\0';
        if (mkdir(partial, 0777) != 0 && errno != EEXIST)
            return fail_errno(e, STATUS_ENVIRONMENT,
                              "cannot make the folder %s (set XDG_CACHE_HOME to a folder that can be written)", partial);
        if (end == '\0')
            return STATUS_OK;
        *p = end;
    }
}

enum status cache_root(char path[PATH_MAX], struct errmsg *e)
{
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n;
    if (base != NULL && base[0] == '/')
        n = snprintf(path, PATH_MAX, "%s/deltasweep", base);
    else if (home != NULL && home[0] == '/')
        n = snprintf(path, PATH_MAX, "%s/.cache/deltasweep", home);
    else
        return fail(e, STATUS_ENVIRONMENT, "no folder for the cache: set HOME or XDG_CACHE_HOME to an absolute path");
    if (n >= PATH_MAX - 256)
        return fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", path);
    return make_folders(path, e);
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)s, (void)type, (void)walk;
    return remove(path);
}

static enum status take_lock(struct cache_entry *entry, struct errmsg *e)
{
    char lock[PATH_MAX + 16];
    snprintf(lock, sizeof lock, "%s.lock", entry->path);
    entry->lock_fd = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (entry->lock_fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s", lock);
    while (flock(entry->lock_fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            const enum status s = fail_errno(e, STATUS_ENVIRONMENT, "cannot lock %s", lock);
            cache_close(entry);
            return s;
        }
    return STATUS_OK;
}

/* make_draft: an empty folder beside the entry, whose lock is held. */
static enum status make_draft(struct cache_entry *entry, struct errmsg *e)
{
    enum status s = STATUS_OK;
    const size_t room = sizeof entry->draft;
    if ((size_t)snprintf(entry->draft, room, "%s.draft", entry->path) >= room) {
        entry->draft[0] = '\0';
        s = fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", entry->path);
    } else {
        nftw(entry->draft, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* left by a process that was killed */
        if (mkdir(entry->draft, 0777) != 0) {
            s = fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s", entry->draft);
            entry->draft[0] = '\0';
        }
    }
    if (s != STATUS_OK)
        cache_close(entry);
    return s;
}

/* kind_folder: the folder of a kind of entries, made if need be. */
static enum status kind_folder(char path[PATH_MAX], const char *kind, struct errmsg *e)
{
    const enum status s = cache_root(path, e);
    if (s != STATUS_OK)
        return s;
    const size_t used = strlen(path);
    snprintf(path + used, PATH_MAX - used, "/%s", kind);
    return make_folders(path, e);
}

enum status cache_open(struct cache_entry *entry, const char *kind, const char *digest, struct errmsg *e)
{
    char root[PATH_MAX];

    memset(entry, 0, sizeof *entry);
    entry->lock_fd = -1;
    enum status s = kind_folder(root, kind, e);
    if (s != STATUS_OK)
        return s;
    if (snprintf(entry->path, sizeof entry->path, "%s/%s", root, digest) >= PATH_MAX - 16)
        return fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", root);
    entry->found = file_is_folder(entry->path);
    if (entry->found)
        return STATUS_OK;
    if ((s = take_lock(entry, e)) != STATUS_OK)
        return s;
    entry->found = file_is_folder(entry->path); /* another process may have made it meanwhile */
    return entry->found ? STATUS_OK : make_draft(entry, e);
}

enum status cache_remake(struct cache_entry *entry, struct errmsg *e)
{
    if (entry->lock_fd < 0) {
        const enum status s = take_lock(entry, e);
        if (s != STATUS_OK)
            return s;
    }
    entry->found = false;
    if (nftw(entry->path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT) {
        const enum status s = fail_errno(e, STATUS_ENVIRONMENT, "cannot remove the damaged %s", entry->path);
        cache_close(entry);
        return s;
    }
    return make_draft(entry, e);
}

enum status cache_publish(struct cache_entry *entry, struct errmsg *e)
{
    if (rename(entry->draft, entry->path) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot move %s to its place", entry->draft);
    entry->draft[0] = '\0';
    entry->found = true;
    return STATUS_OK;
}

void cache_close(struct cache_entry *entry)
{
    if (entry->draft[0] != '\0')
        nftw(entry->draft, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    entry->draft[0] = '\0';
    if (entry->lock_fd >= 0)
        close(entry->lock_fd);
    entry->lock_fd = -1;
}

enum status cache_file(char path[PATH_MAX], const char *kind, const char *name, struct errmsg *e)
{
    char root[PATH_MAX];
    const enum status s = kind_folder(root, kind, e);
    if (s != STATUS_OK)
        return s;
    if (snprintf(path, PATH_MAX, "%s/%s", root, name) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", root);
    return STATUS_OK;
}
