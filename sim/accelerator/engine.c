#include "sim/engine.h"

#include "models/nn/integer/deploy.h"

#include <stdio.h>

/* Part of the digest of a check. To be raised whenever a change to models/nn/integer changes a verdict, or a change to
 * the check itself changes what is compared. */
enum { INFERENCE_VERSION = 1 };

/* Test images that also run in lock-step, and the seed of their stalls. */
enum { LOCKSTEP_IMAGES = 5, STALL_SEED = 20261122 };

static enum status digest(const struct hardware *h, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    return accelerator_sim_digest(&h->accelerator, hex, e);
}

static enum status build(const struct hardware *h, char *so_path, unsigned so_path_bytes, double *seconds,
                         struct errmsg *e)
{
    return accelerator_sim_build(&h->accelerator, so_path, so_path_bytes, seconds, e);
}

static double build_seconds(const struct hardware *h)
{
    return 5 + 0.15 * h->accelerator.P;
}

/* check: the whole test set through the RTL, with the trained weights. */
static enum status check(const struct hardware *h, const struct network *net, const struct dataset *data,
                         struct engine_check *out, struct errmsg *e)
{
    const struct images *set = &data->test;
    struct accelerator_result *r = &out->accelerator;
    struct integer_network *deployed = NULL;
    out->engine = ENGINE_ACCELERATOR;
    enum status s = deploy(net, &deployed, e);
    if (s == STATUS_OK)
        s = accelerator_sim_check(&h->accelerator, deployed, set, set->n,
                        set->n < LOCKSTEP_IMAGES ? set->n : LOCKSTEP_IMAGES, STALL_SEED, r, e);
    if (s == STATUS_OK)
        out->wrong = r->mismatches + !r->schedule_agrees;
    integer_network_free(deployed);
    return s;
}

static void check_digest(struct digest *d, bool trained, const struct dataset *data)
{
    (void)trained;
    digest_int(d, "inference", INFERENCE_VERSION);
    digest_int(d, "images", data->test.n);
    digest_int(d, "lockstep", LOCKSTEP_IMAGES);
    digest_int(d, "stalls", STALL_SEED);
}

static double check_seconds(const struct hardware *h, const struct dataset *data)
{
    /* some 14 M clocks of one lane a second */
    return 1 + 7e-8 * (double)h->schedule.cycles_per_inference * h->accelerator.P * data->test.n;
}

static void explain(const struct engine_check *c, char *out, size_t room)
{
    const struct accelerator_result *r = &c->accelerator;
    size_t used = 0;
    out[0] = '\0';
    if (r->mismatches > 0)
        used += (size_t)snprintf(out, room, "%lld in %lld images; the first is image %lld: %s\n",
                                 (long long)r->mismatches, (long long)r->images, (long long)r->first_image,
                                 r->first_where);
    if (!r->schedule_agrees && used < room)
        snprintf(out + used, room - used,
                 "%lld clocks per inference and a latency of %lld are not what the schedule says",
                 (long long)r->cycles_per_inference, (long long)r->cycles_latency);
}

const struct engine_sim engine_sim_accelerator = {
    .digest = digest,
    .build = build,
    .build_seconds = build_seconds,
    .check = check,
    .check_digest = check_digest,
    .check_seconds = check_seconds,
    .explain = explain,
};
