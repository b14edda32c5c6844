#include "explorer/jobs/order.h"

#include <stdlib.h>

/* What decides about a job, the first member first. */
struct key {
    int late;          /* 0: a training */
    int seed;          /* of a training: its place in the list of seeds */
    double group_cost; /* s, of all jobs of the hardware */
    int group, step;   /* build, check, synthesis */
    double cost;
    int job;
};

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    const int by[] = {x->late - y->late,   x->seed - y->seed, compare_numbers(y->group_cost, x->group_cost),
                      x->group - y->group, x->step - y->step, compare_numbers(y->cost, x->cost),
                      x->job - y->job};
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
        if (by[i] != 0)
            return by[i];
    return 0;
}

/* group_of: the job that stands for all jobs of a hardware: its build, or its synthesis where it has no build. */
static int group_of(const struct plan *p, int job)
{
    const struct planned_job *j = &p->jobs[job];
    if (j->kind == JOB_CHECK)
        return j->needs[0];
    const int build = p->points[j->point].build_job;
    return j->kind == JOB_SYNTH && build >= 0 ? build : job;
}

static int seed_place(const struct sweep *s, uint64_t seed)
{
    int i = 0;
    while (i < s->n_seeds && s->seeds[i] != seed)
        i++;
    return i;
}

enum status order_jobs(struct plan *p, struct errmsg *e)
{
    static const int steps[JOB_KIND_COUNT] = {[JOB_BUILD] = 0, [JOB_CHECK] = 1, [JOB_SYNTH] = 2};
    struct key *keys = calloc((size_t)p->n_jobs + 1, sizeof *keys);
    double *costs = calloc((size_t)p->n_jobs + 1, sizeof *costs);
    if (keys == NULL || costs == NULL) {
        free(keys);
        free(costs);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the order of the jobs");
    }
    for (int i = 0; i < p->n_jobs; i++)
        if (p->jobs[i].kind != JOB_TRAIN)
            costs[group_of(p, i)] += p->jobs[i].cost;
    for (int i = 0, seed = 0; i < p->n_jobs; i++) {
        const struct planned_job *j = &p->jobs[i];
        struct key *k = &keys[i];
        *k = (struct key){.cost = j->cost, .job = i};
        if (j->kind == JOB_TRAIN) { /* jobs of one point follow each other: the next seed is often the next place */
            if (seed >= p->sweep->n_seeds || p->sweep->seeds[seed] != j->seed)
                seed = seed_place(p->sweep, j->seed);
            k->seed = seed++;
            continue;
        }
        k->late = 1;
        k->group = group_of(p, i);
        k->group_cost = costs[k->group];
        k->step = steps[j->kind];
    }
    qsort(keys, (size_t)p->n_jobs, sizeof *keys, compare);
    for (int i = 0; i < p->n_jobs; i++)
        p->jobs[keys[i].job].turn = i;
    free(keys);
    free(costs);
    return STATUS_OK;
}
