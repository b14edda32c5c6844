#include "sim/operator/bulk.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Shorter runs say little about speed: the vectors are run again until this has passed. */
static const double least_seconds = 0.01;

struct fast {
    const struct dut_api *api;
    struct dut *dut;
    int expected_cycles;
    const int64_t *expected; /* one per vector */
    struct check_result *out;
};

static void mismatch(struct fast *f, int v, const char *where, int64_t expected, int64_t got)
{
    if (f->out->mismatches++ > 0)
        return;
    f->out->first_vector = v;
    f->out->first_clock = f->out->clocks;
    f->out->expected = expected;
    f->out->got = got;
    snprintf(f->out->first_where, sizeof f->out->first_where, "bulk %s", where);
}

static void reset(struct fast *f)
{
    f->api->set_control(f->dut, 0, 1, 0);
    f->api->clock(f->dut);
    f->api->set_control(f->dut, 1, 1, 0);
    f->out->clocks++;
}

/* request: one vector. DATA_RDY must be low after every edge before the last one and
 * high after that, OUT_DATA must be right there, and still be so while the inputs of
 * the next vector are already set (held says whether a clock is spent on that). */
static void request(struct fast *f, const struct vector_set *s, int v, bool held)
{
    const struct dut_api *api = f->api;
    const size_t row = (size_t)v * (size_t)s->N;
    const int give_up = 2 * f->expected_cycles + 16;

    api->set_bias(f->dut, s->bias[v]);
    api->set_initial(f->dut, s->initial[v]);
    api->set_weights(f->dut, s->weights + row);
    api->set_data(f->dut, s->data + row);
    if (held) {
        const int ready = api->clock(f->dut);
        f->out->clocks++;
        if (ready == 0)
            mismatch(f, v, "DATA_RDY", 1, 0);
        if (v > 0 && api->out_data(f->dut) != f->expected[v - 1])
            mismatch(f, v - 1, "OUT_DATA", f->expected[v - 1], api->out_data(f->dut));
    }
    api->set_control(f->dut, 1, 1, 1);
    int ready = api->clock(f->dut), cycles = 1;
    api->set_control(f->dut, 1, 1, 0);
    while (ready == 0 && cycles < give_up) {
        ready = api->clock(f->dut);
        cycles++;
    }
    f->out->clocks += cycles;
    if (cycles != f->expected_cycles)
        mismatch(f, v, "DATA_RDY", f->expected_cycles, cycles);
    else if (api->out_data(f->dut) != f->expected[v])
        mismatch(f, v, "OUT_DATA", f->expected[v], api->out_data(f->dut));
    if (v == 0)
        f->out->cycles_per_dot = cycles;
    if (ready == 0)
        reset(f);
}

enum status fast_run(const struct dut_api *api, const struct mac_config *c, const struct vector_set *vectors,
                     const char *trace_file, struct check_result *out, struct errmsg *e)
{
    enum status s = STATUS_OK;
    int64_t *expected = malloc((size_t)vectors->n * sizeof *expected);
    struct fast f = {api, api->create(), mac_cycles(c), expected, out};
    if (expected == NULL || f.dut == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a simulation");
        goto done;
    }
    for (int v = 0; v < vectors->n; v++) {
        const size_t row = (size_t)v * (size_t)vectors->N;
        const struct mac_vector one = {vectors->bias[v], vectors->initial[v], vectors->weights + row,
                                       vectors->data + row};
        expected[v] = mac_dot(c, &one);
    }
    if (trace_file != NULL && api->trace_open(f.dut, trace_file) != 0) {
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot write the trace %s", trace_file);
        goto done;
    }
    const double started = clock_monotonic_s();
    double seconds = 0;
    reset(&f);
    do {
        for (int v = 0; v < vectors->n; v++)
            request(&f, vectors, v, v % 4 == 1);
        seconds = clock_monotonic_s() - started;
    } while (seconds < least_seconds && out->mismatches == 0 && trace_file == NULL);
    out->vectors = vectors->n;
    out->clocks_per_second = seconds > 0 ? (double)out->clocks / seconds : NAN;
done:
    if (f.dut != NULL)
        api->destroy(f.dut);
    free(expected);
    return s;
}
