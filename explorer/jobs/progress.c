#include "explorer/jobs/progress.h"

#include "base/clock.h"
#include "base/say.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double LIVE_SECONDS = 0.1, PLAIN_SECONDS = 5;

void progress_start(struct progress *p, int total, int cached, const char *of, bool quiet)
{
    *p = (struct progress){.live = isatty(STDERR_FILENO) == 1,
                           .quiet = quiet,
                           .started = clock_monotonic_s(),
                           .total = total,
                           .cached = cached,
                           .of = of};
    p->last = p->live ? p->started - LIVE_SECONDS : p->started;
}

double progress_seconds(const struct progress *p)
{
    return clock_monotonic_s() - p->started;
}

static void clear(struct progress *p)
{
    if (p->width > 0)
        fputs("\r\033[K", stderr);
    p->width = 0;
}

void progress_duration(double seconds, char out[32])
{
    const long s = (long)(seconds + 0.5);
    if (s < 100)
        snprintf(out, 32, "%ld s", s);
    else if (s < 3600)
        snprintf(out, 32, "%ld min %ld s", s / 60, s % 60);
    else
        snprintf(out, 32, "%ld h %ld min", s / 3600, s % 3600 / 60);
}

double progress_rate(int done, int left, double seconds, double seconds_left)
{
    static const double MUCH = 1.5;
    if (done <= 0 || seconds <= 1)
        return NAN;
    const double rate = done / seconds, forecast = left / fmax(seconds_left, 0.5); /* jobs a second; a forecast of 0 is "0 s" */
    const bool belied = isfinite(seconds_left) && left > 0 && (forecast > MUCH * rate || rate > MUCH * forecast);
    return belied ? NAN : 60 * rate;
}

bool progress_due(const struct progress *p)
{
    return !p->quiet && clock_monotonic_s() - p->last >= (p->live ? LIVE_SECONDS : PLAIN_SECONDS);
}

void progress_show(struct progress *p, const struct progress_state *s)
{
    const double t = clock_monotonic_s(), elapsed = t - p->started;
    char line[256], left[32] = "";
    if (!progress_due(p))
        return;
    p->last = t;
    const int waiting = p->total - s->done - s->failed - s->running - s->elsewhere;
    if (isfinite(s->seconds_left) && elapsed > 1)
        progress_duration(s->seconds_left, left);
    int n = snprintf(line, sizeof line, "%d of %d jobs%s done, %d running", s->done, p->total, p->of, s->running);
    if (s->elsewhere > 0)
        n += snprintf(line + n, sizeof line - (size_t)n, ", %d in other runs", s->elsewhere);
    n += snprintf(line + n, sizeof line - (size_t)n, ", %d left", waiting);
    if (s->failed > 0)
        n += snprintf(line + n, sizeof line - (size_t)n, ", %d failed", s->failed);
    const double rate = progress_rate(s->done, waiting + s->running + s->elsewhere, elapsed, s->seconds_left);
    if (isfinite(rate))
        n += snprintf(line + n, sizeof line - (size_t)n, ", %.3g jobs/min", rate);
    if (left[0] != '\0')
        snprintf(line + n, sizeof line - (size_t)n, ", %s %s to go", s->rough ? "very roughly" : "about", left);
    if (!p->live) {
        char now[16];
        clock_local(now);
        say(stderr, "%s %s%s%s%s\n", now, line, s->job != NULL ? " (now " : "", s->job != NULL ? s->job : "",
            s->job != NULL ? ")" : "");
        return;
    }
    struct winsize size;
    const int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
    fputs("\r", stderr);
    say(stderr, "%.*s", columns, line);
    fputs("\033[K", stderr);
    p->width = (int)strlen(line);
}

void progress_say(struct progress *p, const char *format, ...)
{
    va_list args;
    clear(p);
    va_start(args, format);
    say_list(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void progress_end(struct progress *p)
{
    clear(p);
}
