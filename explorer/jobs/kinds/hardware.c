#include "explorer/jobs/kinds/hardware.h"

#include "db/row.h"
#include "explorer/sweep/points.h"
#include "models/fpga/cost/least.h"
#include "sim/operator/trained.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Part of the digest of an accelerator's check. Raise it whenever a change to deploy or infer in models/nn/integer
 * changes a verdict, or a change to the check itself changes what is compared. */
enum { INFERENCE_VERSION = 1 };

bool hardware_any(const struct point *p)
{
    return p->has_operator || p->has_accelerator;
}

enum status hardware_missing(const struct point *p, const char *to_do, struct errmsg *e)
{
    struct errmsg why = {""};
    if (hardware_any(p))
        return STATUS_OK;
    if (p->code.scheme == SCHEME_FLOAT)
        return fail(e, STATUS_USAGE, "--scheme: float has no operator or accelerator to %s; choose another scheme",
                    to_do);
    if (point_without_rtl(p, &why))
        return fail(e, STATUS_USAGE, "there is nothing to %s: %s", to_do, why.text);
    return fail(e, STATUS_USAGE, "--engine: none has nothing to %s; choose operator or accelerator", to_do);
}

bool hardware_has_weights(const struct point *p)
{
    return p->has_accelerator;
}

bool hardware_needs_training(const struct point *p)
{
    return p->has_accelerator;
}

bool hardware_fits(const struct point *p)
{
    if (p->code.scheme == SCHEME_FLOAT)
        return true;
    if (!p->has_accelerator)
        return resources_fit(p->device, NULL, p->weight_storage_bits).fits;
    const struct resources least = accelerator_least(&p->accelerator);
    return resources_fit(p->device, &least, 0).fits;
}

struct hardware_key hardware_key(const struct point *p)
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

/* A label that grows; what does not fit is cut. */
struct growing {
    char *text;
    size_t used, room;
};

static void add(struct growing *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct growing *g, const char *format, ...)
{
    va_list args;
    if (g->used >= g->room)
        return;
    va_start(args, format);
    g->used += (size_t)vsnprintf(g->text + g->used, g->room - g->used, format, args);
    va_end(args);
}

static void label_operator(const struct mac_config *m, struct growing *g)
{
    add(g, "%s W%d", mac_variant_name(m->variant), m->W);
    if (m->variant != MAC_PLAIN)
        add(g, " D%d%s", m->D, m->shift > 0 ? " shifted" : "");
    add(g, " N%d P%d %s", m->N, m->P, multiplier_name(m->multiplier));
}

static void label_accelerator(const struct point *p, struct growing *g)
{
    const struct accelerator *a = &p->accelerator;
    add(g, "accelerator ");
    for (int l = 0; l <= a->n_layers; l++)
        add(g, "%s%d", l == 0 ? "" : "-", a->sizes[l]);
    add(g, " %s%s W%d", scheme_name(p->code.scheme),
        scheme_has_reference(p->code.scheme) && !a->reference ? " zero" : "", a->W);
    if (a->D < a->W)
        add(g, " D%d%s", a->D, a->shift > 0 ? " shifted" : "");
    add(g, " P%d", a->P);
    if (a->dsp_lanes > 0)
        add(g, ", %d on DSPs", a->dsp_lanes);
    if (p->wish.memory != WEIGHT_MEMORY_BOTH)
        add(g, ", %s", weight_memory_name(p->wish.memory));
}

void hardware_label(const struct point *p, const char *what, char *label, size_t room)
{
    struct growing g = {label, 0, room};
    add(&g, "%s ", what);
    if (p->has_accelerator)
        label_accelerator(p, &g);
    else
        label_operator(&p->mac, &g);
}

/* ------------------------------------------------------------- simulator and netlist */

enum status hardware_build_digest(const struct point *p, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    return p->has_accelerator ? accelerator_sim_digest(&p->accelerator, hex, e) : operator_sim_digest(&p->mac, NULL, hex, e);
}

enum status hardware_build(const struct point *p, double *seconds, struct errmsg *e)
{
    char path[PATH_MAX];
    return p->has_accelerator ? accelerator_sim_build(&p->accelerator, path, sizeof path, seconds, e)
                              : operator_sim_build(&p->mac, NULL, path, sizeof path, seconds, e);
}

double hardware_build_cost(const struct point *p)
{
    return p->has_accelerator ? 5 + 0.15 * p->accelerator.P : 8 + 0.01 * p->mac.N;
}

enum status hardware_synth_digest(const struct point *p, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    return p->has_accelerator ? accel_synth_digest(&p->accelerator, hex, e) : synth_digest(&p->mac, hex, e);
}

enum status hardware_synth(const struct point *p, struct synth_result *out, struct errmsg *e)
{
    return p->has_accelerator ? accel_synth_run(&p->accelerator, out, e) : synth_run(&p->mac, out, e);
}

double hardware_synth_cost(const struct point *p)
{
    return p->has_accelerator ? 15 + 0.4 * p->accelerator.P : 4 + 0.05 * p->mac.N + 0.5 * p->mac.P;
}

const char *hardware_synth_columns(const struct point *p)
{
    return p->has_accelerator ? "a.schedule_cycles, " : "";
}

/* ----------------------------------------------------------------------------- check */

void hardware_check_digest(const struct point *p, const struct dataset *data, bool trained, struct digest *d)
{
    if (p->has_accelerator) {
        digest_int(d, "inference", INFERENCE_VERSION);
        digest_int(d, "images", data->test.n);
        digest_int(d, "lockstep", CHECK_LOCKSTEP_IMAGES);
        digest_int(d, "stalls", CHECK_STALL_SEED);
    } else {
        digest_int(d, "trained", trained ? CHECK_TRAINED : 0);
        digest_int(d, "random", CHECK_RANDOM);
        digest_int(d, "extreme", CHECK_EXTREME);
        digest_int(d, "lockstep", CHECK_LOCKSTEP);
    }
}

double hardware_check_cost(const struct point *p, const struct dataset *data)
{
    if (!p->has_accelerator)
        return 2;
    /* Some 25 M clocks of one lane a second. */
    return 2 + 4e-8 * (double)p->schedule.cycles_per_inference * p->accelerator.P * data->test.n;
}

/* operator_vectors: extreme, random and, with a network, trained ones, some of each among the first CHECK_LOCKSTEP.
 * *trained is how many have trained weights. */
static enum status operator_vectors(const struct mac_config *m, const struct network *net, const struct dataset *data,
                              struct vector_set *out, int *trained, struct errmsg *e)
{
    enum { EARLY_RANDOM = 16 }; /* among the lock-step vectors; the rest there are extreme and trained */
    static const uint64_t seeds[2] = {0x64656c7461, 0x7377656570};
    *trained = net == NULL ? 0 : CHECK_TRAINED;
    enum status st = vector_set_new(out, CHECK_EXTREME + CHECK_RANDOM + *trained, m->N, e);
    if (st != STATUS_OK)
        return st;
    int next = 0;
    vector_set_extreme(out, m, next, CHECK_EXTREME);
    next += CHECK_EXTREME;
    vector_set_random(out, m, next, EARLY_RANDOM, seeds[0]);
    next += EARLY_RANDOM;
    if (net != NULL)
        st = vector_set_trained(out, m, net, data, next, *trained, e);
    next += *trained;
    vector_set_random(out, m, next, CHECK_RANDOM - EARLY_RANDOM, seeds[1]);
    if (st != STATUS_OK)
        vector_set_free(out);
    return st;
}

static enum status check_operator(const struct point *p, const struct network *net, const struct dataset *data,
                                  struct hardware_check *out, struct errmsg *e)
{
    struct vector_set vectors = {0};
    enum status st = operator_vectors(&p->mac, net, data, &vectors, &out->trained_vectors, e);
    if (st != STATUS_OK)
        return st;
    st = operator_sim_check(&p->mac, &vectors, CHECK_LOCKSTEP, NULL, &out->mac, e);
    vector_set_free(&vectors);
    return st;
}

static enum status check_accelerator(const struct point *p, const struct network *net, const struct dataset *data,
                                     struct hardware_check *out, struct errmsg *e)
{
    const struct images *set = &data->test;
    struct integer_network *deployed = NULL;
    enum status st = deploy(net, &deployed, e);
    out->of_accelerator = true;
    out->lockstep_images = set->n < CHECK_LOCKSTEP_IMAGES ? set->n : CHECK_LOCKSTEP_IMAGES;
    if (st == STATUS_OK)
        st = accelerator_sim_check(&p->accelerator, deployed, set, set->n, out->lockstep_images, CHECK_STALL_SEED,
                         &out->accelerator, e);
    integer_network_free(deployed);
    return st;
}

enum status hardware_check(const struct point *p, const struct network *net, const struct dataset *data,
                           struct hardware_check *out, struct errmsg *e)
{
    return p->has_accelerator ? check_accelerator(p, net, data, out, e) : check_operator(p, net, data, out, e);
}

enum status hardware_trace(const struct point *p, const char *file, struct errmsg *e)
{
    struct vector_set vectors;
    struct operator_result result;
    int trained = 0;
    enum status st = operator_vectors(&p->mac, NULL, NULL, &vectors, &trained, e);
    if (st != STATUS_OK)
        return st;
    st = operator_sim_check(&p->mac, &vectors, 0, file, &result, e);
    vector_set_free(&vectors);
    return st;
}

/* --------------------------------------------------------------- results of a check */

static enum status save_operator(struct store *s, const char *job, const struct operator_result *c, int trained_vectors,
                                 struct errmsg *e)
{
    const bool bad = c->mismatches > 0;
    const struct field row[] = {
        field_text("job", job),
        field_integer("vectors", c->vectors),
        field_integer("trained_vectors", trained_vectors),
        field_integer("mismatches", c->mismatches),
        field_integer("cycles_per_dot", c->cycles_per_dot),
        field_integer_if("first_vector", bad, c->first_vector),
        field_integer_if("first_clock", bad, c->first_clock),
        field_integer_if("first_expected", bad, c->expected),
        field_integer_if("first_got", bad, c->got),
        field_text("first_where", bad ? c->first_where : NULL),
        field_integer("clocks", c->clocks),
        field_integer("lockstep_clocks", c->lockstep_clocks),
        field_real("clocks_per_second", c->clocks_per_second),
        field_real("lockstep_clocks_per_second", c->lockstep_clocks_per_second),
    };
    return ROW_INSERT(s, "keeping a check's result", "checks", row, e);
}

static enum status save_accelerator(struct store *s, const char *job, const struct accelerator_result *a, int lockstep_images,
                                    struct errmsg *e)
{
    const bool bad = a->mismatches > 0;
    const struct field row[] = {
        field_text("job", job),
        field_integer("images", a->images),
        field_integer("lockstep_images", lockstep_images),
        field_integer("mismatches", a->mismatches),
        field_integer("right", a->right),
        field_integer("cycles_per_inference", a->cycles_per_inference),
        field_integer("cycles_latency", a->cycles_latency),
        field_integer("schedule_agrees", a->schedule_agrees),
        field_integer_if("first_image", bad, a->first_image),
        field_text("first_where", bad ? a->first_where : NULL),
        field_integer("clocks", a->clocks),
        field_integer("lockstep_clocks", a->lockstep_clocks),
        field_real("clocks_per_second", a->clocks_per_second),
        field_real("lockstep_clocks_per_second", a->lockstep_clocks_per_second),
    };
    return ROW_INSERT(s, "keeping a check's result", "accelerator_checks", row, e);
}

enum status hardware_save_check(struct store *s, const char *job, const struct hardware_check *c, struct errmsg *e)
{
    return c->of_accelerator ? save_accelerator(s, job, &c->accelerator, c->lockstep_images, e)
                             : save_operator(s, job, &c->mac, c->trained_vectors, e);
}

static void say_operator(const char *name, const struct operator_result *c, struct progress *progress)
{
    if (c->mismatches > 0)
        progress_say(progress,
                     "MISMATCH: %s: %lld of %lld vectors; the first is vector %lld, clock %lld (%s): expected %lld, "
                     "got %lld",
                     name, (long long)c->mismatches, (long long)c->vectors, (long long)c->first_vector,
                     (long long)c->first_clock, c->first_where, (long long)c->expected, (long long)c->got);
}

static void say_accelerator(const char *name, const struct accelerator_result *a, struct progress *progress)
{
    if (a->mismatches > 0)
        progress_say(progress, "MISMATCH: %s: %lld in %lld images; the first is image %lld: %s", name,
                     (long long)a->mismatches, (long long)a->images, (long long)a->first_image, a->first_where);
    if (!a->schedule_agrees)
        progress_say(progress,
                     "MISMATCH: %s: %lld clocks per inference and a latency of %lld are not what the schedule says",
                     name, (long long)a->cycles_per_inference, (long long)a->cycles_latency);
}

void hardware_say_check(const char *name, const struct hardware_check *c, struct progress *progress)
{
    if (c->of_accelerator)
        say_accelerator(name, &c->accelerator, progress);
    else
        say_operator(name, &c->mac, progress);
}

const char *hardware_check_sql(const struct point *p)
{
    static const char of_operator[] =
        "SELECT vectors, trained_vectors, mismatches, cycles_per_dot, clocks, clocks_per_second, lockstep_clocks, "
        "lockstep_clocks_per_second, first_vector, first_clock, first_where, first_expected, first_got "
        "FROM checks WHERE job = ?1";
    static const char of_accelerator[] =
        "SELECT i.images, i.mismatches, i.schedule_agrees, 1.0 * i.right / i.images AS rtl_accuracy, "
        "i.cycles_per_inference, i.cycles_latency, i.clocks, i.clocks_per_second, i.lockstep_images, "
        "i.lockstep_clocks, i.lockstep_clocks_per_second, i.first_image, i.first_where "
        "FROM accelerator_checks i WHERE i.job = ?1";
    return p->has_accelerator ? of_accelerator : of_operator;
}
