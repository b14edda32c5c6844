#include "base/cache_list.h"

#include "base/cache.h"
#include "base/cache_lock.h"
#include "base/file.h"
#include "base/output.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* visit: calls see for each name in the folder that does not begin with a point, until it fails. */
static enum status visit(const char *folder, enum status (*see)(const char *name, void *context, struct errmsg *e),
                         void *context, struct errmsg *e)
{
    enum status s = STATUS_OK;
    DIR *d = opendir(folder);
    if (d == NULL)
        return errno == ENOTDIR || errno == ENOENT ? STATUS_OK
                                                   : fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", folder);
    for (const struct dirent *f = readdir(d); f != NULL && s == STATUS_OK; f = readdir(d))
        if (f->d_name[0] != '.')
            s = see(f->d_name, context, e);
    closedir(d);
    return s;
}

/* ------------------------------------------------------------------------- the list */

struct reading {
    struct cache_list *list;
    int room;
    char folder[PATH_MAX]; /* of the kind */
    const char *kind;
};

static double tree_bytes;

static int add_bytes(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)path, (void)walk;
    if (type == FTW_F)
        tree_bytes += (double)s->st_size;
    return 0;
}

static enum status add_item(const char *name, void *context, struct errmsg *e)
{
    struct reading *r = context;
    struct cache_list *l = r->list;
    char path[PATH_MAX];
    struct stat s;
    size_t unused;
    if (text_ends_with(name, CACHE_LOCK) || text_ends_with(name, CACHE_DRAFT) || output_left(name, &unused) ||
        file_path(path, r->folder, name, NULL) != STATUS_OK || lstat(path, &s) != 0)
        return STATUS_OK;
    if (l->n == r->room) {
        r->room = 2 * r->room + 64;
        struct cache_item *grown = realloc(l->items, (size_t)r->room * sizeof *grown);
        if (grown == NULL)
            return fail(e, STATUS_ENVIRONMENT, "out of memory for the list of the cache");
        l->items = grown;
    }
    struct cache_item *item = &l->items[l->n++];
    tree_bytes = 0;
    nftw(path, add_bytes, 16, FTW_PHYS);
    *item = (struct cache_item){.bytes = tree_bytes, .used = (double)s.st_mtim.tv_sec};
    snprintf(item->kind, sizeof item->kind, "%s", r->kind);
    snprintf(item->name, sizeof item->name, "%s", name);
    return STATUS_OK;
}

static enum status add_kind(const char *kind, void *context, struct errmsg *e)
{
    struct reading *r = context;
    const enum status s = cache_kind(r->folder, kind, e);
    if (s != STATUS_OK || strlen(kind) >= sizeof r->list->items->kind)
        return s;
    r->kind = kind;
    return visit(r->folder, add_item, r, e);
}

static int older_first(const void *a, const void *b)
{
    const struct cache_item *x = a, *y = b;
    return x->used != y->used ? (x->used > y->used) - (x->used < y->used) : strcmp(x->name, y->name);
}

enum status cache_list_read(struct cache_list *list, struct errmsg *e)
{
    char root[PATH_MAX];
    struct reading r = {.list = list};
    *list = (struct cache_list){.items = NULL};
    enum status s = cache_root(root, e);
    if (s == STATUS_OK)
        s = visit(root, add_kind, &r, e);
    if (list->n > 0)
        qsort(list->items, (size_t)list->n, sizeof *list->items, older_first);
    return s;
}

void cache_list_free(struct cache_list *list)
{
    free(list->items);
    *list = (struct cache_list){.items = NULL};
}

/* -------------------------------------------------------------------------- removing */

/* remove_locked: path, whose lock this process has (`dry`: or nobody). The entry goes under the name of a draft first,
 * so that it is whole or not there for everybody. */
static enum cache_removal remove_locked(const char *path, bool dry)
{
    char draft[PATH_MAX];
    struct stat s;
    if (lstat(path, &s) != 0)
        return errno == ENOENT ? CACHE_REMOVED : CACHE_STAYS;
    const int fd = S_ISDIR(s.st_mode) ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (S_ISDIR(s.st_mode) && (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)) {
        const int why = errno;
        if (fd >= 0)
            close(fd);
        errno = why;
        return fd >= 0 ? CACHE_IN_USE : CACHE_STAYS;
    }
    enum cache_removal done = CACHE_REMOVED;
    if (!dry && (snprintf(draft, sizeof draft, "%s" CACHE_DRAFT, path) >= (int)sizeof draft ||
                 file_remove_all(draft) != 0 || rename(path, draft) != 0 || file_remove_all(draft) != 0))
        done = CACHE_STAYS;
    if (fd >= 0)
        close(fd);
    return done;
}

enum cache_removal cache_remove(const struct cache_item *item, bool dry)
{
    char root[PATH_MAX], path[PATH_MAX];
    if (cache_root(root, NULL) != STATUS_OK ||
        snprintf(path, sizeof path, "%s/%s/%s", root, item->kind, item->name) >= (int)sizeof path)
        return CACHE_STAYS;
    if (dry)
        return cache_is_locked(path) ? CACHE_IN_USE : remove_locked(path, true);
    const int lock = cache_try_lock(path);
    if (lock < 0)
        return errno == EWOULDBLOCK ? CACHE_IN_USE : CACHE_STAYS;
    const enum cache_removal done = remove_locked(path, false);
    const int why = errno;
    cache_unlock(path, lock);
    errno = why;
    return done;
}

struct sweeping {
    bool dry;
    int n;
};

static enum status sweep_kind(const char *kind, void *context, struct errmsg *e)
{
    struct sweeping *w = context;
    char folder[PATH_MAX];
    const enum status s = cache_kind(folder, kind, e);
    if (s == STATUS_OK)
        w->n += cache_sweep(folder, w->dry);
    return s;
}

int cache_remove_left(bool dry)
{
    char root[PATH_MAX];
    struct sweeping w = {.dry = dry};
    if (cache_root(root, NULL) == STATUS_OK)
        visit(root, sweep_kind, &w, NULL);
    return w.n;
}
