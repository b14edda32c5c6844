#include "explorer/jobs/runner.h"

#include "base/clock.h"
#include "base/version.h"
#include "explorer/jobs/job.h"
#include "explorer/jobs/pace.h"
#include "explorer/jobs/pool.h"
#include "explorer/jobs/progress.h"
#include "base/stop.h"

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

/* Where a job is while the runner works. */
struct progress_of {
    int waits_for;    /* jobs that it needs and that are not done */
    bool second_try, over;
    double part;      /* of a running one, 0..1 */
    double seconds;   /* s, that this part took */
};

struct runner {
    struct plan *plan;
    struct store *store;
    struct pool *pool;
    struct progress progress;
    struct progress_state shown;
    struct pace pace;
    int workers;
    struct run_outcome *outcome;
    struct progress_of *of;
    /* Jobs that wait for job i: users[first_user[i] .. first_user[i + 1]). */
    int *first_user, *users;
    int *heap, n_heap;   /* ready jobs, the most expensive on top */
    int *lost, n_lost;   /* to be tried once more when the rest is done */
    char tools[JOB_KIND_COUNT][512], host[256];
    char last_why[256];  /* of the last failure that was told, and how many like it were not */
    int n_more;
};

/* ------------------------------------------------------------------ the ready heap */

static bool before(const struct runner *r, int a, int b)
{
    const double ca = r->plan->jobs[a].cost, cb = r->plan->jobs[b].cost;
    return ca > cb || (ca >= cb && a < b);
}

static void heap_push(struct runner *r, int job)
{
    int i = r->n_heap++;
    while (i > 0 && before(r, job, r->heap[(i - 1) / 2])) {
        r->heap[i] = r->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    r->heap[i] = job;
}

static int heap_pop(struct runner *r)
{
    const int top = r->heap[0], last = r->heap[--r->n_heap];
    int i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= r->n_heap)
            break;
        if (child + 1 < r->n_heap && before(r, r->heap[child + 1], r->heap[child]))
            child++;
        if (!before(r, r->heap[child], last))
            break;
        r->heap[i] = r->heap[child];
        i = child;
    }
    r->heap[i] = last;
    return top;
}

/* --------------------------------------------------------------------------- set-up */

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the jobs");
}

/* count_hopeless: a job whose answer is no, and would be again. */
static void count_hopeless(struct runner *r, int job)
{
    if (r->plan->jobs[job].kind == JOB_TRAIN)
        r->outcome->hopeless++;
    else
        r->outcome->undeployable++;
}

/* given_up: the job failed for good; what needs it cannot start in this run. */
static void given_up(struct runner *r, int job)
{
    r->of[job].over = true;
    pace_drop(&r->pace, r->plan->jobs[job].kind, r->plan->jobs[job].cost * (1 - r->of[job].part));
    for (int k = r->first_user[job]; k < r->first_user[job + 1]; k++)
        if (!r->of[r->users[k]].over) {
            r->outcome->blocked++;
            r->shown.failed++;
            given_up(r, r->users[k]); /* two levels at most: only checks wait */
        }
}

/* link_jobs: who waits for whom, and what can start. Jobs that failed in an earlier
 * run are tried again. */
static enum status link_jobs(struct runner *r, struct errmsg *e)
{
    struct plan *p = r->plan;
    const size_t n = (size_t)p->n_jobs;
    r->of = calloc(n + 1, sizeof *r->of);
    r->first_user = calloc(n + 2, sizeof *r->first_user);
    r->heap = calloc(n + 1, sizeof *r->heap);
    r->lost = calloc(n + 1, sizeof *r->lost);
    r->users = calloc(2 * n + 1, sizeof *r->users);
    if (r->of == NULL || r->first_user == NULL || r->heap == NULL || r->lost == NULL || r->users == NULL)
        return no_memory(e);
    for (int i = 0; i < p->n_jobs; i++)
        for (int k = 0; k < p->jobs[i].n_needs; k++)
            r->first_user[p->jobs[i].needs[k] + 2]++;
    for (int i = 0; i < p->n_jobs; i++)
        r->first_user[i + 1] += r->first_user[i];
    for (int i = 0; i < p->n_jobs; i++) {
        const struct planned_job *job = &p->jobs[i];
        for (int k = 0; k < job->n_needs; k++) {
            r->users[r->first_user[job->needs[k] + 1]++] = i;
            r->of[i].waits_for += p->jobs[job->needs[k]].state != JOB_DONE;
        }
        r->of[i].over = job->state == JOB_DONE;
    }
    for (int i = 0; i < p->n_jobs; i++)
        if (p->jobs[i].state == JOB_HOPELESS) {
            count_hopeless(r, i);
            r->shown.failed++;
            given_up(r, i);
        }
    for (int i = 0; i < p->n_jobs; i++)
        if (!r->of[i].over && r->of[i].waits_for == 0)
            heap_push(r, i);
    return STATUS_OK;
}

/* finished: the job has its result; what waited only for it is ready. */
static void finished(struct runner *r, int job, double seconds)
{
    r->of[job].over = true;
    r->plan->jobs[job].state = JOB_DONE;
    pace_did(&r->pace, r->plan->jobs[job].kind, r->plan->jobs[job].cost * (1 - r->of[job].part),
             fmax(0, seconds - r->of[job].seconds));
    r->shown.done++;
    for (int k = r->first_user[job]; k < r->first_user[job + 1]; k++)
        if (--r->of[r->users[k]].waits_for == 0 && !r->of[r->users[k]].over)
            heap_push(r, r->users[k]);
}

/* ------------------------------------------------------------------------- the work */

static struct job_note note_of(const struct runner *r, int job, double started)
{
    const enum job_kind kind = r->plan->jobs[job].kind;
    return (struct job_note){.git_revision = version_revision,
                             .tools = r->tools[kind],
                             .rtl_digest = kind == JOB_TRAIN ? NULL : r->plan->rtl_digest,
                             .host = r->host,
                             .started = started,
                             .finished = clock_wall_s()};
}

/* What pool_start's work function gets: the store is let go of first. */
struct start {
    struct job_work work;
    struct store *store;
};

static void worker(void *context, struct pool_link *link)
{
    struct start *start = context;
    store_detach(start->store);
    job_do(&start->work, link);
}

static enum status start_job(struct runner *r, int job, struct errmsg *e)
{
    const struct planned_job *j = &r->plan->jobs[job];
    uint8_t *network = NULL;
    size_t network_bytes = 0;
    enum status st = STATUS_OK;
    if (j->kind == JOB_CHECK && j->n_needs == 2)
        st = record_network(r->store, r->plan->jobs[j->needs[1]].digest, &network, &network_bytes, e);
    struct start start = {{r->plan, j, network, network_bytes}, r->store};
    if (st == STATUS_OK)
        st = pool_start(r->pool, job, worker, &start, e); /* the child has its own copy of it all */
    free(network);
    return st;
}

/* say_accelerator: what is wrong with a check of one, if anything is. */
static void say_accelerator(struct runner *r, const struct planned_job *j, const struct accelerator_result *a)
{
    if (a->mismatches > 0)
        progress_say(&r->progress, "MISMATCH: %s: %lld in %lld images; the first is image %lld: %s", j->label,
                     (long long)a->mismatches, (long long)a->images, (long long)a->first_image, a->first_where);
    if (!a->schedule_agrees)
        progress_say(&r->progress,
                     "MISMATCH: %s: %lld clocks per inference and a latency of %lld are not what the "
                     "schedule says",
                     j->label, (long long)a->cycles_per_inference, (long long)a->cycles_latency);
}

static void say_done(struct runner *r, int job, const struct job_result *result)
{
    const struct planned_job *j = &r->plan->jobs[job];
    if (result->kind == JOB_CHECK && result->of_accelerator)
        say_accelerator(r, j, &result->accel);
    else if (result->kind == JOB_CHECK && result->check.mismatches > 0)
        progress_say(&r->progress, "MISMATCH: %s: %lld of %lld vectors; the first is vector %lld, clock %lld (%s): "
                     "expected %lld, got %lld",
                     j->label, (long long)result->check.mismatches, (long long)result->check.vectors,
                     (long long)result->check.first_vector, (long long)result->check.first_clock,
                     result->check.first_where, (long long)result->check.expected, (long long)result->check.got);
    if (result->kind == JOB_TRAIN && result->train.note[0] != '\0')
        progress_say(&r->progress, "%s: %s", j->label, result->train.note);
    if (result->kind == JOB_TRAIN && result->train.resumed_epochs > 0 && !r->progress.quiet)
        progress_say(&r->progress, "%s: went on after epoch %d of %d, where an earlier run was stopped", j->label,
                     result->train.resumed_epochs, result->train.n_epochs);
    if (result->kind == JOB_TRAIN && !r->progress.live && !r->progress.quiet)
        progress_say(&r->progress, "%s: test accuracy %.2f %% in %.1f s", j->label, 100 * result->train.test_accuracy,
                     result->train.seconds);
}

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
    progress_say(&r->progress, "FAILED: %s: %s", r->plan->jobs[job].label, why);
}

/* failed: for good in this run; final: in every run. */
static enum status failed(struct runner *r, int job, double started, bool final, const char *why, struct errmsg *e)
{
    const struct job_note note = note_of(r, job, started);
    tell_failure(r, job, why);
    if (final)
        count_hopeless(r, job);
    else
        r->outcome->failed++;
    r->shown.failed++;
    r->plan->jobs[job].state = final ? JOB_HOPELESS : JOB_FAILED;
    given_up(r, job);
    return record_failed(r->store, r->plan->jobs[job].digest, why, final, &note, e);
}

static enum status answered(struct runner *r, const struct pool_event *event, struct errmsg *e)
{
    const int job = event->id;
    struct job_result result;
    struct errmsg why = {""};
    enum status outcome = STATUS_OK;
    if (job_read_answer(event->bytes, event->n_bytes, &outcome, &why, &result, &why) != STATUS_OK)
        outcome = STATUS_ENVIRONMENT;
    if (outcome != STATUS_OK)
        return failed(r, job, event->started, outcome == STATUS_VERDICT, why.text, e);
    const struct job_note note = note_of(r, job, event->started);
    const enum status st = record_done(r->store, r->plan->jobs[job].digest, &result, &note, e);
    if (st == STATUS_OK) {
        say_done(r, job, &result);
        r->outcome->done++;
        finished(r, job, note.finished - note.started);
    }
    job_result_free(&result);
    return st;
}

static enum status lost(struct runner *r, const struct pool_event *event, struct errmsg *e)
{
    const int job = event->id;
    if (r->of[job].second_try)
        return failed(r, job, event->started, false, event->why.text, e);
    progress_say(&r->progress, "%s: %s; it gets a second try", r->plan->jobs[job].label, event->why.text);
    r->of[job].second_try = true;
    pace_add(&r->pace, r->plan->jobs[job].kind, r->plan->jobs[job].cost * r->of[job].part);
    r->of[job].part = r->of[job].seconds = 0;
    r->lost[r->n_lost++] = job;
    return STATUS_OK;
}

static void noted(struct runner *r, const struct pool_event *event)
{
    struct job_news news;
    struct progress_of *of = &r->of[event->id];
    if (event->n_bytes != sizeof news)
        return;
    memcpy(&news, event->bytes, sizeof news);
    const double part = (double)news.epoch.epoch / news.epochs, before = (news.epoch.epoch - 1.0) / news.epochs;
    if (of->part < before) { /* it went on from a checkpoint: nobody has to do those epochs again */
        pace_drop(&r->pace, JOB_TRAIN, r->plan->jobs[event->id].cost * (before - of->part));
        of->part = before;
    }
    pace_did(&r->pace, JOB_TRAIN, r->plan->jobs[event->id].cost * (part - of->part), news.epoch.seconds);
    of->part = part;
    of->seconds += news.epoch.seconds;
}

static enum status loop(struct runner *r, struct errmsg *e)
{
    enum status st = STATUS_OK;
    while (st == STATUS_OK) {
        while (st == STATUS_OK && r->n_heap > 0 && !pool_full(r->pool) && stop_requested == 0)
            st = start_job(r, heap_pop(r), e);
        if (st != STATUS_OK)
            break;
        if (pool_running(r->pool) == 0 && stop_requested == 0) {
            if (r->n_lost == 0)
                break;
            while (r->n_lost > 0)
                heap_push(r, r->lost[--r->n_lost]);
            continue;
        }
        struct pool_event event;
        r->shown.running = pool_running(r->pool);
        r->shown.seconds_left = pace_left(&r->pace, r->workers);
        progress_show(&r->progress, &r->shown);
        if ((st = pool_wait(r->pool, 500, &event, e)) != STATUS_OK)
            break;
        switch (event.type) {
        case POOL_NOTE:
            noted(r, &event);
            break;
        case POOL_ANSWER:
            st = answered(r, &event, e);
            break;
        case POOL_LOST:
            st = lost(r, &event, e);
            break;
        case POOL_STOP:
            st = stop_check(e);
            break;
        case POOL_NOTHING:
            break;
        }
    }
    /* A wait for another program's lock that ended because of the signal is an interruption, not a fault. */
    if (st == STATUS_ENVIRONMENT && stop_requested != 0)
        st = stop_check(e);
    return st;
}

/* count_mismatches: over all checks that the plan asks for. */
static enum status count_mismatches(struct runner *r, struct errmsg *e)
{
    sqlite3 *db = store_handle(r->store);
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT mismatches FROM checks WHERE job = ?1 UNION ALL "
                                "SELECT mismatches + (NOT schedule_agrees) FROM accelerator_checks WHERE job = ?1",
                                -1, &st, NULL);
    for (int i = 0; i < r->plan->n_jobs && rc == SQLITE_OK; i++) {
        if (r->plan->jobs[i].kind != JOB_CHECK || r->plan->jobs[i].state != JOB_DONE)
            continue;
        sqlite3_bind_text(st, 1, r->plan->jobs[i].digest, -1, SQLITE_STATIC);
        if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int64(st, 0) > 0)
            r->outcome->mismatched++;
        rc = sqlite3_reset(st);
    }
    const enum status result =
        rc == SQLITE_OK ? STATUS_OK : store_fail(db, store_path(r->store), "counting mismatches", e);
    sqlite3_finalize(st);
    return result;
}

enum status runner_run(struct plan *p, struct store *s, int workers, bool quiet, struct run_outcome *out,
                       struct errmsg *e)
{
    struct runner r = {.plan = p, .store = s, .outcome = out, .workers = workers};
    enum status st;

    memset(out, 0, sizeof *out);
    for (int i = 0; i < p->n_jobs; i++) {
        out->cached += p->jobs[i].state == JOB_DONE;
        if (p->jobs[i].state != JOB_DONE)
            pace_add(&r.pace, p->jobs[i].kind, p->jobs[i].cost);
    }
    for (int i = 0; i < p->n_jobs; i++)
        if (p->jobs[i].state != JOB_DONE && r.tools[p->jobs[i].kind][0] == '\0')
            job_tools(p->jobs[i].kind, r.tools[p->jobs[i].kind], sizeof r.tools[0]);
    if (gethostname(r.host, sizeof r.host - 1) != 0)
        snprintf(r.host, sizeof r.host, "unknown");
    progress_start(&r.progress, p->n_jobs - out->cached, out->cached, quiet);
    if ((st = link_jobs(&r, e)) == STATUS_OK)
        st = pool_new(workers, &stop_requested, &r.pool, e);
    if (st == STATUS_OK)
        st = loop(&r, e);
    pool_free(r.pool); /* nobody works on after this, whatever happened */
    tell_more(&r);
    progress_end(&r.progress);
    if (st == STATUS_OK)
        st = count_mismatches(&r, e);
    out->seconds = progress_seconds(&r.progress);
    free(r.of);
    free(r.first_user);
    free(r.users);
    free(r.heap);
    free(r.lost);
    return st;
}

enum status runner_verdict(const struct plan *p, const struct run_outcome *o, struct errmsg *e)
{
    if (o->mismatched > 0)
        return fail(e, STATUS_VERDICT, "%d check%s found that the RTL and the integer definition differ "
                    "(`deltasweep query \"SELECT point, seed, rtl_mismatches FROM results WHERE rtl_mismatches > 0\"`)",
                    o->mismatched, o->mismatched == 1 ? "" : "s");
    if (o->hopeless > 0 && o->failed == 0)
        return fail(e, STATUS_VERDICT, "%d training%s diverged (`deltasweep status` says where): lower train.lr; what is "
                    "known to diverge is not tried again",
                    o->hopeless, o->hopeless == 1 ? "" : "s");
    if (o->undeployable > 0 && o->failed == 0)
        return fail(e, STATUS_VERDICT, "%d trained network%s cannot be deployed (`deltasweep status` says why)",
                    o->undeployable, o->undeployable == 1 ? "" : "s");
    if (o->failed > 0) {
        char blocked[64] = "";
        if (o->blocked > 0)
            snprintf(blocked, sizeof blocked, ", and %d could not start for that", o->blocked);
        return fail(e, STATUS_ENVIRONMENT, "%d job%s failed%s; the messages are kept (`deltasweep status`), and the same "
                    "command tries again",
                    o->failed, o->failed == 1 ? "" : "s", blocked);
    }
    if (p->no_simulator || p->no_synthesis || p->no_timing)
        return fail(e, STATUS_ENVIRONMENT, "%s left out for want of a tool, the columns are NULL: install what is "
                    "named above, and the same command fills them in",
                    p->no_simulator && p->no_synthesis ? "simulation and synthesis were"
                    : p->no_simulator && p->no_timing  ? "simulation and the timing estimate were"
                    : p->no_simulator                  ? "simulation was"
                    : p->no_synthesis                  ? "synthesis was"
                                                       : "the timing estimate was");
    return STATUS_OK;
}
