#include "explorer/jobs/run_log.h"

#include "base/clock.h"

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

enum status run_log_open(const char *path, struct run_log **out, struct errmsg *e)
{
    struct run_log *log = calloc(1, sizeof *log);
    *out = NULL;
    if (log == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    log->path = path;
    log->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (log->fd < 0) {
        free(log);
        return fail_errno(e, STATUS_ENVIRONMENT, "--log-json: cannot write %s", path);
    }
    *out = log;
    return STATUS_OK;
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
    fprintf(stderr, "deltasweep: --log-json: cannot write %s (%s): the events from here on are not logged\n", log->path,
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
