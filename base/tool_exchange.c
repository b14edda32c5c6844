#include "base/tool_exchange.h"

#include "base/clock.h"
#include "base/machine.h"
#include "base/stop.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_BYTES = 16384, MARK_BYTES = 64 };

/* What a tool has printed when it ends is in its pipes: it is read well within this time. Longer waits only who left a
 * process behind that holds them open. */
static const double GRACE = 0.5; /* s */

/* drop_middle: makes room by leaving bytes out: of `most` the first quarter stays, and the last one. */
static void drop_middle(struct tool_stream *s)
{
    const size_t part = s->most / 4, lost = s->used - 2 * part;
    memmove(s->bytes + part, s->bytes + s->used - part, part);
    s->lost += lost;
    s->used = 2 * part;
}

/* stream_room: at least a byte more, and one for the 0; false without memory. */
static bool stream_room(struct tool_stream *s)
{
    if (s->used >= s->most)
        drop_middle(s);
    if (s->room - s->used > FIRST_BYTES / 4)
        return true;
    const size_t room = s->room == 0 ? FIRST_BYTES : 2 * s->room;
    char *grown = realloc(s->bytes, room + MARK_BYTES);
    if (grown == NULL)
        return false;
    s->bytes = grown;
    s->room = room;
    return true;
}

/* stream_read: what is there; false after an error. */
static bool stream_read(struct tool_stream *s)
{
    if (!stream_room(s))
        return false;
    const size_t free_bytes = s->room - s->used - 1, most = s->most - s->used;
    const ssize_t got = read(s->fd, s->bytes + s->used, free_bytes < most ? free_bytes : most);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (got <= 0) {
        close(s->fd);
        s->fd = -1;
        return got == 0;
    }
    s->used += (size_t)got;
    return true;
}

bool stream_end(struct tool_stream *s)
{
    char mark[MARK_BYTES];
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    if (s->bytes == NULL && (s->bytes = calloc(1, MARK_BYTES + 1)) == NULL)
        return false;
    if (s->lost > 0) {
        const size_t n = (size_t)snprintf(mark, sizeof mark, "\n[%zu bytes are left out here]\n", s->lost);
        const size_t part = s->most / 4;
        memmove(s->bytes + part + n, s->bytes + part, s->used - part);
        memcpy(s->bytes + part, mark, n);
        s->used += n;
    }
    s->bytes[s->used] = '\0';
    return true;
}

/* has_ended: whether the child is a zombie that waits for this program. */
static bool has_ended(pid_t child)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/* feed: gives the tool more of its input, and closes the pipe after the last byte. */
static void feed(struct exchange *x, bool ready, size_t *sent)
{
    if (x->in >= 0 && ready) {
        const ssize_t n = write(x->in, x->input + *sent, x->input_bytes - *sent);
        if (n > 0)
            *sent += (size_t)n;
        else if (n < 0 && errno != EINTR && errno != EAGAIN)
            *sent = x->input_bytes; /* the tool does not want the rest */
    }
    if (x->in >= 0 && *sent == x->input_bytes) {
        close(x->in);
        x->in = -1;
    }
}

/* What an exchange knows of its child. */
struct watch {
    double looked, weighed, ended; /* by clock_monotonic_s; ended: -1 before that */
    int pause_ms;                  /* how long to wait for the end of one whose pipes are closed */
};

/* watched: whether the exchange is to end now, with *how. */
static bool watched(const struct exchange *x, struct watch *w, enum exchange_end *how)
{
    const double now = clock_monotonic_s();
    const bool closed = x->out.fd < 0 && x->err.fd < 0;
    if (w->ended < 0 && (closed || now - w->looked > 0.1)) {
        w->looked = now;
        if (has_ended(x->child))
            w->ended = now;
    }
    *how = EXCHANGE_DONE;
    if (closed && w->ended >= 0)
        return true;
    if (w->ended >= 0 && now - w->ended > GRACE)
        *how = EXCHANGE_LEFT;
    else if (now >= x->end)
        *how = EXCHANGE_LATE;
    else if (x->stops && stop_requested != 0)
        *how = EXCHANGE_STOPPED;
    else if (x->most_memory > 0 && now - w->weighed > 1) {
        w->weighed = now;
        if (machine_tree_bytes(x->child) > x->most_memory)
            *how = EXCHANGE_HEAVY;
    }
    return *how != EXCHANGE_DONE;
}

/* pause_of: ms that poll may wait. The end of a child wakes nobody, so it is looked for. */
static int pause_of(const struct exchange *x, struct watch *w)
{
    const double left = fmax(1000 * (x->end - clock_monotonic_s()), 0);
    int pause = 200;
    if (x->out.fd < 0 && x->err.fd < 0) {
        pause = w->pause_ms;
        w->pause_ms = w->pause_ms < 64 ? 2 * w->pause_ms : w->pause_ms;
    }
    return left < pause ? (int)left + 1 : pause;
}

enum exchange_end exchange_run(struct exchange *x)
{
    const double now = clock_monotonic_s();
    struct watch w = {.looked = now, .weighed = now, .ended = -1, .pause_ms = 1};
    enum exchange_end how;
    size_t sent = 0;
    feed(x, false, &sent);
    while (!watched(x, &w, &how)) {
        struct pollfd p[3] = {{x->out.fd, POLLIN, 0}, {x->err.fd, POLLIN, 0}, {x->in, POLLOUT, 0}};
        if (poll(p, 3, pause_of(x, &w)) < 0) {
            if (errno == EINTR)
                continue;
            how = EXCHANGE_FAILED;
            break;
        }
        feed(x, p[2].revents != 0, &sent);
        if ((p[0].revents != 0 && !stream_read(&x->out)) || (p[1].revents != 0 && !stream_read(&x->err))) {
            how = EXCHANGE_FAILED;
            break;
        }
    }
    if (x->in >= 0)
        close(x->in);
    x->in = -1;
    return how;
}
