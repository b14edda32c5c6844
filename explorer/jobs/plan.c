#include "explorer/jobs/plan.h"

#include "base/cache.h"
#include "base/tool.h"
#include "base/intern.h"
#include "explorer/sweep/points.h"
#include "base/stop.h"
#include "models/nn/kernels/product.h"
#include "models/nn/io/network_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Part of a training job's digest. To be raised whenever a change to models/nn changes
 * a trained bit, so that old results are not taken for new ones. */
enum { TRAINING_VERSION = 3 };

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the plan");
}

/* What plan_make needs only while it works. */
struct planner {
    struct plan *plan;
    const struct stages *stages;
    struct intern jobs;      /* by digest, numbered as plan->jobs */
    struct intern hardware;  /* by struct hardware_key; the jobs of each: */
    struct hardware_jobs {
        int build, synth;
        char simulator[DIGEST_HEX_BYTES];
    } * of_hardware;
    int room_jobs, room_runs, room_hardware;
};

static enum status add_job(struct planner *w, const struct planned_job *job, int *index, struct errmsg *e)
{
    struct plan *p = w->plan;
    bool fresh = false;
    *index = intern_add(&w->jobs, job->digest, &fresh);
    if (*index < 0)
        return no_memory(e);
    if (!fresh)
        return STATUS_OK;
    if (p->n_jobs == w->room_jobs) {
        const int room = w->room_jobs == 0 ? 64 : 2 * w->room_jobs;
        struct planned_job *grown = realloc(p->jobs, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return no_memory(e);
        p->jobs = grown;
        w->room_jobs = room;
    }
    p->jobs[p->n_jobs++] = *job;
    return STATUS_OK;
}

static enum status add_run(struct planner *w, const struct planned_run *run, struct errmsg *e)
{
    struct plan *p = w->plan;
    if (p->n_runs == PLAN_MAX_RUNS)
        return fail(e, STATUS_INPUT, "%s: points times seeds are more than %d runs: split the sweep", p->sweep->file,
                    PLAN_MAX_RUNS);
    if (p->n_runs == w->room_runs) {
        const int room = w->room_runs == 0 ? 64 : 2 * w->room_runs;
        struct planned_run *grown = realloc(p->runs, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return no_memory(e);
        p->runs = grown;
        w->room_runs = room;
    }
    p->runs[p->n_runs++] = *run;
    return STATUS_OK;
}

/* ---------------------------------------------------------------------- hardware */

static int is_rtl(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return end != NULL && (strcmp(end, ".v") == 0 || strcmp(end, ".vh") == 0 || strcmp(end, ".sv") == 0);
}

/* digest_rtl: over the names and contents of all hardware sources. */
static enum status digest_rtl(char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    char folder[PATH_MAX], path[PATH_MAX + 300];
    struct dirent **files = NULL;
    struct digest d;
    enum status st = share_path(folder, "rtl", e);
    if (st != STATUS_OK)
        return st;
    const int n = scandir(folder, &files, is_rtl, alphasort);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", folder);
    digest_init(&d);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        digest_text(&d, "file", files[i]->d_name);
        if (st == STATUS_OK)
            st = digest_file(&d, "content", path, e);
        free(files[i]);
    }
    free(files);
    digest_hex(&d, hex);
    return st;
}

/* missing_tool: notes once what to install. */
static void missing_tool(struct plan *p, const char *what_is_lost, const struct errmsg *why)
{
    const size_t used = strlen(p->missing);
    snprintf(p->missing + used, sizeof p->missing - used, "%s%s; %s", used == 0 ? "" : "\n", why->text, what_is_lost);
}

/* hardware_label: "build consecutive W8 D4 N96 P8 dsp", "synth accelerator 784-96-64-10 W8 D4 P32, 8 on DSPs, both". */
static void hardware_label(const struct point *p, const char *what, char *label, size_t room)
{
    const struct hardware_source source = point_source(p);
    const size_t used = (size_t)snprintf(label, room, "%s ", what);
    p->hardware.engine->label(&p->hardware, &p->wish, &source, label + used, room - used);
}

/* plan_build, plan_synth: the job of a point's hardware, or none if its tool is missing. */
static enum status plan_build(struct planner *w, int point, struct hardware_jobs *o, struct errmsg *e)
{
    struct plan *p = w->plan;
    const struct point *at = &p->points[point].point;
    const struct hardware *h = &at->hardware;
    struct errmsg why = {""};
    struct planned_job job = {.kind = JOB_BUILD, .point = point, .cost = engine_sim_of(h)->build_seconds(h)};
    if (p->no_simulator)
        return STATUS_OK;
    const enum status st = engine_sim_of(h)->digest(h, o->simulator, &why);
    if (st == STATUS_MISSING) {
        p->no_simulator = true;
        missing_tool(p, "simulation is left out, its columns stay NULL", &why);
        return STATUS_OK;
    }
    if (st != STATUS_OK)
        return fail(e, st, "%s", why.text);
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep build 1");
    digest_text(&d, "simulator", o->simulator);
    digest_hex(&d, job.digest);
    hardware_label(at, "build", job.label, sizeof job.label);
    return add_job(w, &job, &o->build, e);
}

static enum status plan_synth(struct planner *w, int point, struct hardware_jobs *o, struct errmsg *e)
{
    struct plan *p = w->plan;
    const struct point *at = &p->points[point].point;
    const struct hardware *h = &at->hardware;
    struct errmsg why = {""};
    struct planned_job job = {.kind = JOB_SYNTH, .point = point, .cost = h->engine->synth_seconds(h)};
    char netlist[DIGEST_HEX_BYTES];
    if (p->no_synthesis)
        return STATUS_OK;
    const enum status st = h->engine->synth_digest(h, netlist, &why);
    if (st == STATUS_MISSING) {
        p->no_synthesis = true;
        missing_tool(p, "synthesis is left out, its columns stay NULL", &why);
        return STATUS_OK;
    }
    if (st != STATUS_OK)
        return fail(e, st, "%s", why.text);
    struct digest d;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep synth 2"); /* 2: with speed grade -2, error band and power */
    digest_text(&d, "netlist", netlist);
    digest_hex(&d, job.digest);
    hardware_label(at, "synth", job.label, sizeof job.label);
    return add_job(w, &job, &o->synth, e);
}

/* plan_hardware: the jobs that depend on the hardware alone, shared by all points that have it. */
static enum status plan_hardware(struct planner *w, int point, const struct hardware_jobs **out, struct errmsg *e)
{
    const struct hardware_key key = hardware_key(&w->plan->points[point].point.hardware);
    bool fresh = false;
    enum status st = STATUS_OK;
    const int i = intern_add(&w->hardware, &key, &fresh);
    if (i < 0)
        return no_memory(e);
    if (fresh) {
        if (i == w->room_hardware) {
            const int room = i == 0 ? 16 : 2 * i;
            struct hardware_jobs *grown = realloc(w->of_hardware, (size_t)room * sizeof *grown);
            if (grown == NULL)
                return no_memory(e);
            w->of_hardware = grown;
            w->room_hardware = room;
        }
        struct hardware_jobs *o = &w->of_hardware[i];
        *o = (struct hardware_jobs){-1, -1, ""};
        if (w->stages->check)
            st = plan_build(w, point, o, e);
        if (st == STATUS_OK && w->stages->synth)
            st = plan_synth(w, point, o, e);
    }
    *out = &w->of_hardware[i];
    return st;
}

/* ---------------------------------------------------------------------- training */

/* training_label: "train fixed-reference mean row D4 o0 W8 f5 lr 0.01 seed 0": what is usual is left out, and of network
 * and recipe what the sweep does not vary. */
static void training_label(const struct sweep *s, const struct point *p, uint64_t seed, char *label, size_t room)
{
    size_t used = (size_t)snprintf(label, room, "train");
    for (int a = 0; a < AXIS_COUNT && used < room; a++) {
        const struct axis *x = axis_at((enum axis_id)a);
        const struct axis_value v = axis_get(p, (enum axis_id)a);
        char text[AXIS_TEXT_BYTES];
        if (x->labelled == LABEL_NONE || !axis_used(p, (enum axis_id)a) ||
            (x->labelled == LABEL_ODD && v.number == axis_default(p, (enum axis_id)a)))
            continue;
        axis_text((enum axis_id)a, &v, text);
        used += (size_t)snprintf(label + used, room - used, " %s%s", x->label, text);
    }
    for (int a = AXIS_NETWORK; a < AXIS_COUNT && used < room; a++) {
        const struct axis_value v = axis_get(p, (enum axis_id)a);
        char text[AXIS_TEXT_BYTES];
        if (s->axes[a].n == 1)
            continue;
        axis_text((enum axis_id)a, &v, text);
        if (a == AXIS_NETWORK)
            used += (size_t)snprintf(label + used, room - used, " %s", text);
        else
            used += (size_t)snprintf(label + used, room - used, " %s %s", axis_at((enum axis_id)a)->name, text);
    }
    if (used < room)
        snprintf(label + used, room - used, " seed %llu", (unsigned long long)seed);
}

static enum status plan_train(struct planner *w, int point, uint64_t seed, int *index, struct errmsg *e)
{
    const struct plan *p = w->plan;
    const struct point *at = &p->points[point].point;
    struct planned_job job = {.kind = JOB_TRAIN, .point = point, .seed = seed};
    char text[POINT_TEXT_BYTES];
    struct digest d;
    struct point trained = *at;
    if (trained.train.gradients == GRADIENTS_AUTO && !product_paths().bfloat16)
        trained.train.gradients = GRADIENTS_SINGLE; /* what auto is here: another machine's results are not these */
    point_training_text(&trained, text);
    digest_init(&d);
    digest_text(&d, "what", "deltasweep train");
    digest_int(&d, "version", TRAINING_VERSION);
    digest_text(&d, "dataset", p->data->digest);
    digest_text(&d, "axes", text);
    if (at->loaded != NULL)
        digest_text(&d, "loaded", at->loaded_digest);
    digest_int(&d, "seed", (long long)seed);
    digest_hex(&d, job.digest);
    training_label(p->sweep, at, seed, job.label, sizeof job.label);
    /* Three products of the network a step, 2 operations a weight and image, at some 300 GFLOP/s. */
    job.cost = 2e-11 * (double)topology_macs(&at->shape) * p->data->train.n * (at->train.epochs + 0.2);
    return add_job(w, &job, index, e);
}

static enum status plan_check(struct planner *w, int point, uint64_t seed, int train_job, const struct hardware_jobs *o,
                              int *index, struct errmsg *e)
{
    const struct point *at = &w->plan->points[point].point;
    const struct hardware *h = &at->hardware;
    const struct engine_sim *sim = engine_sim_of(h);
    struct planned_job job = {.kind = JOB_CHECK, .point = point, .seed = seed, .n_needs = 1};
    struct digest d;
    job.needs[0] = o->build;
    if (train_job >= 0)
        job.needs[job.n_needs++] = train_job;
    job.cost = sim->check_seconds(h, w->plan->data);
    digest_init(&d);
    digest_text(&d, "what", "deltasweep check 1");
    digest_text(&d, "simulator", o->simulator);
    digest_text(&d, "training", train_job >= 0 ? w->plan->jobs[train_job].digest : "");
    sim->check_digest(&d, train_job >= 0, w->plan->data);
    digest_hex(&d, job.digest);
    hardware_label(at, "check", job.label, sizeof job.label);
    if (train_job >= 0) {
        const size_t used = strlen(job.label);
        snprintf(job.label + used, sizeof job.label - used, " seed %llu", (unsigned long long)seed);
    }
    return add_job(w, &job, index, e);
}

/* --------------------------------------------------------------------------- all */

bool plan_fits(const struct point *p)
{
    if (p->code.scheme == SCHEME_FLOAT)
        return true;
    const struct resources least = hardware_least(&p->hardware);
    return resources_fit(p->device, &least, hardware_weight_bits(&p->hardware, p->weight_storage_bits)).fits;
}

static enum status plan_point(struct planner *w, int i, struct errmsg *e)
{
    struct plan *p = w->plan;
    struct planned_point *pp = &p->points[i];
    static const struct hardware_jobs none = {-1, -1, ""};
    const struct hardware_jobs *o = &none;
    const struct engine *engine = pp->point.hardware.engine;
    enum status st = STATUS_OK;
    pp->build_job = pp->synth_job = -1;
    pp->skipped = p->sweep->skip_unfit && !plan_fits(&pp->point);
    if (engine != NULL) {
        /* A synthesis without weights may still serve a smaller network. */
        if (!(pp->skipped && engine->weights_in_logic) && (st = plan_hardware(w, i, &o, e)) != STATUS_OK)
            return st;
        pp->build_job = o->build;
        pp->synth_job = o->synth;
    }
    const bool checked = o->build >= 0 && !pp->skipped;
    if (!w->stages->train || pp->skipped) {
        struct planned_run run = {.point = i, .train_job = -1, .check_job = -1};
        if (checked && !engine->weights_in_logic)
            st = plan_check(w, i, 0, -1, o, &run.check_job, e);
        return st == STATUS_OK ? add_run(w, &run, e) : st;
    }
    const bool trained = w->stages->trained_vectors;
    for (int k = 0; k < p->sweep->n_seeds && st == STATUS_OK; k++) {
        struct planned_run run = {i, true, p->sweep->seeds[k], -1, -1};
        if ((st = stop_check(e)) != STATUS_OK)
            break;
        st = plan_train(w, i, run.seed, &run.train_job, e);
        if (st == STATUS_OK && checked && (trained || !engine->weights_in_logic))
            st = plan_check(w, i, run.seed, trained ? run.train_job : -1, o, &run.check_job, e);
        if (st == STATUS_OK)
            st = add_run(w, &run, e);
    }
    return st;
}

/* check_shape: whether the network takes the images of the data set, and knows all of its classes. */
static enum status check_shape(const struct plan *p, const struct topology *t, struct errmsg *e)
{
    const struct sweep *s = p->sweep;
    const struct dataset *d = p->data;
    const enum status wrong = s->command_line ? STATUS_USAGE : STATUS_INPUT;
    if (!topology_is_chain(t) && (t->height != d->height || t->width != d->width || t->channels != d->channels))
        return fail(e, wrong, "%s: network: its images are %dx%dx%d, but those of %s are %dx%dx%d (height, width, "
                    "channels)", s->file, t->height, t->width, t->channels, s->dataset, d->height, d->width,
                    d->channels);
    if (t->sizes[0] != d->features)
        return fail(e, wrong, "%s: network: its first layer has %d inputs, but %s has %d features (pixels, columns)",
                    s->file, t->sizes[0], s->dataset, d->features);
    if (t->sizes[t->n_layers] < d->classes)
        return fail(e, wrong, "%s: network: its last layer has %d outputs, but %s has %d classes", s->file,
                    t->sizes[t->n_layers], s->dataset, d->classes);
    return STATUS_OK;
}

/* load_data: the data set, and whether each point can be trained with it. */
static enum status load_data(struct plan *p, struct errmsg *e)
{
    static const struct code any = {.scheme = SCHEME_FLOAT};
    struct network *start = NULL; /* of the points' topology: most have the same */
    enum status st = dataset_load(p->sweep->dataset, &p->data, e);
    for (int i = 0; i < p->n_points && st == STATUS_OK; i++) {
        const struct point *at = &p->points[i].point;
        struct errmsg why = {""};
        if ((st = check_shape(p, &at->shape, e)) != STATUS_OK)
            break;
        if (at->loaded != NULL && (start == NULL || memcmp(&start->shape, &at->shape, sizeof at->shape) != 0)) {
            network_free(start);
            if (network_load(at->loaded, &at->shape, &any, &start, &why) != STATUS_OK) {
                st = fail(e, p->sweep->command_line ? STATUS_USAGE : STATUS_INPUT, "%s: load: %s", p->sweep->file,
                          why.text);
                break;
            }
        }
        const struct train_request q = {
            .data = p->data, .shape = &at->shape, .code = &at->code, .config = &at->train, .start = start};
        if (train_check(&q, &why) != STATUS_OK)
            st = point_refuse(p->sweep, at, why.text, e);
    }
    network_free(start);
    return st;
}

enum status plan_make(const struct sweep *sweep, const struct stages *stages, struct plan **out, struct errmsg *e)
{
    enum status st;
    struct point *points = NULL;
    struct errmsg why;
    struct planner w = {.stages = stages};
    struct plan *p = calloc(1, sizeof *p);

    *out = NULL;
    if (p == NULL)
        return no_memory(e);
    w.plan = p;
    p->sweep = sweep;
    intern_init(&w.jobs, DIGEST_HEX_BYTES);
    intern_init(&w.hardware, sizeof(struct hardware_key));
    if ((st = points_of(sweep, &points, &p->n_points, e)) != STATUS_OK)
        goto done;
    p->points = calloc((size_t)p->n_points, sizeof *p->points);
    if (p->points == NULL) {
        st = no_memory(e);
        goto done;
    }
    for (int i = 0; i < p->n_points; i++)
        p->points[i].point = points[i];
    if (stages->check || stages->synth)
        points_lacking(points, p->n_points, p->lacking, sizeof p->lacking);
    free(points); /* a point is a kilobyte or two */
    points = NULL;
    if (stages->train && (st = load_data(p, e)) != STATUS_OK)
        goto done;
    if ((stages->check || stages->synth) && (st = digest_rtl(p->rtl_digest, e)) != STATUS_OK)
        goto done;
    for (int i = 0; i < p->n_points && st == STATUS_OK; i++)
        if ((st = stop_check(e)) == STATUS_OK)
            st = plan_point(&w, i, e);
    if (st == STATUS_OK && stages->synth && !p->no_synthesis && tool_find("sta", NULL, 0, &why) == STATUS_MISSING) {
        p->no_timing = true;
        missing_tool(p, "there is no timing estimate, fmax_mhz stays NULL", &why);
    }
done:
    intern_free(&w.jobs);
    intern_free(&w.hardware);
    free(w.of_hardware);
    free(points);
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
    dataset_free(p->data);
    free(p->points);
    free(p->runs);
    free(p->jobs);
    free(p);
}

static const char *digest_of(const struct plan *p, int job)
{
    return job < 0 ? NULL : p->jobs[job].digest;
}

enum status plan_record(struct plan *p, struct store *s, bool prune, struct errmsg *e)
{
    int64_t sweep = 0, *ids = calloc((size_t)p->n_points + 1, sizeof *ids);
    if (ids == NULL)
        return no_memory(e);
    enum status st = record_begin(s, e);
    if (st != STATUS_OK)
        goto done;
    st = record_sweep(s, p->sweep->name, p->sweep->file, p->sweep->text, &sweep, e);
    for (int i = 0; i < p->n_jobs && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; i++)
        st = record_job(s, p->jobs[i].digest, p->jobs[i].kind, p->jobs[i].label, &p->jobs[i].state, e);
    for (int i = 0; i < p->n_points && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; i++)
        st = record_point(s, &p->points[i].point, digest_of(p, p->points[i].build_job),
                          digest_of(p, p->points[i].synth_job), &ids[i], e);
    for (int i = 0; i < p->n_runs && st == STATUS_OK && (st = stop_check(e)) == STATUS_OK; i++) {
        const struct planned_run *r = &p->runs[i];
        st = record_run(s, sweep, ids[r->point], r->has_seed ? &r->seed : NULL, digest_of(p, r->train_job),
                        digest_of(p, r->check_job), e);
    }
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
