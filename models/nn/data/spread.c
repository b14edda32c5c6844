#include "models/nn/data/spread.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one feature. */
struct range {
    float least, greatest;
    int32_t lowest, highest; /* as inputs */
};

static void count_features(const struct range *ranges, int features, const struct fixed *q, struct spread *out)
{
    const int few = q->hi - q->lo >= 31 ? 3 : 1;
    float widest = 0, narrowest = INFINITY;
    for (int k = 0; k < features; k++) {
        const struct range *r = &ranges[k];
        const float width = r->greatest - r->least;
        if (!(width > 0))
            continue;
        out->varying++;
        out->few += r->highest - r->lowest < few;
        widest = fmaxf(widest, width);
        narrowest = fminf(narrowest, width);
    }
    out->uneven = out->varying > 0 && widest > 8 * narrowest;
}

enum status spread_measure(const struct dataset *d, const struct fixed *q, struct spread *out, struct errmsg *e)
{
    const size_t features = (size_t)d->features, n = (size_t)d->train.n * features;
    const float *x = d->train.values, lo = q->lo * q->step, hi = q->hi * q->step;
    size_t saturated = 0, vanished = 0, not_zero = 0;
    *out = (struct spread){0};
    if (x == NULL || n == 0)
        return STATUS_OK;
    struct range *ranges = calloc(features, sizeof *ranges);
    if (ranges == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the ranges of %s", d->name);
    out->least = out->greatest = x[0];
    for (size_t i = 0, k = 0; i < n; i++, k = k + 1 < features ? k + 1 : 0) {
        struct range *r = &ranges[k];
        const int32_t input = fixed_quantise(*q, x[i]);
        if (i < features)
            *r = (struct range){x[i], x[i], input, input};
        r->least = fminf(r->least, x[i]);
        r->greatest = fmaxf(r->greatest, x[i]);
        r->lowest = input < r->lowest ? input : r->lowest;
        r->highest = input > r->highest ? input : r->highest;
        saturated += x[i] < lo || x[i] > hi + q->step;
        not_zero += x[i] != 0.0f;
        vanished += x[i] != 0.0f && input == 0;
    }
    for (size_t k = 0; k < features; k++) {
        out->least = fminf(out->least, ranges[k].least);
        out->greatest = fmaxf(out->greatest, ranges[k].greatest);
    }
    out->saturated = (double)saturated / (double)n;
    out->vanished = not_zero > 0 ? (double)vanished / (double)not_zero : 0;
    count_features(ranges, d->features, q, out);
    free(ranges);
    return STATUS_OK;
}

bool spread_is_bad(const struct spread *s)
{
    return s->saturated > 0.01 || s->few > 0.02 * s->varying;
}

const char *spread_text(const struct spread *s, const struct fixed *q, char *text, size_t text_bytes)
{
    size_t used = 0;
    text[0] = '\0';
    if (s->saturated > 0)
        used = (size_t)snprintf(text, text_bytes, "%.2f %% of the inputs are beyond %.4g to %.4g and saturate",
                                100 * s->saturated, (double)(q->lo * q->step), (double)(q->hi * q->step));
    if (s->few > 0 && used < text_bytes)
        snprintf(text + used, text_bytes - used, "%s%d of %d features that vary have %s left in steps of %.4g",
                 used > 0 ? ", and " : "", s->few, s->varying,
                 q->hi - q->lo >= 31 ? "only 1 to 3 values" : "only 1 value", (double)q->step);
    return text;
}
