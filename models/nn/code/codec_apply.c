/* The codec as a training step uses it: encode and decode in one, to floats, with the
 * masks of the clamps. tests/unit/test_codec.c tests it against models/nn/code/codec.c. */
#include "models/nn/code/codec.h"
#include "models/nn/code/compress.h"

#include <assert.h>

/* A random number of 32 bits for weight i, without a state, so that loops vectorise: the permutation "lowbias32" of
 * C. Wellons (public domain, 2018), keyed before and within. */
struct draws {
    uint32_t low, high;
};

NN_INLINE uint32_t draw(struct draws d, uint32_t i)
{
    uint32_t x = i ^ d.low;
    x = (x ^ (x >> 16)) * UINT32_C(0x7feb352d) + d.high;
    x = (x ^ (x >> 15)) * UINT32_C(0x846ca68b);
    return x ^ (x >> 16);
}

static struct draws draws_of(uint64_t key)
{
    return (struct draws){.low = (uint32_t)key, .high = (uint32_t)(key >> 32)};
}

/* The draws of deltas must not be those of their weights. */
static struct draws draws_of_deltas(struct draws d)
{
    return (struct draws){.low = d.high + UINT32_C(0x9e3779b9), .high = d.low};
}

/* Up with the probability of the fraction, of which 24 bits count. */
NN_INLINE int32_t quantise_random(const struct fixed q, float x, uint32_t random)
{
    float s = x * q.scale;
    s = s > q.lo ? s : q.lo;
    s = s < q.hi ? s : q.hi;
    const float down = floorf(s);
    return (int32_t)down + ((float)(int32_t)(random >> 8) * 0x1p-24f < s - down);
}

NN_CLONES static void quantise_all_random(struct fixed q, struct draws d, const float *restrict w, int32_t *restrict x,
                                          size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = quantise_random(q, w[i], draw(d, (uint32_t)i));
}

NN_CLONES static void quantise_to_float(struct fixed q, const float *restrict w, float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fixed_round(q, w[i]) * q.step;
}

NN_CLONES static void integers_to_float(float step, const int32_t *restrict x, float *restrict real, size_t n)
{
    for (size_t i = 0; i < n; i++)
        real[i] = (float)x[i] * step;
}

NN_CLONES static void mark_inside(struct fixed q, const float *restrict w, float *restrict inside, size_t n)
{
    for (size_t i = 0; i < n; i++)
        inside[i] = fixed_inside(q, w[i]) ? 1.0f : 0.0f;
}

static void fill(float *x, float value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = value;
}

/* What every loop of a delta scheme needs. */
struct job {
    struct compress k;
    struct fixed q;
    struct spans cut;
    struct draws draws; /* of deltas; with random alone */
    bool random, marks;
    const int32_t *x; /* quantised weights; not read by the loops that take floats */
    const int32_t *reference;
    float *reach;
};

/* compress with a random rounding of delta i. */
NN_INLINE struct compress with_draw(struct compress k, struct draws d, size_t i)
{
    k.add = (int32_t)(draw(d, (uint32_t)i) & ((UINT32_C(1) << k.shift) - 1));
    return k;
}

/* -------------------------------------------------------------------------------------- fixed-reference */

/* The two bools are constants of the callers. */
NN_INLINE void to_references(const struct job *j, const float *restrict w, float *restrict rebuilt, const bool random,
                             const bool marks)
{
    const struct fixed q = j->q;
    const struct draws d = j->draws;
    const int32_t *restrict x = j->x;
    float *restrict reach = j->reach;
    for (size_t s = 0; s < j->cut.n; s++) {
        const int32_t reference = j->reference[s];
        const struct compress k = compress_to(j->k, reference);
        const size_t begin = spans_begin(j->cut, s), end = begin + spans_size(j->cut, s);
        for (size_t i = begin; i < end; i++) {
            const int32_t difference = (random ? x[i] : fixed_quantise(q, w[i])) - reference;
            const struct compress own = random ? with_draw(k, d, i) : k;
            const int32_t code = compress_delta(own, difference);
            rebuilt[i] = (float)compress_clamp(reference + code * (1 << k.shift), k.min, k.max) * q.step;
            if (marks)
                reach[i] = code == compress_wanted(own, difference) ? 1.0f : 0.0f;
        }
    }
}

NN_CLONES static void to_references_plain(const struct job *j, const float *w, float *rebuilt)
{
    to_references(j, w, rebuilt, false, false);
}

NN_CLONES static void to_references_marked(const struct job *j, const float *w, float *rebuilt)
{
    to_references(j, w, rebuilt, false, true);
}

NN_CLONES static void to_references_random(const struct job *j, const float *w, float *rebuilt)
{
    to_references(j, w, rebuilt, true, false);
}

NN_CLONES static void to_references_random_marked(const struct job *j, const float *w, float *rebuilt)
{
    to_references(j, w, rebuilt, true, true);
}

static bool steps_freely(struct compress k)
{
    return k.shift == 0 && k.mag_lo == 0;
}

/* Deltas of single steps: what is rebuilt is the weight, moved into reach of the reference. Bounds are whole steps, so
 * that it may be moved before it is rounded. */
NN_CLONES static void to_references_freely(const struct job *j, const float *restrict w, float *restrict rebuilt)
{
    struct fixed q = j->q;
    for (size_t s = 0; s < j->cut.n; s++) {
        const int32_t reference = j->reference[s];
        const struct compress k = compress_to(j->k, reference);
        q.lo = (float)compress_clamp(reference + k.code_lo, k.min, k.max);
        q.hi = (float)compress_clamp(reference + k.code_hi, k.min, k.max);
        const size_t begin = spans_begin(j->cut, s), end = begin + spans_size(j->cut, s);
        for (size_t i = begin; i < end; i++)
            rebuilt[i] = fixed_round(q, w[i]) * q.step + 0.0f; /* no -0 */
    }
}

static void apply_references(const struct job *j, const float *w, float *rebuilt, bool first)
{
    if (!j->random && !j->marks && steps_freely(j->k))
        to_references_freely(j, w, rebuilt);
    else if (j->random)
        (j->marks ? to_references_random_marked : to_references_random)(j, w, rebuilt);
    else
        (j->marks ? to_references_marked : to_references_plain)(j, w, rebuilt);
    for (size_t s = 0; first && s < j->cut.n; s++) {
        const size_t begin = spans_begin(j->cut, s);
        rebuilt[begin] = (float)j->reference[s] * j->q.step;
        if (j->marks)
            j->reach[begin] = 1.0f;
    }
}

/* ------------------------------------------------------------------------------------------ consecutive */

/* Spans are chains of their own; this many at a time hide each other's latency. */
enum { CHAINS = 4 };

/* CHAINS spans of n weights, one after the other. */
static void closed_chains(struct compress k, float step, const int32_t *restrict x, float *restrict rebuilt, size_t n)
{
    int32_t sum[CHAINS];
    for (size_t c = 0; c < CHAINS; c++) {
        sum[c] = x[c * n];
        rebuilt[c * n] = (float)sum[c] * step;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t c = 0; c < CHAINS; c++) {
            sum[c] = compress_clamp(x[c * n + i], sum[c] + k.code_lo, sum[c] + k.code_hi);
            rebuilt[c * n + i] = (float)sum[c] * step;
        }
}

/* The same with an offset or the paper's codec. */
static void closed_chains_in_steps(struct compress k, float step, const int32_t *restrict x, float *restrict rebuilt,
                                   size_t n)
{
    int32_t sum[CHAINS];
    for (size_t c = 0; c < CHAINS; c++) {
        sum[c] = x[c * n];
        rebuilt[c * n] = (float)sum[c] * step;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t c = 0; c < CHAINS; c++) {
            sum[c] += compress_closed(k, x[c * n + i] - sum[c], sum[c]) * (1 << k.shift);
            rebuilt[c * n + i] = (float)sum[c] * step;
        }
}

/* The deltas of an open loop do not wait for each other. Of all weights at once: those that begin a span are
 * not read. */
NN_CLONES static void open_deltas(struct compress k, struct fixed q, const float *restrict w, int32_t *restrict delta,
                                  size_t n)
{
    for (size_t i = 1; i < n; i++)
        delta[i] = compress_delta(k, fixed_quantise(q, w[i]) - fixed_quantise(q, w[i - 1])) * (1 << k.shift);
}

static void open_sums(struct compress k, struct fixed q, const float *restrict w, const int32_t *restrict delta,
                      float *restrict rebuilt, size_t n)
{
    int64_t sum = fixed_quantise(q, w[0]);
    rebuilt[0] = (float)sum * q.step;
    for (size_t i = 1; i < n; i++) {
        sum += delta[i];
        rebuilt[i] = (float)(sum < k.min ? k.min : sum > k.max ? k.max : sum) * q.step;
    }
}

/* Without an offset the next weight is the wanted one, moved into reach of the
 * last: three operations in the serial chain instead of nine. */
static void closed_freely(struct compress k, float step, const int32_t *restrict x, float *restrict rebuilt, size_t n)
{
    int32_t sum = x[0];
    rebuilt[0] = (float)sum * step;
    for (size_t i = 1; i < n; i++) {
        sum = compress_clamp(x[i], sum + k.code_lo, sum + k.code_hi);
        rebuilt[i] = (float)sum * step;
    }
}

/* A span of either loop, with all that may be asked of it. */
static void chain(const struct job *j, size_t s, bool closed, float *rebuilt)
{
    const size_t begin = spans_begin(j->cut, s), end = begin + spans_size(j->cut, s);
    const int32_t *x = j->x;
    int64_t sum = x[begin];
    int32_t from = x[begin];
    rebuilt[begin] = (float)from * j->q.step;
    if (j->marks)
        j->reach[begin] = 1.0f;
    for (size_t i = begin + 1; i < end; i++) {
        const struct compress k = j->random ? with_draw(j->k, j->draws, i) : j->k;
        const int32_t code = closed ? compress_closed(k, x[i] - from, from) : compress_delta(k, x[i] - from);
        if (j->marks)
            j->reach[i] = code == compress_wanted(k, x[i] - from) ? 1.0f : 0.0f;
        sum += (int64_t)code * (1 << k.shift);
        rebuilt[i] = (float)(sum < k.min ? k.min : sum > k.max ? k.max : sum) * j->q.step;
        from = closed ? (int32_t)sum : x[i];
    }
}

/* Of all weights at once: the numbers at the beginning of a span mean nothing, and are overwritten. The marks follow
 * from what was rebuilt: the sums of a closed loop do not saturate, and say which codes there were. */
NN_CLONES static void mark_closed(struct compress k, struct fixed q, const int32_t *restrict x,
                                  const float *restrict rebuilt, float *restrict reach, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const int32_t from = (int32_t)(rebuilt[i - 1] * q.scale), to = (int32_t)(rebuilt[i] * q.scale);
        reach[i] = to - from == compress_wanted(k, x[i] - from) * (1 << k.shift) ? 1.0f : 0.0f;
    }
}

NN_CLONES static void mark_open(struct compress k, struct fixed q, const float *restrict w, float *restrict reach,
                                size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const int32_t d = fixed_quantise(q, w[i]) - fixed_quantise(q, w[i - 1]);
        reach[i] = compress_delta(k, d) == compress_wanted(k, d) ? 1.0f : 0.0f;
    }
}

static void mark_first(const struct job *j)
{
    for (size_t s = 0; s < j->cut.n; s++)
        j->reach[spans_begin(j->cut, s)] = 1.0f;
}

static size_t weights_of(const struct job *j)
{
    return j->cut.n / j->cut.per_line * j->cut.line;
}

static void apply_open(const struct job *j, const float *w, int32_t *work, float *rebuilt)
{
    open_deltas(j->k, j->q, w, work, weights_of(j));
    for (size_t s = 0; s < j->cut.n; s++) {
        const size_t begin = spans_begin(j->cut, s);
        open_sums(j->k, j->q, w + begin, work + begin, rebuilt + begin, spans_size(j->cut, s));
    }
    if (!j->marks)
        return;
    mark_open(j->k, j->q, w, j->reach, weights_of(j));
    mark_first(j);
}

static void apply_closed(const struct job *j, float *rebuilt)
{
    const size_t length = j->cut.length;
    const bool freely = steps_freely(j->k);
    size_t s = 0;
    for (; j->cut.line % length == 0 && s + CHAINS <= j->cut.n; s += CHAINS)
        (freely ? closed_chains : closed_chains_in_steps)(j->k, j->q.step, j->x + s * length, rebuilt + s * length,
                                                          length);
    for (; s < j->cut.n; s++) {
        const size_t begin = spans_begin(j->cut, s);
        if (freely)
            closed_freely(j->k, j->q.step, j->x + begin, rebuilt + begin, spans_size(j->cut, s));
        else
            chain(j, s, true, rebuilt);
    }
    if (!j->marks)
        return;
    mark_closed(j->k, j->q, j->x, rebuilt, j->reach, weights_of(j));
    mark_first(j);
}

/* work: the quantised weights, as j->x. */
static void apply_chains(const struct job *j, bool closed, const float *w, int32_t *work, float *rebuilt)
{
    if (!closed && !j->random)
        apply_open(j, w, work, rebuilt);
    else if (closed && !(j->random && j->k.shift > 0))
        apply_closed(j, rebuilt);
    else
        for (size_t s = 0; s < j->cut.n; s++)
            chain(j, s, closed, rebuilt);
}

/* ------------------------------------------------------------------------------------------------- all */

/* draws: of rounding `stochastic`; else NULL, and x is not used. */
static void apply_fixed_point(struct fixed q, const struct draws *draws, const float *w, int32_t *x, float *rebuilt,
                              size_t n)
{
    if (draws == NULL) {
        quantise_to_float(q, w, rebuilt, n);
        return;
    }
    quantise_all_random(q, *draws, w, x, n);
    integers_to_float(q.step, x, rebuilt, n);
}

void codec_apply(const struct code *c, const float *w, int O, int I, const struct codec_training *t,
                 struct coded_layer *scratch, float *rebuilt)
{
    const size_t n = (size_t)O * (size_t)I;
    const bool has_deltas = scheme_is_delta(c->scheme), random = c->rounding == ROUNDING_STOCHASTIC && t->key != 0;
    const struct fixed q =
        c->scheme != SCHEME_FLOAT ? fixed_make(c->weight_bits, c->frac_bits, c->rounding) : (struct fixed){0};
    if (t->inside != NULL && c->scheme != SCHEME_FLOAT)
        mark_inside(q, w, t->inside, n);
    else if (t->inside != NULL)
        fill(t->inside, 1.0f, n);
    if (t->reach != NULL && !has_deltas)
        fill(t->reach, 1.0f, n);
    if (c->scheme == SCHEME_FLOAT) {
        for (size_t i = 0; i < n; i++)
            rebuilt[i] = w[i];
        return;
    }
    const struct draws draws = draws_of(t->key);
    if (c->scheme == SCHEME_FIXED_POINT) {
        apply_fixed_point(q, random ? &draws : NULL, w, scratch->delta, rebuilt, n);
        return;
    }
    struct job j = {.k = compress_make(c),
                    .q = q,
                    .cut = code_spans(c, O, I),
                    .draws = draws_of_deltas(draws),
                    .random = random,
                    .marks = t->reach != NULL,
                    .x = scratch->delta,
                    .reference = scratch->reference,
                    .reach = t->reach};
    assert((size_t)scratch->n_spans == j.cut.n);
    codec_references(c, j.cut, w, t->masters, scratch->delta, scratch->reference);
    if (random)
        quantise_all_random(q, draws, w, scratch->delta, n);
    else if (c->scheme != SCHEME_FIXED_REFERENCE)
        codec_quantise(q, w, scratch->delta, n);
    if (compress_first(c) && random)
        for (size_t s = 0; s < j.cut.n; s++)
            scratch->reference[s] = scratch->delta[spans_begin(j.cut, s)];
    if (c->scheme == SCHEME_FIXED_REFERENCE)
        apply_references(&j, w, rebuilt, compress_first(c));
    else
        apply_chains(&j, c->scheme == SCHEME_CONSECUTIVE, w, scratch->delta, rebuilt);
}
