#include "db/sql_guard.h"

#include "base/clock.h"
#include "base/say.h"
#include "base/stop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------------------------------------------------- the watch */

enum { NS = 1000000000, TICK_NS = 100000000, PATIENCE_TICKS = 6, STACK_BYTES = 1 << 20 };

/* What the thread that watches knows of the one that works. limit_ns: of the processor time of that thread; 0: no
 * statement is at work. */
static struct {
    pid_t of; /* the process that has such a thread: a fork has none */
    clockid_t clock;
    atomic_llong limit_ns;
    atomic_ulong statement; /* which one is at work, counted */
    atomic_int wrong;
} watch;

static void end(enum status s, const char *what)
{
    say(stderr,
        "deltasweep: a function in the SQL of `where` or of an option works on and on, and %s: the program ends; what "
        "is finished is kept\n",
        what);
    _exit(status_exit_code(s));
}

static long long used_ns(void)
{
    struct timespec t = {0};
    clock_gettime(watch.clock, &t);
    return (long long)t.tv_sec * NS + t.tv_nsec;
}

static void *watch_on(void *nothing)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    unsigned long seen = 0;
    for (int ticks = 0;; nanosleep(&tick, NULL)) {
        const long long limit = atomic_load(&watch.limit_ns);
        const unsigned long statement = atomic_load(&watch.statement);
        if (limit != 0 && used_ns() > limit)
            end((enum status)atomic_load(&watch.wrong), "takes too long");
        ticks = limit != 0 && stop_requested != 0 && statement == seen ? ticks + 1 : 0;
        seen = statement;
        if (ticks > PATIENCE_TICKS)
            end(STATUS_INTERRUPTED, "the user asked to stop");
    }
    return nothing;
}

/* watch_begin: without the thread, where there is no memory for it, only the functions that look at no clock go on. */
static void watch_begin(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, usual;
    if (watch.of == getpid() || pthread_getcpuclockid(pthread_self(), &watch.clock) != 0 ||
        pthread_attr_init(&attributes) != 0)
        return;
    sigfillset(&all); /* signals are for the thread that works */
    pthread_sigmask(SIG_SETMASK, &all, &usual);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    if (pthread_create(&thread, &attributes, watch_on, NULL) == 0)
        watch.of = getpid();
    pthread_sigmask(SIG_SETMASK, &usual, NULL);
    pthread_attr_destroy(&attributes);
}

/* ------------------------------------------------------------------------- the guard */

/* spend: takes the time since the last look; false if all of it is over. */
static bool spend(struct sql_guard *g)
{
    const double now = clock_thread_s();
    g->left -= now - g->since;
    g->since = now;
    return g->left >= 0;
}

bool sql_guard_pause(struct sql_guard *g)
{
    atomic_store(&watch.limit_ns, 0);
    return spend(g);
}

static int too_long(void *context)
{
    struct sql_guard *g = context;
    return --g->looks < 0 || stop_requested != 0 || !spend(g);
}

void sql_guard_on(sqlite3 *db, struct sql_guard *g, long rows, long steps, int most_text, enum status wrong)
{
    watch_begin();
    *g = (struct sql_guard){.looks = steps / SQL_GUARD_EVERY,
                            .left = SQL_GUARD_SECONDS + (double)rows / 1000,
                            .since = clock_thread_s(),
                            .wrong = wrong};
    sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, SQL_GUARD_PATTERN);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, most_text);
    sqlite3_progress_handler(db, SQL_GUARD_EVERY, too_long, g);
}

void sql_guard_off(sqlite3 *db)
{
    atomic_store(&watch.limit_ns, 0);
    sqlite3_progress_handler(db, 0, NULL, NULL);
}

void sql_guard_resume(struct sql_guard *g)
{
    enum { GRACE_S = 1 };
    g->since = clock_thread_s();
    atomic_fetch_add(&watch.statement, 1);
    atomic_store(&watch.wrong, (int)g->wrong);
    atomic_store(&watch.limit_ns, (long long)((g->since + (g->left > 0 ? g->left : 0) + GRACE_S) * NS));
}

void sql_strict(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}
