#include "explorer/jobs/shard.h"

#include <stdlib.h>

enum { UNKNOWN = -1, LEFT_OUT = -1, KEPT = 0 };

/* What is known while a shard is cut. */
struct cut {
    struct plan *plan;
    int *shard_of;            /* of each training: its shard, UNKNOWN before its first run */
    int *new_job, *new_point; /* of each job and point: LEFT_OUT, or KEPT and in the end its new number */
};

/* cost_of: the expected time, in s, of a run whose training no earlier run has. All others count as little. */
static double cost_of(const struct cut *c, const struct planned_run *run)
{
    const double little = 1e-6;
    const bool first = run->train_job >= 0 && c->shard_of[run->train_job] == UNKNOWN;
    return little + (first ? c->plan->jobs[run->train_job].cost : 0);
}

static void forget_parts(struct cut *c)
{
    for (int i = 0; i < c->plan->n_jobs; i++)
        c->shard_of[i] = UNKNOWN;
}

static double total_cost(struct cut *c)
{
    double total = 0;
    forget_parts(c);
    for (int i = 0; i < c->plan->n_runs; i++) {
        total += cost_of(c, &c->plan->runs[i]);
        if (c->plan->runs[i].train_job >= 0)
            c->shard_of[c->plan->runs[i].train_job] = 0;
    }
    forget_parts(c);
    return total;
}

/* keep_job: keeps a job and what it needs, for a point of the shard: the job may have been another point's. */
static void keep_job(struct cut *c, int job, int point)
{
    if (job < 0 || c->new_job[job] == KEPT)
        return;
    struct planned_job *j = &c->plan->jobs[job];
    c->new_job[job] = KEPT;
    j->point = point;
    for (int k = 0; k < j->n_needs; k++)
        keep_job(c, j->needs[k], point);
}

static void keep_run(struct cut *c, const struct planned_run *run)
{
    const struct planned_point *point = &c->plan->points[run->point];
    c->new_point[run->point] = KEPT;
    keep_job(c, run->train_job, run->point);
    keep_job(c, run->check_job, run->point);
    keep_job(c, point->build_job, run->point);
    keep_job(c, point->synth_job, run->point);
}

/* keep_runs: leaves the runs of the shard, and marks what they need. */
static void keep_runs(struct cut *c, int shard, int shards)
{
    struct plan *p = c->plan;
    const double total = total_cost(c);
    double before = 0;
    int kept = 0;
    for (int i = 0; i < p->n_runs; i++) {
        const struct planned_run run = p->runs[i];
        const double cost = cost_of(c, &run);
        int here = (int)((before + cost / 2) / total * shards); /* where the middle of its time falls */
        here = here < shards ? here : shards - 1;
        before += cost;
        if (run.train_job >= 0 && c->shard_of[run.train_job] != UNKNOWN)
            here = c->shard_of[run.train_job];
        else if (run.train_job >= 0)
            c->shard_of[run.train_job] = here;
        if (here == shard) {
            p->runs[kept++] = run;
            keep_run(c, &run);
        }
    }
    p->n_runs = kept;
}

/* renumber: gives what is kept the numbers 0, 1, 2, …, and returns how many there are. */
static int renumber(int *list, int n)
{
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (list[i] == KEPT)
            list[i] = kept++;
    return kept;
}

static int renumbered(const int *list, int i)
{
    return i < 0 ? -1 : list[i];
}

/* close_up: moves what is kept to its new place, and gives it its new number wherever that stands. */
static void close_up(struct cut *c)
{
    struct plan *p = c->plan;
    const int n_points = renumber(c->new_point, p->n_points), n_jobs = renumber(c->new_job, p->n_jobs);
    for (int i = 0; i < p->n_jobs; i++)
        if (c->new_job[i] != LEFT_OUT) {
            struct planned_job *job = &p->jobs[c->new_job[i]];
            *job = p->jobs[i];
            job->point = c->new_point[job->point];
            for (int k = 0; k < job->n_needs; k++)
                job->needs[k] = c->new_job[job->needs[k]];
        }
    for (int i = 0; i < p->n_points; i++)
        if (c->new_point[i] != LEFT_OUT) {
            struct planned_point *point = &p->points[c->new_point[i]];
            *point = p->points[i];
            point->build_job = renumbered(c->new_job, point->build_job);
            point->synth_job = renumbered(c->new_job, point->synth_job);
        }
    for (int i = 0; i < p->n_runs; i++) {
        struct planned_run *run = &p->runs[i];
        run->point = c->new_point[run->point];
        run->train_job = renumbered(c->new_job, run->train_job);
        run->check_job = renumbered(c->new_job, run->check_job);
    }
    points_keep(p->list, c->new_point);
    p->n_points = n_points;
    p->n_jobs = n_jobs;
}

enum status shard_keep(struct plan *p, int i, int n, struct errmsg *e)
{
    const size_t n_jobs = (size_t)p->n_jobs + 1, n_points = (size_t)p->n_points + 1;
    struct cut c = {.plan = p,
                    .shard_of = malloc(n_jobs * sizeof *c.shard_of),
                    .new_job = malloc(n_jobs * sizeof *c.new_job),
                    .new_point = malloc(n_points * sizeof *c.new_point)};
    const bool room = c.shard_of != NULL && c.new_job != NULL && c.new_point != NULL;
    if (room) {
        for (int k = 0; k < p->n_jobs; k++)
            c.new_job[k] = LEFT_OUT;
        for (int k = 0; k < p->n_points; k++)
            c.new_point[k] = LEFT_OUT;
        keep_runs(&c, i - 1, n);
        close_up(&c);
    }
    free(c.shard_of);
    free(c.new_job);
    free(c.new_point);
    return room ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for a shard of the sweep");
}
