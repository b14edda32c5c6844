#include "sim/engine.h"

#include "sim/operator/trained.h"

#include <stdio.h>

/* Vectors of one check, and how many of them also run in lock-step. */
enum { TRAINED = 256, RANDOM = 128, EXTREME = 64, LOCKSTEP = 96 };

static enum status digest(const struct hardware *h, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    return operator_sim_digest(&h->mac, NULL, hex, e);
}

static enum status build(const struct hardware *h, char *so_path, unsigned so_path_bytes, double *seconds,
                         struct errmsg *e)
{
    return operator_sim_build(&h->mac, NULL, so_path, so_path_bytes, seconds, e);
}

static double build_seconds(const struct hardware *h)
{
    return 8 + 0.01 * h->mac.N;
}

/* make_vectors: extreme, random and, with a network, trained ones, some of each among the first LOCKSTEP. */
static enum status make_vectors(const struct mac_config *m, const struct network *net, const struct dataset *data,
                                struct vector_set *out, struct errmsg *e)
{
    enum { EARLY = 16 }; /* of the random ones */
    static const uint64_t seeds[2] = {0x64656c7461, 0x7377656570};
    const int trained = net == NULL ? 0 : TRAINED;
    enum status s = vector_set_new(out, EXTREME + RANDOM + trained, m->N, e);
    if (s != STATUS_OK)
        return s;
    vector_set_extreme(out, m, 0, EXTREME);
    vector_set_random(out, m, EXTREME, EARLY, seeds[0]);
    if (net != NULL)
        s = vector_set_trained(out, m, net, data, EXTREME + EARLY, trained, e);
    vector_set_random(out, m, EXTREME + EARLY + trained, RANDOM - EARLY, seeds[1]);
    if (s != STATUS_OK)
        vector_set_free(out);
    return s;
}

static enum status check(const struct hardware *h, const struct network *net, const struct dataset *data,
                         struct engine_check *out, struct errmsg *e)
{
    struct vector_set vectors;
    out->engine = ENGINE_OPERATOR;
    enum status s = make_vectors(&h->mac, net, data, &vectors, e);
    if (s != STATUS_OK)
        return s;
    s = operator_sim_check(&h->mac, &vectors, LOCKSTEP, NULL, &out->operator, e);
    out->operator.trained_vectors = net == NULL ? 0 : TRAINED;
    out->wrong = out->operator.mismatches;
    vector_set_free(&vectors);
    return s;
}

static void check_digest(struct digest *d, bool trained, const struct dataset *data)
{
    (void)data;
    digest_int(d, "trained", trained ? TRAINED : 0);
    digest_int(d, "random", RANDOM);
    digest_int(d, "extreme", EXTREME);
    digest_int(d, "lockstep", LOCKSTEP);
}

static double check_seconds(const struct hardware *h, const struct dataset *data)
{
    (void)h, (void)data;
    return 0.1;
}

static void explain(const struct engine_check *c, char *out, size_t room)
{
    const struct operator_result *r = &c->operator;
    out[0] = '\0';
    if (r->mismatches > 0)
        snprintf(out, room,
                 "%lld of %lld vectors; the first is vector %lld, clock %lld (%s): expected %lld, got %lld",
                 (long long)r->mismatches, (long long)r->vectors, (long long)r->first_vector,
                 (long long)r->first_clock, r->first_where, (long long)r->expected, (long long)r->got);
}

static enum status trace(const struct hardware *h, const char *file, struct errmsg *e)
{
    struct vector_set vectors;
    struct operator_result ignored;
    enum status s = make_vectors(&h->mac, NULL, NULL, &vectors, e);
    if (s != STATUS_OK)
        return s;
    s = operator_sim_check(&h->mac, &vectors, 0, file, &ignored, e);
    vector_set_free(&vectors);
    return s;
}

const struct engine_sim engine_sim_operator = {
    .digest = digest,
    .build = build,
    .build_seconds = build_seconds,
    .check = check,
    .check_digest = check_digest,
    .check_seconds = check_seconds,
    .explain = explain,
    .trace = trace,
};
