#include "explorer/jobs/plan.h"

#include "base/cache.h"
#include "base/tool.h"
#include "base/intern.h"
#include "explorer/sweep/points.h"
#include "base/stop.h"
#include "models/fpga/cost/least.h"
#include "models/fpga/design/rtl_files.h"
#include "models/nn/kernels/product.h"
#include "models/nn/io/network_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Part of a training job's digest. To be raised whenever a change to models/nn changes
 * a trained bit, so that old results are not taken for new ones. */
enum { TRAINING_VERSION = 3 };

/* Part of the digest of an accelerator's check. To be raised whenever a change to models/nn/{deploy,infer}
 * changes a verdict, or a change to the check itself what is compared. */
enum { INFERENCE_VERSION = 1 };

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

/* missing_tool: notes once what to install. */
static void missing_tool(struct plan *p, const char *what_is_lost, const struct errmsg *why)
{
    const size_t used = strlen(p->missing);
    snprintf(p->missing + used, sizeof p->missing - used, "%s%s; %s", used == 0 ? "" : "\n", why->text, what_is_lost);
}

/* What decides the hardware of a point: two points with equal numbers share simulator and synthesis. */
struct hardware_key {
    int of_mac[7], of_accelerator[12 + NETWORK_MAX_LAYERS + 1];
};

static struct hardware_key hardware_key(const struct point *p)
{
    const struct mac_config *m = &p->mac;
    const struct accelerator *a = &p->accelerator;
    struct hardware_key key = {{(int)m->variant, (int)m->multiplier, m->W, m->D, m->shift, m->N, m->P},
                               {p->has_accelerator, a->n_layers, a->W, a->f, a->D, a->shift, a->consecutive,
                                a->reference, a->P, a->dsp_lanes, a->block_bits,
                                2 * a->block_pixels + a->block_neurons}};
    memcpy(key.of_accelerator + 12, a->sizes, sizeof a->sizes);
    return key;
}

/* hardware_label: "build consecutive W8 D4 N96 P8 dsp", "synth accelerator 784-96-64-10 W8 D4 P32, 8 on DSPs, both". */
static void hardware_label(const struct point *p, const char *what, char *label, size_t room)
{
    const struct mac_config *m = &p->mac;
    const struct accelerator *a = &p->accelerator;
    size_t used = (size_t)snprintf(label, room, "%s ", what);
#define ADD(...)                                                                                                       \
    do {                                                                                                               \
        if (used < room)                                                                                               \
            used += (size_t)snprintf(label + used, room - used, __VA_ARGS__);                                          \
    } while (0)
    if (p->has_accelerator) {
        ADD("accelerator ");
        for (int l = 0; l <= a->n_layers; l++)
            ADD("%s%d", l == 0 ? "" : "-", a->sizes[l]);
        ADD(" %s%s W%d", scheme_name(p->code.scheme),
            scheme_has_reference(p->code.scheme) && !a->reference ? " zero" : "", a->W);
        if (a->D < a->W)
            ADD(" D%d%s", a->D, a->shift > 0 ? " shifted" : "");
        ADD(" P%d", a->P);
        if (a->dsp_lanes > 0)
            ADD(", %d on DSPs", a->dsp_lanes);
        if (p->wish.memory != WEIGHT_MEMORY_BOTH)
            ADD(", %s", weight_memory_name(p->wish.memory));
    } else {
        ADD("%s W%d", mac_variant_name(m->variant), m->W);
        if (m->variant != MAC_PLAIN)
            ADD(" D%d%s", m->D, m->shift > 0 ? " shifted" : "");
        ADD(" N%d P%d %s", m->N, m->P, multiplier_name(m->multiplier));
    }
#undef ADD
}

/* build_cost, synth_cost: s, rough. */
static double build_cost(const struct point *p)
{
    return p->has_accelerator ? 5 + 0.15 * p->accelerator.P : 8 + 0.01 * p->mac.N;
}

static double synth_cost(const struct point *p)
{
    return p->has_accelerator ? 15 + 0.4 * p->accelerator.P : 4 + 0.05 * p->mac.N + 0.5 * p->mac.P;
}

/* plan_build, plan_synth: the job of a point's hardware, or none if its tool is missing. */
static enum status plan_build(struct planner *w, int point, struct hardware_jobs *o, struct errmsg *e)
{
    struct plan *p = w->plan;
    const struct point *at = &p->points[point].point;
    struct errmsg why = {""};
    struct planned_job job = {.kind = JOB_BUILD, .point = point, .cost = build_cost(at)};
    if (p->no_simulator)
        return STATUS_OK;
    const enum status st = at->has_accelerator ? accelerator_sim_digest(&at->accelerator, o->simulator, &why)
                                               : operator_sim_digest(&at->mac, NULL, o->simulator, &why);
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
    struct errmsg why = {""};
    struct planned_job job = {.kind = JOB_SYNTH, .point = point, .cost = synth_cost(at)};
    char netlist[DIGEST_HEX_BYTES];
    if (p->no_synthesis)
        return STATUS_OK;
    const enum status st = at->has_accelerator ? accel_synth_digest(&at->accelerator, netlist, &why)
                                               : synth_digest(&at->mac, netlist, &why);
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
    const struct hardware_key key = hardware_key(&w->plan->points[point].point);
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
    static const struct {
        enum axis axis;
        const char *before;
    } parts[] = {{AXIS_SCHEME, ""},      {AXIS_REFERENCE, ""},     {AXIS_SPAN, ""},         {AXIS_BUCKET, "B"},
                 {AXIS_CODEC, ""},       {AXIS_DELTA_BITS, "D"},   {AXIS_DELTA_OFFSET, "o"}, {AXIS_WEIGHT_BITS, "W"},
                 {AXIS_FRAC_BITS, "f"},  {AXIS_STEP, ""},          {AXIS_ROUNDING, ""}};
    size_t used = (size_t)snprintf(label, room, "train");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const enum axis a = parts[i].axis;
        const struct axis_value v = axis_get(p, a);
        char text[AXIS_TEXT_BYTES];
        const bool usual = (a == AXIS_CODEC || a == AXIS_STEP || a == AXIS_ROUNDING) && v.number == axis_default(p, a);
        if (!axis_used(p, a) || usual || used >= room)
            continue;
        axis_text(a, &v, text);
        used += (size_t)snprintf(label + used, room - used, " %s%s", parts[i].before, text);
    }
    for (int a = AXIS_NETWORK; a < AXIS_COUNT && used < room; a++) {
        const struct axis_value v = axis_get(p, (enum axis)a);
        char text[AXIS_TEXT_BYTES];
        if (s->axes[a].n == 1)
            continue;
        axis_text((enum axis)a, &v, text);
        if (a == AXIS_NETWORK)
            used += (size_t)snprintf(label + used, room - used, " %s", text);
        else
            used += (size_t)snprintf(label + used, room - used, " %s %s", axis_spec((enum axis)a)->name, text);
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

/* digest_check: what a check is fed, beside simulator and training. */
static void digest_check(struct digest *d, const struct planner *w, const struct point *at, bool trained)
{
    if (at->has_accelerator) {
        digest_int(d, "inference", INFERENCE_VERSION);
        digest_int(d, "images", w->plan->data->test.n);
        digest_int(d, "lockstep", CHECK_LOCKSTEP_IMAGES);
        digest_int(d, "stalls", CHECK_STALL_SEED);
    } else {
        digest_int(d, "trained", trained ? CHECK_TRAINED : 0);
        digest_int(d, "random", CHECK_RANDOM);
        digest_int(d, "extreme", CHECK_EXTREME);
        digest_int(d, "lockstep", CHECK_LOCKSTEP);
    }
}

static enum status plan_check(struct planner *w, int point, uint64_t seed, int train_job, const struct hardware_jobs *o,
                              int *index, struct errmsg *e)
{
    const struct point *at = &w->plan->points[point].point;
    struct planned_job job = {.kind = JOB_CHECK, .point = point, .seed = seed, .cost = 2, .n_needs = 1};
    struct digest d;
    job.needs[0] = o->build;
    if (train_job >= 0)
        job.needs[job.n_needs++] = train_job;
    if (at->has_accelerator) /* some 25 M clocks of one lane a second */
        job.cost = 2 + 4e-8 * (double)at->schedule.cycles_per_inference * at->accelerator.P * w->plan->data->test.n;
    digest_init(&d);
    digest_text(&d, "what", "deltasweep check 1");
    digest_text(&d, "simulator", o->simulator);
    digest_text(&d, "training", train_job >= 0 ? w->plan->jobs[train_job].digest : "");
    digest_check(&d, w, at, train_job >= 0);
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
    if (!p->has_accelerator)
        return device_fit(p->device, NULL, p->weight_storage_bits).fits;
    const struct resources least = accelerator_least(&p->accelerator);
    return device_fit(p->device, &least, 0).fits;
}

static enum status plan_point(struct planner *w, int i, struct errmsg *e)
{
    struct plan *p = w->plan;
    struct planned_point *pp = &p->points[i];
    static const struct hardware_jobs none = {-1, -1, ""};
    const struct hardware_jobs *o = &none;
    const bool has_operator = pp->point.has_operator, has_accelerator = pp->point.has_accelerator;
    enum status st = STATUS_OK;
    pp->build_job = pp->synth_job = -1;
    pp->skipped = p->sweep->skip_unfit && !plan_fits(&pp->point);
    if (has_operator || has_accelerator) {
        /* The synthesis of an operator may still serve a smaller network; that of an accelerator has the weights in it.
         */
        if (!(pp->skipped && has_accelerator) && (st = plan_hardware(w, i, &o, e)) != STATUS_OK)
            return st;
        pp->build_job = o->build;
        pp->synth_job = o->synth;
    }
    const bool checked = o->build >= 0 && !pp->skipped;
    if (!w->stages->train || pp->skipped) {
        struct planned_run run = {.point = i, .train_job = -1, .check_job = -1};
        if (checked && has_operator)
            st = plan_check(w, i, 0, -1, o, &run.check_job, e);
        return st == STATUS_OK ? add_run(w, &run, e) : st;
    }
    const bool trained = w->stages->trained_vectors;
    for (int k = 0; k < p->sweep->n_seeds && st == STATUS_OK; k++) {
        struct planned_run run = {i, true, p->sweep->seeds[k], -1, -1};
        if ((st = stop_check(e)) != STATUS_OK)
            break;
        st = plan_train(w, i, run.seed, &run.train_job, e);
        if (st == STATUS_OK && checked && (trained || has_operator))
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
    if ((stages->check || stages->synth) && (st = rtl_digest(p->rtl_digest, e)) != STATUS_OK)
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
