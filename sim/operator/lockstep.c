#include "sim/operator/lockstep.h"

#include "sim/fields.h"
#include "sim/lockstep.h"
#include "sim/operator/vectorfile.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pack: header and arrays, as vectorfile.h says. */
static enum status pack(const struct mac_config *c, const struct vector_set *s, int n, uint8_t **bytes, size_t *n_bytes,
                        struct errmsg *e)
{
    const size_t few = (size_t)n * sizeof(int32_t), many = few * (size_t)s->N;
    struct vectorfile_header h = {.variant = (int32_t)c->variant,
                                  .multiplier = (int32_t)c->multiplier,
                                  .W = c->W,
                                  .D = c->D,
                                  .shift = c->shift,
                                  .N = c->N,
                                  .P = c->P,
                                  .wrap = c->wrap,
                                  .n = n,
                                  .seed = 1};
    memcpy(h.magic, VECTORFILE_MAGIC, sizeof h.magic);
    *n_bytes = sizeof h + 2 * few + 2 * many;
    uint8_t *p = *bytes = malloc(*n_bytes);
    if (p == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d vectors", n);
    memcpy(p, &h, sizeof h), p += sizeof h;
    memcpy(p, s->bias, few), p += few;
    memcpy(p, s->initial, few), p += few;
    memcpy(p, s->weights, many), p += many;
    memcpy(p, s->data, many);
    return STATUS_OK;
}

static enum status parse(const char *text, int n, struct operator_result *out, struct errmsg *e)
{
    int64_t vectors = 0, clocks = 0, compared = 0, mismatches = 0, vector = 0, clock = 0, expected = 0, got = 0;
    double seconds = 0;
    const char *where = fields_text(text, "where");
    if (!fields_integer(text, "vectors", &vectors) || !fields_integer(text, "clocks", &clocks) ||
        !fields_integer(text, "compared", &compared) || !fields_integer(text, "mismatches", &mismatches) ||
        !fields_integer(text, "first_vector", &vector) || !fields_integer(text, "first_clock", &clock) ||
        !fields_integer(text, "expected", &expected) || !fields_integer(text, "got", &got) ||
        !fields_real(text, "seconds", &seconds) || where == NULL)
        return fail(e, STATUS_ENVIRONMENT, "deltasweep-lockstep printed no result: %.200s", text);
    if (vectors != n || compared < vectors)
        return fail(e, STATUS_ENVIRONMENT, "deltasweep-lockstep ran %" PRId64 " of %d vectors", vectors, n);
    if (mismatches > 0 && out->mismatches == 0) {
        out->first_vector = vector;
        out->first_clock = clock;
        out->expected = expected;
        out->got = got;
        snprintf(out->first_where, sizeof out->first_where, "lock-step %.*s", (int)strcspn(where, "\n"), where);
    }
    out->mismatches += mismatches;
    out->lockstep_clocks = clocks;
    out->lockstep_clocks_per_second = seconds > 0 ? (double)clocks / seconds : NAN;
    return STATUS_OK;
}

enum status operator_lockstep(const struct mac_config *c, const struct vector_set *vectors, int n, const char *so_path,
                              const char *trace_file, struct operator_result *out, struct errmsg *e)
{
    const char *const arguments[3] = {so_path, trace_file};
    uint8_t *job = NULL;
    size_t job_bytes = 0;
    char *text = NULL;

    enum status s = pack(c, vectors, n, &job, &job_bytes, e);
    if (s == STATUS_OK && (s = lockstep_run(arguments, job, job_bytes, &text, e)) == STATUS_OK)
        s = parse(text, n, out, e);
    free(text);
    free(job);
    return s;
}
