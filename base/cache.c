#include "base/cache.h"

#include "base/cache_lock.h"
#include "base/file.h"
#include "base/seal.h"
#include "base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN_CACHE "set XDG_CACHE_HOME to a folder of your own"

/* --------------------------------------------------------------------- its folders */

/* make_folders: path and every folder above it; new ones are this user's alone. */
static enum status make_folders(const char *path, struct errmsg *e)
{
    char partial[PATH_MAX];
    snprintf(partial, sizeof partial, "%s", path);
    for (char *p = partial + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        const char end = *p;
        *p = '\0';
        if (mkdir(partial, 0700) != 0 && errno != EEXIST)
            return fail_errno(e, STATUS_ENVIRONMENT,
                              "cannot make the folder %s (set XDG_CACHE_HOME to a folder that can be written)",
                              partial);
        if (end == '\0')
            return STATUS_OK;
        *p = end;
    }
}

/* check_folder: refuses a folder that others may have filled. */
static enum status check_folder(const char *path, struct errmsg *e)
{
    struct errmsg why = {""};
    const enum status s = trust_folder(path, &why);
    return s == STATUS_OK
               ? s
               : fail(e, s,
                      "the cache %s cannot be used: %s. Programs in it are executed: " OWN_CACHE ", or, where all in "
                      "it is yours, take the rights of others away (chmod go-w)",
                      path, why.text);
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
    const enum status s = make_folders(path, e);
    return s == STATUS_OK ? check_folder(path, e) : s;
}

enum status cache_kind(char path[PATH_MAX], const char *kind, struct errmsg *e)
{
    const enum status s = cache_root(path, e);
    if (s != STATUS_OK)
        return s;
    const size_t used = strlen(path);
    snprintf(path + used, PATH_MAX - used, "/%s", kind);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make the folder %s", path);
    return check_folder(path, e);
}

/* sweep_once: what dead processes left in a kind's folder is looked for once by a process that adds to it. */
static void sweep_once(const char *folder)
{
    enum { KINDS = 16 };
    static char swept[KINDS][64];
    const char *kind = strrchr(folder, '/');
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(swept[i], kind) == 0)
            return;
        if (swept[i][0] != '\0')
            continue;
        snprintf(swept[i], sizeof swept[i], "%.60s", kind);
        cache_sweep(folder, false);
        return;
    }
}

/* ------------------------------------------------------------------ entries in use */

/* The entries that this process opened last: their folders are open and locked, so that nobody removes them. */
enum { HELD = 16 };
static int held[HELD];
static int n_held;

static void hold(int fd)
{
    if (fd < 0)
        return;
    if (n_held >= HELD)
        close(held[n_held % HELD]);
    held[n_held++ % HELD] = fd;
}

static struct errmsg last_note;

bool cache_take_note(struct errmsg *note)
{
    *note = last_note;
    last_note.text[0] = '\0';
    return note->text[0] != '\0';
}

/* --------------------------------------------------------------------------- looking */

static enum status refuse(const struct cache_entry *entry, const char *why, struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT,
                "the entry %s of the cache cannot be used: %s, and what is in it is executed: remove it, or " OWN_CACHE,
                entry->path, why);
}

/* use: locks the folder, as one of its users; -1 if it is being removed. */
static int use(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return fd;
    close(fd);
    errno = EWOULDBLOCK;
    return -1;
}

/* look: whether the entry is there and good. *bad: it is there, and is not good; *why says what is wrong. */
static enum status look(struct cache_entry *entry, bool *bad, struct errmsg *why, struct errmsg *e)
{
    struct stat s;
    *bad = false;
    if (lstat(entry->path, &s) != 0)
        return errno == ENOENT ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot look at %s", entry->path);
    if (!trust_owned(&s))
        return refuse(entry, "it belongs to another user", e);
    if (!S_ISDIR(s.st_mode)) {
        fail(why, STATUS_ENVIRONMENT, "it is no folder");
        *bad = true;
        return STATUS_OK;
    }
    if (!trust_closed(&s))
        return refuse(entry, "others may write in it", e);
    const int fd = use(entry->path);
    if (fd < 0)
        return errno == EWOULDBLOCK || errno == ENOENT
                   ? STATUS_OK
                   : fail_errno(e, STATUS_ENVIRONMENT, "cannot use %s", entry->path);
    switch (seal_check(entry->path, entry->name, why)) {
    case SEAL_FOREIGN:
        close(fd);
        return refuse(entry, why->text, e);
    case SEAL_BROKEN:
        close(fd);
        *bad = true;
        return STATUS_OK;
    case SEAL_INTACT:
        break;
    }
    entry->found = true;
    entry->use_fd = fd;
    futimens(fd, NULL); /* when it was used last; where the cache cannot be written, it stays as old as it is */
    return STATUS_OK;
}

/* ---------------------------------------------------------------------------- making */

static void give_lock_back(struct cache_entry *entry)
{
    cache_unlock(entry->path, entry->lock_fd);
    entry->lock_fd = -1;
}

/* make_draft: an empty folder beside the entry, whose lock is held. */
static enum status make_draft(struct cache_entry *entry, struct errmsg *e)
{
    enum status s = STATUS_OK;
    const size_t room = sizeof entry->draft;
    if ((size_t)snprintf(entry->draft, room, "%s" CACHE_DRAFT, entry->path) >= room) {
        entry->draft[0] = '\0';
        s = fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", entry->path);
    } else {
        file_remove_all(entry->draft); /* left by a process that was killed */
        if (mkdir(entry->draft, 0700) != 0) {
            s = fail_errno(e, STATUS_ENVIRONMENT, "cannot make %s", entry->draft);
            entry->draft[0] = '\0';
        }
    }
    if (s != STATUS_OK)
        cache_close(entry);
    return s;
}

/* remove_bad: takes away what is no good entry. */
static enum status remove_bad(struct cache_entry *entry, const char *why, struct errmsg *e)
{
    if (file_remove_all(entry->path) != 0) {
        const enum status s = fail_errno(e, STATUS_ENVIRONMENT, "cannot remove the damaged %s", entry->path);
        cache_close(entry);
        return s;
    }
    fail(&last_note, STATUS_OK, "%s in the cache was damaged (%s): it is made anew", entry->name, why);
    return STATUS_OK;
}

enum status cache_open(struct cache_entry *entry, const char *kind, const char *digest, struct errmsg *e)
{
    char root[PATH_MAX];
    struct errmsg why = {""};
    bool bad;

    memset(entry, 0, sizeof *entry);
    entry->lock_fd = entry->use_fd = -1;
    enum status s = cache_kind(root, kind, e);
    if (s != STATUS_OK)
        return s;
    if (snprintf(entry->path, sizeof entry->path, "%s/%s", root, digest) >= PATH_MAX - 16)
        return fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", root);
    entry->name = entry->path + strlen(root) - strlen(kind);
    if ((s = look(entry, &bad, &why, e)) != STATUS_OK || entry->found)
        return s;
    sweep_once(root);
    if ((s = cache_lock(entry->path, true, &entry->lock_fd, e)) != STATUS_OK)
        return s;
    s = look(entry, &bad, &why, e); /* another process may have made it meanwhile */
    if (s != STATUS_OK || entry->found) {
        give_lock_back(entry);
        return s;
    }
    if (bad && (s = remove_bad(entry, why.text, e)) != STATUS_OK)
        return s;
    return make_draft(entry, e);
}

enum status cache_remake(struct cache_entry *entry, struct errmsg *e)
{
    if (entry->use_fd >= 0)
        close(entry->use_fd);
    entry->use_fd = -1;
    entry->found = false;
    if (entry->lock_fd < 0) {
        const enum status s = cache_lock(entry->path, true, &entry->lock_fd, e);
        if (s != STATUS_OK)
            return s;
    }
    const enum status s = remove_bad(entry, "its content makes no sense", e);
    return s == STATUS_OK ? make_draft(entry, e) : s;
}

enum status cache_publish(struct cache_entry *entry, struct errmsg *e)
{
    const enum status s = seal_write(entry->draft, entry->name, e);
    if (s != STATUS_OK)
        return s;
    if (rename(entry->draft, entry->path) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot move %s to its place", entry->draft);
    entry->draft[0] = '\0';
    entry->found = true;
    entry->use_fd = use(entry->path);
    return STATUS_OK;
}

void cache_close(struct cache_entry *entry)
{
    if (entry->draft[0] != '\0')
        file_remove_all(entry->draft);
    entry->draft[0] = '\0';
    give_lock_back(entry);
    hold(entry->use_fd);
    entry->use_fd = -1;
}

/* ------------------------------------------------------------------------ other files */

enum status cache_file_open(struct cache_file *file, const char *kind, const char *name, struct errmsg *e)
{
    char root[PATH_MAX];
    struct stat there;
    *file = (struct cache_file){.lock_fd = -1};
    enum status s = cache_kind(root, kind, e);
    if (s != STATUS_OK)
        return s;
    if (snprintf(file->path, sizeof file->path, "%s/%s", root, name) >= PATH_MAX - 16)
        return fail(e, STATUS_ENVIRONMENT, "the cache's path is too long: %.200s…", root);
    sweep_once(root);
    if ((s = cache_lock(file->path, false, &file->lock_fd, e)) != STATUS_OK || lstat(file->path, &there) != 0)
        return s;
    if (S_ISREG(there.st_mode) && trust_owned(&there) && trust_closed(&there))
        return STATUS_OK;
    return fail(e, STATUS_ENVIRONMENT, "%s is %s: remove it, or " OWN_CACHE, file->path,
                !S_ISREG(there.st_mode) ? "no file"
                : !trust_owned(&there)  ? "another user's"
                                        : "a file that others may write");
}

void cache_file_close(struct cache_file *file)
{
    if (file->lock_fd >= 0)
        cache_unlock(file->path, file->lock_fd);
    file->lock_fd = -1;
}
