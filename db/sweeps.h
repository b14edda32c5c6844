/* Sweeps that are in the database: to rename them, to remove them, to take over those of another database. */
#pragma once

#include "db/store.h"

struct removed {
    int runs, points, jobs, trainings; /* that no other sweep has */
    int kept;                          /* points that stay because of an imported report */
};

/* sweeps_remove: the sweep of this name, and the points and results that no other sweep has. try: counts, and removes
 * nothing. STATUS_USAGE if there is none. */
enum status sweeps_remove(struct store *s, const char *name, bool try, struct removed *out, struct errmsg *e);

/* sweeps_rename: STATUS_USAGE if there is no sweep `from`, or one that is called `to`. */
enum status sweeps_rename(struct store *s, const char *from, const char *to, struct errmsg *e);

struct merged {
    int sweeps, runs, points, jobs; /* new here */
    int completed;                  /* jobs that were not done here and are now */
    int differing;                  /* jobs that are done in both, with other results: ours stay */
};

/* sweeps_merge: takes over what the database at `path` has and this one lacks, by the digests of points and jobs, in
 * one transaction; what both have stays as it is here. But of a job that both have, the row that says more stays (done,
 * then failed), and of two equal ones that of the work which ended first; a run or a point that names another job there
 * names the newer one. So several databases give the same rows in any order, and one that is merged again changes
 * nothing. STATUS_VERDICT, and nothing is taken, if a sweep of the same name has another file there, or (unless ours)
 * if a job that is done in both has another result there; the message says which. */
enum status sweeps_merge(struct store *s, const char *path, bool ours, struct merged *out, struct errmsg *e);

/* sweeps_take_results: takes over only the results of these n jobs that are done there (or failed in a way that would
 * repeat) and not here, in one transaction; *taken is how many. */
enum status sweeps_take_results(struct store *s, const char *path, const char *const *digests, int n, int *taken,
                                struct errmsg *e);

/* sweeps_take_search: what this search bought is from now on what the database at `path` has of it. search is its row
 * here. */
enum status sweeps_take_search(struct store *s, const char *path, int64_t search, struct errmsg *e);
