/* Shows on standard error how far a run is: on a terminal one live line, else a plain line now and then. */
#pragma once

#include <stdbool.h>

struct progress {
    bool live;          /* standard error is a terminal */
    bool quiet;         /* print only what progress_say is given */
    double started, last; /* s, monotonic: when it started, when it printed the last line */
    int width;          /* characters of the live line that is on the screen */
    int total, cached;  /* jobs to do; jobs that were done before */
    const char *of;     /* which jobs: " of this round"; "": all of the sweep */
};

/* How many jobs of this run are where. */
struct progress_state {
    int done, running, failed;
    int elsewhere;       /* that other runs do, and this one waits for */
    double seconds_left; /* guessed; NAN: unknown */
    bool rough;          /* nothing was learned yet for some of it */
    const char *job;     /* one that runs, for people; NULL: none */
};

/* progress_start: of is borrowed and must outlive p. */
void progress_start(struct progress *p, int total, int cached, const char *of, bool quiet);
/* progress_due: whether the next progress_show draws. */
bool progress_due(const struct progress *p);
/* progress_duration: "42 s", "3 min 20 s", "2 h 5 min". */
void progress_duration(double seconds, char out[32]);
/* progress_rate: jobs a minute so far; NAN if nothing is done, or if the forecast shows that the jobs which are left go
 * much faster or slower, so that the one figure would belie the other. seconds_left may be NAN. */
double progress_rate(int done, int left, double seconds, double seconds_left);
/* progress_show: draws the state (in a plain line with the time and a job), at most 10 times a second on a terminal, else every 5 s. */
void progress_show(struct progress *p, const struct progress_state *s);
/* progress_say: prints a line of its own above the live one. */
void progress_say(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* progress_end: removes the live line. */
void progress_end(struct progress *p);
double progress_seconds(const struct progress *p);
