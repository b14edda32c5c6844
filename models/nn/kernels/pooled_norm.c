#include "models/nn/kernels/pooled_norm.h"
#include "models/nn/layout/simd.h"

#include <assert.h>
#include <string.h>

/* Column sums run in float over this many rows, then in double. */
enum { SUM_ROWS = 32 };

/* Of 8: GCC takes comparisons of whole 512-bit vectors apart. */
enum { LANES = 8 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t whole __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef int8_t bytes __attribute__((vector_size(LANES)));
typedef uint8_t indices __attribute__((vector_size(LANES)));

#define SELECT(mask, a, b) ((lanes)(((mask) & (whole)(a)) | (~(mask) & (whole)(b))))

NN_INLINE void load(lanes *v, const float *from)
{
    memcpy(v, from, sizeof *v);
}

/* The first n lanes; the others are 0. */
NN_INLINE void load_some(lanes *v, const float *from, int n)
{
    if (n >= LANES) {
        memcpy(v, from, sizeof *v);
        return;
    }
    memset(v, 0, sizeof *v);
    memcpy(v, from, (size_t)n * sizeof *from);
}

NN_INLINE void store_some(void *to, const void *v, int n, size_t bytes_each)
{
    if (n >= LANES)
        memcpy(to, v, LANES * bytes_each);
    else
        memcpy(to, v, (size_t)n * bytes_each);
}

/* To the integer steps of q between lo and hi, as fixed_round does it. */
NN_INLINE void round_steps(lanes *v, const struct fixed *q, float lo, float hi)
{
    lanes s = *v * q->scale;
    const lanes least = (lanes){0} + lo, most = (lanes){0} + hi, push = (lanes){0} + q->push;
    s = SELECT(s > least, s, least);
    s = SELECT(s < most, s, most);
    s += (lanes)(((whole)s & INT32_MIN) | (whole)push);
    *v = __builtin_convertvector(__builtin_convertvector(s, whole), lanes);
}

size_t pooled_norm_positions(const struct layer_shape *a)
{
    return (size_t)(a->out_height / a->pool) * (size_t)(a->out_width / a->pool);
}

NN_INLINE void add_rows(const bool before, const struct fixed *q, const float *z, size_t ld, int rows,
                        const float *shift, double *sum, double *squares)
{
    lanes from;
    load(&from, shift);
    for (int at = 0; at < rows; at += SUM_ROWS) {
        lanes total = {0}, square = {0};
        for (int r = at; r < rows && r < at + SUM_ROWS; r++) {
            lanes v;
            load(&v, z + (size_t)r * ld);
            if (before) {
                round_steps(&v, q, q->lo, q->hi);
                v *= q->step;
            }
            v -= from;
            total += v;
            square += v * v;
        }
        for (int k = 0; k < LANES; k++) {
            sum[k] += (double)total[k];
            squares[k] += (double)square[k];
        }
    }
}

NN_CLONES static void add_rows_plain(const struct fixed *q, const float *z, int ld, int rows, const float *shift,
                                     double *sum, double *squares)
{
    for (int c = 0; c < ld; c += LANES)
        add_rows(false, q, z + c, (size_t)ld, rows, shift + c, sum + c, squares + c);
}

NN_CLONES static void add_rows_quantised(const struct fixed *q, const float *z, int ld, int rows, const float *shift,
                                         double *sum, double *squares)
{
    for (int c = 0; c < ld; c += LANES)
        add_rows(true, q, z + c, (size_t)ld, rows, shift + c, sum + c, squares + c);
}

void pooled_norm_add_rows(const struct norm_shape *s, const float *z, int ld, int rows, const float *shift, double *sum,
                          double *squares)
{
    (s->before_on ? add_rows_quantised : add_rows_plain)(&s->before, z, ld, rows, shift, sum, squares);
}

/* Of the channels from c on. */
struct channels {
    lanes mean, rstd, gamma, beta;
};

NN_INLINE void load_channels(struct channels *v, const struct pooled_norm *n, int c)
{
    load(&v->mean, n->mean + c);
    load(&v->rstd, n->rstd + c);
    load(&v->gamma, n->gamma + c);
    load(&v->beta, n->beta + c);
}

/* The normalised sums of one position. */
NN_INLINE void normalise(lanes *v, const bool before, const struct norm_shape *s, const struct channels *c,
                         const float *z)
{
    load(v, z);
    if (before) {
        round_steps(v, &s->before, s->before.lo, s->before.hi);
        *v *= s->before.step;
    }
    *v = (*v - c->mean) * c->rstd;
}

/* Sums come from the third cache or from memory, in windows that a processor's own prefetching is late for. */
NN_INLINE void fetch_ahead(const float *z, size_t n)
{
    enum { AHEAD_BYTES = 2048, LINE_BYTES = 64 };
    for (size_t i = 0; i < n * sizeof *z; i += LINE_BYTES)
        __builtin_prefetch((const uint8_t *)z + AHEAD_BYTES + i);
}

/* The activation of normalised sums: integer steps if `after`, else values. */
NN_INLINE void activate(lanes *v, const lanes *normal, const bool after, const struct norm_shape *s,
                        const struct channels *c)
{
    *v = *normal * c->gamma + c->beta;
    if (after) {
        const float one = s->after.scale; /* HardTanh clips at integers: before rounding is as good as after it */
        round_steps(v, &s->after, s->after.lo > -one ? s->after.lo : -one, s->after.hi < one ? s->after.hi : one);
        return;
    }
    const lanes least = (lanes){0} - 1.0f, most = (lanes){0} + 1.0f;
    *v = SELECT(*v > least, *v, least);
    *v = SELECT(*v < most, *v, most);
}

/* The greatest activation of one pool. */
NN_INLINE void forward_pool(const bool before, const bool after, const struct pooled_norm *n, const struct channels *c,
                            const float *z, size_t ld, lanes *best, lanes *normal, whole *winner)
{
    const struct layer_shape *a = n->layer;
    normalise(normal, before, n->shape, c, z);
    activate(best, normal, after, n->shape, c);
    *winner = (whole){0};
    for (int v = 0, k = 0; v < a->pool; v++)
        for (int u = 0; u < a->pool; u++, k++) {
            lanes out, other;
            if (k == 0)
                continue;
            normalise(&other, before, n->shape, c, z + ((size_t)v * (size_t)a->out_width + (size_t)u) * ld);
            activate(&out, &other, after, n->shape, c);
            const whole better = out > *best;
            *best = SELECT(better, out, *best);
            *normal = SELECT(better, other, *normal);
            *winner = (better & k) | (~better & *winner);
        }
}

NN_INLINE void forward(const bool before, const bool after, const struct pooled_norm *n, const float *z, int B,
                       float *x, int8_t *x8, int x_ld, uint8_t *winner, float *normal)
{
    const struct layer_shape *a = n->layer;
    const int pool = a->pool, rows = a->out_height / pool, columns = a->out_width / pool;
    const size_t ld = (size_t)nn_padded(a->O), line = (size_t)a->out_width * ld, O = (size_t)a->O;
    const float step = after ? n->shape->after.step : 1.0f;
    for (int b = 0; b < B; b++)
        for (int v = 0; v < rows; v++) {
            const size_t first = (size_t)b * (size_t)rows * (size_t)columns + (size_t)v * (size_t)columns;
            for (int u = 0; u < columns; u++) {
                const size_t to = (size_t)b * (size_t)x_ld + ((size_t)v * (size_t)columns + (size_t)u) * O,
                             kept = (first + (size_t)u) * ld;
                const float *from =
                    z + (size_t)b * layer_positions(a) * ld + (size_t)(v * pool) * line + (size_t)(u * pool) * ld;
                for (int k = 0; k < pool; k++)
                    fetch_ahead(from + (size_t)k * line, (size_t)pool * ld);
                for (int c = 0; c < a->O; c += LANES) {
                    const int some = a->O - c;
                    lanes best, value;
                    whole number;
                    struct channels own;
                    load_channels(&own, n, c);
                    forward_pool(before, after, n, &own, from + c, ld, &best, &value, &number);
                    if (x != NULL) {
                        best *= step;
                        store_some(x + to + c, &best, some, sizeof *x);
                    } else {
                        const bytes small = __builtin_convertvector(__builtin_convertvector(best, whole), bytes);
                        store_some(x8 + to + c, &small, some, sizeof *x8);
                    }
                    if (winner != NULL) {
                        const indices index = __builtin_convertvector(number, indices);
                        memcpy(winner + kept + c, &index, sizeof index);
                        memcpy(normal + kept + c, &value, sizeof value);
                    }
                }
            }
        }
}

#define FORWARD(name, before, after)                                                                                   \
    NN_CLONES static void forward_##name(const struct pooled_norm *n, const float *z, int B, float *x, int8_t *x8,     \
                                         int x_ld, uint8_t *winner, float *normal)                                     \
    {                                                                                                                  \
        forward(before, after, n, z, B, x, x8, x_ld, winner, normal);                                                  \
    }

FORWARD(float, false, false)
FORWARD(standard, false, true)
FORWARD(paper, true, true)

void pooled_norm_forward(const struct pooled_norm *n, const float *z, int B, float *x, int8_t *x8, int x_ld,
                         uint8_t *winner, float *normal)
{
    const struct norm_shape *s = n->shape;
    assert(s->clip && s->after_on >= s->before_on && n->layer->pool <= NETWORK_MAX_POOL);
    (s->before_on  ? forward_paper
     : s->after_on ? forward_standard
                   : forward_float)(n, z, B, x, x8, x_ld, winner, normal);
}

NN_CLONES void pooled_norm_sums(const struct pooled_norm *n, float *dx, int x_ld, int B, const float *normal,
                                float *dgamma, float *dbeta)
{
    const struct layer_shape *a = n->layer;
    const struct interval passes = norm_passes(n->shape);
    const size_t ld = (size_t)nn_padded(a->O), O = (size_t)a->O, positions = pooled_norm_positions(a);
    for (int c = 0; c < a->O; c += LANES) {
        const int some = a->O - c;
        double sum_gamma[LANES] = {0}, sum_beta[LANES] = {0};
        struct channels own;
        load_channels(&own, n, c);
        for (int b = 0; b < B; b++)
            for (size_t at = 0; at < positions; at += SUM_ROWS) {
                lanes part_gamma = {0}, part_beta = {0};
                for (size_t p = at; p < positions && p < at + SUM_ROWS; p++) {
                    float *row = dx + (size_t)b * (size_t)x_ld + p * O + (size_t)c;
                    lanes g, value;
                    load_some(&g, row, some);
                    load(&value, normal + ((size_t)b * positions + p) * ld + (size_t)c);
                    const lanes out = value * own.gamma + own.beta;
                    g = (lanes)((whole)g & (out >= passes.lo) & (out <= passes.hi));
                    store_some(row, &g, some, sizeof *row);
                    part_beta += g;
                    part_gamma += g * value;
                }
                for (int k = 0; k < LANES; k++) {
                    sum_gamma[k] += (double)part_gamma[k];
                    sum_beta[k] += (double)part_beta[k];
                }
            }
        for (int k = 0; k < LANES; k++) {
            dgamma[c + k] = (float)sum_gamma[k];
            dbeta[c + k] = (float)sum_beta[k];
        }
    }
}

/* What a position's gradient loses to the batch's mean and variance, and the factor of the rest. */
struct through {
    lanes mean_beta, mean_gamma, factor;
};

NN_INLINE void load_through(struct channels *own, struct through *t, const struct pooled_norm *n, const float *dgamma,
                            const float *dbeta, float each, int c)
{
    load_channels(own, n, c);
    load(&t->mean_beta, dbeta + c);
    load(&t->mean_gamma, dgamma + c);
    t->mean_beta *= each;
    t->mean_gamma *= each;
    t->factor = own->gamma * own->rstd;
}

/* One position; won: the gradient of its output. */
NN_INLINE void backward_position(const bool before, const struct norm_shape *s, struct interval sums,
                                 const struct channels *c, const struct through *t, const lanes *won, const float *z,
                                 float *dz)
{
    lanes normal;
    normalise(&normal, before, s, c, z);
    lanes g = (*won - t->mean_beta - normal * t->mean_gamma) * t->factor;
    if (before) {
        lanes sum;
        load(&sum, z);
        g = (lanes)((whole)g & (sum >= sums.lo) & (sum <= sums.hi));
    }
    memcpy(dz, &g, sizeof g);
}

NN_INLINE void backward(const bool before, const struct pooled_norm *n, const float *z, const float *dx, int x_ld,
                        int B, const uint8_t *winner, const float *dgamma, const float *dbeta, float each, float *dz)
{
    const struct layer_shape *a = n->layer;
    const struct interval sums = norm_passes_sums(n->shape);
    const int pool = a->pool, rows = a->out_height / pool, columns = a->out_width / pool;
    const size_t ld = (size_t)nn_padded(a->O), line = (size_t)a->out_width * ld, O = (size_t)a->O;
    for (int b = 0; b < B; b++)
        for (int y = 0; y < a->out_height; y++) {
            const int v = y / pool, first = y % pool * pool;
            size_t from = (size_t)b * (size_t)x_ld + (size_t)(v * columns) * O,
                   kept = (((size_t)b * (size_t)rows + (size_t)v) * (size_t)columns) * ld,
                   at = (size_t)b * layer_positions(a) * ld + (size_t)y * line;
            for (int u = 0; u < columns && v < rows; u++, from += O, kept += ld, at += (size_t)pool * ld) {
                fetch_ahead(z + at, (size_t)pool * ld);
                for (int c = 0; c < a->O; c += LANES) {
                    indices index;
                    lanes g;
                    struct channels own;
                    struct through t;
                    load_through(&own, &t, n, dgamma, dbeta, each, c);
                    load_some(&g, dx + from + c, a->O - c);
                    memcpy(&index, winner + kept + c, sizeof index);
                    const whole number = __builtin_convertvector(index, whole);
                    for (int k = 0; k < pool; k++) {
                        const lanes won = (lanes)((whole)g & (number == first + k));
                        const size_t position = at + (size_t)k * ld + (size_t)c;
                        backward_position(before, n->shape, sums, &own, &t, &won, z + position, dz + position);
                    }
                }
            }
            for (int x = v < rows ? columns * pool : 0; x < a->out_width; x++, at += ld)
                for (int c = 0; c < a->O; c += LANES) {
                    const lanes nothing = {0};
                    struct channels own;
                    struct through t;
                    load_through(&own, &t, n, dgamma, dbeta, each, c);
                    backward_position(before, n->shape, sums, &own, &t, &nothing, z + at + c, dz + at + c);
                }
        }
}

NN_CLONES static void backward_plain(const struct pooled_norm *n, const float *z, const float *dx, int x_ld, int B,
                                     const uint8_t *winner, const float *dgamma, const float *dbeta, float each,
                                     float *dz)
{
    backward(false, n, z, dx, x_ld, B, winner, dgamma, dbeta, each, dz);
}

NN_CLONES static void backward_quantised(const struct pooled_norm *n, const float *z, const float *dx, int x_ld, int B,
                                         const uint8_t *winner, const float *dgamma, const float *dbeta, float each,
                                         float *dz)
{
    backward(true, n, z, dx, x_ld, B, winner, dgamma, dbeta, each, dz);
}

void pooled_norm_backward(const struct pooled_norm *n, const float *z, const float *dx, int x_ld, int B,
                          const uint8_t *winner, const float *dgamma, const float *dbeta, int64_t rows, float *dz)
{
    (n->shape->before_on ? backward_quantised : backward_plain)(n, z, dx, x_ld, B, winner, dgamma, dbeta,
                                                                (float)(1.0 / (double)rows), dz);
}
