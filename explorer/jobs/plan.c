#include "explorer/jobs/plan.h"

#include "base/intern.h"
#include "base/text.h"
#include "explorer/sweep/expand.h"
#include "base/stop.h"
#include "base/tool.h"
#include "explorer/jobs/data.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/kinds/train.h"
#include "explorer/jobs/shard.h"
#include "models/fpga/design/rtl_files.h"
#include "explorer/sweep/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the plan");
}

enum {
    RUNS_MOST = INT_MAX / 2, /* and jobs: they are counted in an int */
    DIGEST_PART = 32,        /* hexadecimal digits: 128 bits tell jobs apart */
};

/* What plan_make needs only while it works. */
struct planner {
    struct plan *plan;
    const struct stages *stages;
    struct intern jobs;     /* by digest, numbered as plan->jobs */
    struct intern hardware; /* by struct hardware_key; the jobs of each: */
    struct hardware_jobs {
        int build, synth; /* -1: none */
    } *of_hardware;
    int room_jobs, room_runs, room_hardware;
};

static void planner_free(struct planner *w)
{
    intern_free(&w->jobs);
    intern_free(&w->hardware);
    free(w->of_hardware);
}

/* grown: list with room for one more than n elements, NULL without memory. */
static void *grown(void *list, int n, int *room, size_t bytes)
{
    enum { FIRST = 64 };
    if (n < *room)
        return list;
    const int more = *room == 0 ? FIRST : 2 * *room;
    void *out = realloc(list, (size_t)more * bytes);
    if (out != NULL)
        *room = more;
    return out;
}

/* note_missing: notes what to install, and what there is not without it. */
static void note_missing(struct plan *p, const struct errmsg *why, const char *lost, const char *note)
{
    const size_t used = strlen(p->missing);
    snprintf(p->missing + used, sizeof p->missing - used, "%s%s; %s%s", used == 0 ? "" : "\n", why->text, lost, note);
}

/* set_pace: one guess of the costs may be wrong in another way than the next: kind and engine, or scheme and layers. */
static enum status set_pace(struct plan *p, struct planned_job *job, struct errmsg *e)
{
    const struct point *at = plan_point(p, job->point);
    const char *name = job_kind_at(job->kind)->name;
    char pace[48];
    int i = 0;
    const bool trains = job_kind_at(job->kind)->trains; /* a rung is as fast as the training that it is a part of */
    size_t used = text_append(pace, sizeof pace, 0, trains ? job_kind_at(JOB_TRAIN)->name : name);
    used = text_append(pace, sizeof pace, used, " ");
    if (trains)
        used = text_append(pace, sizeof pace, used, scheme_name(at->code.scheme));
    else
        text_append(pace, sizeof pace, used, at->hardware.engine->name);
    if (trains && !topology_is_chain(&at->shape))
        text_append(pace, sizeof pace, used, " images");
    while (i < PLAN_MAX_PACES - 1 && p->paces[i] != NULL && strcmp(p->paces[i], pace) != 0)
        i++;
    if (p->paces[i] == NULL && (p->paces[i] = strdup(pace)) == NULL)
        return no_memory(e);
    job->pace = p->paces[i];
    return STATUS_OK;
}

/* add_job: the job's number: a new one, or that of the same work which another point asked for. *index is -1 if the
 * kind's tool is missing. kind, point, seed and needs of job are set. */
static enum status add_job(struct planner *w, struct planned_job job, int *index, struct errmsg *e)
{
    struct plan *p = w->plan;
    const struct job_kind *k = job_kind_at(job.kind);
    struct errmsg why = {""};
    bool fresh = false;
    *index = -1;
    if (p->without[job.kind])
        return STATUS_OK;
    const enum status st = k->digest(p, &job, &why);
    if (st == STATUS_MISSING && k->lost != NULL) {
        p->without[job.kind] = true;
        note_missing(p, &why, k->lost, " is left out, its columns stay NULL");
        return STATUS_OK;
    }
    if (st != STATUS_OK)
        return fail(e, st, "%s", why.text);
    if ((*index = intern_add(&w->jobs, job.digest, &fresh)) < 0)
        return no_memory(e);
    if (!fresh)
        return STATUS_OK;
    struct planned_job *jobs = grown(p->jobs, p->n_jobs, &w->room_jobs, sizeof *jobs);
    if (jobs == NULL)
        return no_memory(e);
    p->jobs = jobs;
    job.cost = k->cost(p, &job);
    p->jobs[p->n_jobs] = job;
    return set_pace(p, &p->jobs[p->n_jobs++], e);
}

static enum status add_run(struct planner *w, const struct planned_run *run, struct errmsg *e)
{
    struct plan *p = w->plan;
    if (p->n_runs == RUNS_MOST)
        return fail(e, STATUS_INPUT, "%s: points times seeds are more than %d runs: split the sweep", p->sweep->file,
                    RUNS_MOST);
    struct planned_run *runs = grown(p->runs, p->n_runs, &w->room_runs, sizeof *runs);
    if (runs == NULL)
        return no_memory(e);
    p->runs = runs;
    p->runs[p->n_runs++] = *run;
    return STATUS_OK;
}

/* hardware_jobs: the jobs that depend on the hardware alone, shared by all points that have it. */
static enum status hardware_jobs(struct planner *w, int point, const struct hardware_jobs **out, struct errmsg *e)
{
    const struct hardware_key key = hardware_key(&plan_point(w->plan, point)->hardware);
    bool fresh = false;
    enum status st = STATUS_OK;
    const int i = intern_add(&w->hardware, &key, &fresh);
    if (i < 0)
        return no_memory(e);
    if (fresh) {
        struct hardware_jobs *all = grown(w->of_hardware, i, &w->room_hardware, sizeof *all);
        if (all == NULL)
            return no_memory(e);
        w->of_hardware = all;
        struct hardware_jobs *o = &all[i];
        *o = (struct hardware_jobs){-1, -1};
        if (w->stages->check)
            st = add_job(w, (struct planned_job){.kind = JOB_BUILD, .point = point}, &o->build, e);
        if (st == STATUS_OK && w->stages->synth)
            st = add_job(w, (struct planned_job){.kind = JOB_SYNTH, .point = point}, &o->synth, e);
    }
    *out = &w->of_hardware[i];
    return st;
}

/* add_check: train_job is -1 for a check without trained weights. */
static enum status add_check(struct planner *w, int point, uint64_t seed, int train_job, int build_job, int *index,
                             struct errmsg *e)
{
    const struct planned_job job = {.kind = JOB_CHECK,
                                    .point = point,
                                    .seed = seed,
                                    .needs = {build_job, train_job},
                                    .n_needs = train_job >= 0 ? 2 : 1};
    return add_job(w, job, index, e);
}

/* add_training_runs: one run for each seed. build_job is -1 for points that are not checked. */
static enum status add_training_runs(struct planner *w, int point, int build_job, struct errmsg *e)
{
    const struct sweep *s = w->plan->sweep;
    const bool trained = w->stages->trained_vectors;
    const struct engine *engine = plan_point(w->plan, point)->hardware.engine;
    const bool checked = build_job >= 0 && (trained || !engine->weights_in_logic);
    enum status st = STATUS_OK;
    for (int k = 0; k < s->n_seeds && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; k++) {
        struct planned_run run = {point, true, s->seeds[k], -1, -1};
        const struct planned_job training = {.kind = JOB_TRAIN, .point = point, .seed = run.seed};
        st = add_job(w, training, &run.train_job, e);
        if (st == STATUS_OK && checked)
            st = add_check(w, point, run.seed, trained ? run.train_job : -1, build_job, &run.check_job, e);
        if (st == STATUS_OK)
            st = add_run(w, &run, e);
    }
    return st;
}

static enum status plan_one(struct planner *w, int i, struct errmsg *e)
{
    struct planned_point *pp = &w->plan->points[i];
    const struct point *at = plan_point(w->plan, i);
    const struct engine *engine = at->hardware.engine;
    static const struct hardware_jobs none = {-1, -1};
    const struct hardware_jobs *o = &none;
    enum status st = STATUS_OK;
    pp->skipped = w->plan->sweep->skip_unfit && !hardware_may_fit(at);
    /* A synthesis without weights may still serve a smaller network. */
    if (engine != NULL && !(pp->skipped && engine->weights_in_logic) && (st = hardware_jobs(w, i, &o, e)) != STATUS_OK)
        return st;
    pp->build_job = o->build;
    pp->synth_job = o->synth;
    const int build_job = pp->skipped ? -1 : o->build;
    if (w->stages->train && !pp->skipped)
        return add_training_runs(w, i, build_job, e);
    struct planned_run run = {.point = i, .train_job = -1, .check_job = -1};
    if (build_job >= 0 && !engine->weights_in_logic)
        st = add_check(w, i, 0, -1, build_job, &run.check_job, e);
    return st == STATUS_OK ? add_run(w, &run, e) : st;
}

/* find_extra_tools: those that only add figures to the jobs of the plan. */
static void find_extra_tools(struct plan *p)
{
    bool used[JOB_KIND_COUNT] = {false};
    for (int i = 0; i < p->n_jobs; i++)
        used[p->jobs[i].kind] = true;
    for (int i = 0; i < JOB_KIND_COUNT; i++) {
        const struct job_kind *k = job_kind_at((enum job_kind_id)i);
        struct errmsg why;
        if (used[i] && k->extra.program != NULL && tool_find(k->extra.program, NULL, 0, &why) == STATUS_MISSING) {
            p->without_extra[i] = true;
            note_missing(p, &why, k->extra.note, "");
        }
    }
}

/* make_points: fills p->points. */
static enum status make_points(struct plan *p, bool hardware, struct errmsg *e)
{
    const enum status st = expand_sweep(p->sweep, &p->list, e);
    if (st != STATUS_OK)
        return st;
    p->n_points = p->list->n;
    p->points = calloc((size_t)p->n_points, sizeof *p->points);
    points_unused(p->list, p->unused, sizeof p->unused);
    if (hardware)
        points_lacking(p->list, p->lacking, sizeof p->lacking);
    return p->points == NULL ? no_memory(e) : STATUS_OK;
}

enum status plan_make(const struct sweep *sweep, const struct stages *stages, struct plan **out, struct errmsg *e)
{
    const bool hardware = stages->check || stages->synth;
    struct planner w = {.stages = stages};
    struct plan *p = calloc(1, sizeof *p);

    *out = NULL;
    if (p == NULL || (p->samples = hardware_samples_new()) == NULL) {
        free(p);
        return no_memory(e);
    }
    w.plan = p;
    p->sweep = sweep;
    intern_init(&w.jobs, DIGEST_PART);
    intern_init(&w.hardware, sizeof(struct hardware_key));
    enum status st = make_points(p, hardware, e);
    if (st == STATUS_OK && stages->train)
        st = data_load(p, e);
    if (st == STATUS_OK && hardware)
        st = rtl_digest(p->rtl_digest, e);
    for (int i = 0; i < p->n_points && st == STATUS_OK; i++)
        if ((st = stop_check(e)) == STATUS_OK)
            st = plan_one(&w, i, e);
    if (st == STATUS_OK && stages->shards > 1)
        st = shard_keep(p, stages->shard, stages->shards, e);
    if (st == STATUS_OK)
        find_extra_tools(p);
    planner_free(&w);
    if (st != STATUS_OK)
        plan_free(p);
    else
        *out = p;
    return st;
}

/* ------------------------------------------------------------------------ of a search */

/* wanted_points: fills p->points, each once; of[i] is the point of wanted i. */
static enum status wanted_points(struct plan *p, const struct wanted *wanted, int n, int *of, struct errmsg *e)
{
    struct point *points = calloc((size_t)n + 1, sizeof *points);
    struct intern seen;
    enum status st = STATUS_OK;
    int n_points = 0;
    p->points = calloc((size_t)n + 1, sizeof *p->points);
    if (points == NULL || p->points == NULL) {
        free(points);
        return no_memory(e);
    }
    intern_init(&seen, DIGEST_HEX_BYTES);
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        bool fresh = false;
        of[i] = intern_add(&seen, wanted[i].point->digest, &fresh);
        if (of[i] < 0)
            st = no_memory(e);
        else if (fresh)
            points[n_points++] = *wanted[i].point;
    }
    intern_free(&seen);
    p->n_points = n_points;
    if (st == STATUS_OK)
        return points_given(p->sweep, points, n_points, &p->list, e);
    free(points);
    return st;
}

/* earlier_rung: the job of the plan for the most epochs of the same training, but fewer than `epochs`; -1: none. */
static int earlier_rung(const struct plan *p, const struct wanted *w, int epochs)
{
    char training[DIGEST_HEX_BYTES], other[DIGEST_HEX_BYTES];
    int found = -1;
    training_digest(w->point, p->data->digest, w->seed, training);
    for (int i = 0; i < p->n_jobs; i++) {
        const struct planned_job *j = &p->jobs[i];
        if (j->kind != JOB_RUNG || j->seed != w->seed || j->epochs >= epochs ||
            (found >= 0 && p->jobs[found].epochs > j->epochs))
            continue;
        training_digest(plan_point(p, j->point), p->data->digest, j->seed, other);
        if (strcmp(other, training) == 0)
            found = i;
    }
    return found;
}

/* plan_wanted: the run of w, whose point is number `point`, and its jobs. */
static enum status plan_wanted(struct planner *w, const struct wanted *wanted, int point, struct errmsg *e)
{
    const int all = wanted->point->train.epochs, epochs = wanted->epochs == 0 ? all : wanted->epochs;
    struct planned_point *pp = &w->plan->points[point];
    struct planned_run run = {point, true, wanted->seed, -1, -1};
    static const struct hardware_jobs none = {-1, -1};
    const struct hardware_jobs *o = &none;
    enum status st = STATUS_OK;
    int rung = -1;
    if (wanted->point->hardware.engine != NULL && (st = hardware_jobs(w, point, &o, e)) != STATUS_OK)
        return st;
    pp->build_job = o->build;
    pp->synth_job = o->synth;
    if (wanted->epochs >= 0) {
        const int before = earlier_rung(w->plan, wanted, epochs);
        const struct planned_job job = {.kind = wanted->epochs == 0 ? JOB_TRAIN : JOB_RUNG,
                                        .point = point,
                                        .seed = wanted->seed,
                                        .epochs = wanted->epochs,
                                        .known_epochs =
                                            before >= 0 ? w->plan->jobs[before].epochs : wanted->known_epochs,
                                        .needs = {before},
                                        .n_needs = before >= 0};
        st = add_job(w, job, wanted->epochs == 0 ? &run.train_job : &rung, e);
    }
    if (st == STATUS_OK && run.train_job >= 0 && o->build >= 0)
        st = add_check(w, point, wanted->seed, run.train_job, o->build, &run.check_job, e);
    return st == STATUS_OK ? add_run(w, &run, e) : st;
}

static int by_epochs(const void *a, const void *b)
{
    const struct wanted *x = *(const struct wanted *const *)a, *y = *(const struct wanted *const *)b;
    const int ex = x->epochs == 0 ? x->point->train.epochs : x->epochs;
    const int ey = y->epochs == 0 ? y->point->train.epochs : y->epochs;
    return ex != ey ? (ex > ey) - (ex < ey) : (x > y) - (x < y);
}

/* plan_all_wanted: early rungs before late ones, so that these can wait for those. */
static enum status plan_all_wanted(struct planner *w, const struct wanted *wanted, int n, const int *of,
                                   struct errmsg *e)
{
    enum status st = STATUS_OK;
    const struct wanted **order = calloc((size_t)n + 1, sizeof(struct wanted *));
    if (order == NULL)
        return no_memory(e);
    for (int i = 0; i < n; i++)
        order[i] = &wanted[i];
    qsort(order, (size_t)n, sizeof(struct wanted *), by_epochs);
    for (int i = 0; i < n && st == STATUS_OK; i++)
        st = plan_wanted(w, order[i], of[order[i] - wanted], e);
    free(order);
    return st;
}

enum status plan_make_wanted(const struct sweep *sweep, struct dataset *data, const struct stages *stages,
                             const struct wanted *wanted, int n, struct plan **out, struct errmsg *e)
{
    struct planner w = {.stages = stages};
    struct plan *p = calloc(1, sizeof *p);
    int *of = calloc((size_t)n + 1, sizeof *of);
    enum status st = STATUS_OK;
    *out = NULL;
    if (p == NULL || of == NULL || (p->samples = hardware_samples_new()) == NULL) {
        free(p);
        free(of);
        return no_memory(e);
    }
    w.plan = p;
    p->sweep = sweep;
    p->data = data;
    p->data_lent = true;
    intern_init(&w.jobs, DIGEST_PART);
    intern_init(&w.hardware, sizeof(struct hardware_key));
    st = wanted_points(p, wanted, n, of, e);
    if (st == STATUS_OK && (stages->check || stages->synth))
        st = rtl_digest(p->rtl_digest, e);
    if (st == STATUS_OK)
        st = plan_all_wanted(&w, wanted, n, of, e);
    if (st == STATUS_OK)
        find_extra_tools(p);
    planner_free(&w);
    free(of);
    if (st != STATUS_OK)
        plan_free(p);
    else
        *out = p;
    return st;
}

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    if (!p->data_lent)
        dataset_free(p->data);
    points_free(p->list);
    free(p->samples);
    for (int i = 0; i < PLAN_MAX_PACES; i++)
        free(p->paces[i]);
    free(p->points);
    free(p->runs);
    free(p->jobs);
    free(p);
}

const struct point *plan_point(const struct plan *p, int i)
{
    return points_at(p->list, i);
}

const char *plan_label(const struct plan *p, int job, char out[PLAN_LABEL_BYTES])
{
    job_kind_at(p->jobs[job].kind)->label(p, &p->jobs[job], out, PLAN_LABEL_BYTES);
    return out;
}

static const char *digest_of(const struct plan *p, int job)
{
    return job < 0 ? NULL : p->jobs[job].digest;
}

enum status plan_record(struct plan *p, struct store *s, bool prune, struct errmsg *e)
{
    char label[PLAN_LABEL_BYTES];
    int64_t sweep = 0, *ids = calloc((size_t)p->n_points + 1, sizeof *ids);
    if (ids == NULL)
        return no_memory(e);
    enum status st = record_begin(s, e);
    if (st != STATUS_OK)
        goto done;
    st = record_sweep(s, p->sweep->name, p->sweep->file, p->sweep->text, &sweep, e);
    for (int i = 0; i < p->n_jobs && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; i++)
        st = record_job(s, p->jobs[i].digest, job_kind_at(p->jobs[i].kind)->name, plan_label(p, i, label),
                        p->jobs[i].pace, p->jobs[i].cost, &p->jobs[i].state, e);
    for (int i = 0; i < p->n_points && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; i++)
        st = record_point(s, plan_point(p, i), digest_of(p, p->points[i].build_job),
                          digest_of(p, p->points[i].synth_job), &ids[i], e);
    for (int i = 0; i < p->n_runs && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; i++) {
        const struct planned_run *r = &p->runs[i];
        st = record_run(s, sweep, ids[r->point], r->has_seed ? &r->seed : NULL, digest_of(p, r->train_job),
                        digest_of(p, r->check_job), e);
    }
    if (st == STATUS_OK && p->data != NULL)
        st = record_test_images(s, p->data->test.n, e);
    if (st == STATUS_OK && prune)
        st = record_prune(s, sweep, e);
    if (st == STATUS_OK)
        st = record_commit(s, e);
    if (st != STATUS_OK)
        record_rollback(s);
done:
    free(ids);
    return st;
}

enum status plan_states(struct plan *p, sqlite3 *db, const char *path, struct errmsg *e)
{
    enum status st = STATUS_OK;
    for (int i = 0; i < p->n_jobs && st == STATUS_OK; i++)
        st = record_state(db, path, p->jobs[i].digest, &p->jobs[i].state, e);
    return st;
}
