/* A sweep as jobs of Slurm: an array with a job for each shard of the sweep, and a job that unites their databases. Of
 * a search these are the jobs of one round, and the last one submits those of the next. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

/* What the shards are given of a search. */
struct cluster_round {
    int round, left; /* number of the round, and of its jobs without a result */
    int idle;        /* how often before in a row the shards were given just this, and did none of it */
};

struct cluster_jobs {
    const char *sweep_file, *sweep_name; /* as they are on the command line and in the file */
    const char *db;                      /* where the results are united; finished work in it is not done again */
    int shards;
    const char *const *options; /* lines of `sbatch` for all jobs, "--time=8:00:00"; n_options of them */
    int n_options;
    bool search;
    struct cluster_round now, last;  /* of a search: given by cluster_submit; last: in the round before, see goes_on */
    bool goes_on;                    /* set by cluster_look with last: it is merge.sh of an earlier round that calls */
    char folder[PATH_MAX];           /* set by cluster_write: all that belongs to these jobs */
    char array_id[32], merge_id[32]; /* set by cluster_submit; "": not submitted */
};

/* cluster_write: makes the folder DB-without-.db.shards/NAME with two scripts, array.sh and merge.sh. The databases of
 * the shards and the logs come there, too. STATUS_USAGE for an option or a path that cannot stand in a script. */
enum status cluster_write(struct cluster_jobs *c, struct errmsg *e);

/* cluster_find: STATUS_MISSING without Slurm. */
enum status cluster_find(struct errmsg *e);

/* cluster_look: STATUS_USAGE while a job of an earlier `submit` is in the queue, other than a merge.sh that calls this
 * itself. STATUS_ENVIRONMENT if Slurm does not answer. */
enum status cluster_look(struct cluster_jobs *c, struct errmsg *e);

/* cluster_submit: gives both scripts to Slurm: the second one waits for the end of the first. The numbers of the jobs
 * are kept in the folder. STATUS_ENVIRONMENT if Slurm refuses, with its words. array_id is set if the first one was
 * taken, whatever happens to the second. */
enum status cluster_submit(struct cluster_jobs *c, struct errmsg *e);
