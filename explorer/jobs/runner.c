#include "explorer/jobs/runner.h"

#include "base/clock.h"
#include "base/intern.h"
#include "base/machine.h"
#include "base/stop.h"
#include "base/tool.h"
#include "base/version.h"
#include "db/runners.h"
#include "explorer/jobs/job.h"
#include "explorer/jobs/order.h"
#include "explorer/jobs/queue.h"
#include "explorer/jobs/time_left.h"

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

/* A job at work, and how far it is; job: -1: the place is free. */
struct at_work {
    int job, step, steps;
    double part;
};

struct run {
    struct plan *plan;
    struct store *store;
    struct runners *runners;
    struct pool *pool;
    struct queue queue;
    struct progress progress;
    struct progress_state shown;
    struct time_left *time_left;
    int workers;
    struct run_outcome *outcome;
    char **first_try; /* of each job that crashed: how, and what it printed; owned */
    const struct run_options *how;
    double recorded;        /* when it was last written how far the run is */
    struct at_work *at_work;     /* of each worker */
    struct running_job *running; /* room for all workers */
    int *elsewhere, n_elsewhere; /* jobs that other runs do */
    double looked;               /* when it was last tried to have these */
    struct intern by_digest;     /* the jobs of the plan, numbered as there; made when another run has news */
    char tools[JOB_KIND_COUNT][512], host[256];
    char last_why[256]; /* the last failure that was told, and how many like it were not */
    int n_more;
    char job[PLAN_LABEL_BYTES]; /* the one that is shown */
};

/* --------------------------------------------------------------------------- the log */

/* log_job: begins a line about a job; NULL without a log. */
static struct json *log_job(const struct run *r, const char *event, int job)
{
    char label[PLAN_LABEL_BYTES];
    const struct planned_job *j = &r->plan->jobs[job];
    struct json *line = run_log_begin(r->how->log, event);
    if (line == NULL)
        return NULL;
    json_put_text(line, "job", j->digest);
    json_put_text(line, "kind", job_kind_at(j->kind)->name);
    json_put_text(line, "label", plan_label(r->plan, job, label));
    return line;
}

/* log_text: a line about a job with one more member; text NULL: none. */
static void log_text(const struct run *r, const char *event, int job, const char *key, const char *text)
{
    struct json *line = log_job(r, event, job);
    if (line == NULL)
        return;
    if (text != NULL)
        json_put_text(line, key, text);
    run_log_end(r->how->log);
}

static void log_done(const struct run *r, int job, double seconds, const struct job_result *result)
{
    const struct job_kind *k = job_kind_at(r->plan->jobs[job].kind);
    struct json *line = log_job(r, "job_done", job);
    if (line == NULL)
        return;
    json_put_real(line, "seconds", seconds);
    if (k->figures != NULL) {
        json_put_open(line, "figures", '{', true);
        k->figures(result, line);
        json_put_close(line);
    }
    run_log_end(r->how->log);
}

static void log_epoch(const struct run *r, int job, const struct job_news *news)
{
    struct json *line = news->steps > 0 ? log_job(r, "epoch", job) : NULL;
    if (line == NULL)
        return;
    json_put_int(line, "epoch", news->step);
    json_put_int(line, "epochs", news->steps);
    json_put_real(line, "seconds", news->seconds);
    run_log_end(r->how->log);
}

/* log_run: the run begins or ends. */
static void log_run(const struct run *r, const char *event, const char *end)
{
    struct json *line = run_log_begin(r->how->log, event);
    if (line == NULL)
        return;
    json_put_text(line, "sweep", r->plan->sweep->name);
    json_put_text(line, "db", store_path(r->store));
    json_put_int(line, "pid", getpid());
    json_put_int(line, "workers", r->workers);
    json_put_int(line, "jobs", r->progress.total);
    json_put_int(line, "done", r->shown.done);
    json_put_int(line, "failed", r->shown.failed);
    json_put_int(line, "done_before", r->progress.cached);
    json_put_real(line, "seconds", progress_seconds(&r->progress));
    if (end != NULL)
        json_put_text(line, "end", end);
    run_log_end(r->how->log);
}

/* ------------------------------------------------------------------- telling failures */

static void tell_more(struct run *r)
{
    if (r->n_more > 0)
        progress_say(&r->progress, "FAILED: and %d more like it", r->n_more);
    r->n_more = 0;
}

/* tell_failure: one line, but a message that comes again and again only once. */
static void tell_failure(struct run *r, int job, const char *why)
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
static void give_up(struct run *r, int job)
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
static void finished(struct run *r, int job, double seconds)
{
    r->plan->jobs[job].state = JOB_DONE;
    time_left_done(r->time_left, job, seconds);
    r->outcome->done++;
    r->shown.done++;
    queue_done(&r->queue, job);
}

/* at_work: the place of a job that runs; with -1 a free one. */
static struct at_work *at_work(struct run *r, int job)
{
    struct at_work *w = r->at_work;
    while (w->job != job)
        w++;
    return w;
}

/* noted: news of a running job. */
static void noted(struct run *r, const struct pool_event *event)
{
    struct job_news news;
    if (event->n_bytes != sizeof news)
        return;
    memcpy(&news, event->bytes, sizeof news);
    struct at_work *w = at_work(r, event->id);
    w->part = news.to;
    w->step = news.step;
    w->steps = news.steps;
    log_epoch(r, event->id, &news);
    time_left_part(r->time_left, event->id, news.from, news.to, news.seconds, clock_monotonic_s());
}

/* -------------------------------------------------------------------- other runs */

/* known: the number of a job of the plan, -1 if it has none. Made of the whole plan when it is first needed. */
static int known(struct run *r, const char *digest)
{
    char key[DIGEST_HEX_BYTES] = "";
    bool fresh = false;
    if (r->by_digest.n == 0) {
        intern_init(&r->by_digest, sizeof key);
        for (int i = 0; i < r->plan->n_jobs; i++)
            if (intern_add(&r->by_digest, r->plan->jobs[i].digest, &fresh) < 0)
                return -1;
    }
    snprintf(key, sizeof key, "%s", digest);
    return intern_find(&r->by_digest, key);
}

/* ended_elsewhere: how a job ended that another run did. */
static void ended_elsewhere(struct run *r, int job, enum claim how)
{
    struct planned_job *j = &r->plan->jobs[job];
    if (r->queue.over[job])
        return;
    time_left_dropped(r->time_left, job);
    if (how == CLAIM_DONE) {
        log_text(r, "job_done_elsewhere", job, NULL, NULL);
        j->state = JOB_DONE;
        r->outcome->elsewhere++;
        r->shown.done++;
        queue_done(&r->queue, job);
        return;
    }
    if (how == CLAIM_HOPELESS)
        r->outcome->hopeless[j->kind]++;
    else
        r->outcome->failed++;
    j->state = how == CLAIM_HOPELESS ? JOB_HOPELESS : JOB_FAILED;
    tell_failure(r, job,
                 how == CLAIM_GONE ? "another run of the sweep no longer asks for it"
                                   : "it failed in another run (`deltasweep status` says why)");
    give_up(r, job);
}

static void heard(void *context, const char *digest, enum claim how)
{
    struct run *r = context;
    const int job = known(r, digest);
    if (job >= 0)
        ended_elsewhere(r, job, how);
}

/* hear: what other runs have done since. */
static enum status hear(struct run *r, struct errmsg *e)
{
    int workers = 0;
    if (runners_others(r->runners, &workers) == 0 && r->n_elsewhere == 0)
        return STATUS_OK;
    return runners_news(r->runners, heard, r, e);
}

/* itself: the run as other runs and `status` see it. */
static struct runner itself(const struct run *r)
{
    return (struct runner){.sweep = r->plan->sweep->name,
                           .host = r->host,
                           .pid = getpid(),
                           .workers = r->workers,
                           .jobs = r->progress.total,
                           .done = r->shown.done,
                           .failed = r->shown.failed,
                           .seconds = progress_seconds(&r->progress),
                           .seconds_left = r->shown.seconds_left,
                           .done_before = r->progress.cached};
}

/* record_how_far: for other runs and for `status`, at most once a second. */
static enum status record_how_far(struct run *r, struct errmsg *e)
{
    const double now = clock_monotonic_s();
    int n = 0, id = 0, pid = 0;
    if (now - r->recorded < 1)
        return STATUS_OK;
    r->recorded = now;
    for (double seconds = 0; (pid = pool_pid(r->pool, n, &id, &seconds)) > 0; n++) {
        const struct at_work *w = at_work(r, id);
        r->running[n] = (struct running_job){.digest = r->plan->jobs[id].digest,
                                             .pid = pid,
                                             .seconds = seconds,
                                             .part = w->part,
                                             .step = w->step,
                                             .steps = w->steps};
    }
    const struct runner me = itself(r);
    const enum status st = runners_beat(r->runners, &me, r->running, n, e);
    return st == STATUS_OK ? hear(r, e) : st;
}

/* leave: the run is over. */
static enum status leave(struct run *r, bool interrupted, struct errmsg *e)
{
    struct runner me = itself(r);
    me.ended = true;
    me.interrupted = interrupted;
    me.seconds_left = 0;
    return runners_beat(r->runners, &me, NULL, 0, e);
}

/* -------------------------------------------------------------------------- one job */

static struct job_note note_of(const struct run *r, int job, double seconds)
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
    const struct run *r = context;
    if (!detached)
        store_detach(r->store);
    detached = true;
    const struct job_limits limits = limits_of_kind(job_kind_at(r->plan->jobs[job].kind), r->how->limits);
    tool_limit(&(struct tool_limits){limits.tool_seconds, 0, TOOL_TIME_REMEDY});
    job_do(&(struct job_work){r->plan, &r->plan->jobs[job], n > 0 ? input : NULL, n}, link);
}

static enum status start_job(struct run *r, int job, struct errmsg *e)
{
    const struct planned_job *j = &r->plan->jobs[job];
    const struct job_kind *k = job_kind_at(j->kind);
    uint8_t *input = NULL;
    size_t input_bytes = 0;
    enum status st = k->fetch == NULL ? STATUS_OK : k->fetch(r->store, r->plan, j, &input, &input_bytes, e);
    const struct job_limits limits = limits_of_kind(k, r->how->limits);
    pool_limit(r->pool, &(struct pool_limits){limits.job_seconds, limits.job_bytes, "--job-time gives a job more time",
                                              "--job-memory gives a job more"});
    if (st == STATUS_OK)
        st = pool_give(r->pool, job, input, input_bytes, e);
    free(input);
    if (st == STATUS_OK) {
        time_left_started(r->time_left, job, clock_monotonic_s());
        *at_work(r, -1) = (struct at_work){.job = job, .part = NAN};
        log_text(r, "job_started", job, NULL, NULL);
    }
    return st;
}

/* take_job: starts the job, if it is this run that may do it. */
static enum status take_job(struct run *r, int job, struct errmsg *e)
{
    enum claim claim = CLAIM_GONE;
    const enum status st = runners_claim(r->runners, r->plan->jobs[job].digest, &claim, e);
    if (st != STATUS_OK)
        return st;
    if (claim == CLAIM_MINE)
        return start_job(r, job, e);
    if (claim == CLAIM_ELSEWHERE)
        r->elsewhere[r->n_elsewhere++] = job;
    else
        ended_elsewhere(r, job, claim);
    return STATUS_OK;
}

/* failed: for good in this run; final: in every run. */
static enum status failed(struct run *r, int job, double seconds, bool final, const char *why, const char *output,
                          struct errmsg *e)
{
    struct planned_job *j = &r->plan->jobs[job];
    const struct job_note note = note_of(r, job, seconds);
    tell_failure(r, job, why);
    log_text(r, "job_failed", job, "message", why);
    if (final)
        r->outcome->hopeless[j->kind]++;
    else
        r->outcome->failed++;
    j->state = final ? JOB_HOPELESS : JOB_FAILED;
    give_up(r, job);
    return record_failed(r->store, j->digest, why, output, final, &note, e);
}

/* both_tries: the text of the two tries of a job, for its output; NULL without memory or without a text. */
static char *both_tries(const char *first, const char *log)
{
    char *out = NULL;
    if (first == NULL)
        return log != NULL ? strdup(log) : NULL;
    return asprintf(&out, "%s\n[second try]\n%s", first, log != NULL ? log : "") < 0 ? NULL : out;
}

/* ended_badly: the job failed for good in this run. */
static enum status ended_badly(struct run *r, const struct pool_event *event, bool final, const char *why,
                               struct errmsg *e)
{
    char *output = both_tries(r->first_try[event->id], event->log);
    const enum status st = failed(r, event->id, event->seconds, final, why, output, e);
    free(output);
    return st;
}

/* crashed: the worker or a tool of it was ended by a signal. Once this may be chance: memory, a kill. */
static enum status crashed(struct run *r, const struct pool_event *event, const char *why, struct errmsg *e)
{
    const int job = event->id;
    char label[PLAN_LABEL_BYTES];
    const struct planned_job *j = &r->plan->jobs[job];
    if (r->first_try[job] != NULL)
        return ended_badly(r, event, false, why, e);
    if (asprintf(&r->first_try[job], "[first try: %s]\n%s", why, event->log != NULL ? event->log : "") < 0) {
        r->first_try[job] = NULL;
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the output of a job");
    }
    progress_say(&r->progress, "%s: %s; it gets a second try", plan_label(r->plan, job, label), why);
    log_text(r, "job_retried", job, "message", why);
    time_left_back(r->time_left, job);
    queue_later(&r->queue, job);
    return record_crash(r->store, j->digest, r->first_try[job], e);
}

static enum status answered(struct run *r, const struct pool_event *event, struct errmsg *e)
{
    const int job = event->id;
    char label[PLAN_LABEL_BYTES];
    const struct planned_job *j = &r->plan->jobs[job];
    const struct job_kind *k = job_kind_at(j->kind);
    struct job_result result;
    struct errmsg why = {""};
    enum status outcome = STATUS_OK;
    bool crash = false;
    if (job_read_answer(k, event->bytes, event->n_bytes, &outcome, &crash, &why, &result, &why) != STATUS_OK)
        outcome = STATUS_ENVIRONMENT;
    if (result.note.text[0] != '\0')
        progress_say(&r->progress, "%s: %s", plan_label(r->plan, job, label), result.note.text);
    if (outcome != STATUS_OK) {
        job_result_free(&result);
        return crash ? crashed(r, event, why.text, e)
                     : ended_badly(r, event, outcome == STATUS_VERDICT && k->hopeless.what != NULL, why.text, e);
    }
    const struct job_note note = note_of(r, job, event->seconds);
    const enum status st = record_done(r->store, j->digest, &note, r->first_try[job] != NULL, k->save, &result, e);
    if (st == STATUS_OK) {
        if (k->say != NULL)
            k->say(plan_label(r->plan, job, label), &result, &r->progress);
        log_done(r, job, event->seconds, &result);
        finished(r, job, event->seconds);
    }
    job_result_free(&result);
    return st;
}

/* ended: the worker of a job has ended, in whichever way. */
static enum status ended(struct run *r, const struct pool_event *event, struct errmsg *e)
{
    at_work(r, event->id)->job = -1;
    if (r->queue.over[event->id]) /* another run was faster: ours was taken for dead, or a database was merged */
        return runners_release(r->runners, r->plan->jobs[event->id].digest, e);
    if (event->type == POOL_ANSWER)
        return answered(r, event, e);
    if (event->type == POOL_LIMIT)
        return ended_badly(r, event, false, event->why.text, e);
    return crashed(r, event, event->why.text, e);
}

/* -------------------------------------------------------------------------- the loop */

/* fill_pool: starts ready jobs while there is a free worker. What another run does is tried again once a second: that
 * run may have died. */
static enum status fill_pool(struct run *r, struct errmsg *e)
{
    enum status st = STATUS_OK;
    int job = 0;
    if (r->n_elsewhere > 0 && !pool_full(r->pool) && clock_monotonic_s() - r->looked >= 1) {
        r->looked = clock_monotonic_s();
        while (r->n_elsewhere > 0)
            queue_again(&r->queue, r->elsewhere[--r->n_elsewhere]);
    }
    while (st == STATUS_OK && !pool_full(r->pool) && stop_requested == 0 && (job = queue_next(&r->queue)) >= 0)
        st = take_job(r, job, e);
    return st;
}

/* show_how_far: on the screen and in the database. The forecast takes a while for many jobs: it is made where it is
 * needed. */
static enum status show_how_far(struct run *r, struct errmsg *e)
{
    double longest = -1, seconds = 0;
    r->shown.running = pool_running(r->pool);
    r->shown.elsewhere = r->n_elsewhere;
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
    return record_how_far(r, e);
}

/* one_event: waits a while for what happens next, and acts on it. */
static enum status one_event(struct run *r, struct errmsg *e)
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
    case POOL_LOST:
    case POOL_LIMIT:
        return ended(r, &event, e);
    case POOL_STOP:
        return stop_check(e);
    case POOL_NOTHING:
        break;
    }
    return STATUS_OK;
}

static enum status loop(struct run *r, struct errmsg *e)
{
    enum status st = STATUS_OK;
    while (st == STATUS_OK && (st = fill_pool(r, e)) == STATUS_OK) {
        if (pool_running(r->pool) > 0 || stop_requested != 0)
            st = one_event(r, e);
        else if (queue_recall(&r->queue) > 0)
            continue;
        else if (r->n_elsewhere > 0)
            st = one_event(r, e);
        else
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
    struct run *r = context;
    struct json *logged = run_log_begin(r->how->log, "warning");
    progress_say(&r->progress, "deltasweep: %s", line);
    if (logged != NULL) {
        json_put_text(logged, "message", line);
        run_log_end(r->how->log);
    }
}

/* prepare: what is known before the first job starts. */
static enum status prepare(struct run *r, struct errmsg *e)
{
    const struct plan *p = r->plan;
    r->first_try = calloc((size_t)p->n_jobs + 1, sizeof *r->first_try);
    r->running = calloc((size_t)r->workers + 1, sizeof *r->running);
    r->at_work = calloc((size_t)r->workers + 1, sizeof *r->at_work);
    r->elsewhere = calloc((size_t)p->n_jobs + 1, sizeof *r->elsewhere);
    if (r->first_try == NULL || r->running == NULL || r->at_work == NULL || r->elsewhere == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the jobs");
    for (int i = 0; i < r->workers; i++)
        r->at_work[i].job = -1;
    enum status st = order_jobs(r->plan, r->workers, e);
    if (st == STATUS_OK)
        st = queue_init(&r->queue, p, e);
    if (st == STATUS_OK)
        st = time_left_new(p, r->workers, &r->time_left, e);
    if (st != STATUS_OK)
        return st;
    machine_name(r->host, sizeof r->host);
    time_left_remember(r->time_left, store_handle(r->store), r->host);
    for (int i = 0; i < p->n_jobs; i++) {
        const struct planned_job *j = &p->jobs[i];
        if (j->state == JOB_DONE)
            continue;
        if (r->tools[j->kind][0] == '\0' &&
            (st = job_kind_at(j->kind)->tools(r->tools[j->kind], sizeof r->tools[j->kind], e)) != STATUS_OK)
            return st;
    }
    for (int i = 0; i < p->n_jobs; i++)
        if (p->jobs[i].state == JOB_HOPELESS) {
            r->outcome->hopeless[p->jobs[i].kind]++;
            give_up(r, i);
        }
    return STATUS_OK;
}

/* begin: joins the runs of the database, and makes the pool. */
static enum status begin(struct run *r, struct errmsg *e)
{
    const struct runner me = itself(r);
    enum status st = runners_join(r->store, &me, &r->runners, e);
    if (st == STATUS_OK)
        st = pool_new(r->workers, &stop_requested, &r->pool, e);
    if (st != STATUS_OK)
        return st;
    pool_keep(r->pool, serve, r);
    log_run(r, "run_started", NULL);
    return STATUS_OK;
}

/* finish: the run is over, with status st; it is told to other runs, `status` and the log. */
static enum status finish(struct run *r, enum status st, struct errmsg *e)
{
    struct errmsg why = {""};
    if (r->runners == NULL)
        return st;
    if (st != STATUS_ENVIRONMENT) {
        const enum status told = leave(r, st == STATUS_INTERRUPTED, &why);
        if (st == STATUS_OK && told != STATUS_OK)
            st = fail(e, told, "%s", why.text);
    }
    log_run(r, "run_ended", st == STATUS_OK ? "complete" : st == STATUS_INTERRUPTED ? "interrupted" : "failed");
    return st;
}

static void free_run(struct run *r)
{
    for (int i = 0; r->first_try != NULL && i < r->plan->n_jobs; i++)
        free(r->first_try[i]);
    free(r->first_try);
    runners_free(r->runners);
    intern_free(&r->by_digest);
    queue_free(&r->queue);
    time_left_free(r->time_left);
    free(r->running);
    free(r->at_work);
    free(r->elsewhere);
}

/* which_jobs: a search has its jobs done round by round, and at its end those of the hardware of its front. */
static const char *which_jobs(const struct plan *p)
{
    if (p->sweep->search == NULL)
        return "";
    return p->rtl_digest[0] == '\0' ? " of this round" : " for the front";
}

enum status runner_run(struct plan *p, struct store *s, const struct run_options *how, struct run_outcome *out,
                       struct errmsg *e)
{
    struct run r = {
        .plan = p, .store = s, .outcome = out, .how = how, .workers = how->workers, .shown.seconds_left = NAN};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < p->n_jobs; i++)
        out->cached += p->jobs[i].state == JOB_DONE;
    enum status st = prepare(&r, e);
    progress_start(&r.progress, p->n_jobs - out->cached, out->cached, which_jobs(p), how->quiet);
    store_tell(s, waits, &r);
    if (st == STATUS_OK)
        st = begin(&r, e);
    if (st == STATUS_OK)
        st = loop(&r, e);
    pool_free(r.pool); /* nobody works on after this, whatever happened */
    st = finish(&r, st, e);
    tell_more(&r);
    progress_end(&r.progress);
    if (st == STATUS_OK)
        st = outcome_count_wrong(p, s, out, e);
    store_tell(s, NULL, NULL);
    out->seconds = progress_seconds(&r.progress);
    free_run(&r);
    return st;
}
