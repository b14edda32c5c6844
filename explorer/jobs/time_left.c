#include "explorer/jobs/time_left.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PACES = 64,       /* more than there are */
    PLAYED = 20000,   /* jobs; more are added up instead of played through */
    EARLIER_JOBS = 4, /* what earlier runs showed counts as much as so many jobs of this run */
};

/* What jobs showed: sums over them. A part of a job counts as a part. */
struct shown {
    double n, cost, seconds, cost_cost, cost_seconds;
};

struct pace {
    char name[48];
    struct shown earlier, now; /* in earlier runs, in this one */
    int done, quick;           /* jobs; of the done ones those whose result lay in the cache */
};

struct time_left {
    const struct plan *plan;
    int workers, n_paces, n_left;
    struct pace paces[PACES];
    struct item {
        enum { WAITING, RUNNING, OVER } state;
        int pace;
        double since;         /* when it started, or was last heard of */
        double part, seconds; /* of it that is done, and what that took */
    } * items;
    int *first_user, *users; /* as in queue.h */
    int *waits_for, *ready;  /* for the play */
    struct end {
        double at;
        int job;
    } * ends;
    int n_ready, n_ends;
};

static int pace_of(struct time_left *f, const char *name)
{
    int i = 0;
    while (i < f->n_paces && strcmp(f->paces[i].name, name) != 0)
        i++;
    if (i == f->n_paces && i < PACES)
        snprintf(f->paces[f->n_paces++].name, sizeof f->paces[0].name, "%s", name);
    return i < PACES ? i : PACES - 1;
}

enum status time_left_new(const struct plan *p, int workers, struct time_left **out, struct errmsg *e)
{
    const size_t n = (size_t)p->n_jobs + 1;
    struct time_left *f = *out = calloc(1, sizeof *f);
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the forecast");
    *f = (struct time_left){.plan = p, .workers = workers};
    f->items = calloc(n, sizeof *f->items);
    f->first_user = calloc(n + 1, sizeof *f->first_user);
    f->users = calloc(2 * n, sizeof *f->users);
    f->waits_for = calloc(n, sizeof *f->waits_for);
    f->ready = calloc(n, sizeof *f->ready);
    f->ends = calloc((size_t)workers + n, sizeof *f->ends);
    if (f->items == NULL || f->first_user == NULL || f->users == NULL || f->waits_for == NULL || f->ready == NULL ||
        f->ends == NULL) {
        time_left_free(f);
        *out = NULL;
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the forecast");
    }
    for (int i = 0; i < p->n_jobs; i++) {
        const struct planned_job *j = &p->jobs[i];
        f->items[i].pace = pace_of(f, j->pace);
        for (int k = 0; k < j->n_needs; k++)
            f->first_user[j->needs[k] + 2]++;
        if (j->state == JOB_DONE) {
            f->items[i].state = OVER;
            continue;
        }
        f->n_left++;
    }
    for (int i = 0; i < p->n_jobs; i++)
        f->first_user[i + 1] += f->first_user[i];
    for (int i = 0; i < p->n_jobs; i++)
        for (int k = 0; k < p->jobs[i].n_needs; k++)
            f->users[f->first_user[p->jobs[i].needs[k] + 1]++] = i;
    return STATUS_OK;
}

void time_left_free(struct time_left *f)
{
    if (f == NULL)
        return;
    free(f->items);
    free(f->first_user);
    free(f->users);
    free(f->waits_for);
    free(f->ready);
    free(f->ends);
    free(f);
}

/* ------------------------------------------------------------------------- learning */

static void show(struct shown *s, double part, double cost, double seconds)
{
    s->n += part;
    s->cost += part * cost;
    s->seconds += seconds;
    s->cost_cost += part * cost * cost;
    s->cost_seconds += cost * seconds;
}

static void add_shown(struct shown *s, const struct shown *other, double share)
{
    s->n += share * other->n;
    s->cost += share * other->cost;
    s->seconds += share * other->seconds;
    s->cost_cost += share * other->cost_cost;
    s->cost_seconds += share * other->cost_seconds;
}

void time_left_learn(struct time_left *f, const char *pace, double cost, double seconds)
{
    show(&f->paces[pace_of(f, pace)].earlier, 1, cost, seconds);
}

void time_left_remember(struct time_left *f, sqlite3 *db, const char *host)
{
    /* A job that took far less than was guessed found its result in the cache. */
    static const char sql[] = "SELECT pace, cost, seconds FROM (SELECT pace, cost, seconds, row_number() OVER "
                              "(PARTITION BY pace ORDER BY finished DESC) AS n FROM jobs WHERE state = 'done' AND host "
                              "= ?1 AND pace IS NOT NULL "
                              "AND cost > 0 AND seconds > 0.02 * cost) WHERE n <= 100";
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_text(st, 1, host, -1, SQLITE_STATIC);
    while (sqlite3_step(st) == SQLITE_ROW)
        time_left_learn(f, (const char *)sqlite3_column_text(st, 0), sqlite3_column_double(st, 1),
                       sqlite3_column_double(st, 2));
    sqlite3_finalize(st);
}

/* machine: how much slower than guessed this machine is, by the jobs of this run. It stands in for a pace of which
 * nothing was shown. Seconds of work are needed to say so, not many short jobs that are guessed badly. */
static double machine(const struct time_left *f)
{
    static const double ENOUGH = 5; /* s */
    double cost = ENOUGH, seconds = ENOUGH;
    for (int i = 0; i < f->n_paces; i++) {
        cost += f->paces[i].now.cost;
        seconds += f->paces[i].now.seconds;
    }
    return seconds / cost;
}

/* predict: s, of a job of that guessed cost: a line through what was shown, a + b · cost. Where all costs are much the
 * same, it goes through the origin: STIFF is how much spread of the costs, as a part of their mean, bends it. */
static double predict(const struct time_left *f, const struct pace *p, double cost)
{
    static const double STIFF = 0.1;
    struct shown s = p->now;
    if (p->earlier.n > 0)
        add_shown(&s, &p->earlier, fmin(1, EARLIER_JOBS / p->earlier.n));
    if (s.cost <= 0)
        return cost * machine(f);
    const double rate = s.seconds / s.cost, mean = s.cost / s.n, spread = s.cost_cost - s.cost * mean;
    const double together = s.cost_seconds - s.seconds * mean;
    const double b = fmin(rate, fmax(0, (together + STIFF * mean * mean * rate) / (spread + STIFF * mean * mean)));
    return fmax(0, s.seconds / s.n + b * (cost - mean));
}

/* expected: s, of a whole job; some of those to come may lie in the cache, too. */
static double expected(const struct time_left *f, int job)
{
    const struct pace *p = &f->paces[f->items[job].pace];
    return predict(f, p, f->plan->jobs[job].cost) * (p->done - p->quick + 1) / (p->done + 1);
}

/* took: a part of a job, or all of it, took seconds. */
static void took(struct time_left *f, int job, double part, double seconds)
{
    show(&f->paces[f->items[job].pace].now, part, f->plan->jobs[job].cost, seconds);
}

void time_left_started(struct time_left *f, int job, double now)
{
    f->items[job] = (struct item){.state = RUNNING, .pace = f->items[job].pace, .since = now};
}

void time_left_part(struct time_left *f, int job, double from, double to, double seconds, double now)
{
    struct item *i = &f->items[job];
    const double begun = fmax(i->part, from);
    if (i->state != RUNNING || to <= begun)
        return;
    took(f, job, to - begun, seconds);
    i->part = to;
    i->seconds += seconds;
    i->since = now;
}

void time_left_done(struct time_left *f, int job, double seconds)
{
    struct item *i = &f->items[job];
    struct pace *p = &f->paces[i->pace];
    const double rest = fmax(0, seconds - i->seconds), cost = f->plan->jobs[job].cost;
    f->n_left -= i->state != OVER;
    i->state = OVER;
    p->done++;
    if (i->part <= 0 && cost > 1 && rest < 0.05 * predict(f, p, cost))
        p->quick++;
    else
        took(f, job, 1 - i->part, rest);
}

void time_left_back(struct time_left *f, int job)
{
    f->items[job] = (struct item){.state = WAITING, .pace = f->items[job].pace};
}

void time_left_dropped(struct time_left *f, int job)
{
    f->n_left -= f->items[job].state != OVER;
    f->items[job].state = OVER;
}

/* -------------------------------------------------------------------------- playing */

/* rest: s, of a running job. One that is late is taken to need a little more yet, and the more, the later it is: a
 * guess that is wrong by so much may be wrong by more. */
static double rest(const struct time_left *f, int job, double now)
{
    static const double SOON = 0.1, LATE = 0.25;
    const struct item *i = &f->items[job];
    const double whole = predict(f, &f->paces[i->pace], f->plan->jobs[job].cost), left = whole * (1 - i->part);
    const double since = fmax(0, now - i->since);
    return fmax(left - since, SOON * fmin(since, left) + LATE * fmax(0, since - left));
}

static void push_ready(struct time_left *f, int job)
{
    const struct planned_job *jobs = f->plan->jobs;
    int i = f->n_ready++;
    for (; i > 0 && jobs[job].turn < jobs[f->ready[(i - 1) / 2]].turn; i = (i - 1) / 2)
        f->ready[i] = f->ready[(i - 1) / 2];
    f->ready[i] = job;
}

static int pop_ready(struct time_left *f)
{
    const struct planned_job *jobs = f->plan->jobs;
    const int top = f->ready[0], last = f->ready[--f->n_ready];
    int i = 0;
    for (int child; (child = 2 * i + 1) < f->n_ready; i = child) {
        child += child + 1 < f->n_ready && jobs[f->ready[child + 1]].turn < jobs[f->ready[child]].turn;
        if (jobs[last].turn <= jobs[f->ready[child]].turn)
            break;
        f->ready[i] = f->ready[child];
    }
    f->ready[i] = last;
    return top;
}

static void push_end(struct time_left *f, double at, int job)
{
    int i = f->n_ends++;
    for (; i > 0 && at < f->ends[(i - 1) / 2].at; i = (i - 1) / 2)
        f->ends[i] = f->ends[(i - 1) / 2];
    f->ends[i] = (struct end){at, job};
}

static struct end pop_end(struct time_left *f)
{
    const struct end top = f->ends[0], last = f->ends[--f->n_ends];
    int i = 0;
    for (int child; (child = 2 * i + 1) < f->n_ends; i = child) {
        child += child + 1 < f->n_ends && f->ends[child + 1].at < f->ends[child].at;
        if (last.at <= f->ends[child].at)
            break;
        f->ends[i] = f->ends[child];
    }
    f->ends[i] = last;
    return top;
}

/* play: the workers take what is ready, until nothing is left. */
static double play(struct time_left *f, double now)
{
    const struct plan *p = f->plan;
    double t = 0;
    f->n_ready = f->n_ends = 0;
    for (int i = 0; i < p->n_jobs; i++) {
        f->waits_for[i] = 0;
        for (int k = 0; k < p->jobs[i].n_needs; k++)
            f->waits_for[i] += f->items[p->jobs[i].needs[k]].state != OVER;
        if (f->items[i].state == RUNNING)
            push_end(f, rest(f, i, now), i);
        else if (f->items[i].state == WAITING && f->waits_for[i] == 0)
            push_ready(f, i);
    }
    while (f->n_ready > 0 || f->n_ends > 0) {
        while (f->n_ready > 0 && f->n_ends < f->workers) {
            const int job = pop_ready(f);
            push_end(f, t + expected(f, job), job);
        }
        const struct end end = pop_end(f);
        t = end.at;
        for (int k = f->first_user[end.job]; k < f->first_user[end.job + 1]; k++)
            if (--f->waits_for[f->users[k]] == 0 && f->items[f->users[k]].state == WAITING)
                push_ready(f, f->users[k]);
    }
    return t;
}

double time_left_seconds(struct time_left *f, double now, bool *known)
{
    double sum = 0;
    *known = true;
    for (int i = 0; i < f->plan->n_jobs; i++) {
        const struct pace *p = &f->paces[f->items[i].pace];
        if (f->items[i].state == OVER)
            continue;
        *known = *known && p->now.n + p->earlier.n > 0;
        sum += f->items[i].state == RUNNING ? rest(f, i, now) : expected(f, i);
    }
    return f->n_left <= PLAYED ? play(f, now) : sum / f->workers;
}
