/* How long the rest of a run takes. Costs of jobs are guesses. Each pace (a kind of job with its engine or scheme) has
 * its own error in them, which is learned from the jobs of that pace that are done, in this run and in earlier ones on
 * this machine. What is left is then played through: the workers take the jobs in their order, and a job waits for
 * those that it needs. */
#pragma once

#include "explorer/jobs/plan.h"

#include <sqlite3.h>

struct forecast;

/* forecast_new: for the jobs of p that are not done, with that many workers. p is borrowed. Times in all functions
 * below are seconds by any clock that runs on (clock_monotonic_s). */
enum status forecast_new(const struct plan *p, int workers, struct forecast **out, struct errmsg *e);
void forecast_free(struct forecast *f);

/* forecast_learn: an earlier job of that pace and guessed cost took so many seconds. forecast_remember: all
 * that the database knows of this host; what cannot be read is not learned. */
void forecast_learn(struct forecast *f, const char *pace, double cost, double seconds);
void forecast_remember(struct forecast *f, sqlite3 *db, const char *host);

void forecast_started(struct forecast *f, int job, double now);
/* forecast_part: a running job's part from `from` to `to` (0 to 1) took seconds. What lies before `from` and was in no
 * news did not have to be done. */
void forecast_part(struct forecast *f, int job, double from, double to, double seconds, double now);
void forecast_done(struct forecast *f, int job, double seconds);
/* forecast_back: a job that ran is to be done again. forecast_dropped: a job will not be done in this run. */
void forecast_back(struct forecast *f, int job);
void forecast_dropped(struct forecast *f, int job);

/* forecast_left: s to go. *known: whether for all of it something was learned; else the guesses of some costs stand as
 * they are. */
double forecast_left(struct forecast *f, double now, bool *known);
