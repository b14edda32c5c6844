/* Preloaded (LD_PRELOAD) into the program under test: somebody sets the wall clock. With CLOCK_JUMP=SECONDS it jumps by
 * so much once, at the tenth look; else each look at it is an hour before the last one. Clocks that only run on are
 * left alone. */
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t looks;

static time_t step(time_t t)
{
    const time_t look = __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
    const char *jump = getenv("CLOCK_JUMP");
    if (jump == NULL)
        return t - 3600 * look;
    return look < 10 ? t : t + atol(jump);
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    const int rc = (int)syscall(SYS_clock_gettime, id, t);
    if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        t->tv_sec = step(t->tv_sec);
    return rc;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *t)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t != NULL)
        *t = now.tv_sec;
    return now.tv_sec;
}
