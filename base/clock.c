#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

static double read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double clock_monotonic_s(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double clock_thread_s(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double clock_wall_s(void)
{
    return read_clock(CLOCK_REALTIME);
}

void clock_local(char text[16])
{
    const time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    strftime(text, 16, "%H:%M:%S", &tm);
}

void clock_iso(double seconds, char text[CLOCK_ISO_BYTES])
{
    const time_t whole = (time_t)floor(seconds);
    struct tm tm;
    gmtime_r(&whole, &tm);
    const size_t n = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, 8, ".%03dZ", (int)(1000 * (seconds - floor(seconds))));
}
