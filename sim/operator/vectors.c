#include "sim/operator/vectors.h"

#include "models/nn/code/fixed.h"

#include <stdlib.h>
#include <string.h>

enum status vector_set_new(struct vector_set *out, int n, int N, struct errmsg *e)
{
    memset(out, 0, sizeof *out);
    if (n < 1 || N < 1)
        return fail(e, STATUS_INPUT, "a set of %d vectors of %d inputs is empty", n, N);
    out->n = n;
    out->N = N;
    out->bias = calloc((size_t)n, sizeof *out->bias);
    out->initial = calloc((size_t)n, sizeof *out->initial);
    out->weights = calloc((size_t)n * (size_t)N, sizeof *out->weights);
    out->data = calloc((size_t)n * (size_t)N, sizeof *out->data);
    if (out->bias == NULL || out->initial == NULL || out->weights == NULL || out->data == NULL) {
        vector_set_free(out);
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d vectors of %d inputs", n, N);
    }
    return STATUS_OK;
}

void vector_set_free(struct vector_set *s)
{
    free(s->bias);
    free(s->initial);
    free(s->weights);
    free(s->data);
    memset(s, 0, sizeof *s);
}

/* splitmix64 (Steele, Lea, Flood 2014): any seed gives a good sequence. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int32_t random_number(uint64_t *state, int bits)
{
    return (int32_t)((int64_t)(random_next(state) >> (64 - bits)) + fixed_min(bits));
}

static int weight_width(const struct mac_config *c)
{
    return c->variant == MAC_PLAIN ? c->W : c->D;
}

void vector_set_random(struct vector_set *s, const struct mac_config *c, int first, int n, uint64_t seed)
{
    uint64_t state = seed;
    const int weight_bits = weight_width(c);
    for (int v = first; v < first + n; v++) {
        const size_t row = (size_t)v * (size_t)s->N;
        s->bias[v] = random_number(&state, c->W);
        s->initial[v] = random_number(&state, c->W);
        for (int i = 0; i < s->N; i++) {
            s->weights[row + (size_t)i] = random_number(&state, weight_bits);
            s->data[row + (size_t)i] = random_number(&state, c->W);
        }
    }
}

/* What a kind of extreme vector holds at input i. lo and hi are the ends of the port's
 * range; hot is the one input that differs, for the kinds that have one. */
struct extreme {
    const char *name;
    enum pattern { LO, HI, ZERO, ALTERNATE, HALVES, HOT_LO, HOT_HI, HOT_ZERO } weights, data;
    enum pattern bias, initial;
};

static const struct extreme extremes[] = {
    {"largest sum", LO, LO, HI, LO},
    {"smallest sum", LO, HI, LO, LO},
    {"all maxima", HI, HI, HI, HI},
    {"falls from above", HI, LO, LO, HI},
    {"signs that cancel", ALTERNATE, HI, LO, ZERO},
    {"signs that agree", ALTERNATE, ALTERNATE, HI, ZERO},
    {"running sum goes up and comes back", HALVES, HOT_HI, ZERO, HI},
    {"running sum comes back from below", HALVES, HOT_LO, ZERO, LO},
    {"one data lane", LO, HOT_LO, ZERO, ZERO},
    {"one data lane, from above", HI, HOT_HI, LO, HI},
    {"one weight lane", HOT_LO, LO, HI, ZERO},
    {"one weight lane, up", HOT_HI, LO, ZERO, LO},
    {"one lane missing", HOT_ZERO, HI, ZERO, LO},
    {"bias alone, low", ZERO, ZERO, LO, ZERO},
    {"bias alone, high", LO, ZERO, HI, HI},
};
enum { EXTREMES = sizeof extremes / sizeof extremes[0], BOUNDARIES = 6 };

static int32_t pattern_value(enum pattern p, int bits, int i, int n, int hot)
{
    const int32_t lo = (int32_t)fixed_min(bits), hi = (int32_t)fixed_max(bits);
    switch (p) {
    case LO:
        return lo;
    case HI:
        return hi;
    case ALTERNATE:
        return i % 2 == 0 ? lo : hi;
    case HALVES:
        return i < n / 2 ? hi : lo;
    case HOT_LO:
        return i == hot ? lo : 0;
    case HOT_HI:
        return i == hot ? hi : 0;
    case HOT_ZERO:
        return i == hot ? 0 : lo;
    default:
        return 0;
    }
}

/* fill_boundary: sums that just reach the saturation of OUT_DATA and just miss it, at
 * both ends: every weight is the smallest, and the data of a few lanes are not 0. */
static void fill_boundary(struct vector_set *s, const struct mac_config *c, int v, int which, int hot)
{
    const int32_t lo = (int32_t)fixed_min(c->W), hi = (int32_t)fixed_max(c->W);
    int32_t *weights = s->weights + (size_t)v * (size_t)s->N, *data = s->data + (size_t)v * (size_t)s->N;
    for (int i = 0; i < s->N; i++) {
        weights[i] = c->variant == MAC_PLAIN ? lo : 0;
        data[i] = 0;
    }
    s->initial[v] = lo;
    s->bias[v] = which % 3 - 1;
    /* Above: 2 · lo² is one more than OUT_DATA holds. Below: 2 · lo · hi + 2 · lo is the least it holds. */
    data[hot] = data[(hot + 1) % s->N] = which < 3 ? lo : hi;
    if (which >= 3) {
        data[(hot + 2) % s->N] += data[(hot + 2) % s->N] == 0 ? 1 : 0;
        data[(hot + 3) % s->N] += data[(hot + 3) % s->N] == 0 ? 1 : 0;
    }
}

void vector_set_extreme(struct vector_set *s, const struct mac_config *c, int first, int n)
{
    const int weight_bits = weight_width(c);
    for (int k = 0; k < n; k++) {
        const int v = first + k, kind = k % (EXTREMES + BOUNDARIES);
        /* From the last input back: the last group is the one that may be padded. */
        const int hot = s->N - 1 - k / 2 % s->N;
        if (kind >= EXTREMES) {
            fill_boundary(s, c, v, kind - EXTREMES, hot);
            continue;
        }
        const struct extreme *x = &extremes[kind];
        const size_t row = (size_t)v * (size_t)s->N;
        s->bias[v] = pattern_value(x->bias, c->W, 0, 1, 0);
        s->initial[v] = pattern_value(x->initial, c->W, 0, 1, 0);
        for (int i = 0; i < s->N; i++) {
            s->weights[row + (size_t)i] = pattern_value(x->weights, weight_bits, i, s->N, hot);
            s->data[row + (size_t)i] = pattern_value(x->data, c->W, i, s->N, hot);
        }
    }
}
