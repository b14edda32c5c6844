#include "explorer/jobs/kind.h"
#include "explorer/jobs/limits.h"
#include "explorer/jobs/order.h"
#include "explorer/jobs/plan.h"
#include "explorer/jobs/time_left.h"
#include "models/point/forecast.h"
#include "explorer/sweep/combination.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/points.h"
#include "tests/support/tiny_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], head[256];
static const struct stages all = {.train = true, .check = true, .synth = true, .trained_vectors = true};
static const struct stages training = {.train = true};

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/deltasweep-plan-XXXXXX");
    if (mkdtemp(folder) == NULL || !tiny_data(folder, 200, 100, 1))
        return -1;
    snprintf(head, sizeof head, "name: a\ndataset: %s\nnetwork: [64, 16, 10]\n", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[160];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* A sweep and its plan. */
struct planned {
    struct sweep *sweep;
    struct plan *plan;
};

static enum status try(const char *text, const struct stages *stages, struct planned *p, struct errmsg *e)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s%s", head, text);
    p->sweep = NULL;
    p->plan = NULL;
    const enum status st = sweep_parse(whole, strlen(whole), "x.yaml", &p->sweep, e);
    return st == STATUS_OK ? plan_make(p->sweep, stages, &p->plan, e) : st;
}

static void release(struct planned *p)
{
    plan_free(p->plan);
    sweep_free(p->sweep);
}

static struct planned make(const char *text, const struct stages *stages)
{
    struct planned p;
    struct errmsg e = {""};
    if (try(text, stages, &p, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return p;
}

static void refused(const char *text, const char *words)
{
    struct planned p;
    struct errmsg e = {""};
    char list[512], *rest = list;
    assert_int_equal(try(text, &training, &p, &e), STATUS_INPUT);
    assert_null(p.plan);
    snprintf(list, sizeof list, "%s", words);
    for (char *word; (word = strsep(&rest, "|")) != NULL;)
        if (strstr(e.text, word) == NULL)
            fail_msg("'%s' not in: %s", word, e.text);
    release(&p);
}

static int count(const struct plan *p, enum job_kind_id kind)
{
    int n = 0;
    for (int i = 0; i < p->n_jobs; i++)
        n += p->jobs[i].kind == kind;
    return n;
}

static void unused_axes_collapse_and_work_is_shared(void **state)
{
    (void)state;
    struct planned p = make("train: {seeds: [0, 1, 2]}\n"
                            "axes:\n  scheme: [fixed-point, fixed-reference, consecutive]\n  delta_bits: [2, 3, 4]\n"
                            "  parallelism: [1, 4, 8]\n",
                            &all);
    /* fixed-point has no delta_bits: 3 points; the two delta schemes have 9 each. */
    assert_int_equal(p.plan->n_points, 21);
    assert_int_equal(p.plan->n_runs, 63);
    /* Accuracy does not depend on P: 7 codes, 3 seeds. */
    assert_int_equal(count(p.plan, JOB_TRAIN), 21);
    /* The operator does not depend on the seed. */
    assert_int_equal(count(p.plan, JOB_BUILD), 21);
    assert_int_equal(count(p.plan, JOB_SYNTH), 21);
    assert_int_equal(count(p.plan, JOB_CHECK), 63);
    for (int i = 0; i < p.plan->n_jobs; i++)
        for (int k = 0; k < p.plan->jobs[i].n_needs; k++) {
            assert_int_equal(p.plan->jobs[i].kind, JOB_CHECK);
            assert_int_equal(p.plan->jobs[p.plan->jobs[i].needs[k]].kind, k == 0 ? JOB_BUILD : JOB_TRAIN);
        }
    release(&p);
}

static void float_has_no_operator(void **state)
{
    (void)state;
    struct planned p = make("axes: {scheme: float, parallelism: [1, 2, 4, 99999], weight_bits: [8, 99],"
                            " multiplier: [dsp, lut], operator_inputs: [8, 16]}\n",
                            &all);
    assert_int_equal(p.plan->n_points, 1);
    assert_int_equal(p.plan->n_jobs, 1);
    assert_int_equal(p.plan->jobs[0].kind, JOB_TRAIN);
    assert_int_equal(plan_point(p.plan, 0)->weight_storage_bits, 32 * (64 * 16 + 16 * 10));
    release(&p);
}

static void each_engine_has_its_axes(void **state)
{
    (void)state;
    struct planned p = make("axes: {engine: [operator, accelerator], parallelism: [4, 32], multiplier: [dsp, lut],"
                            " operator_inputs: 64, dsp_lanes: [0, 2, 40, 99], weight_memory: [block, lut]}\n"
                            "where: \"engine = 'accelerator' OR parallelism = 4\"\n",
                            &all);
    /* The operator: two multipliers. The accelerator: with 4 lanes 0, 2 or 4 of them on DSPs, with 32 0, 2 or 32. */
    assert_int_equal(p.plan->n_points, 2 + 2 * (3 + 3));
    int whole = 0;
    for (int i = 0; i < p.plan->n_points; i++) {
        const struct point *at = plan_point(p.plan, i);
        const struct hardware *h = &at->hardware;
        assert_non_null(h->engine);
        assert_true(h->accelerator.dsp_lanes <= h->accelerator.P);
        if (h->engine->kind != ENGINE_ACCELERATOR)
            continue;
        whole++;
        assert_true(h->schedule.cycles_per_inference > 0 && h->accelerator.n_layers == 2);
    }
    assert_int_equal(whole, 12);
    assert_int_equal(count(p.plan, JOB_TRAIN), 1); /* the same network for all */
    assert_int_equal(count(p.plan, JOB_BUILD), 14);
    assert_int_equal(count(p.plan, JOB_SYNTH), 14);
    assert_int_equal(count(p.plan, JOB_CHECK), 14);
    for (int i = 0; i < p.plan->n_jobs; i++)
        if (p.plan->jobs[i].kind == JOB_CHECK)
            assert_int_equal(p.plan->jobs[i].n_needs, 2);
    release(&p);
    p = make("axes: {engine: [operator, accelerator], scheme: float, dsp_lanes: [0, 1]}\n", &all);
    assert_int_equal(p.plan->n_points, 1);
    release(&p);
}

static void an_accelerator_depends_on_its_device_and_is_shared(void **state)
{
    (void)state;
    struct planned p = make("axes: {engine: accelerator, parallelism: 16, weight_memory: [block, both]}\n"
                            "device: [xc7s15, xc7s25]\ntrain: {seeds: [0, 1]}\n",
                            &all);
    assert_int_equal(p.plan->n_points, 4);
    /* All of so small a network fits block RAM of either part: one configuration. */
    assert_int_equal(count(p.plan, JOB_BUILD), 1);
    assert_int_equal(count(p.plan, JOB_SYNTH), 1);
    assert_int_equal(count(p.plan, JOB_CHECK), 2);
    for (int i = 1; i < 4; i++)
        assert_string_not_equal(points_digest(p.plan->list, i), points_digest(p.plan->list, 0));
    release(&p);
    p = make("axes: {engine: accelerator, parallelism: 16, weight_memory: [lut, both]}\n", &all);
    assert_int_equal(count(p.plan, JOB_SYNTH), 2);
    release(&p);
}

static void an_accelerator_is_checked_with_its_training_alone(void **state)
{
    (void)state;
    static const struct stages hardware = {.check = true, .synth = true};
    struct planned p = make("axes: {engine: accelerator}\n", &hardware);
    assert_int_equal(count(p.plan, JOB_CHECK), 0);
    assert_int_equal(count(p.plan, JOB_SYNTH), 1);
    release(&p);
    struct planned a = make("axes: {engine: accelerator}\n", &all);
    struct planned b = make("axes: {engine: accelerator, delta_bits: 3}\n", &all);
    struct planned c = make("axes: {engine: accelerator}\ntrain: {epochs: 11}\n", &all);
    const char *digest = a.plan->jobs[a.plan->runs[0].check_job].digest;
    assert_string_not_equal(digest, b.plan->jobs[b.plan->runs[0].check_job].digest);
    assert_string_not_equal(digest, c.plan->jobs[c.plan->runs[0].check_job].digest);
    assert_string_equal(a.plan->jobs[a.plan->points[0].build_job].digest,
                        c.plan->jobs[c.plan->points[0].build_job].digest);
    release(&a);
    release(&b);
    release(&c);
}

static void the_names_of_operators_stay_as_they_were(void **state)
{
    (void)state;
    char text[POINT_TEXT_BYTES];
    struct planned p = make("", &training);
    point_text(plan_point(p.plan, 0), text);
    assert_string_equal(text, "scheme=fixed-reference reference=mean span=row codec=exact weight_bits=8 frac_bits=5 "
                              "delta_bits=4 delta_offset=0 rounding=nearest parallelism=8 multiplier=dsp "
                              "operator_inputs=16 device=xc7s15");
    release(&p);
    p = make("axes: {engine: accelerator, scheme: fixed-point, dsp_lanes: 3}\n", &training);
    point_text(plan_point(p.plan, 0), text);
    assert_string_equal(text, "scheme=fixed-point weight_bits=8 frac_bits=5 rounding=nearest engine=accelerator "
                              "parallelism=8 dsp_lanes=3 weight_memory=both device=xc7s15");
    release(&p);
}

/* The names that five sweeps had before recipes and networks were axes. */
static void old_points_keep_their_names(void **state)
{
    (void)state;
    FILE *names = fopen(DELTASWEEP_SOURCE_DIR "/tests/golden/points.txt", "r");
    char sweep_name[64], name[64], loaded[64] = "", path[512];
    struct sweep *s = NULL;
    struct points *points = NULL;
    struct errmsg e = {""};
    int next = 0, seen = 0;
    assert_non_null(names);
    while (fscanf(names, "%63s %63s", sweep_name, name) == 2) {
        if (strcmp(sweep_name, loaded) != 0) {
            assert_int_equal(next, points == NULL ? 0 : points->n);
            points_free(points);
            sweep_free(s);
            points = NULL;
            s = NULL;
            snprintf(path, sizeof path, "%s/examples/%s.yaml", DELTASWEEP_SOURCE_DIR, sweep_name);
            if (sweep_load(path, &s, &e) != STATUS_OK || expand_sweep(s, &points, &e) != STATUS_OK)
                fail_msg("%s", e.text);
            snprintf(loaded, sizeof loaded, "%s", sweep_name);
            next = 0;
        }
        if (points == NULL || next >= points->n)
            fail_msg("%s had more points", sweep_name);
        else if (strncmp(points_digest(points, next), name, POINT_NAME_DIGITS) != 0)
            fail_msg("point %d of %s is %.10s, and was %s", next, sweep_name, points_digest(points, next), name);
        next++;
        seen++;
    }
    assert_int_equal(next, points == NULL ? 0 : points->n);
    assert_int_equal(seen, 122);
    points_free(points);
    sweep_free(s);
    fclose(names);
}

static void networks_and_recipes_are_axes(void **state)
{
    (void)state;
    struct planned p = make("axes: {network: [64-16-10, 64-24-12-10], lr: [0.001, 0.01], epochs: 1..2}\n"
                            "where: \"lr < 0.005 OR (network = '64-24-12-10' AND epochs = 2 AND optimiser = 'adam')\"\n",
                            &training);
    assert_int_equal(p.plan->n_points, 4 + 1);
    assert_int_equal(count(p.plan, JOB_TRAIN), 5);
    int wide = 0;
    for (int i = 0; i < p.plan->n_points; i++) {
        const struct point *at = plan_point(p.plan, i);
        wide += at->shape.n_layers == 3;
        assert_int_equal(at->wish.N, at->shape.sizes[1]); /* of the point's own network */
        assert_int_equal(at->hardware.mac.N, at->shape.sizes[1]);
    }
    assert_int_equal(wide, 3);
    release(&p);
    p = make("train: {mode: paper}\naxes: {shuffle: [true, false]}\n", &training);
    assert_int_equal(p.plan->n_points, 2);
    release(&p);
    p = make("axes: {mode: [paper, standard]}\nwhere: \"shuffle = (mode = 'standard')\"\n", &training);
    assert_int_equal(p.plan->n_points, 2); /* whose default is the mode's */
    release(&p);
}

/* `where` sees what follows from the axes, as `fit` prints it. */
static void where_sees_what_follows_from_the_axes(void **state)
{
    (void)state;
    static const char axes[] = "axes: {engine: accelerator, parallelism: [1, 2, 4, 8], dsp_lanes: [0, 2], delta_bits: [2, 9]}\n";
    struct planned every, some;
    char text[512];
    snprintf(text, sizeof text, "%swhere: \"delta_bits <= weight_bits\"\n", axes);
    every = make(text, &training);
    assert_int_equal(every.plan->n_points, 8);
    int expected = 0;
    for (int i = 0; i < every.plan->n_points; i++) {
        struct forecast f;
        forecast_of(plan_point(every.plan, i), &f);
        assert_true(f.estimated_macs_per_second == 1e6 * f.estimate.fmax_mhz * f.weights / f.schedule_cycles);
        assert_true(f.estimated_energy_uj > 0 && f.estimated_power_mw > 0 && f.estimated_latency_us > 0);
        expected += f.estimated_macs_per_second > 7e8 && f.estimated_lut < 600;
    }
    assert_true(expected > 0 && expected < every.plan->n_points);
    /* Nine bits of a delta make no sense with eight of a weight: such a combination has no figures, and is not kept. */
    snprintf(text, sizeof text, "%swhere: \"estimated_macs_per_second > 7e8 AND estimated_lut < 600\"\n", axes);
    some = make(text, &training);
    assert_int_equal(some.plan->n_points, expected);
    release(&some);
    release(&every);
    some = make("axes: {engine: [none, accelerator], scheme: [float, fixed-point]}\nwhere: \"schedule_cycles > 0\"\n", &training);
    assert_int_equal(some.plan->n_points, 1);
    release(&some);
}

static void what_a_span_does_not_use_collapses(void **state)
{
    (void)state;
    struct planned p = make("axes: {span: [row, layer, bucket], bucket: [4, 8, 16]}\n", &training);
    assert_int_equal(p.plan->n_points, 2 + 3);
    release(&p);
    p = make("axes: {scheme: [float, fixed-point], span: bucket, bucket: [4, 8], codec: [exact, ternary]}\n", &training);
    assert_int_equal(p.plan->n_points, 2);
    release(&p);
    p = make("axes: {codec: ternary, delta_bits: [2, 3, 4]}\n", &training);
    assert_int_equal(p.plan->n_points, 1);
    release(&p);
}

static void points_without_rtl_are_trained_all_the_same(void **state)
{
    (void)state;
    struct planned p = make("axes: {network: [8x8-4c3-p2-10, 64-10], engine: [operator, accelerator], "
                            "parallelism: [4, 8], span: [row, bucket], scheme: [float, fixed-reference]}\n",
                            &all);
    /* Two float ones; a convolution's two codes; buckets; rows with two engines of two widths. */
    assert_int_equal(p.plan->n_points, 2 + 2 + 1 + 4);
    assert_int_equal(count(p.plan, JOB_TRAIN), 2 + 2 + 2);
    assert_int_equal(count(p.plan, JOB_SYNTH), 4);
    assert_string_equal(p.plan->lacking,
                        "2 points have no RTL yet: the accelerator has no convolutions yet; their hardware columns stay "
                        "NULL\n1 point has no RTL yet: the accelerator takes one reference for each row, not one for "
                        "each bucket; its hardware columns stay NULL");
    for (int i = 0; i < p.plan->n_points; i++) {
        const struct point *at = plan_point(p.plan, i);
        struct errmsg why;
        if (!point_without_rtl(at, &why))
            continue;
        assert_int_equal(p.plan->points[i].build_job, -1);
        assert_int_equal(p.plan->points[i].synth_job, -1);
        assert_int_equal(at->wish.P, 0);
        assert_true(at->weight_storage_bits > 0);
    }
    release(&p);
    p = make("axes: {network: [8x8-4c3-10, 8x8-1024c3-10], scheme: fixed-point}\nskip_unfit: true\n", &all);
    assert_int_equal(p.plan->n_points, 2);
    assert_false(p.plan->points[0].skipped);
    assert_true(p.plan->points[1].skipped); /* its weights alone are too many */
    release(&p);
}

static void engine_none_trains_alone(void **state)
{
    (void)state;
    struct planned p = make("axes: {engine: [none, operator], parallelism: [4, 8], scheme: [float, fixed-point]}\n", &all);
    assert_int_equal(p.plan->n_points, 1 + 1 + 2);
    assert_int_equal(count(p.plan, JOB_TRAIN), 2);
    assert_int_equal(count(p.plan, JOB_SYNTH), 2);
    assert_string_equal(p.plan->lacking, "");
    release(&p);
}

static void formats_are_of_as_many_layers_as_the_network(void **state)
{
    (void)state;
    refused("axes: {delta_bits: [[4, 3, 2]]}\n",
            "delta_bits is 4-3-2, for 3 layers, but the network has 2|makes no sense");
    struct planned p = make("axes: {scheme: [fixed-point, fixed-reference], delta_bits: [4-3-2, 4]}\n"
                            "where: \"scheme = 'fixed-point' OR delta_bits_layers IS NULL\"\n",
                            &training);
    assert_int_equal(p.plan->n_points, 2); /* fixed-point has no deltas */
    release(&p);
    p = make("axes: {delta_bits: [3-3, 3]}\n", &training); /* the same format */
    assert_int_equal(p.plan->n_points, 1);
    release(&p);
    p = make("axes: {delta_bits: [[6, 2]], delta_offset: [[0, 4]], frac_bits: [[9, 7]]}\n", &training);
    const struct code *c = &plan_point(p.plan, 0)->code;
    assert_int_equal(c->n_formats, 2);
    assert_memory_equal(c->formats, ((const struct layer_format[]){{9, 6, 0}, {7, 2, 4}}), 2 * sizeof *c->formats);
    assert_int_equal(c->frac_bits, 7); /* of the activations */
    release(&p);
    p = make("axes: {engine: [operator, accelerator], frac_bits: [[5, 6]]}\n", &all); /* the same integers */
    assert_int_equal(count(p.plan, JOB_BUILD), 2);
    assert_string_equal(p.plan->lacking, "");
    release(&p);
    p = make("axes: {step: [fixed, auto, learned], scheme: [fixed-point, fixed-reference], delta_offset: [0, 1]}\n",
             &all);
    /* auto chooses the offset; it differs from layer to layer, and fixed-point has none. */
    assert_int_equal(p.plan->n_points, 3 + 2 * 2 + 1);
    assert_int_equal(count(p.plan, JOB_TRAIN), 8);
    assert_int_equal(count(p.plan, JOB_BUILD), 3);
    assert_int_equal(count(p.plan, JOB_CHECK), 7);
    release(&p);
    p = make("axes: {step: auto, engine: [operator, accelerator], reference: [zero, mean], scheme: [fixed-reference, "
             "consecutive]}\n",
             &all);
    /* An accelerator takes any offsets; an operator those of deltas to zero. */
    assert_int_equal(p.plan->n_points, 6);
    assert_int_equal(count(p.plan, JOB_BUILD), 4);
    assert_non_null(strstr(p.plan->lacking, "step auto gives each layer its own"));
    release(&p);
    p = make("axes: {delta_bits: [[5, 6]], engine: none}\n", &all); /* an accelerator would do */
    assert_string_equal(p.plan->lacking, "");
    release(&p);
    p = make("axes: {delta_bits: [[5, 6]]}\n", &all);
    assert_int_equal(count(p.plan, JOB_BUILD), 0);
    assert_non_null(strstr(p.plan->lacking, "one delta_bits for all layers"));
    release(&p);
    refused("axes: {delta_bits: [[6, 2]], delta_offset: 3}\n", "layer 0: delta_offset is 3|0 to 2");
    refused("axes: {frac_bits: [[16, 2]]}\n", "frac_bits of layer 0 is 16; it must be 0 to 15");
    char label[PLAN_LABEL_BYTES];
    p = make("axes: {network: [64-16-10, 64-10], delta_bits: 3..4, lr: 0.5}\n", &training);
    assert_string_equal(plan_label(p.plan, 1, label), "train fixed-reference mean row W8 f5 D3 o0 64-10 seed 0");
    release(&p);
}

static void repetitions_are_one_point(void **state)
{
    (void)state;
    struct planned p = make("axes: {delta_bits: [3, 3, 2..4, 4], scheme: [fixed-reference, fixed-reference]}\n"
                            "device: [xc7s15, xc7s15, xc7s25]\ntrain: {seeds: [4, 4, 4..5]}\n",
                            &training);
    assert_int_equal(p.plan->n_points, 6); /* D = 2, 3, 4 on two parts */
    assert_int_equal(p.plan->n_runs, 12);
    assert_int_equal(count(p.plan, JOB_TRAIN), 6); /* the part does not matter to training */
    release(&p);
}

/* is_another: with this change it is another point, with another training. */
static void is_another(const char *change, const struct planned *than)
{
    struct planned other = make(change, &training);
    assert_string_not_equal(other.plan->jobs[0].digest, than->plan->jobs[0].digest);
    assert_string_not_equal(points_digest(other.plan->list, 0), points_digest(than->plan->list, 0));
    release(&other);
}

/* every_recipe_is_another: each axis of training in turn has another value than its default. */
static void every_recipe_is_another(const struct planned *than)
{
    for (int i = 0; i < AXIS_COUNT; i++) {
        const struct axis *x = axis_at((enum axis_id)i);
        const struct point *p = plan_point(than->plan, 0);
        struct axis_value v = {.number = axis_default(p, (enum axis_id)i)};
        char value[AXIS_TEXT_BYTES], text[AXIS_TEXT_BYTES + 64];
        if (x->group != GROUP_TRAINING)
            continue;
        v.number = x->kind == AXIS_FLAGS   ? v.number == 0
                   : x->kind == AXIS_WORDS ? (int)(v.number + 1) % x->n_words
                   : x->kind == AXIS_REALS ? v.number + 0.1
                                           : v.number + 1;
        axis_text((enum axis_id)i, &v, value);
        snprintf(text, sizeof text, "train: {%s: %s}\n", x->name, value);
        is_another(text, than);
    }
}

static void digests_depend_on_what_matters(void **state)
{
    (void)state;
    struct planned a = make("", &all), b = make("", &all), other;
    assert_string_equal(points_digest(a.plan->list, 0), points_digest(b.plan->list, 0));
    assert_int_equal(a.plan->n_jobs, b.plan->n_jobs);
    for (int i = 0; i < a.plan->n_jobs; i++)
        assert_string_equal(a.plan->jobs[i].digest, b.plan->jobs[i].digest);
    release(&b);
    static const char *const changes[] = {
        "axes: {delta_bits: 3}\n",       "axes: {reference: first}\n",
        "axes: {rounding: cut}\n",       "axes: {codec: paper, delta_offset: 1}\n",
        "axes: {span: layer}\n",         "axes: {reference: median}\n",
        "axes: {codec: ternary}\n",      "axes: {rounding: stochastic}\n",
        "axes: {span: bucket}\n",        "axes: {span: bucket, bucket: 8}\n",
        "axes: {delta_bits: 4-3}\n",     "axes: {frac_bits: [[5, 6]]}\n",
        "axes: {delta_offset: [[0, 1]]}\n",   "train: {decay: linear}\n",
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        is_another(changes[i], &a);
    every_recipe_is_another(&a);
    other = make("train: {seeds: [1]}\n", &training); /* another job of the same point */
    assert_string_not_equal(other.plan->jobs[0].digest, a.plan->jobs[0].digest);
    assert_string_equal(points_digest(other.plan->list, 0), points_digest(a.plan->list, 0));
    release(&other);
    other = make("axes: {parallelism: 4}\n", &all); /* another point with the same training */
    assert_string_equal(other.plan->jobs[other.plan->runs[0].train_job].digest,
                        a.plan->jobs[a.plan->runs[0].train_job].digest);
    assert_string_not_equal(points_digest(other.plan->list, 0), points_digest(a.plan->list, 0));
    release(&other);
    assert_true(tiny_data(folder, 200, 100, 9)); /* other images under the same name */
    other = make("", &training);
    assert_string_not_equal(other.plan->jobs[0].digest, a.plan->jobs[0].digest);
    assert_string_equal(points_digest(other.plan->list, 0), points_digest(a.plan->list, 0));
    release(&other);
    release(&a);
}

/* last_of: the turn of the last job that the first n_seeds seeds of a point wait for; first: that of the first. */
static int turn_of(const struct plan *p, int point, int n_seeds, bool last)
{
    int turn = last ? -1 : p->n_jobs, seeds = 0;
    for (int i = 0; i < p->n_runs; i++) {
        const struct planned_run *r = &p->runs[i];
        if (r->point != point || seeds++ >= n_seeds)
            continue;
        const int jobs[] = {r->train_job, r->check_job, p->points[point].build_job, p->points[point].synth_job};
        for (int k = 0; k < 4; k++)
            turn = (p->jobs[jobs[k]].turn > turn) == last ? p->jobs[jobs[k]].turn : turn;
    }
    return turn;
}

static void order(struct plan *p, int workers)
{
    struct errmsg e;
    bool taken[256] = {false};
    assert_int_equal(order_jobs(p, workers, &e), STATUS_OK);
    for (int i = 0; i < p->n_jobs; i++) {
        assert_in_range(p->jobs[i].turn, 0, p->n_jobs - 1);
        assert_false(taken[p->jobs[i].turn]);
        taken[p->jobs[i].turn] = true;
    }
}

/* With one worker nothing has to move forward. */
static void points_become_complete_one_by_one(void **state)
{
    (void)state;
    struct planned p = make("train: {seeds: [4, 2]}\naxes: {scheme: [fixed-point, fixed-reference], delta_bits: 3, "
                            "parallelism: [1, 8], operator_inputs: 16}\n", &all);
    struct plan *plan = p.plan;
    assert_int_equal(plan->n_jobs, 4 + 4 + 8 + 4);
    order(plan, 1);
    for (int i = 0; i + 1 < plan->n_points; i++) {
        assert_true(turn_of(plan, i, 1, true) < turn_of(plan, i + 1, 1, true));
        assert_true(turn_of(plan, i, 2, true) < turn_of(plan, i + 1, 2, true));
    }
    assert_int_equal(turn_of(plan, 0, 1, true), 4 - 1);     /* all four jobs of the first point */
    assert_int_equal(turn_of(plan, 1, 1, true), 4 + 3 - 1); /* its neighbour has the same training */
    const int first_seed = turn_of(plan, 3, 1, true);
    assert_int_equal(first_seed, 2 + 4 + 4 + 4 - 1);
    for (int i = 0; i < plan->n_jobs; i++)
        if (plan->jobs[i].kind == JOB_TRAIN || plan->jobs[i].kind == JOB_CHECK)
            assert_int_equal(plan->jobs[i].turn <= first_seed, plan->jobs[i].seed == 4);
    const int last = plan->runs[plan->n_runs - 1].check_job;
    plan->jobs[last].priority = 1;
    plan->jobs[plan->runs[0].train_job].priority = -1;
    order(plan, 1);
    assert_int_equal(plan->jobs[last].turn, 0);
    assert_int_equal(plan->jobs[plan->runs[0].train_job].turn, plan->n_jobs - 1);
    release(&p);
}

/* The workers do not wait for one long job at the end: the order takes hardly longer than the work itself. */
static void a_long_job_does_not_come_last(void **state)
{
    (void)state;
    struct planned p = make("train: {seeds: [4, 2]}\naxes: {delta_bits: 2..6, parallelism: [1, 8], "
                            "operator_inputs: 16}\n", &all);
    struct plan *plan = p.plan;
    struct errmsg e;
    for (int round = 0; round < 60; round++) {
        const int workers = 2 + round % 3;
        double work = 0;
        bool known;
        struct time_left *f = NULL;
        for (int i = 0; i < plan->n_jobs; i++) {
            plan->jobs[i].cost = 1 + (i * 7919 + round * 104729) % 10;
            work += plan->jobs[i].cost;
        }
        struct planned_job *longest = &plan->jobs[plan->points[plan->n_points - 1].synth_job];
        work -= longest->cost;
        longest->cost = work / workers; /* as long as all else */
        work += longest->cost;
        order(plan, workers);
        assert_int_equal(time_left_new(plan, workers, &f, &e), STATUS_OK);
        const double takes = time_left_seconds(f, 0, &known);
        time_left_free(f);
        if (takes > 1.15 * work / workers)
            fail_msg("%d workers take %.0f s for %.0f s of work (round %d)", workers, takes, work, round);
    }
    release(&p);
}

/* A million points may take 1 GB with their jobs: what is kept of each is small. */
static void many_points_are_planned(void **state)
{
    (void)state;
    struct planned p = make("axes: {engine: none, scheme: fixed-point, epochs: 1..3449, batch: 10..38}\n", &all);
    assert_int_equal(p.plan->n_points, 100021);
    assert_int_equal(p.plan->n_runs, 100021);
    assert_int_equal(count(p.plan, JOB_TRAIN), 100021);
    assert_int_equal(plan_point(p.plan, 100020)->train.epochs, 3449);
    assert_int_equal(plan_point(p.plan, 0)->train.epochs, 1);
    struct point again = *plan_point(p.plan, 77);
    assert_string_equal(again.digest, points_digest(p.plan->list, 77));
    point_digest(&again);
    assert_string_equal(again.digest, points_digest(p.plan->list, 77));
    release(&p);
    assert_true(sizeof(struct point_place) + sizeof(struct planned_point) + sizeof(struct planned_run) < 128);
    assert_true(sizeof(struct planned_job) <= 144);
}

static void where_keeps_what_it_says(void **state)
{
    (void)state;
    struct planned p = make("axes: {scheme: [fixed-point, fixed-reference], delta_bits: 2..4, parallelism: [1, 8]}\n"
                            "where: \"scheme = 'fixed-point' OR (delta_bits < 4 AND parallelism = 8)\"\n",
                            &training);
    assert_int_equal(p.plan->n_points, 2 + 2);
    release(&p);
    p = make("axes: {parallelism: [1, 99]}\nwhere: \"parallelism <= operator_inputs\"\n", &training);
    assert_int_equal(p.plan->n_points, 1);
    release(&p);
    refused("where: \"delta_bit < 3\"\n", "x.yaml: where|no such column: delta_bit|did you mean `delta_bits`?");
    refused("where: \"delta_bits <\"\n", "where|syntax error");
    refused("where: \"scheme = fixed-point\"\n", "where: `fixed-point` is a word|single quotes: 'fixed-point'");
    refused("where: \"engine = NONE\"\n", "single quotes: 'none'");
    /* Functions that work long on long texts. */
    refused("where: \"instr(hex(zeroblob(500000)), hex(zeroblob(250000))||'1')\"\n", "where: string or blob too big");
    refused("where: \"\"\n", "where");
    refused("where: \"1; DROP TABLE axes\"\n", "where");
    refused("where: \"1) UNION SELECT (1\"\n", "where");
    refused("axes: {scheme: fixed-reference, delta_bits: [[2]]}\n", "delta_bits is 2, for 1 layer, but");
    refused("where: \"3) OR (1\"\n", "where|syntax error");
    refused("where: \"delta_bits = :x\"\n", "where|stand for values that nobody gives");
    refused("where: \"max(delta_bits) > 2\"\n", "where|misuse of aggregate");
    refused("where: \"count(*) > 0\"\n", "where|misuse of aggregate");
    refused("where: \"row_number() OVER () > 1\"\n", "where|misuse of window function");
    refused("where: \"random() % 2\"\n", "where: `random` has another value each time");
    refused("where: \"CURRENT_DATE < '2030'\"\n", "where: `current_date` has another value each time");
    refused("where: \"(SELECT count(*) FROM sqlite_schema) < load_extension('x')\"\n", "where");
    refused("where: \"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n) > 1\"\n",
            "where");
    refused("where: \"delta_bits > 99\"\n", "no combination of the axes satisfies `delta_bits > 99`");
    refused("where: \"'unclosed\"\n", "where");
}

static void points_that_make_no_sense_are_named(void **state)
{
    (void)state;
    refused("axes: {delta_bits: [4, 9]}\n", "x.yaml: the point scheme=fixed-reference|delta_bits=9|makes no sense|"
                                            "delta_bits is 9; it must be 1 to 8|where");
    refused("axes: {delta_bits: 7, delta_offset: 2}\n", "delta_offset is 2");
    refused("axes: {frac_bits: 8}\n", "frac_bits is 8");
    refused("axes: {weight_bits: 40}\n", "weight_bits is 40");
    refused("axes: {weight_bits: 40, parallelism: 3}\n", "parallelism=3|operator_inputs=16|weight_bits is 40");
    refused("axes: {parallelism: 17}\n", "parallelism=17|operator_inputs=16|makes no sense");
    refused("axes: {parallelism: 0}\n", "parallelism=0|makes no sense");
    refused("axes: {engine: accelerator, parallelism: 513}\n", "engine=accelerator parallelism=513|makes no sense|512");
    refused("axes: {engine: accelerator, dsp_lanes: -1}\n", "dsp_lanes=-1|makes no sense");
    refused("axes: {engine: accelerator, weight_bits: 40}\n", "engine=accelerator|weight_bits is 40");
    refused("axes: {operator_inputs: 0}\n", "operator_inputs=0|makes no sense");
    refused("axes: {scheme: [fixed-point], frac_bits: [5, -1]}\n", "scheme=fixed-point weight_bits=8 frac_bits=-1");
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    refused("axes: {parallelism: 1..1100, operator_inputs: 1..1100, dsp_lanes: 1..1100}\n", "more than 1073741823 combinations");
    struct planned p = make("train: {seeds: 0..99999}\naxes: {delta_bits: 2..4}\n", &training);
    assert_int_equal(p.plan->n_runs, 300000);
    release(&p);
}

static void the_data_set_must_fit_the_network(void **state)
{
    (void)state;
    struct sweep *s;
    struct plan *p;
    struct errmsg e;
    char text[300];
    static const struct {
        const char *network, *word;
    } cases[] = {{"[60, 10]", "60 inputs, but /tmp"}, {"[64, 3]", "3 outputs"}};
    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "name: a\ndataset: %s\nnetwork: %s\n", folder, cases[i].network);
        assert_int_equal(sweep_parse(text, strlen(text), "x.yaml", &s, &e), STATUS_OK);
        assert_int_equal(plan_make(s, &training, &p, &e), STATUS_INPUT);
        assert_null(p);
        if (strstr(e.text, cases[i].word) == NULL)
            fail_msg("%s", e.text);
        sweep_free(s);
    }
}

static void points_that_cannot_fit_are_skipped_on_request(void **state)
{
    (void)state;
    static const char text[] = "name: a\ndataset: %s\nnetwork: [64, 4096, 4096, 10]\n" /* 17 M weights */
                               "axes: {scheme: [float, fixed-reference], operator_inputs: 64}\nskip_unfit: %s\n";
    for (int skip = 0; skip < 2; skip++) {
        char whole[400];
        struct sweep *s;
        struct plan *p;
        struct errmsg e = {""};
        snprintf(whole, sizeof whole, text, folder, skip ? "true" : "false");
        assert_int_equal(sweep_parse(whole, strlen(whole), "x.yaml", &s, &e), STATUS_OK);
        if (plan_make(s, &all, &p, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        assert_int_equal(p->n_points, 2);
        assert_int_equal(p->points[1].skipped, skip);
        assert_false(p->points[0].skipped); /* nothing of float is to be deployed */
        assert_int_equal(count(p, JOB_TRAIN), skip ? 1 : 2);
        assert_int_equal(count(p, JOB_CHECK), skip ? 0 : 1);
        assert_int_equal(p->runs[1].has_seed, !skip);
        plan_free(p);
        sweep_free(s);
    }
}

static void an_accelerator_that_cannot_fit_is_skipped_on_request(void **state)
{
    (void)state;
    struct planned p = make("axes: {engine: accelerator, parallelism: 16, dsp_lanes: [0, 16], scheme: consecutive}\n"
                            "device: xc7s6\nskip_unfit: true\n",
                            &all);
    assert_int_equal(p.plan->n_points, 2); /* a consecutive code takes a DSP for each of the 16 lanes; there are 10 */
    assert_false(p.plan->points[0].skipped);
    assert_true(p.plan->points[1].skipped);
    assert_int_equal(p.plan->points[1].synth_job, -1);
    assert_int_equal(p.plan->runs[1].train_job, -1);
    assert_int_equal(p.plan->runs[1].check_job, -1);
    assert_int_equal(count(p.plan, JOB_CHECK), 1);
    release(&p);
}

static void a_missing_tool_leaves_its_jobs_out(void **state)
{
    (void)state;
    char path[8192];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", folder, 1);
    struct planned p = make("", &all);
    setenv("PATH", path, 1);
    assert_true(p.plan->without[JOB_BUILD]);
    assert_true(p.plan->without[JOB_SYNTH]);
    assert_int_equal(p.plan->n_jobs, 1);
    assert_int_equal(p.plan->jobs[0].kind, JOB_TRAIN);
    assert_non_null(strstr(p.plan->missing, "verilator is not installed"));
    assert_non_null(strstr(p.plan->missing, "yosys is not installed"));
    release(&p);
}

/* A point made from the one before it, whichever that was, is the one made anew. */
static void points_are_the_same_whatever_was_before(void **state)
{
    (void)state;
    struct errmsg e = {""};
    struct sweep *s = NULL;
    char text[1024];
    snprintf(text, sizeof text,
             "name: a\ndataset: %s\naxes: {scheme: [float, consecutive], delta_bits: [4, [2, 3]], "
             "engine: [operator, accelerator, none], network: [[64, 16, 10], [64, 8, 10]], mode: [standard, paper], "
             "epochs: [1, 2], lr: [0.1, 0.2], warmup: [0, 1]}\ndevice: [xc7s6, xc7s15]\n",
             folder);
    assert_int_equal(sweep_parse(text, strlen(text), "x.yaml", &s, &e), STATUS_OK);
    const long n = combination_count(s, 1000000);
    struct made_point walked = {.number = -1};
    for (long k = 0; k < 2 * n; k++) {
        const long i = k < n ? k : 2 * k % n; /* neighbours, then those of one device */
        const struct combination c = combination_at(s, i);
        struct point fresh;
        assert_int_equal(combination_whole(s, &c, &fresh, &e), STATUS_OK);
        assert_int_equal(combination_make(s, i, &walked, &e), STATUS_OK);
        point_digest(&fresh);
        point_digest(&walked.point);
        assert_memory_equal(&walked.point, &fresh, sizeof fresh);
    }
    sweep_free(s);
}

/* Each kind of job ends some day, and options go before the kind's own limits. */
static void each_kind_has_limits(void **state)
{
    (void)state;
    for (int i = 0; i < JOB_KIND_COUNT; i++) {
        const struct job_kind *k = job_kind_at((enum job_kind_id)i);
        const struct job_limits usual = limits_of_kind(k, (struct job_limits){0});
        assert_true(usual.job_seconds >= 86400 && usual.job_seconds <= 30 * 86400);
        assert_true(usual.tool_seconds == usual.job_seconds && usual.job_bytes > 0);
        const struct job_limits asked = limits_of_kind(k, (struct job_limits){.job_seconds = 5, .job_bytes = 7});
        assert_true(asked.job_seconds == 5 && asked.tool_seconds == 5 && asked.job_bytes == 7);
        assert_true(limits_of_kind(k, (struct job_limits){.tool_seconds = 3}).job_seconds == usual.job_seconds);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(each_kind_has_limits),
        CASE(unused_axes_collapse_and_work_is_shared),
        CASE(float_has_no_operator),
        CASE(each_engine_has_its_axes),
        CASE(an_accelerator_depends_on_its_device_and_is_shared),
        CASE(an_accelerator_is_checked_with_its_training_alone),
        CASE(the_names_of_operators_stay_as_they_were),
        CASE(an_accelerator_that_cannot_fit_is_skipped_on_request),
        CASE(old_points_keep_their_names),
        CASE(networks_and_recipes_are_axes),
        CASE(where_sees_what_follows_from_the_axes),
        CASE(what_a_span_does_not_use_collapses),
        CASE(points_without_rtl_are_trained_all_the_same),
        CASE(engine_none_trains_alone),
        CASE(formats_are_of_as_many_layers_as_the_network),
        CASE(repetitions_are_one_point),
        CASE(points_are_the_same_whatever_was_before),
        CASE(digests_depend_on_what_matters),
        CASE(points_become_complete_one_by_one),
        CASE(a_long_job_does_not_come_last),
        CASE(many_points_are_planned),
        CASE(where_keeps_what_it_says),
        CASE(points_that_make_no_sense_are_named),
        CASE(sizes_are_bounded),
        CASE(the_data_set_must_fit_the_network),
        CASE(points_that_cannot_fit_are_skipped_on_request),
        CASE(a_missing_tool_leaves_its_jobs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
