#include "explorer/jobs/runner.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/version.h"
#include "explorer/jobs/time_left.h"
#include "explorer/jobs/job.h"
#include "explorer/jobs/order.h"
#include "explorer/jobs/queue.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int runner_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 1)
        return 1;
    return CPU_COUNT(&set);
}

void runner_host(char *out, size_t room)
{
    out[0] = '\0';
    if (gethostname(out, room - 1) != 0)
        snprintf(out, room, "unknown");
    out[room - 1] = '\0';
}

struct runner {
    struct plan *plan;
    struct store *store;
    struct pool *pool;
    struct queue queue;
    struct progress progress;
    struct progress_state shown;
    struct time_left *time_left;
    int workers;
    struct run_outcome *outcome;
    bool *second_try;       /* of each job */
    double recorded;        /* when it was last written how far the run is */
    struct running_job *running; /* room for all workers */
    char tools[JOB_KIND_COUNT][512], host[256];
    char last_why[256]; /* the last failure that was told, and how many like it were not */
    int n_more;
    char job[PLAN_LABEL_BYTES]; /* the one that is shown */
};

/* ------------------------------------------------------------------- telling failures */

static void tell_more(struct runner *r)
{
    if (r->n_more > 0)
        progress_say(&r->progress, "FAILED: and %d more like it", r->n_more);
    r->n_more = 0;
}

/* tell_failure: one line, but a message that comes again and again only once. */
static void tell_failure(struct runner *r, int job, const char *why)
{
    if (strncmp(r->last_why, why, sizeof r->last_why - 1) == 0) {
        r->n_more++;
        return;
    }
    tell_more(r);
    snprintf(r->last_why, sizeof r->last_why, "%s", why);
    char label[PLAN_LABEL_BYTES];
    progress_say(&r->progress, "FAILED: %s: %s", plan_label(r->plan, job, label), why);
}

/* --------------------------------------------------------------- how far the jobs are */

/* give_up: the job is not done in this run, and what needs it cannot start. */
static void give_up(struct runner *r, int job)
{
    int n = 0;
    const int *users = queue_users(&r->queue, job, &n);
    queue_drop(&r->queue, job);
    time_left_dropped(r->time_left, job);
    r->shown.failed++;
    for (int k = 0; k < n; k++)
        if (!r->queue.over[users[k]]) {
            r->outcome->blocked++;
            give_up(r, users[k]); /* two levels at most: only checks wait */
        }
}

/* finished: the job has its result. */
static void finished(struct runner *r, int job, double seconds)
{
    r->plan->jobs[job].state = JOB_DONE;
    time_left_done(r->time_left, job, seconds);
    r->outcome->done++;
    r->shown.done++;
    queue_done(&r->queue, job);
}

/* noted: news of a running job. */
static void noted(struct runner *r, const struct pool_event *event)
{
    struct job_news news;
    if (event->n_bytes != sizeof news)
        return;
    memcpy(&news, event->bytes, sizeof news);
    time_left_part(r->time_left, event->id, news.from, news.to, news.seconds, clock_monotonic_s());
}

/* record_state: how far the run is, at most once a second, for `status`. */
static enum status record_how_far(struct runner *r, bool ended, bool interrupted, struct errmsg *e)
{
    const double now = clock_monotonic_s();
    const struct progress_state *s = &r->shown;
    int n = 0, id = 0, pid = 0;
    if (!ended && now - r->recorded < 1)
        return STATUS_OK;
    r->recorded = now;
    for (; !ended && (pid = pool_pid(r->pool, n, &id, &r->running[n].seconds)) > 0; n++) {
        r->running[n].digest = r->plan->jobs[id].digest;
        r->running[n].pid = pid;
    }
    const struct writer w = {.sweep = r->plan->sweep->name,
                             .host = r->host,
                             .pid = getpid(),
                             .workers = r->workers,
                             .jobs = r->progress.total,
                             .done = s->done,
                             .failed = s->failed,
                             .seconds = progress_seconds(&r->progress),
                             .seconds_left = ended ? 0 : s->seconds_left,
                             .done_before = r->progress.cached,
                             .ended = ended,
                             .interrupted = interrupted};
    return record_writer(r->store, &w, r->running, n, e);
}

/* -------------------------------------------------------------------------- one job */

static struct job_note note_of(const struct runner *r, int job, double seconds)
{
    const enum job_kind_id kind = r->plan->jobs[job].kind;
    return (struct job_note){.git_revision = version_revision,
                             .tools = r->tools[kind],
                             .rtl_digest = job_kind_at(kind)->uses_rtl ? r->plan->rtl_digest : NULL,
                             .host = r->host,
                             .finished = clock_wall_s(),
                             .seconds = seconds};
}

/* serve: in a worker, which lets go of the store first. */
static void serve(void *context, int job, const void *input, size_t n, struct pool_link *link)
{
    static bool detached; /* each worker has its own */
    const struct runner *r = context;
    if (!detached)
        store_detach(r->store);
    detached = true;
    job_do(&(struct job_work){r->plan, &r->plan->jobs[job], n > 0 ? input : NULL, n}, link);
}

static enum status start_job(struct runner *r, int job, struct errmsg *e)
{
    const struct planned_job *j = &r->plan->jobs[job];
    const struct job_kind *k = job_kind_at(j->kind);
    uint8_t *input = NULL;
    size_t input_bytes = 0;
    enum status st = k->fetch == NULL ? STATUS_OK : k->fetch(r->store, r->plan, j, &input, &input_bytes, e);
    if (st == STATUS_OK)
        st = pool_give(r->pool, job, input, input_bytes, e);
    free(input);
    if (st == STATUS_OK)
        time_left_started(r->time_left, job, clock_monotonic_s());
    return st;
}

/* failed: for good in this run; final: in every run. */
static enum status failed(struct runner *r, int job, double seconds, bool final, const char *why, const char *output,
                          struct errmsg *e)
{
    struct planned_job *j = &r->plan->jobs[job];
    const struct job_note note = note_of(r, job, seconds);
    tell_failure(r, job, why);
    if (final)
        r->outcome->hopeless[j->kind]++;
    else
        r->outcome->failed++;
    j->state = final ? JOB_HOPELESS : JOB_FAILED;
    give_up(r, job);
    return record_failed(r->store, j->digest, why, output, final, &note, e);
}

static enum status answered(struct runner *r, const struct pool_event *event, struct errmsg *e)
{
    const int job = event->id;
    char label[PLAN_LABEL_BYTES];
    const struct planned_job *j = &r->plan->jobs[job];
    const struct job_kind *k = job_kind_at(j->kind);
    struct job_result result;
    struct errmsg why = {""};
    enum status outcome = STATUS_OK;
    if (job_read_answer(k, event->bytes, event->n_bytes, &outcome, &why, &result, &why) != STATUS_OK)
        outcome = STATUS_ENVIRONMENT;
    if (outcome != STATUS_OK) {
        const char *output = result.tail_bytes > 0 ? (const char *)result.tail : NULL;
        const bool final = outcome == STATUS_VERDICT && k->hopeless.what != NULL;
        const enum status st = failed(r, job, event->seconds, final, why.text, output, e);
        job_result_free(&result);
        return st;
    }
    const struct job_note note = note_of(r, job, event->seconds);
    const enum status st = record_done(r->store, j->digest, &note, k->save, &result, e);
    if (st == STATUS_OK) {
        if (k->say != NULL)
            k->say(plan_label(r->plan, job, label), &result, &r->progress);
        finished(r, job, event->seconds);
    }
    job_result_free(&result);
    return st;
}

static enum status lost(struct runner *r, const struct pool_event *event, struct errmsg *e)
{
    char label[PLAN_LABEL_BYTES];
    if (r->second_try[event->id])
        return failed(r, event->id, event->seconds, false, event->why.text, NULL, e);
    progress_say(&r->progress, "%s: %s; it gets a second try", plan_label(r->plan, event->id, label), event->why.text);
    time_left_back(r->time_left, event->id);
    r->second_try[event->id] = true;
    queue_later(&r->queue, event->id);
    return STATUS_OK;
}

/* -------------------------------------------------------------------------- the loop */

/* fill_pool: starts ready jobs while there is a free worker. */
static enum status fill_pool(struct runner *r, struct errmsg *e)
{
    enum status st = STATUS_OK;
    int job = 0;
    while (st == STATUS_OK && !pool_full(r->pool) && stop_requested == 0 && (job = queue_next(&r->queue)) >= 0)
        st = start_job(r, job, e);
    return st;
}

/* show_how_far: on the screen and in the database. The forecast takes a while for many jobs: it is made where it is
 * needed. */
static enum status show_how_far(struct runner *r, struct errmsg *e)
{
    double longest = -1, seconds = 0;
    r->shown.running = pool_running(r->pool);
    if (progress_due(&r->progress) || clock_monotonic_s() - r->recorded >= 1) {
        bool known = false;
        r->shown.seconds_left = time_left_seconds(r->time_left, clock_monotonic_s(), &known);
        r->shown.rough = !known;
        r->shown.job = NULL;
        for (int i = 0, id = 0; pool_pid(r->pool, i, &id, &seconds) > 0; i++)
            if (seconds > longest) {
                longest = seconds;
                r->shown.job = plan_label(r->plan, id, r->job);
            }
    }
    progress_show(&r->progress, &r->shown);
    return record_how_far(r, false, false, e);
}

/* one_event: waits a while for what happens next, and acts on it. */
static enum status one_event(struct runner *r, struct errmsg *e)
{
    struct pool_event event;
    enum status st = show_how_far(r, e);
    if (st == STATUS_OK)
        st = pool_wait(r->pool, 500, &event, e);
    if (st != STATUS_OK)
        return st;
    switch (event.type) {
    case POOL_NOTE:
        noted(r, &event);
        break;
    case POOL_ANSWER:
        return answered(r, &event, e);
    case POOL_LOST:
        return lost(r, &event, e);
    case POOL_STOP:
        return stop_check(e);
    case POOL_NOTHING:
        break;
    }
    return STATUS_OK;
}

static enum status loop(struct runner *r, struct errmsg *e)
{
    enum status st = STATUS_OK;
    while (st == STATUS_OK && (st = fill_pool(r, e)) == STATUS_OK) {
        if (pool_running(r->pool) > 0 || stop_requested != 0)
            st = one_event(r, e);
        else if (queue_recall(&r->queue) == 0)
            break;
    }
    /* A wait for another program's lock that ended because of the signal is an interruption, not a fault. */
    if (st == STATUS_ENVIRONMENT && stop_requested != 0)
        st = stop_check(e);
    return st;
}

/* waits: the store waits for another program. */
static void waits(void *context, const char *line)
{
    struct runner *r = context;
    progress_say(&r->progress, "deltasweep: %s", line);
}

/* prepare: what is known before the first job starts. */
static enum status prepare(struct runner *r, struct errmsg *e)
{
    const struct plan *p = r->plan;
    r->second_try = calloc((size_t)p->n_jobs + 1, sizeof *r->second_try);
    r->running = calloc((size_t)r->workers + 1, sizeof *r->running);
    if (r->second_try == NULL || r->running == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the jobs");
    enum status st = order_jobs(r->plan, r->workers, e);
    if (st == STATUS_OK)
        st = queue_init(&r->queue, p, e);
    if (st == STATUS_OK)
        st = time_left_new(p, r->workers, &r->time_left, e);
    if (st != STATUS_OK)
        return st;
    runner_host(r->host, sizeof r->host);
    time_left_remember(r->time_left, store_handle(r->store), r->host);
    for (int i = 0; i < p->n_jobs; i++) {
        const struct planned_job *j = &p->jobs[i];
        if (j->state == JOB_DONE)
            continue;
        if (r->tools[j->kind][0] == '\0')
            job_kind_at(j->kind)->tools(r->tools[j->kind], sizeof r->tools[j->kind]);
    }
    for (int i = 0; i < p->n_jobs; i++)
        if (p->jobs[i].state == JOB_HOPELESS) {
            r->outcome->hopeless[p->jobs[i].kind]++;
            give_up(r, i);
        }
    return STATUS_OK;
}

enum status runner_run(struct plan *p, struct store *s, int workers, bool quiet, struct run_outcome *out,
                       struct errmsg *e)
{
    struct runner r = {.plan = p, .store = s, .outcome = out, .workers = workers, .shown.seconds_left = NAN};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < p->n_jobs; i++)
        out->cached += p->jobs[i].state == JOB_DONE;
    enum status st = prepare(&r, e);
    progress_start(&r.progress, p->n_jobs - out->cached, out->cached, quiet);
    store_tell(s, waits, &r);
    if (st == STATUS_OK)
        st = pool_new(workers, &stop_requested, &r.pool, e);
    if (st == STATUS_OK) {
        pool_keep(r.pool, serve, &r);
        st = loop(&r, e);
    }
    pool_free(r.pool); /* nobody works on after this, whatever happened */
    if (r.running != NULL && st != STATUS_ENVIRONMENT) {
        struct errmsg why = {""};
        const enum status told = record_how_far(&r, true, st == STATUS_INTERRUPTED, &why);
        if (st == STATUS_OK && told != STATUS_OK)
            st = fail(e, told, "%s", why.text);
    }
    tell_more(&r);
    progress_end(&r.progress);
    if (st == STATUS_OK)
        st = outcome_count_wrong(p, s, out, e);
    store_tell(s, NULL, NULL);
    out->seconds = progress_seconds(&r.progress);
    queue_free(&r.queue);
    time_left_free(r.time_left);
    free(r.second_try);
    free(r.running);
    return st;
}
