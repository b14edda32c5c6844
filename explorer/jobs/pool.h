/* Worker processes: each does one piece of work and hands its result back over a pipe. A worker that crashes, is killed
 * or sends nonsense costs only its own work. The pool itself has one thread. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <signal.h>

struct pool;

/* A worker's end of its pipe. */
struct pool_link;

/* pool_note: in a worker: sends news while it works (an epoch is done). */
void pool_note(struct pool_link *link, const void *bytes, size_t n);
/* pool_log: in a worker: a file for all that should be known if it fails or crashes; its standard error goes there,
 * too. */
int pool_log(const struct pool_link *link);
/* pool_answer: in a worker: sends its result, once and last. */
void pool_answer(struct pool_link *link, const void *bytes, size_t n);

enum { POOL_MAX_FRAME = 1 << 30 }; /* bytes; a longer message is nonsense */

enum pool_event_type {
    POOL_NOTE,    /* bytes: what pool_note sent */
    POOL_ANSWER,  /* bytes: what pool_answer sent; the worker has ended, or is free for the next piece */
    POOL_LOST,    /* the worker has crashed: it ended without an answer; why says how */
    POOL_LIMIT,   /* the worker took more than its limits and was ended, with all that it started; why says which */
    POOL_NOTHING, /* the time is up */
    POOL_STOP,    /* *stop became nonzero */
};

struct pool_event {
    enum pool_event_type type;
    int id;               /* as given to pool_start */
    unsigned char *bytes; /* owned by the pool, valid until the next pool_wait */
    size_t n_bytes;
    struct errmsg why; /* POOL_LOST, POOL_LIMIT */
    double seconds;    /* POOL_ANSWER, POOL_LOST, POOL_LIMIT: s since the worker began with this piece */
    char *log; /* the same: what the piece wrote to its log; owned by the pool, valid as bytes; NULL: nothing, or no memory */
};

/* pool_new: for at most so many workers at once. The handlers of SIGINT, SIGTERM and SIGHUP set *stop, and pool_wait
 * returns as soon as it is nonzero. */
enum status pool_new(int workers, const volatile sig_atomic_t *stop, struct pool **out, struct errmsg *e);

/* pool_limit: how long a piece of work that is given from now on may take, and how many bytes of memory with all that it
 * starts; 0: no limit. The remedies are said in the messages; borrowed. */
struct pool_limits {
    double seconds, bytes;
    const char *more_time, *more_memory; /* "--job-time gives a job more" */
};
void pool_limit(struct pool *p, const struct pool_limits *limits);

/* pool_free: kills the workers that still run, with all processes that they started, and waits for their end. */
void pool_free(struct pool *p);

/* pool_pid: the process of worker number i (from 0) that runs, and what it was given to do; 0 where fewer run. */
int pool_pid(const struct pool *p, int i, int *id, double *seconds);

bool pool_full(const struct pool *p);
int pool_running(const struct pool *p);

/* pool_start: forks a worker that calls work(context, link) and then exits. The worker has a process group of its own,
 * its signals have their default action, and the whole group is killed if this process dies. */
enum status pool_start(struct pool *p, int id, void (*work)(void *context, struct pool_link *link), void *context,
                       struct errmsg *e);

/* pool_keep: how workers of pool_give do piece id of the work: serve(context, id, input, n, link), which answers through
 * link. A worker that was quick is kept and does further pieces, so what serve leaves in memory stays. context is as it
 * was when the worker began. pool_give: as pool_start, for a piece that such a worker does. */
typedef void pool_serve(void *context, int id, const void *input, size_t n, struct pool_link *link);
void pool_keep(struct pool *p, pool_serve *serve, void *context);
enum status pool_give(struct pool *p, int id, const void *input, size_t n, struct errmsg *e);

/* pool_wait: waits at most timeout_ms for the next event. */
enum status pool_wait(struct pool *p, int timeout_ms, struct pool_event *event, struct errmsg *e);
