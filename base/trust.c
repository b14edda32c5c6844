#include "base/trust.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_LINKS = 40 };

bool trust_owned(const struct stat *s)
{
    return s->st_uid == geteuid() || s->st_uid == 0;
}

/* is_own_group: whether nobody is in the group but this user (Debian gives such a group to every user) or root. */
static bool is_own_group(gid_t id)
{
    char name[256] = "";
    if (id == 0)
        return true;
    const struct passwd *user = getpwuid(geteuid());
    if (user == NULL || user->pw_gid != id)
        return false;
    snprintf(name, sizeof name, "%s", user->pw_name);
    const struct group *g = getgrgid(id);
    if (g == NULL || strcmp(g->gr_name, name) != 0)
        return false;
    for (char **member = g->gr_mem; member != NULL && *member != NULL; member++)
        if (strcmp(*member, name) != 0)
            return false;
    return true;
}

bool trust_closed(const struct stat *s)
{
    return (s->st_mode & S_IWOTH) == 0 && ((s->st_mode & S_IWGRP) == 0 || is_own_group(s->st_gid));
}

static bool is_mine(gid_t id)
{
    return id == getegid() || group_member(id);
}

bool trust_shared(const struct stat *folder, const struct stat *file)
{
    return geteuid() != 0 && S_ISREG(file->st_mode) && (file->st_mode & S_IWGRP) != 0 &&
           (folder->st_mode & S_IWOTH) == 0 && is_mine(folder->st_gid) && is_mine(file->st_gid);
}

/* A path that is followed, component by component. */
struct walk {
    char done[PATH_MAX]; /* without links: "", "a/b", "/", "/a/b" */
    char rest[PATH_MAX]; /* what follows */
    int links;
    bool strict; /* the folders themselves are to be safe, too */
};

/* check_link: whether the link at path, in the folder w->done, may be followed. */
static enum status check_link(const struct walk *w, const char *path, const struct stat *link, struct errmsg *e)
{
    struct stat folder;
    if (stat(w->done[0] == '\0' ? "." : w->done, &folder) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot look at %s", path);
    if (trust_owned(link) || link->st_uid == folder.st_uid || trust_closed(&folder))
        return STATUS_OK;
    return fail(e, STATUS_ENVIRONMENT,
                "%s is a link that another user (%u) made in a folder that others may write: it is not followed; name "
                "another place, or remove the link",
                path, (unsigned)link->st_uid);
}

/* is_unmapped: whether the owner is none of this user namespace, as root's files are to a user in a sandbox. */
static bool is_unmapped(uid_t id)
{
    enum { OVERFLOW = 65534 };
    unsigned long inside, outside, count;
    FILE *f = id == OVERFLOW ? fopen("/proc/self/uid_map", "re") : NULL;
    bool mapped = f == NULL;
    while (!mapped && fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3)
        mapped = id >= inside && id - inside < count;
    if (f != NULL)
        fclose(f);
    return !mapped;
}

/* check_folder: whether others can neither write in the folder nor move it away. Who owns a folder above the last one
 * may move it away, but makes none that is this user's: in a sandbox that does. */
static enum status check_folder(const char *path, const struct stat *s, bool last, struct errmsg *e)
{
    if (!trust_owned(s) && (last || !is_unmapped(s->st_uid)))
        return fail(e, STATUS_ENVIRONMENT, "%s belongs to another user (%u), who can put anything into it", path,
                    (unsigned)s->st_uid);
    if (!trust_closed(s) && (last || (s->st_mode & S_ISVTX) == 0))
        return fail(e, STATUS_ENVIRONMENT, "other users may write in %s (its mode is %03o)", path,
                    (unsigned)s->st_mode & 07777);
    return STATUS_OK;
}

/* follow: puts what the link leads to before the rest. */
static enum status follow(struct walk *w, const char *path, struct errmsg *e)
{
    char to[PATH_MAX], rest[PATH_MAX];
    const ssize_t n = readlink(path, to, sizeof to - 1);
    if (n <= 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot read the link %s", path);
    to[n] = '\0';
    if (++w->links > MOST_LINKS)
        return fail(e, STATUS_ENVIRONMENT, "%s: links that lead in a circle", path);
    if (snprintf(rest, sizeof rest, "%s%s%s", to, w->rest[0] != '\0' ? "/" : "", w->rest) >= (int)sizeof rest)
        return fail(e, STATUS_ENVIRONMENT, "%.200s…: the name is too long", path);
    memcpy(w->rest, rest, sizeof rest);
    if (to[0] == '/')
        strcpy(w->done, "/");
    return STATUS_OK;
}

/* step: the next component of the rest; *end: there is none, or it is not there. */
static enum status step(struct walk *w, bool *end, struct errmsg *e)
{
    char path[PATH_MAX], *next = w->rest + strspn(w->rest, "/");
    struct stat s;
    const size_t n = strcspn(next, "/"), used = strlen(w->done);
    *end = n == 0;
    if (n == 0)
        return STATUS_OK;
    if (snprintf(path, sizeof path, "%s%s%.*s", w->done, used == 0 || w->done[used - 1] == '/' ? "" : "/", (int)n,
                 next) >= (int)sizeof path)
        return fail(e, STATUS_ENVIRONMENT, "%.200s…: the name is too long", w->done);
    if (lstat(path, &s) != 0) {
        *end = true;
        return STATUS_OK;
    }
    memmove(w->rest, next + n, strlen(next + n) + 1);
    if (S_ISLNK(s.st_mode)) {
        const enum status st = check_link(w, path, &s, e);
        memmove(w->rest, w->rest + strspn(w->rest, "/"), strlen(w->rest + strspn(w->rest, "/")) + 1);
        return st != STATUS_OK ? st : follow(w, path, e);
    }
    memcpy(w->done, path, sizeof path);
    const bool last = w->rest[strspn(w->rest, "/")] == '\0';
    if (w->strict && !S_ISDIR(s.st_mode))
        return fail(e, STATUS_ENVIRONMENT, "%s is no folder, but one is needed in its place: remove it", path);
    return w->strict ? check_folder(path, &s, last, e) : STATUS_OK;
}

static enum status walk_all(struct walk *w, const char *path, struct errmsg *e)
{
    bool end = false;
    enum status s = STATUS_OK;
    if (snprintf(w->rest, sizeof w->rest, "%s", path) >= (int)sizeof w->rest)
        return fail(e, STATUS_ENVIRONMENT, "%.200s…: the name is too long", path);
    if (path[0] == '/')
        strcpy(w->done, "/");
    while (s == STATUS_OK && !end)
        s = step(w, &end, e);
    return s;
}

enum status trust_way(const char *path, char place[PATH_MAX], struct errmsg *e)
{
    struct walk w = {.done = ""};
    const enum status s = walk_all(&w, path, e);
    if (s != STATUS_OK)
        return s;
    const size_t used = strlen(w.done);
    const char *rest = w.rest + (used > 0 ? strspn(w.rest, "/") : 0);
    const char *slash = used > 0 && rest[0] != '\0' && w.done[used - 1] != '/' ? "/" : "";
    if (snprintf(place, PATH_MAX, "%s%s%s", w.done, slash, rest) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "%.200s…: the name is too long", path);
    return STATUS_OK;
}

enum status trust_folder(const char *path, struct errmsg *e)
{
    struct walk w = {.strict = true};
    struct stat s;
    if (stat(path, &s) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot look at the folder %s", path);
    return walk_all(&w, path, e);
}
