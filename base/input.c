#include "base/input.h"

#include "base/machine.h"
#include "base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const struct {
    size_t most_mib;
    bool is_text;
    const char *what, *instead;
} inputs[] = {
#define INPUT(id, most_mib, is_text, what, instead) {most_mib, is_text, what, instead},
#include "base/input.def"
#undef INPUT
};

enum { SMALL_MIB = 64, MIB_SHIFT = 20 };

size_t input_bytes(enum input kind)
{
    return inputs[kind].most_mib << MIB_SHIFT;
}

size_t input_most(enum input kind)
{
    const size_t most = input_bytes(kind);
    if (inputs[kind].most_mib <= SMALL_MIB)
        return most;
    const double share = machine_memory_bytes() / 4;
    return share > 0 && share < (double)most ? (size_t)share : most;
}

const char *input_what(enum input kind)
{
    return inputs[kind].what;
}

bool input_is_text(enum input kind)
{
    return inputs[kind].is_text;
}

enum status input_too_large(const char *path, enum input kind, struct errmsg *e)
{
    return fail(e, STATUS_INPUT, "%s has more than %zu MiB, the most that is read of %s: %s", path,
                input_most(kind) >> MIB_SHIFT, inputs[kind].what, inputs[kind].instead);
}

/* is_terminal: by its number; to open another device may do something. */
static bool is_terminal(const struct stat *about)
{
    enum { VIRTUAL = 4, OWN = 5, PSEUDO = 136, LAST_PSEUDO = 143 }; /* Documentation/admin-guide/devices.txt of Linux */
    const unsigned n = major(about->st_rdev);
    return S_ISCHR(about->st_mode) && (n == VIRTUAL || n == OWN || (n >= PSEUDO && n <= LAST_PSEUDO));
}

/* check_about: input_check of what stat says. */
static enum status check_about(const char *path, const struct stat *about, enum input kind, struct errmsg *e)
{
    const bool stream = S_ISFIFO(about->st_mode) || S_ISSOCK(about->st_mode) || is_terminal(about);
    if (S_ISDIR(about->st_mode) || (stream && inputs[kind].is_text))
        return STATUS_OK;
    if (!S_ISREG(about->st_mode))
        return fail(e, STATUS_INPUT, "%s: it is a pipe or a device, no file; copy what it gives into a file", path);
    const bool too_large = about->st_size > 0 && (uint64_t)about->st_size > input_most(kind);
    return too_large ? input_too_large(path, kind, e) : STATUS_OK;
}

enum status input_check(const char *path, enum input kind, struct errmsg *e)
{
    struct stat about;
    return stat(path, &about) == 0 ? check_about(path, &about, kind, e) : STATUS_OK;
}

/* open_input: opens a file without waiting for whoever writes to a pipe. */
static enum status open_input(const char *path, enum input kind, int *fd, struct errmsg *e)
{
    struct stat about;
    enum status s = input_check(path, kind, e);
    *fd = -1;
    if (s != STATUS_OK)
        return s;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &about) != 0)
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot read %s", path);
    else
        s = check_about(path, &about, kind, e);
    if (s != STATUS_OK && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return s;
}

/* wait_for_bytes: until a pipe has some, or its writers are gone; false if there is no writer for some seconds. */
static bool wait_for_bytes(int fd)
{
    enum { PATIENCE_MS = 5000 };
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, PATIENCE_MS) != 0;
}

/* read_some: as read, but waits where a pipe has nothing yet. 0 with *deserted: nobody writes to it. */
static ssize_t read_some(int fd, char *bytes, size_t n, bool *deserted)
{
    for (;;) {
        const bool came = wait_for_bytes(fd);
        const ssize_t got = read(fd, bytes, n);
        if (got >= 0) {
            *deserted = got == 0 && !came;
            return got;
        }
        if ((errno != EAGAIN && errno != EINTR) || stop_requested != 0)
            return got;
    }
}

/* read_all: to the end; *text and *room belong to the caller also on failure. */
static enum status read_all(int fd, const char *path, enum input kind, char **text, size_t *used, struct errmsg *e)
{
    const size_t most = input_most(kind);
    struct stat about;
    size_t room = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? (size_t)about.st_size + 2 : 16384;
    bool deserted = false;
    for (*used = 0;;) {
        if (*text == NULL || room - *used < 2) {
            room = *text == NULL ? room : 2 * room < most + 2 ? 2 * room : most + 2;
            char *grown = realloc(*text, room);
            if (grown == NULL)
                return fail(e, STATUS_ENVIRONMENT, "out of memory for %s", path);
            *text = grown;
        }
        const ssize_t got = read_some(fd, *text + *used, room - *used - 1, &deserted);
        if (got < 0)
            return stop_requested != 0 ? stop_check(e) : fail_errno(e, STATUS_ENVIRONMENT, "cannot read %s", path);
        if (deserted && *used == 0)
            return fail(e, STATUS_INPUT, "%s is a pipe to which nobody writes: start its writer first, or name a file",
                        path);
        *used += (size_t)got;
        if (*used > most)
            return input_too_large(path, kind, e);
        if (got == 0)
            break;
    }
    (*text)[*used] = '\0';
    return STATUS_OK;
}

enum status input_read(const char *path, enum input kind, char **text, size_t *bytes, struct errmsg *e)
{
    int fd = -1;
    char *all = NULL;
    size_t used = 0;
    *text = NULL;
    *bytes = 0;
    enum status s = open_input(path, kind, &fd, e);
    if (s != STATUS_OK)
        return s;
    s = read_all(fd, path, kind, &all, &used, e);
    close(fd);
    if (s != STATUS_OK) {
        free(all);
        return s;
    }
    *text = all;
    *bytes = used;
    return STATUS_OK;
}

enum status input_read_stdin(enum input kind, char **text, struct errmsg *e)
{
    size_t bytes = 0;
    *text = NULL;
    const enum status s = read_all(STDIN_FILENO, "standard input", kind, text, &bytes, e);
    if (s != STATUS_OK) {
        free(*text);
        *text = NULL;
    }
    return s;
}
