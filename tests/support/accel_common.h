/* What the tests of the accelerator's simulators share: random networks, images and accelerators. */
#pragma once

#include "models/nn/integer/deploy.h"
#include "tests/support/random_network.h"
#include "sim/accelerator/bulk.h"
#include "sim/accelerator/check.h"
#include "sim/accelerator/lockstep.h"
#include "sim/accelerator/load.h"
#include "models/fpga/design/schedule.h"
#include "tests/support/sim_common.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

/* One case of a table: a network and an accelerator for it. */
struct accel_case {
    const char *what;
    int sizes[NETWORK_MAX_LAYERS + 2]; /* ended by 0 */
    struct code code;
    int P, dsp_lanes;
    enum weight_memory memory;
    int bram36; /* for WEIGHT_MEMORY_BOTH */
};

/* What a case is made into; accel_bench_free. */
struct accel_bench {
    struct accelerator a;
    struct integer_network *n;
    struct images set;
};

/* accel_bench_new: random weights and batch norm, n images of random pixels, one in four black or white. */
static inline struct accel_bench accel_bench_new(const struct accel_case *c, int images, uint64_t seed)
{
    struct accel_bench b = {.set = {.n = images}};
    const struct accelerator_wish wish = {.P = c->P, .dsp_lanes = c->dsp_lanes, .memory = c->memory};
    struct network *net = NULL;
    struct errmsg e = {""};
    struct rng r;
    int layers = 0;
    while (c->sizes[layers + 1] != 0)
        layers++;
    rng_init(&r, seed, RNG_TEST);
    if (chain_accelerator(c->sizes, layers, &c->code, &wish, c->bram36, &b.a, &e) != STATUS_OK ||
        chain_new(&net, c->sizes, layers, &c->code, seed, &e) != STATUS_OK) {
        fail_msg("%s: %s", c->what, e.text);
        abort(); /* cmocka has not told the compiler that it does not come back */
    }
    for (int l = 0; l < layers && code_chooses_offset(&net->code); l++) /* as a training may choose */
        net->layers[l].code.delta_offset =
            (int)rng_below(&r, (uint64_t)(c->code.weight_bits - c->code.delta_bits) + 1);
    network_shake(&r, net);
    if (deploy(net, &b.n, &e) != STATUS_OK)
        fail_msg("%s: %s", c->what, e.text);
    network_free(net);
    const size_t pixels = (size_t)images * (size_t)c->sizes[0];
    b.set.pixels = malloc(pixels);
    b.set.labels = malloc((size_t)images);
    if (b.set.pixels == NULL || b.set.labels == NULL)
        abort();
    for (size_t i = 0; i < pixels; i++) {
        b.set.pixels[i] = (uint8_t)rng_below(&r, 256);
        if (rng_below(&r, 4) == 0)
            b.set.pixels[i] = rng_below(&r, 2) ? 0 : 255;
    }
    for (int i = 0; i < images; i++)
        b.set.labels[i] = (uint8_t)rng_below(&r, (uint64_t)c->sizes[layers]);
    return b;
}

static inline void accel_bench_free(struct accel_bench *b)
{
    integer_network_free(b->n);
    free(b->set.pixels);
    free(b->set.values);
    free(b->set.labels);
}

/* A bench ready to run: simulator, memory files and verdicts of the first images; accel_rig_free. */
struct accel_rig {
    char so_path[PATH_MAX], memories[64];
    int16_t *inputs;
    struct accelerator_sim library;
    struct verdict *verdicts;
    struct accelerator_job job; /* all images, stalls, one reset, seed 1 */
};

static inline struct accel_rig accel_rig_new(const struct accel_bench *b, int images)
{
    struct accel_rig r = {.memories = "/tmp/deltasweep-accel-XXXXXX"};
    const size_t n = (size_t)images, pixels = n * (size_t)b->a.sizes[0];
    struct errmsg e = {""};
    double seconds;
    int right;
    assert_non_null(mkdtemp(r.memories));
    r.verdicts = calloc(n, sizeof *r.verdicts);
    r.job = (struct accelerator_job){.accelerator = b->a, .images = images, .resets = 1, .stalls = true, .seed = 1};
    r.job.network = b->n;
    r.job.pixels = calloc(pixels, sizeof *r.job.pixels);
    r.job.result_class = calloc(n, sizeof *r.job.result_class);
    r.job.logit = calloc(n, sizeof *r.job.logit);
    r.inputs = calloc(pixels, sizeof *r.inputs);
    if (r.inputs == NULL || r.verdicts == NULL || r.job.pixels == NULL || r.job.result_class == NULL || r.job.logit == NULL)
        abort();
    if (accelerator_sim_build(&b->a, r.so_path, sizeof r.so_path, &seconds, &e) != STATUS_OK ||
        accelerator_sim_load(&r.library, r.so_path, NULL, &e) != STATUS_OK ||
        accelerator_write_memories(&b->a, b->n, r.memories, &e) != STATUS_OK ||
        infer_set(b->n, &b->set, b->a.sizes[0], images, r.verdicts, &right, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    infer_inputs(b->n, &b->set, 0, images, r.inputs, (size_t)b->a.sizes[0]);
    for (size_t i = 0; i < pixels; i++)
        r.job.pixels[i] = r.inputs[i];
    for (size_t i = 0; i < n; i++) {
        r.job.result_class[i] = r.verdicts[i].class;
        r.job.logit[i] = r.verdicts[i].logit;
    }
    return r;
}

static inline void accel_rig_free(struct accel_rig *r)
{
    accelerator_sim_unload(&r->library);
    free(r->inputs);
    free(r->verdicts);
    free(r->job.pixels);
    free(r->job.result_class);
    free(r->job.logit);
    run_shell("rm -r '%s'", r->memories);
}

/* check_unstalled_lockstep: without stalls and resets the system model takes the clocks of the schedule. */
static inline void check_unstalled_lockstep(const struct accel_bench *b, int images, const char *what)
{
    struct accel_rig r = accel_rig_new(b, images);
    struct accelerator_lockstep_result result;
    struct errmsg e = {""};
    int64_t *expected = calloc((size_t)images, sizeof *expected);
    r.job.stalls = false;
    r.job.resets = 0;
    if (accelerator_lockstep(&r.job, r.so_path, r.memories, &result, &e) != STATUS_OK)
        fail_msg("%s: %s", what, e.text);
    if (result.mismatches != 0)
        fail_msg("%s: %s", what, result.first_where);
    schedule_stream(&b->a, images, expected);
    assert_int_equal(result.last_result - result.first_pixel, expected[images - 1]);
    free(expected);
    accel_rig_free(&r);
}
