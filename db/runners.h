/* The runs that are at work on one database at the same time, and how they share its jobs.
 *
 * A run that joins has a row in `runners` and a mark on the file (db/lock.h). A job that it takes has a row in
 * `running`: its lease. No two runs can have one job, and each takes, renews and ends leases in short transactions.
 * Whether a run lives is never asked of a clock. On this machine its mark tells: the kernel takes the mark away when
 * the process ends. A run of another machine counts its beats; it is given up when it has made none during
 * RUNNERS_PATIENCE beats of one's own. Whoever finds a run dead takes its leases away, so that its jobs are free.
 * Should a run that was given up wake, its result still counts if it is the first one: db/record.h keeps no second one.
 */
#pragma once

#include "db/store.h"

enum { RUNNERS_PATIENCE = 60 }; /* beats, which are a second apart or more */

struct runners;

/* A run, how far it is, and a job that it does. */
struct runner {
    const char *sweep, *host, *boot;      /* boot: see machine_boot */
    int pid, workers, jobs, done, failed; /* jobs: that it has to do; done and failed are of these */
    int done_before;                      /* jobs of its sweep that it did not have to do */
    double seconds, seconds_left;         /* s, since it started; s, guessed, NAN: unknown */
    bool ended, interrupted;              /* interrupted: ended by a signal */
};
struct running_job {
    const char *digest;
    int pid;         /* of its worker */
    double seconds;  /* s, since the worker began */
    double part;     /* of the job that is done, 0 to 1; NAN: unknown */
    int step, steps; /* the last step that is done, of so many; 0 steps: the job has none */
};

/* runners_join: from now on this process is one of the runs, until runners_beat says that it ended, or the store is
 * closed. The store is borrowed, *out is freed by runners_free (NULL is allowed). */
enum status runners_join(struct store *s, const struct runner *r, struct runners **out, struct errmsg *e);
void runners_free(struct runners *all);

/* runners_beat: says that the run lives, how far it is, and what it does; takes away the leases of dead runs. With
 * r->ended its own leases end, too, and it is no longer one of the runs. STATUS_ENVIRONMENT, too, if the database is no
 * longer where it was. */
enum status runners_beat(struct runners *all, const struct runner *r, const struct running_job *running, int n,
                         struct errmsg *e);

/* runners_others: how many other runs lived at the last beat, and the jobs that they do at once. */
int runners_others(const struct runners *all, int *workers);

/* How a wish to have a job ends. */
enum claim {
    CLAIM_MINE,      /* it is leased, until the job is recorded as done or failed, or runners_release */
    CLAIM_ELSEWHERE, /* another run does it */
    CLAIM_DONE,      /* another run has done it */
    CLAIM_FAILED,    /* it has failed in another run since this one joined */
    CLAIM_HOPELESS,  /* the same, and it would fail again */
    CLAIM_GONE,      /* its row is no longer there: another run of the sweep has forgotten it */
};
enum status runners_claim(struct runners *all, const char *digest, enum claim *out, struct errmsg *e);
enum status runners_release(struct runners *all, const char *digest, struct errmsg *e);

/* runners_news: calls `tell` for each job that ended, in whichever run, since the run joined and was not told yet.
 * claim: CLAIM_DONE, CLAIM_FAILED or CLAIM_HOPELESS. */
enum status runners_news(struct runners *all, void (*tell)(void *context, const char *digest, enum claim claim),
                         void *context, struct errmsg *e);

/* What a reader can know of a run that has not ended: on a file that other machines may have open, those of others are
 * LIFE_UNKNOWN. runners_life: fd is the file of the database, which must be opened before SQLite's connection and
 * closed after it. */
enum life { LIFE_OVER, LIFE_GOES_ON, LIFE_UNKNOWN };
enum life runners_life(int fd, const char *path, int64_t id, const char *boot);
