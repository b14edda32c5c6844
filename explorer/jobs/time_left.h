/* How long the rest of a run takes. Costs of jobs are guesses. Each pace (a kind of job with its engine or scheme) has
 * its own error in them, which is learned from the jobs of that pace that are done, in this run and in earlier ones on
 * this machine. What is left is then played through: the workers take the jobs in their order, and a job waits for
 * those that it needs. */
#pragma once

#include "explorer/jobs/plan.h"

#include <sqlite3.h>

struct time_left;

/* time_left_new: for the jobs of p that are not done, with that many workers. p is borrowed. Times in all functions
 * below are seconds by any clock that runs on (clock_monotonic_s). */
enum status time_left_new(const struct plan *p, int workers, struct time_left **out, struct errmsg *e);
void time_left_free(struct time_left *f);

/* time_left_learn: an earlier job of that pace and guessed cost took so many seconds. time_left_remember: all
 * that the database knows of this host; what cannot be read is not learned. */
void time_left_learn(struct time_left *f, const char *pace, double cost, double seconds);
void time_left_remember(struct time_left *f, sqlite3 *db, const char *host);

void time_left_started(struct time_left *f, int job, double now);
/* time_left_part: a running job's part from `from` to `to` (0 to 1) took seconds. What lies before `from` and was in no
 * news did not have to be done. */
void time_left_part(struct time_left *f, int job, double from, double to, double seconds, double now);
void time_left_done(struct time_left *f, int job, double seconds);
/* time_left_back: a job that ran is to be done again. time_left_dropped: a job will not be done in this run. */
void time_left_back(struct time_left *f, int job);
void time_left_dropped(struct time_left *f, int job);

/* time_left_seconds: s to go. *known: whether for all of it something was learned; else the guesses of some costs stand as
 * they are. */
double time_left_seconds(struct time_left *f, double now, bool *known);
