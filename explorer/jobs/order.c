#include "explorer/jobs/order.h"

#include <stdlib.h>

/* What order_jobs works on. */
struct order {
    struct plan *plan;
    int *list, n;  /* jobs in their order */
    bool *listed;  /* of each job */
    bool *stays;   /* of each job: it does not move forward */
    int *by_seed;  /* runs: the first seed of all points, then the second, … */
    double *path;  /* s, of each job with the longest chain of jobs that wait for it */
    struct place {
        double left; /* s, of work: how much is left when it starts */
        int job;
    } * late;        /* jobs that move forward */
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the order of the jobs");
}

static void order_free(struct order *o)
{
    free(o->list);
    free(o->listed);
    free(o->stays);
    free(o->by_seed);
    free(o->path);
    free(o->late);
}

static enum status order_new(struct order *o, struct plan *p, struct errmsg *e)
{
    const size_t n = (size_t)p->n_jobs + 1;
    *o = (struct order){.plan = p,
                        .list = calloc(n, sizeof *o->list),
                        .listed = calloc(n, sizeof *o->listed),
                        .stays = calloc(n, sizeof *o->stays),
                        .by_seed = calloc((size_t)p->n_runs + 1, sizeof *o->by_seed),
                        .path = calloc(n, sizeof *o->path),
                        .late = calloc(n, sizeof *o->late)};
    const bool whole = o->list != NULL && o->listed != NULL && o->stays != NULL && o->by_seed != NULL &&
                       o->path != NULL && o->late != NULL;
    return whole ? STATUS_OK : no_memory(e);
}

/* next_seed: of a run, from 0. The runs of a point follow each other, one for each seed; a search may want several
 * rungs of one. */
static int next_seed(const struct plan *p, int run, int seed)
{
    const bool same = run > 0 && p->runs[run].point == p->runs[run - 1].point;
    return !same ? 0 : seed + 1 < p->sweep->n_seeds ? seed + 1 : seed;
}

/* seat_runs: fills by_seed. */
static enum status seat_runs(struct order *o, struct errmsg *e)
{
    const struct plan *p = o->plan;
    const int seeds = p->sweep->n_seeds > 0 ? p->sweep->n_seeds : 1;
    int *next = calloc((size_t)seeds + 1, sizeof *next);
    if (next == NULL)
        return no_memory(e);
    for (int i = 0, seed = 0; i < p->n_runs; i++) {
        seed = next_seed(p, i, seed);
        next[seed + 1]++;
    }
    for (int k = 0; k < seeds; k++)
        next[k + 1] += next[k];
    for (int i = 0, seed = 0; i < p->n_runs; i++) {
        seed = next_seed(p, i, seed);
        o->by_seed[next[seed]++] = i;
    }
    free(next);
    return STATUS_OK;
}

static void list_job(struct order *o, int job)
{
    if (job < 0 || o->listed[job])
        return;
    o->listed[job] = true;
    o->list[o->n++] = job;
}

/* list_jobs: run by run; at last those that no run asks for. */
static void list_jobs(struct order *o)
{
    const struct plan *p = o->plan;
    for (int i = 0; i < p->n_runs; i++) {
        const struct planned_run *r = &p->runs[o->by_seed[i]];
        const struct planned_point *at = &p->points[r->point];
        list_job(o, r->train_job);
        list_job(o, at->build_job);
        list_job(o, r->check_job);
        list_job(o, at->synth_job);
    }
    for (int i = 0; i < p->n_jobs; i++)
        list_job(o, i);
}

/* work_of: s, that a job still takes. */
static double work_of(const struct planned_job *j)
{
    return j->state == JOB_DONE ? 0 : j->cost;
}

/* measure_paths: needs have lower numbers than the jobs that need them. */
static void measure_paths(struct order *o)
{
    const struct plan *p = o->plan;
    for (int i = p->n_jobs - 1; i >= 0; i--) {
        const struct planned_job *j = &p->jobs[i];
        o->path[i] += work_of(j);
        for (int k = 0; k < j->n_needs; k++)
            if (o->path[j->needs[k]] < o->path[i])
                o->path[j->needs[k]] = o->path[i];
    }
}

static int most_left_first(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->left != y->left ? (x->left < y->left) - (x->left > y->left) : x->job - y->job;
}

/* move_forward: gives the jobs of list[from .. to) their turns. They have one priority. */
static void move_forward(struct order *o, int from, int to, int workers)
{
    struct planned_job *jobs = o->plan->jobs;
    double left = 0;
    int n_late = 0, turn = from, next = 0;
    for (int i = to - 1; i >= from; i--) {
        const int job = o->list[i];
        left += work_of(&jobs[job]);
        o->late[n_late] = (struct place){workers * o->path[job], job};
        o->stays[job] = o->late[n_late].left <= left;
        n_late += !o->stays[job];
    }
    qsort(o->late, (size_t)n_late, sizeof *o->late, most_left_first);
    for (int i = from; i < to; i++) {
        const int job = o->list[i];
        for (; next < n_late && o->late[next].left >= left; next++) {
            jobs[o->late[next].job].turn = turn++;
            left -= work_of(&jobs[o->late[next].job]);
        }
        if (o->stays[job]) {
            jobs[job].turn = turn++;
            left -= work_of(&jobs[job]);
        }
    }
    for (; next < n_late; next++)
        jobs[o->late[next].job].turn = turn++;
}

/* by_priority: the higher first; equal ones stay in their order, which is in `turn`. */
static int by_priority(const void *a, const void *b, void *plan)
{
    const struct planned_job *jobs = ((const struct plan *)plan)->jobs;
    const struct planned_job *x = &jobs[*(const int *)a], *y = &jobs[*(const int *)b];
    return x->priority != y->priority ? (x->priority < y->priority) - (x->priority > y->priority) : x->turn - y->turn;
}

enum status order_jobs(struct plan *p, int workers, struct errmsg *e)
{
    struct order o;
    enum status st = order_new(&o, p, e);
    if (st != STATUS_OK || (st = seat_runs(&o, e)) != STATUS_OK)
        goto done;
    list_jobs(&o);
    measure_paths(&o);
    for (int i = 0; i < p->n_jobs; i++)
        p->jobs[o.list[i]].turn = i;
    qsort_r(o.list, (size_t)p->n_jobs, sizeof *o.list, by_priority, p);
    for (int from = 0, to; from < p->n_jobs; from = to) {
        for (to = from + 1; to < p->n_jobs && p->jobs[o.list[to]].priority == p->jobs[o.list[from]].priority; to++)
            ;
        move_forward(&o, from, to, workers);
    }
done:
    order_free(&o);
    return st;
}
