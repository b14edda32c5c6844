#include "explorer/jobs/pool.h"

#include "base/clock.h"
#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { MAGIC = 0x7077736c, NOTE = 1, ANSWER = 2, ORDER = 3 };

/* A worker that was quick is kept for the next piece of work: it takes some ms to make one, with all that the libraries
 * do at their first call. One that worked long ends, and leaves nothing behind. */
static const double QUICK = 0.2; /* s */
enum { MOST_ORDERS = 500 };

/* What goes before every message. Both ends are the same program: host byte order. */
struct frame {
    uint32_t magic, type;
    uint64_t bytes;
    uint32_t crc, pad; /* CRC-32 of the message */
};

struct pool_link {
    int fd, log_fd;
};

struct worker {
    pid_t pid; /* 0: the place is free */
    int id, fd, log_fd;   /* log_fd: a file in memory, that of the piece it does; -1: there is none */
    int orders;           /* where it is told what to do next; -1: it does one piece of work */
    int n_orders;
    bool idle;            /* it waits for an order */
    unsigned char *bytes; /* what came and was not yet given to the caller */
    size_t used, room;
    bool answered;
    unsigned char *answer;
    size_t answer_bytes;
    struct errmsg nonsense; /* why its messages cannot be trusted, "" if they can */
    struct errmsg limited;  /* why it was ended, "" if it was not */
    struct pool_limits limits; /* of the piece it does */
    char mark[MACHINE_MARK_BYTES]; /* of all that it starts */
    double started; /* by clock_monotonic_s */
};

struct pool {
    int n_workers, running;
    const volatile sig_atomic_t *stop;
    pool_serve *serve;
    void *context; /* of serve */
    struct worker *workers;
    struct pollfd *polls;
    unsigned char *given; /* bytes of the last event */
    char *given_log;      /* and its log */
    struct pool_limits limits;
    double weighed; /* when the memory of the workers was last looked at */
};

/* --------------------------------------------------------------------- in a worker */

/* write_all: a parent that is gone ends the worker. */
static void write_all(int fd, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    while (n > 0) {
        const ssize_t sent = write(fd, p, n);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            _exit(1);
        p += sent;
        n -= (size_t)sent;
    }
}

static uint32_t checksum(const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(0, bytes, n);
}

static void send_frame(struct pool_link *link, uint32_t type, const void *bytes, size_t n)
{
    const struct frame f = {MAGIC, type, n, checksum(bytes, n), 0};
    write_all(link->fd, &f, sizeof f);
    write_all(link->fd, bytes, n);
}

void pool_note(struct pool_link *link, const void *bytes, size_t n)
{
    send_frame(link, NOTE, bytes, n);
}

void pool_answer(struct pool_link *link, const void *bytes, size_t n)
{
    send_frame(link, ANSWER, bytes, n);
}

int pool_log(const struct pool_link *link)
{
    return link->log_fd;
}

/* die_with_group: the parent is dead. This ends the worker, every tool that it started,
 * and their children. */
static void die_with_group(int signal_number)
{
    (void)signal_number;
    kill(0, SIGKILL);
}

/* read_all: false at the end of what is there. */
static bool read_all(int fd, void *bytes, size_t n)
{
    unsigned char *p = bytes;
    while (n > 0) {
        const ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* next_order: waits for it; the input is the caller's (free). false: there is none any more. */
static bool next_order(int orders, int *id, unsigned char **input, size_t *n)
{
    struct frame f;
    if (!read_all(orders, &f, sizeof f) || f.magic != MAGIC || f.type != ORDER)
        return false;
    *id = (int)f.crc;
    *n = (size_t)f.bytes;
    *input = malloc(*n + 1);
    if (*input == NULL || !read_all(orders, *input, *n)) {
        free(*input);
        return false;
    }
    return true;
}

static void prepare_worker(pid_t parent, int log_fd, const char *mark)
{
    static const int back_to_default[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD};
    sigset_t none;
    setpgid(0, 0);
    setenv(MACHINE_MARK, mark, 1);
    for (size_t i = 0; i < sizeof back_to_default / sizeof back_to_default[0]; i++)
        signal(back_to_default[i], SIG_DFL);
    signal(SIGUSR1, die_with_group);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (log_fd >= 0)
        dup2(log_fd, STDERR_FILENO);
    if (getppid() != parent)
        _exit(1); /* it died before it could be watched */
}

static void worker_main(pid_t parent, int fd, int log_fd, const char *mark,
                        void (*work)(void *context, struct pool_link *link), void *context)
{
    struct pool_link link = {fd, log_fd};
    prepare_worker(parent, log_fd, mark);
    work(context, &link);
    _exit(0); /* no handlers, no buffers of the parent's: they are not this process's to flush */
}

/* serving_main: a worker that is told what to do. The first order needs no way: the memory is the parent's. */
static void serving_main(pid_t parent, const struct pool *p, int fd, int log_fd, const char *mark, int orders, int id,
                         const void *input, size_t n)
{
    struct pool_link link = {fd, log_fd};
    unsigned char *bytes = NULL;
    prepare_worker(parent, log_fd, mark);
    p->serve(p->context, id, input, n, &link);
    while (next_order(orders, &id, &bytes, &n)) {
        p->serve(p->context, id, bytes, n, &link);
        free(bytes);
    }
    _exit(0);
}

/* -------------------------------------------------------------------- in the parent */

enum status pool_new(int workers, const volatile sig_atomic_t *stop, struct pool **out, struct errmsg *e)
{
    struct pool *p = calloc(1, sizeof *p);
    *out = NULL;
    if (p != NULL) {
        p->n_workers = workers;
        p->stop = stop;
        p->workers = calloc((size_t)workers, sizeof *p->workers);
        p->polls = calloc((size_t)workers, sizeof *p->polls);
    }
    if (p == NULL || p->workers == NULL || p->polls == NULL) {
        pool_free(p);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d workers", workers);
    }
    *out = p;
    return STATUS_OK;
}

/* release: ends the worker's group (tools that it left behind), reaps it, frees its place. One that ended badly may
 * have left some in sessions of their own. */
static int release(struct pool *p, struct worker *w)
{
    int how = 0;
    close(w->fd);
    if (w->orders >= 0)
        close(w->orders);
    kill(-w->pid, SIGKILL);
    while (waitpid(w->pid, &how, 0) < 0 && errno == EINTR)
        ;
    if (how != 0 && !w->idle)
        machine_end_tree(-1, w->mark, false);
    if (w->log_fd >= 0)
        close(w->log_fd);
    free(w->bytes);
    free(w->answer);
    p->running -= !w->idle;
    memset(w, 0, sizeof *w);
    return how;
}

void pool_free(struct pool *p)
{
    if (p == NULL)
        return;
    for (int i = 0; p->workers != NULL && i < p->n_workers; i++) /* all at once, then wait */
        if (p->workers[i].pid > 0)
            kill(-p->workers[i].pid, SIGKILL); /* release looks for the rest */
    for (int i = 0; p->workers != NULL && i < p->n_workers; i++)
        if (p->workers[i].pid > 0)
            release(p, &p->workers[i]);
    free(p->workers);
    free(p->polls);
    free(p->given);
    free(p->given_log);
    free(p);
}

int pool_pid(const struct pool *p, int i, int *id, double *seconds)
{
    for (int k = 0; k < p->n_workers; k++)
        if (p->workers[k].pid > 0 && !p->workers[k].idle && i-- == 0) {
            *id = p->workers[k].id;
            *seconds = clock_monotonic_s() - p->workers[k].started;
            return p->workers[k].pid;
        }
    return 0;
}

bool pool_full(const struct pool *p)
{
    return p->running == p->n_workers;
}

int pool_running(const struct pool *p)
{
    return p->running;
}

/* leave_pipes: in a new worker: the other workers' pipes are not this one's; a reader must see their end. */
static void leave_pipes(const struct pool *p)
{
    for (int i = 0; i < p->n_workers; i++) {
        if (p->workers[i].pid <= 0)
            continue;
        close(p->workers[i].fd);
        if (p->workers[i].orders >= 0)
            close(p->workers[i].orders);
    }
}

/* free_place: for one more worker; there is one unless the pool is full. */
static struct worker *free_place(struct pool *p)
{
    for (int i = 0; i < p->n_workers; i++)
        if (p->workers[i].pid == 0)
            return &p->workers[i];
    for (int i = 0; i < p->n_workers; i++)
        if (p->workers[i].idle) {
            release(p, &p->workers[i]);
            return &p->workers[i];
        }
    return NULL;
}

/* make_log: a file in memory, to which all is appended, also after it was emptied; -1: it cannot be made. */
static int make_log(void)
{
    const int fd = memfd_create("job", MFD_CLOEXEC);
    if (fd >= 0)
        fcntl(fd, F_SETFL, O_APPEND);
    return fd;
}

/* a worker in the place w, born to do piece id. */
static void born(struct pool *p, struct worker *w, pid_t pid, int id, int fd, int orders, int log_fd, const char *mark)
{
    setpgid(pid, pid); /* both do it: whoever comes first */
    fcntl(fd, F_SETFL, O_NONBLOCK);
    *w = (struct worker){
        .pid = pid, .id = id, .fd = fd, .log_fd = log_fd, .orders = orders, .n_orders = 1, .limits = p->limits,
        .started = clock_monotonic_s()};
    snprintf(w->mark, sizeof w->mark, "%s", mark);
    p->running++;
}

enum status pool_start(struct pool *p, int id, void (*work)(void *context, struct pool_link *link), void *context,
                       struct errmsg *e)
{
    int fds[2];
    struct worker *w = free_place(p);
    if (pipe2(fds, O_CLOEXEC) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make a pipe for a worker");
    const int log_fd = make_log();
    const pid_t parent = getpid();
    char mark[MACHINE_MARK_BYTES];
    machine_new_mark(mark);
    const pid_t pid = fork();
    if (pid < 0) {
        const enum status st = fail_errno(e, STATUS_ENVIRONMENT, "cannot start a worker process");
        close(fds[0]);
        close(fds[1]);
        if (log_fd >= 0)
            close(log_fd);
        return st;
    }
    if (pid == 0) {
        leave_pipes(p);
        close(fds[0]);
        worker_main(parent, fds[1], log_fd, mark, work, context);
    }
    close(fds[1]);
    born(p, w, pid, id, fds[0], -1, log_fd, mark);
    return STATUS_OK;
}

void pool_keep(struct pool *p, pool_serve *serve, void *context)
{
    p->serve = serve;
    p->context = context;
}

/* order: tells an idle worker what to do; false if it is gone. */
static bool order(struct pool *p, struct worker *w, int id, const void *input, size_t n)
{
    const struct frame f = {MAGIC, ORDER, n, (uint32_t)id, 0};
    const struct {
        const void *bytes;
        size_t n;
    } parts[] = {{&f, sizeof f}, {input, n}};
    if (w->log_fd >= 0 && ftruncate(w->log_fd, 0) != 0)
        return false; /* it must not keep what an earlier piece wrote */
    for (int k = 0; k < 2; k++)
        for (size_t sent = 0; sent < parts[k].n;) {
            const ssize_t more = send(w->orders, (const char *)parts[k].bytes + sent, parts[k].n - sent, MSG_NOSIGNAL);
            if (more < 0 && errno == EINTR)
                continue;
            if (more < 0)
                return false;
            sent += (size_t)more;
        }
    w->id = id;
    w->idle = false;
    w->limits = p->limits;
    w->n_orders++;
    w->started = clock_monotonic_s();
    p->running++;
    return true;
}

enum status pool_give(struct pool *p, int id, const void *input, size_t n, struct errmsg *e)
{
    int fds[2], orders[2];
    for (int i = 0; i < p->n_workers; i++)
        if (p->workers[i].idle) {
            if (order(p, &p->workers[i], id, input, n))
                return STATUS_OK;
            release(p, &p->workers[i]);
        }
    struct worker *w = free_place(p);
    if (pipe2(fds, O_CLOEXEC) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot make a pipe for a worker");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, orders) != 0) {
        const enum status st = fail_errno(e, STATUS_ENVIRONMENT, "cannot make a socket for a worker");
        close(fds[0]);
        close(fds[1]);
        return st;
    }
    const int log_fd = make_log();
    const pid_t parent = getpid();
    char mark[MACHINE_MARK_BYTES];
    machine_new_mark(mark);
    const pid_t pid = fork();
    if (pid == 0) {
        leave_pipes(p);
        close(fds[0]);
        close(orders[0]);
        serving_main(parent, p, fds[1], log_fd, mark, orders[1], id, input, n);
    }
    const enum status st = pid > 0 ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot start a worker process");
    close(fds[1]);
    close(orders[1]);
    if (pid > 0) {
        born(p, w, pid, id, fds[0], orders[0], log_fd, mark);
    } else {
        if (log_fd >= 0)
            close(log_fd);
        close(fds[0]);
        close(orders[0]);
    }
    return st;
}

/* read_log: what is in the worker's log; NULL: nothing. */
static char *read_log(const struct worker *w)
{
    struct stat info;
    if (w->log_fd < 0 || fstat(w->log_fd, &info) != 0 || info.st_size <= 0)
        return NULL;
    char *text = malloc((size_t)info.st_size + 1);
    const ssize_t n = text == NULL ? -1 : pread(w->log_fd, text, (size_t)info.st_size, 0);
    if (n <= 0) {
        free(text);
        return NULL;
    }
    text[n] = '\0';
    for (ssize_t i = 0; i < n; i++) /* it is a text */
        text[i] = text[i] == '\0' ? ' ' : text[i];
    return text;
}

/* rest: gives the caller the answer of a worker that serves, and keeps the worker if it was quick; else it is told that
 * there are no more orders, and ends. */
static bool rest(struct pool *p, struct worker *w, struct pool_event *event)
{
    const double seconds = clock_monotonic_s() - w->started;
    if (!w->answered || w->orders < 0 || w->used > 0 || w->nonsense.text[0] != '\0')
        return false;
    if (seconds > QUICK || w->n_orders >= MOST_ORDERS) {
        close(w->orders);
        w->orders = -1;
        return false;
    }
    *event = (struct pool_event){
        .type = POOL_ANSWER, .id = w->id, .bytes = w->answer, .n_bytes = w->answer_bytes, .seconds = seconds};
    p->given = w->answer;
    event->log = p->given_log = read_log(w);
    w->answer = NULL;
    w->answered = false;
    w->idle = true;
    p->running--;
    return true;
}

/* take_frame: the next whole message of w, if there is one, moved to *bytes. */
static bool take_frame(struct worker *w, uint32_t *type, unsigned char **bytes, size_t *n)
{
    struct frame f;
    if (w->nonsense.text[0] != '\0' || w->used < sizeof f)
        return false;
    memcpy(&f, w->bytes, sizeof f);
    if (f.magic != MAGIC || (f.type != NOTE && f.type != ANSWER) || f.bytes > POOL_MAX_FRAME) {
        fail(&w->nonsense, STATUS_ENVIRONMENT, "the worker sent something that is not a message");
        return false;
    }
    const size_t whole = sizeof f + (size_t)f.bytes;
    if (w->used < whole)
        return false;
    if (checksum(w->bytes + sizeof f, (size_t)f.bytes) != f.crc) {
        fail(&w->nonsense, STATUS_ENVIRONMENT, "the worker's message came damaged");
        return false;
    }
    *bytes = malloc((size_t)f.bytes + 1);
    if (*bytes == NULL) {
        fail(&w->nonsense, STATUS_ENVIRONMENT, "no memory for the worker's message of %zu bytes", (size_t)f.bytes);
        return false;
    }
    memcpy(*bytes, w->bytes + sizeof f, (size_t)f.bytes);
    *n = (size_t)f.bytes;
    *type = f.type;
    memmove(w->bytes, w->bytes + whole, w->used - whole);
    w->used -= whole;
    return true;
}

/* next_note: gives the caller a note; an answer is kept until the worker is gone. */
static bool next_note(struct pool *p, struct worker *w, struct pool_event *event)
{
    uint32_t type = 0;
    unsigned char *bytes = NULL;
    size_t n = 0;
    while (take_frame(w, &type, &bytes, &n)) {
        if (type == NOTE) {
            p->given = bytes;
            *event = (struct pool_event){.type = POOL_NOTE, .id = w->id, .bytes = bytes, .n_bytes = n};
            return true;
        }
        if (w->answered) {
            free(bytes);
            fail(&w->nonsense, STATUS_ENVIRONMENT, "the worker answered twice");
            return false;
        }
        w->answered = true;
        w->answer = bytes;
        w->answer_bytes = n;
    }
    return false;
}

/* finish: the worker has closed its pipe. */
static void finish(struct pool *p, struct worker *w, struct pool_event *event)
{
    *event = (struct pool_event){.type = POOL_LOST, .id = w->id, .seconds = clock_monotonic_s() - w->started};
    const bool torn = w->used > 0, answered = w->answered;
    const struct errmsg nonsense = w->nonsense, limited = w->limited;
    unsigned char *answer = w->answer;
    const size_t answer_bytes = w->answer_bytes;
    int how = 0;
    w->answer = NULL;
    /* The pipe's end may come a moment before the exit. Wait for that, or the kill in
     * release would hide how the worker ended; one that lives on is given a second. */
    for (int tries = 0; tries < 100; tries++) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0)
            break;
        usleep(10000);
    }
    event->log = p->given_log = read_log(w);
    how = release(p, w);
    const bool ended_well = WIFEXITED(how) && WEXITSTATUS(how) == 0;
    if (limited.text[0] != '\0') {
        event->type = POOL_LIMIT;
        event->why = limited;
    } else if (nonsense.text[0] != '\0')
        event->why = nonsense;
    else if (answered && ended_well && !torn) {
        event->type = POOL_ANSWER;
        event->bytes = p->given = answer;
        event->n_bytes = answer_bytes;
        return;
    } else if (WIFSIGNALED(how))
        fail(&event->why, STATUS_ENVIRONMENT, "the worker was killed by signal %d (%s)", WTERMSIG(how),
             strsignal(WTERMSIG(how)));
    else
        fail(&event->why, STATUS_ENVIRONMENT, "the worker ended with exit code %d and no result", WEXITSTATUS(how));
    free(answer);
}

/* fill: reads what is there. Returns false at the pipe's end. */
static bool fill(struct worker *w)
{
    enum { STEP = 1 << 16 };
    for (;;) {
        if (w->room - w->used < STEP) {
            const size_t room = w->room == 0 ? 2 * (size_t)STEP : 2 * w->room;
            unsigned char *grown = realloc(w->bytes, room);
            if (grown == NULL) {
                fail(&w->nonsense, STATUS_ENVIRONMENT, "no memory for the worker's result");
                return false;
            }
            w->bytes = grown;
            w->room = room;
        }
        const ssize_t got = read(w->fd, w->bytes + w->used, w->room - w->used);
        if (got > 0) {
            w->used += (size_t)got;
            if (w->used > (size_t)POOL_MAX_FRAME + sizeof(struct frame)) {
                fail(&w->nonsense, STATUS_ENVIRONMENT, "the worker sent more than a result can be");
                return false;
            }
            continue;
        }
        if (got < 0 && errno == EINTR)
            continue;
        return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
}

void pool_limit(struct pool *p, const struct pool_limits *limits)
{
    p->limits = *limits;
}

/* keep_limits: ends workers that take too much; their pipes then close. */
static void keep_limits(struct pool *p)
{
    const double now = clock_monotonic_s();
    const bool weigh = now - p->weighed >= 1;
    if (weigh)
        p->weighed = now;
    for (int i = 0; i < p->n_workers; i++) {
        struct worker *w = &p->workers[i];
        if (w->pid <= 0 || w->idle || w->limited.text[0] != '\0')
            continue;
        const struct pool_limits *most = &w->limits;
        const double took = now - w->started;
        const double bytes = weigh && took > 1 && most->bytes > 0 ? machine_tree_bytes(w->pid) : 0;
        if (most->seconds > 0 && took > most->seconds)
            fail(&w->limited, STATUS_ENVIRONMENT, "it was ended after %.3g s, the limit for a job; %s", took,
                 most->more_time);
        else if (most->bytes > 0 && bytes > most->bytes)
            fail(&w->limited, STATUS_ENVIRONMENT,
                 "it was ended when it used %.0f MB of memory, and the limit for a job is %.0f MB; %s",
                 bytes / (1 << 20), most->bytes / (1 << 20), most->more_memory);
        else
            continue;
        machine_end_tree(w->pid, w->mark, true);
    }
}

enum status pool_wait(struct pool *p, int timeout_ms, struct pool_event *event, struct errmsg *e)
{
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};

    free(p->given);
    free(p->given_log);
    p->given = NULL;
    p->given_log = NULL;
    keep_limits(p);
    *event = (struct pool_event){.type = POOL_NOTHING, .id = -1};
    for (int i = 0; i < p->n_workers; i++) { /* messages that came together with an earlier one */
        struct worker *w = &p->workers[i];
        if (w->pid > 0 && !w->idle && (next_note(p, w, event) || rest(p, w, event)))
            return STATUS_OK;
    }
    for (int i = 0; i < p->n_workers; i++)
        p->polls[i] = (struct pollfd){p->workers[i].pid > 0 ? p->workers[i].fd : -1, POLLIN, 0};
    /* Blocked but for the wait itself: a signal between the look and the wait is not missed. */
    sigset_t asks, before;
    sigemptyset(&asks);
    sigaddset(&asks, SIGINT);
    sigaddset(&asks, SIGTERM);
    sigaddset(&asks, SIGHUP);
    sigprocmask(SIG_BLOCK, &asks, &before);
    const int ready = *p->stop != 0 ? 0 : ppoll(p->polls, (nfds_t)p->n_workers, &timeout, &before);
    const int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    if (*p->stop != 0) {
        event->type = POOL_STOP;
        return STATUS_OK;
    }
    if (ready < 0 && errno != EINTR)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot wait for the workers");
    for (int i = 0; ready > 0 && i < p->n_workers; i++) {
        struct worker *w = &p->workers[i];
        if (p->polls[i].revents == 0)
            continue;
        const bool open = fill(w);
        if (w->idle) { /* it was killed, or says something out of turn */
            release(p, w);
            continue;
        }
        if (next_note(p, w, event) || (open && rest(p, w, event)))
            return STATUS_OK; /* a closed pipe is seen again by the next call */
        if (!open || w->nonsense.text[0] != '\0') {
            finish(p, w, event);
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}
