#include "base/seal.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char seal_name[] = "seal", first_line[] = "deltasweep seal 1 ";
enum { MOST_BYTES = 1 << 20 }; /* of a seal: thousands of files */

/* digest_of: of what is left to read of fd; false if that fails. */
static bool digest_of(int fd, const char *name, char hex[DIGEST_HEX_BYTES])
{
    struct digest d;
    digest_init(&d);
    const bool good = digest_stream(&d, name, fd);
    digest_hex(&d, hex);
    return good;
}

/* seal_file: the line of one file. */
static enum status seal_file(const char *path, const char *name, const struct stat *s, FILE *seal, struct errmsg *e)
{
    char hex[DIGEST_HEX_BYTES];
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const bool good = fd >= 0 && fchmod(fd, s->st_mode & ~(mode_t)(S_IWGRP | S_IWOTH)) == 0 && digest_of(fd, name, hex);
    const enum status st = good ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot seal %s", path);
    if (fd >= 0)
        close(fd);
    if (good)
        fprintf(seal, "%s %lld %s\n", hex, (long long)s->st_size, name);
    return st;
}

static enum status seal_folder(const char *folder, const char *inner, FILE *seal, struct errmsg *e);

/* seal_below: seal_folder of a folder in it, whose name has no / at its end. */
static enum status seal_below(const char *folder, const char *name, FILE *seal, struct errmsg *e)
{
    char inner[PATH_MAX];
    return snprintf(inner, sizeof inner, "%s/", name) < (int)sizeof inner
               ? seal_folder(folder, inner, seal, e)
               : fail(e, STATUS_ENVIRONMENT, "cannot seal %.200s: the name of a folder", folder);
}

/* seal_folder: the lines of all files below folder/inner, where inner is "" or ends with /. */
static enum status seal_folder(const char *folder, const char *inner, FILE *seal, struct errmsg *e)
{
    char path[PATH_MAX], name[PATH_MAX];
    struct dirent **entries = NULL;
    struct stat s;
    enum status st = file_path(path, folder, inner, e);
    const int n = st == STATUS_OK ? scandir(path, &entries, NULL, alphasort) : 0;
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", path);
    for (int i = 0; i < n; i++) {
        const char *at = entries[i]->d_name;
        const bool skip = strcmp(at, ".") == 0 || strcmp(at, "..") == 0 || st != STATUS_OK;
        if (!skip &&
            (snprintf(name, sizeof name, "%s%s", inner, at) >= (int)sizeof name - 1 || strchr(at, '\n') != NULL))
            st = fail(e, STATUS_ENVIRONMENT, "cannot seal %.200s: the name of a file", folder);
        else if (!skip && (st = file_path(path, folder, name, e)) == STATUS_OK && lstat(path, &s) != 0)
            st = fail_errno(e, STATUS_ENVIRONMENT, "cannot seal %s", path);
        else if (!skip && st == STATUS_OK && S_ISDIR(s.st_mode))
            st = seal_below(folder, name, seal, e);
        else if (!skip && st == STATUS_OK)
            st = S_ISREG(s.st_mode) ? seal_file(path, name, &s, seal, e)
                                    : fail(e, STATUS_ENVIRONMENT, "cannot seal %s: it is no file", path);
        free(entries[i]);
    }
    free(entries);
    return st;
}

enum status seal_write(const char *folder, const char *name, struct errmsg *e)
{
    char path[PATH_MAX], *text = NULL;
    size_t bytes = 0;
    enum status s = file_path(path, folder, seal_name, e);
    if (s != STATUS_OK)
        return s;
    unlink(path); /* it does not seal itself */
    FILE *f = open_memstream(&text, &bytes);
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a seal");
    fprintf(f, "%s%s\n", first_line, name);
    s = seal_folder(folder, "", f, e);
    if (fclose(f) != 0 && s == STATUS_OK)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a seal");
    if (s == STATUS_OK && (s = file_write(path, text, e)) == STATUS_OK && chmod(path, 0600) != 0)
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    free(text);
    return s;
}

static enum seal broken(struct errmsg *why, const char *what, const char *name)
{
    fail(why, STATUS_ENVIRONMENT, "%s %s", name, what);
    return SEAL_BROKEN;
}

/* open_trusted: a file of the folder that this user may trust; *fd is open after SEAL_INTACT. */
static enum seal open_trusted(const char *folder, const char *name, int *fd, struct stat *s, struct errmsg *why)
{
    char path[PATH_MAX];
    *fd = file_path(path, folder, name, NULL) == STATUS_OK
              ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
              : -1;
    if (*fd < 0)
        return broken(why, errno == ENOENT ? "is missing" : "cannot be opened", name);
    enum seal found = SEAL_INTACT;
    if (fstat(*fd, s) != 0 || !S_ISREG(s->st_mode)) {
        found = broken(why, "is no file", name);
    } else if (!trust_owned(s) || !trust_closed(s)) {
        found = SEAL_FOREIGN;
        if (trust_owned(s))
            fail(why, STATUS_ENVIRONMENT, "%s may be written by other users", name);
        else
            fail(why, STATUS_ENVIRONMENT, "%s belongs to another user (%u)", name, (unsigned)s->st_uid);
    }
    if (found != SEAL_INTACT)
        close(*fd);
    return found;
}

/* check_line: "digest size name". */
static enum seal check_line(const char *folder, char *line, struct errmsg *why)
{
    char hex[DIGEST_HEX_BYTES], *end = NULL;
    struct stat s;
    int fd = -1;
    if (strlen(line) < DIGEST_HEX_BYTES + 2 || line[DIGEST_HEX_BYTES - 1] != ' ')
        return broken(why, "is damaged", seal_name);
    const long long size = strtoll(line + DIGEST_HEX_BYTES, &end, 10);
    if (*end != ' ' || strstr(end, "..") != NULL || end[1] == '/')
        return broken(why, "is damaged", seal_name);
    const char *name = end + 1;
    const enum seal found = open_trusted(folder, name, &fd, &s, why);
    if (found != SEAL_INTACT)
        return found;
    const bool same = s.st_size == size && digest_of(fd, name, hex) && strncmp(hex, line, DIGEST_HEX_BYTES - 1) == 0;
    close(fd);
    return same ? SEAL_INTACT : broken(why, "is not what it was", name);
}

/* read_seal: its text, the caller's; NULL if there is none that can be trusted (*found says why). */
static char *read_seal(const char *folder, enum seal *found, struct errmsg *why)
{
    char path[PATH_MAX];
    struct stat s;
    int fd = -1;
    *found = open_trusted(folder, seal_name, &fd, &s, why);
    if (*found == SEAL_BROKEN && file_path(path, folder, seal_name, NULL) == STATUS_OK && access(path, F_OK) != 0)
        broken(why, "is missing, as in caches of earlier versions", seal_name);
    if (*found != SEAL_INTACT)
        return NULL;
    char *text = s.st_size < MOST_BYTES ? calloc(1, (size_t)s.st_size + 1) : NULL;
    if (text == NULL || read(fd, text, (size_t)s.st_size) != s.st_size || strlen(text) != (size_t)s.st_size) {
        free(text);
        text = NULL;
        *found = broken(why, "is damaged", seal_name);
    }
    close(fd);
    return text;
}

enum seal seal_check(const char *folder, const char *name, struct errmsg *why)
{
    enum seal found;
    char *text = read_seal(folder, &found, why), *rest = text;
    if (text == NULL)
        return found;
    const char *first = strsep(&rest, "\n");
    const size_t n = strlen(first_line);
    if (rest == NULL || strncmp(first, first_line, n) != 0 || strcmp(first + n, name) != 0)
        found = broken(why, "is that of something else", seal_name);
    while (found == SEAL_INTACT && *rest != '\0') {
        char *line = strsep(&rest, "\n");
        found = rest == NULL ? broken(why, "is damaged", seal_name) : check_line(folder, line, why);
    }
    free(text);
    return found;
}
