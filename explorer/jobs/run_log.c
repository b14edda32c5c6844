#include "explorer/jobs/run_log.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/output.h"
#include "base/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run_log {
    int fd; /* -1: it could not be written */
    const char *path;
    struct json json;
    FILE *line; /* of the event that is being made */
    char *text;
    size_t bytes;
};

/* is_log: whether the file is empty or begins as a log does. A pipe or a device has no content. */
static bool is_log(const char *path)
{
    char first = '{';
    const int fd = file_is_special(path) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    const bool log = fd < 0 || read(fd, &first, 1) <= 0 || first == '{';
    if (fd >= 0)
        close(fd);
    return log;
}

/* open_file: *fd = the file. A pipe that nobody reads is an error, where waiting for a reader would hang for good. */
static enum status open_file(const char *path, const char *db, int *fd, struct errmsg *e)
{
    struct errmsg why = {""};
    const bool there = access(path, F_OK) == 0;
    *fd = -1;
    const enum status st = output_check(path, &why);
    if (st != STATUS_OK)
        return fail(e, st, "--log-json: %s", why.text);
    if (!is_log(path))
        return fail(e, STATUS_USAGE, "--log-json: %s holds something else than a log: name another file", path);
    *fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (*fd < 0 && errno == ENXIO)
        return fail(e, STATUS_ENVIRONMENT, "--log-json: nobody reads from %s: start its reader first", path);
    if (*fd < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "--log-json: cannot write %s", path);
    if (file_is_same(path, db)) {
        if (!there)
            unlink(path);
        return fail(e, STATUS_USAGE, "--log-json: %s is the database: name another file", path);
    }
    if (fcntl(*fd, F_SETFL, O_APPEND) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "--log-json: cannot write %s", path);
    return STATUS_OK;
}

enum status run_log_open(const char *path, const char *db, struct run_log **out, struct errmsg *e)
{
    struct run_log *log = calloc(1, sizeof *log);
    *out = NULL;
    if (log == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    log->path = path;
    const enum status st = open_file(path, db, &log->fd, e);
    if (st != STATUS_OK)
        run_log_close(log);
    else
        *out = log;
    return st;
}

void run_log_close(struct run_log *log)
{
    if (log == NULL)
        return;
    if (log->fd >= 0)
        close(log->fd);
    free(log);
}

/* give_up: the log cannot be written. */
static void give_up(struct run_log *log, const char *why)
{
    say(stderr, "deltasweep: --log-json: cannot write %s (%s): the events from here on are not logged\n", log->path,
        why);
    close(log->fd);
    log->fd = -1;
}

struct json *run_log_begin(struct run_log *log, const char *event)
{
    char now[CLOCK_ISO_BYTES];
    if (log == NULL || log->fd < 0)
        return NULL;
    log->text = NULL;
    log->line = open_memstream(&log->text, &log->bytes);
    if (log->line == NULL) {
        give_up(log, "out of memory");
        return NULL;
    }
    clock_iso(clock_wall_s(), now);
    json_put_begin(&log->json, log->line);
    json_put_open(&log->json, NULL, '{', true);
    json_put_text(&log->json, "time", now);
    json_put_text(&log->json, "event", event);
    return &log->json;
}

void run_log_end(struct run_log *log)
{
    json_put_close(&log->json);
    errno = ENOMEM;
    const bool made = fclose(log->line) == 0 && log->text != NULL;
    if (!made || write(log->fd, log->text, log->bytes) != (ssize_t)log->bytes)
        give_up(log, strerror(errno));
    free(log->text);
}
