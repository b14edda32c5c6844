#include "sim/operator/bulk.h"

#include "base/clock.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Shorter runs say little about speed: the vectors are run again until this has passed. */
static const double least_seconds = 0.01;

struct bulk {
    const struct operator_dut_api *api;
    struct operator_dut *dut;
    int expected_cycles;
    const int64_t *expected; /* one per vector */
    struct operator_result *out;
};

static void mismatch(struct bulk *b, int v, const char *where, int64_t expected, int64_t got)
{
    if (b->out->mismatches++ > 0)
        return;
    b->out->first_vector = v;
    b->out->first_clock = b->out->clocks;
    b->out->expected = expected;
    b->out->got = got;
    snprintf(b->out->first_where, sizeof b->out->first_where, "bulk %s", where);
}

static void reset(struct bulk *b)
{
    b->api->set_control(b->dut, 0, 1, 0);
    b->api->clock(b->dut);
    b->api->set_control(b->dut, 1, 1, 0);
    b->out->clocks++;
}

/* request: one vector. DATA_RDY must be low after every edge before the last one and
 * high after that, OUT_DATA must be right there, and still be so while the inputs of
 * the next vector are already set (held says whether a clock is spent on that). */
static void request(struct bulk *b, const struct vector_set *s, int v, bool held)
{
    const struct operator_dut_api *api = b->api;
    const size_t row = (size_t)v * (size_t)s->N;
    const int give_up = 2 * b->expected_cycles + 16;

    api->set_bias(b->dut, s->bias[v]);
    api->set_initial(b->dut, s->initial[v]);
    api->set_weights(b->dut, s->weights + row);
    api->set_data(b->dut, s->data + row);
    if (held) {
        const int ready = api->clock(b->dut);
        b->out->clocks++;
        if (ready == 0)
            mismatch(b, v, "DATA_RDY", 1, 0);
        if (v > 0 && api->out_data(b->dut) != b->expected[v - 1])
            mismatch(b, v - 1, "OUT_DATA", b->expected[v - 1], api->out_data(b->dut));
    }
    api->set_control(b->dut, 1, 1, 1);
    int ready = api->clock(b->dut), cycles = 1;
    api->set_control(b->dut, 1, 1, 0);
    while (ready == 0 && cycles < give_up) {
        ready = api->clock(b->dut);
        cycles++;
    }
    b->out->clocks += cycles;
    if (cycles != b->expected_cycles)
        mismatch(b, v, "DATA_RDY", b->expected_cycles, cycles);
    else if (api->out_data(b->dut) != b->expected[v])
        mismatch(b, v, "OUT_DATA", b->expected[v], api->out_data(b->dut));
    if (v == 0)
        b->out->cycles_per_dot = cycles;
    if (ready == 0)
        reset(b);
}

enum status operator_bulk(const struct operator_dut_api *api, const struct mac_config *c,
                          const struct vector_set *vectors, struct operator_result *out, struct errmsg *e)
{
    enum status s = STATUS_OK;
    int64_t *expected = malloc((size_t)vectors->n * sizeof *expected);
    struct bulk b = {api, api->create(), mac_cycles(c), expected, out};
    if (expected == NULL || b.dut == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a simulation");
        goto done;
    }
    for (int v = 0; v < vectors->n; v++) {
        const size_t row = (size_t)v * (size_t)vectors->N;
        const struct mac_vector one = {vectors->bias[v], vectors->initial[v], vectors->weights + row,
                                       vectors->data + row};
        expected[v] = mac_dot(c, &one);
    }
    const double started = clock_monotonic_s();
    double seconds = 0;
    reset(&b);
    do {
        for (int v = 0; v < vectors->n; v++)
            request(&b, vectors, v, v % 4 == 1);
        seconds = clock_monotonic_s() - started;
    } while (seconds < least_seconds && out->mismatches == 0);
    out->vectors = vectors->n;
    out->clocks_per_second = seconds > 0 ? (double)out->clocks / seconds : NAN;
done:
    if (b.dut != NULL)
        api->destroy(b.dut);
    free(expected);
    return s;
}
