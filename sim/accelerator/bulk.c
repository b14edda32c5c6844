#include "sim/accelerator/bulk.h"

#include "base/clock.h"
#include "models/fpga/design/schedule.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note(struct accelerator_result *out, int64_t image, const char *text)
{
    if (out->mismatches > 0)
        return;
    out->first_image = image;
    snprintf(out->first_where, sizeof out->first_where, "bulk: %s", text);
}

static void compare(const struct accelerator_stream *r, const uint8_t *labels, const struct verdict *verdicts,
                    struct accelerator_result *out)
{
    char text[128];
    const int64_t came = r->results < r->images ? r->results : r->images;
    for (int64_t i = 0; i < came; i++) {
        out->right += r->result_class[i] == labels[i];
        if (r->result_class[i] == verdicts[i].class && r->logit[i] == verdicts[i].logit)
            continue;
        snprintf(text, sizeof text, "class %" PRId32 ", logit %" PRId32 " instead of %" PRId32 ", %" PRId32,
                 r->result_class[i], r->logit[i], verdicts[i].class, verdicts[i].logit);
        note(out, i, text);
        out->mismatches++;
    }
    if (r->results == r->images)
        return;
    snprintf(text, sizeof text, "%" PRId64 " results of %d images", r->results, r->images);
    note(out, came < r->images ? came : r->images - 1, text);
    out->mismatches += llabs(r->results - r->images);
}

/* After so many images a stream is steady: every interval is one of RESULT_PLACES that take turns. */
enum { STEADY_AFTER = RESULT_PLACES + 1 };

/* count_cycles: from the clocks in which the results came. False if not all came. */
static bool count_cycles(const struct accelerator_stream *r, struct accelerator_result *out)
{
    if (r->results < 1 || r->first_pixel < 0)
        return false;
    const int last = (int)(r->results < r->images ? r->results : r->images) - 1,
              back = last < RESULT_PLACES ? last : RESULT_PLACES;
    out->cycles_latency = r->clock[0] - r->first_pixel;
    out->cycles_per_inference =
        back == 0 ? out->cycles_latency : (r->clock[last] - r->clock[last - back] + back - 1) / back;
    return r->results == r->images;
}

/* agrees: whether every result came in the clock that the schedule says. expected has room for images. */
static bool agrees(const struct accelerator *a, const struct accelerator_stream *r,
                   const struct accelerator_result *out, int64_t *expected)
{
    struct schedule s;
    schedule_of(a, &s);
    schedule_stream(a, r->images, expected);
    for (int i = 0; i < r->images; i++)
        if (r->clock[i] - r->first_pixel != expected[i])
            return false;
    return out->cycles_latency == s.cycles_latency &&
           (r->images < STEADY_AFTER || out->cycles_per_inference == s.cycles_per_inference);
}

enum status accelerator_bulk(const struct accelerator_dut_api *api, const struct accelerator *a, const char *memories,
                             const int16_t *inputs, const uint8_t *labels, int n, const struct verdict *verdicts,
                             struct accelerator_result *out, struct errmsg *e)
{
    struct schedule plan;
    schedule_of(a, &plan);
    struct accelerator_stream r = {.images = n,
                                   .features = a->sizes[0],
                                   .pixels = inputs,
                                   .patience = 2 * (plan.lanes_free + plan.cycles_latency) + 1000};
    enum status s = STATUS_OK;
    int64_t *expected = calloc((size_t)n, sizeof *expected);
    r.result_class = calloc((size_t)n, sizeof *r.result_class);
    r.logit = calloc((size_t)n, sizeof *r.logit);
    r.clock = calloc((size_t)n, sizeof *r.clock);
    struct accelerator_dut *d = api->create(memories);
    if (expected == NULL || r.result_class == NULL || r.logit == NULL || r.clock == NULL || d == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "cannot start the simulation of %d images: no memory, or no files in %s", n,
                 memories);
        goto done;
    }
    const double started = clock_thread_s(); /* other programs on the core do not count */
    api->stream(d, &r);
    const double seconds = clock_thread_s() - started;
    out->images = n;
    out->clocks = r.clocks;
    out->clocks_per_second = seconds > 0 ? (double)r.clocks / seconds : NAN;
    out->schedule_agrees = count_cycles(&r, out) && agrees(a, &r, out, expected);
    compare(&r, labels, verdicts, out);
done:
    if (d != NULL)
        api->destroy(d);
    free(expected);
    free(r.result_class);
    free(r.logit);
    free(r.clock);
    return s;
}
