#include "explorer/jobs/queue.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- the heap */

static bool before(const struct queue *q, int a, int b)
{
    const int ta = q->plan->jobs[a].turn, tb = q->plan->jobs[b].turn;
    return ta < tb || (ta == tb && a < b);
}

static void push(struct queue *q, int job)
{
    int i = q->n_ready++;
    while (i > 0 && before(q, job, q->ready[(i - 1) / 2])) {
        q->ready[i] = q->ready[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    q->ready[i] = job;
}

/* pop: the first one that is ready; -1 if none is. */
static int pop(struct queue *q)
{
    if (q->n_ready == 0)
        return -1;
    const int top = q->ready[0], last = q->ready[--q->n_ready];
    int i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= q->n_ready)
            break;
        if (child + 1 < q->n_ready && before(q, q->ready[child + 1], q->ready[child]))
            child++;
        if (!before(q, q->ready[child], last))
            break;
        q->ready[i] = q->ready[child];
        i = child;
    }
    q->ready[i] = last;
    return top;
}

int queue_next(struct queue *q)
{
    int job = 0;
    do
        job = pop(q);
    while (job >= 0 && q->over[job]); /* another run did it meanwhile */
    return job;
}

void queue_again(struct queue *q, int job)
{
    push(q, job);
}

/* ------------------------------------------------------------------------- the graph */

/* link_jobs: fills users, waits_for and over. */
static void link_jobs(struct queue *q)
{
    const struct plan *p = q->plan;
    for (int i = 0; i < p->n_jobs; i++)
        for (int k = 0; k < p->jobs[i].n_needs; k++)
            q->first_user[p->jobs[i].needs[k] + 2]++;
    for (int i = 0; i < p->n_jobs; i++)
        q->first_user[i + 1] += q->first_user[i];
    for (int i = 0; i < p->n_jobs; i++) {
        const struct planned_job *job = &p->jobs[i];
        for (int k = 0; k < job->n_needs; k++) {
            q->users[q->first_user[job->needs[k] + 1]++] = i;
            q->waits_for[i] += p->jobs[job->needs[k]].state != JOB_DONE;
        }
        q->over[i] = job->state == JOB_DONE || job->state == JOB_HOPELESS;
    }
}

enum status queue_init(struct queue *q, const struct plan *plan, struct errmsg *e)
{
    const size_t n = (size_t)plan->n_jobs;
    *q = (struct queue){.plan = plan,
                        .waits_for = calloc(n + 1, sizeof *q->waits_for),
                        .over = calloc(n + 1, sizeof *q->over),
                        .first_user = calloc(n + 2, sizeof *q->first_user),
                        .users = calloc(2 * n + 1, sizeof *q->users),
                        .ready = calloc(n + 1, sizeof *q->ready),
                        .later = calloc(n + 1, sizeof *q->later)};
    if (q->waits_for == NULL || q->over == NULL || q->first_user == NULL || q->users == NULL || q->ready == NULL ||
        q->later == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the jobs");
    link_jobs(q);
    for (int i = 0; i < plan->n_jobs; i++)
        if (!q->over[i] && q->waits_for[i] == 0)
            push(q, i);
    return STATUS_OK;
}

void queue_free(struct queue *q)
{
    free(q->waits_for);
    free(q->over);
    free(q->first_user);
    free(q->users);
    free(q->ready);
    free(q->later);
    *q = (struct queue){0};
}

const int *queue_users(const struct queue *q, int job, int *n)
{
    *n = q->first_user[job + 1] - q->first_user[job];
    return q->users + q->first_user[job];
}

void queue_done(struct queue *q, int job)
{
    int n = 0;
    const int *users = queue_users(q, job, &n);
    q->over[job] = true;
    for (int k = 0; k < n; k++)
        if (--q->waits_for[users[k]] == 0 && !q->over[users[k]])
            push(q, users[k]);
}

void queue_drop(struct queue *q, int job)
{
    q->over[job] = true;
}

void queue_later(struct queue *q, int job)
{
    q->later[q->n_later++] = job;
}

int queue_recall(struct queue *q)
{
    const int n = q->n_later;
    while (q->n_later > 0)
        push(q, q->later[--q->n_later]);
    return n;
}
