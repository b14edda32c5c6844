#include "sim/accelerator/check.h"

#include "base/scratch.h"
#include "sim/accelerator/bulk.h"
#include "sim/accelerator/load.h"
#include "sim/accelerator/lockstep.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both runs of one check. */
struct run {
    const struct accelerator *a;
    const struct integer_network *n;
    const struct images *set;
    char so_path[PATH_MAX];
    struct scratch memories;
    int16_t *inputs; /* the activations of the first images */
    struct verdict *verdicts;
};

static enum status write_memories(struct run *r, struct errmsg *e)
{
    const enum status s = scratch_open(&r->memories, SCRATCH_MEMORIES, e);
    return s != STATUS_OK ? s : accelerator_write_memories(r->a, r->n, r->memories.path, e);
}

static enum status run_bulk(const struct run *r, int images, struct accelerator_result *out, struct errmsg *e)
{
    char key[DIGEST_HEX_BYTES];
    struct accelerator_sim library = {0};
    enum status s;
    if ((s = accelerator_sim_digest(r->a, key, e)) == STATUS_OK &&
        (s = accelerator_sim_load(&library, r->so_path, key, e)) == STATUS_OK)
        s = accelerator_bulk(library.api, r->a, r->memories.path, r->inputs, r->set->labels, images, r->verdicts, out,
                             e);
    accelerator_sim_unload(&library);
    return s;
}

/* run_lockstep: stalls, and a reset while one of the first images is under way. */
static enum status run_lockstep(const struct run *r, int images, uint64_t seed, struct accelerator_result *out,
                                struct errmsg *e)
{
    const size_t n = (size_t)images, pixels = n * (size_t)r->a->sizes[0];
    struct accelerator_lockstep_result result;
    struct integer_network network = *r->n;
    struct accelerator_job job = {.accelerator = *r->a,
                                  .images = images,
                                  .resets = 1,
                                  .stalls = true,
                                  .seed = seed,
                                  .network = &network,
                                  .pixels = calloc(pixels, sizeof *job.pixels),
                                  .result_class = calloc(n, sizeof *job.result_class),
                                  .logit = calloc(n, sizeof *job.logit)};
    enum status s = STATUS_OK;
    if (job.pixels == NULL || job.result_class == NULL || job.logit == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d images in lock-step", images);
        goto done;
    }
    for (size_t i = 0; i < pixels; i++)
        job.pixels[i] = r->inputs[i];
    for (size_t i = 0; i < n; i++) {
        job.result_class[i] = r->verdicts[i].class;
        job.logit[i] = r->verdicts[i].logit;
    }
    if ((s = accelerator_lockstep(&job, r->so_path, r->memories.path, &result, e)) != STATUS_OK)
        goto done;
    if (result.mismatches > 0 && out->mismatches == 0) {
        out->first_image = result.first_image;
        snprintf(out->first_where, sizeof out->first_where, "lock-step: %s", result.first_where);
    }
    out->mismatches += result.mismatches;
    out->lockstep_clocks = result.clocks;
    out->lockstep_clocks_per_second = result.clocks_per_second;
done:
    free(job.pixels);
    free(job.result_class);
    free(job.logit);
    return s;
}

static enum status check_arguments(const struct accelerator *a, const struct integer_network *n,
                                   const struct images *set, int images, int lockstep_images, struct errmsg *e)
{
    const enum status s = accelerator_check(a, e);
    if (s != STATUS_OK)
        return s;
    if (!accelerator_runs(a, n))
        return fail(e, STATUS_INPUT, "the accelerator is of another shape or code than the network");
    if (images < 1 || images > set->n || lockstep_images < 0 || lockstep_images > set->n)
        return fail(e, STATUS_INPUT, "%d images in bulk and %d in lock-step are asked for; the set has %d", images,
                    lockstep_images, set->n);
    return STATUS_OK;
}

enum status accelerator_sim_check(const struct accelerator *a, const struct integer_network *n,
                                  const struct images *set, int images, int lockstep_images, uint64_t seed,
                                  struct accelerator_result *out, struct errmsg *e)
{
    const int most = images > lockstep_images ? images : lockstep_images;
    struct run r = {.a = a, .n = n, .set = set, .memories = {.lock_fd = -1}};
    int right;
    enum status s;

    memset(out, 0, sizeof *out);
    out->first_image = -1;
    out->lockstep_images = lockstep_images;
    out->clocks_per_second = out->lockstep_clocks_per_second = NAN;
    if ((s = check_arguments(a, n, set, images, lockstep_images, e)) != STATUS_OK)
        return s;
    r.verdicts = calloc((size_t)most, sizeof *r.verdicts);
    r.inputs = malloc((size_t)most * (size_t)a->sizes[0] * sizeof *r.inputs);
    if (r.verdicts == NULL || r.inputs == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the inputs and verdicts of %d images", most);
        goto done;
    }
    infer_inputs(n, set, 0, most, r.inputs, (size_t)a->sizes[0]);
    if ((s = infer_set(n, set, a->sizes[0], most, r.verdicts, &right, e)) != STATUS_OK ||
        (s = accelerator_sim_build(a, r.so_path, sizeof r.so_path, &out->build_seconds, e)) != STATUS_OK ||
        (s = write_memories(&r, e)) != STATUS_OK || (s = run_bulk(&r, images, out, e)) != STATUS_OK)
        goto done;
    if (lockstep_images > 0)
        s = run_lockstep(&r, lockstep_images, seed, out, e);
done:
    scratch_close(&r.memories);
    free(r.inputs);
    free(r.verdicts);
    return s;
}
