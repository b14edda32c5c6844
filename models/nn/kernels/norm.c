#include "models/nn/kernels/norm.h"
#include "models/nn/layout/simd.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

/* Column sums run in float over this many rows, then in double: as exact as double
 * and as fast as float. */
enum { SUM_ROWS = 32 };
/* Columns whose sums are kept at once on the stack. */
enum { SUM_COLUMNS = 128 };

/* The rounding as a constant of the inlined body; NONE: not quantised at all. */
enum round { NONE, CUT, NEAREST };

static enum round round_of(bool on, struct fixed q)
{
    return !on ? NONE : q.push > 0 ? NEAREST : CUT;
}

NN_INLINE float rounded(const enum round r, struct fixed q, float x)
{
    if (r == NONE)
        return x;
    float s = x * q.scale;
    s = s > q.lo ? s : q.lo;
    s = s < q.hi ? s : q.hi;
    return truncf(r == CUT ? s : s + copysignf(q.push, s)) * q.step;
}

/* 1 where x is in the interval, else 0: one comparison and a factor, because GCC turns
 * joined or computed choices into branches, and loops with branches do not vectorise. */
NN_INLINE float passed(struct interval pass, float x)
{
    float nearest = x > pass.lo ? x : pass.lo;
    nearest = nearest < pass.hi ? nearest : pass.hi;
    return nearest == x ? 1.0f : 0.0f;
}

/* Where neither the clamp of q nor (clip) HardTanh of the quantised value acts. HardTanh
 * acts where that value is at least 1 in magnitude: from 2^f steps when cut, half a step
 * earlier when rounded to nearest. */
static struct interval pass_of(bool on, struct fixed q, bool clip)
{
    struct interval pass = {-INFINITY, INFINITY};
    if (clip) {
        const float one = on && q.push > 0 ? 1.0f - 0.5f * q.step : 1.0f;
        pass.lo = nextafterf(-one, 0.0f);
        pass.hi = nextafterf(one, 0.0f);
    }
    if (on) {
        pass.lo = fmaxf(pass.lo, q.lo * q.step);
        pass.hi = fminf(pass.hi, q.hi * q.step);
    }
    return pass;
}

struct interval norm_passes_sums(const struct norm_shape *s)
{
    return pass_of(s->before_on, s->before, false);
}

struct interval norm_passes(const struct norm_shape *s)
{
    return pass_of(s->after_on, s->after, s->clip);
}

/* The loops below go through tiles of SUM_ROWS rows and NN_LANES columns, a vector wide, so that the column's numbers
 * stay in registers. They are written once with the shape's switches as constants of the inlined body, and compiled
 * once for each shape that occurs: a switch inside the loop would cost more than the arithmetic. */
NN_INLINE int tile_rows(int b0, int B)
{
    return B - b0 < SUM_ROWS ? B - b0 : SUM_ROWS;
}

/* Unrolled, this would be done in scalars. */
NN_INLINE void add_part(double *restrict sum, const float *restrict part)
{
#pragma GCC unroll 1
    for (int o = 0; o < NN_LANES; o++)
        sum[o] += (double)part[o];
}

NN_INLINE void statistics_body(const enum round before, struct fixed q, const float *restrict z, int ld, int columns,
                               int B, float *restrict mean, float *restrict var)
{
    double sum[SUM_COLUMNS] = {0}, squares[SUM_COLUMNS] = {0};
    const size_t row = (size_t)ld;
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS)
        for (int c = 0; c < columns; c += NN_LANES) {
            const float *from = z + (size_t)b0 * row + (size_t)c;
            float part[NN_LANES] = {0};
            for (int b = tile_rows(b0, B); b > 0; b--, from += row)
                for (int o = 0; o < NN_LANES; o++)
                    part[o] += rounded(before, q, from[o]);
            add_part(sum + c, part);
        }
    for (int o = 0; o < columns; o++)
        mean[o] = (float)(sum[o] / (double)B);
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS)
        for (int c = 0; c < columns; c += NN_LANES) {
            const float *from = z + (size_t)b0 * row + (size_t)c;
            float part[NN_LANES] = {0};
            for (int b = tile_rows(b0, B); b > 0; b--, from += row)
                for (int o = 0; o < NN_LANES; o++) {
                    const float rest = rounded(before, q, from[o]) - mean[c + o];
                    part[o] += rest * rest;
                }
            add_part(squares + c, part);
        }
    for (int o = 0; o < columns; o++)
        var[o] = (float)(squares[o] / (double)B);
}

#define STATISTICS(name, before)                                                                                       \
    NN_CLONES static void statistics_##name(struct fixed q, const float *z, int ld, int columns, int B, float *mean,   \
                                            float *var)                                                                \
    {                                                                                                                  \
        statistics_body(before, q, z, ld, columns, B, mean, var);                                                      \
    }

STATISTICS(plain, NONE)
STATISTICS(cut, CUT)
STATISTICS(nearest, NEAREST)

void norm_statistics(const struct norm_shape *s, const float *z, int ld, int B, float *mean, float *var)
{
    static void (*const of[])(struct fixed, const float *, int, int, int, float *, float *) = {
        [NONE] = statistics_plain, [CUT] = statistics_cut, [NEAREST] = statistics_nearest};
    assert(ld % NN_LANES == 0 && B > 0);
    for (int c = 0; c < ld; c += SUM_COLUMNS) {
        const int columns = ld - c < SUM_COLUMNS ? ld - c : SUM_COLUMNS;
        of[round_of(s->before_on, s->before)](s->before, z + c, ld, columns, B, mean + c, var + c);
    }
}

NN_INLINE float clipped(float x, float lo, float hi)
{
    x = x > lo ? x : lo;
    return x < hi ? x : hi;
}

NN_INLINE void forward_body(const enum round before, const enum round after, const bool clip,
                            const struct norm_shape *s, const float *z, int ld, int B, const float *restrict mean,
                            const float *restrict rstd, const float *restrict gamma, const float *restrict beta,
                            float *y)
{
    const struct fixed qb = s->before, qa = s->after;
    const size_t row = (size_t)ld;
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS)
        for (int c = 0; c < ld; c += NN_LANES)
            for (int b = b0; b < b0 + tile_rows(b0, B); b++) {
                const float *from = z + (size_t)b * row + (size_t)c;
                float *to = y + (size_t)b * row + (size_t)c;
                NN_INDEPENDENT
                for (int o = 0; o < NN_LANES; o++) {
                    const float normal = (rounded(before, qb, from[o]) - mean[c + o]) * rstd[c + o],
                                out = rounded(after, qa, normal * gamma[c + o] + beta[c + o]);
                    to[o] = clip ? clipped(out, -1.0f, 1.0f) : out;
                }
            }
}

/* HardTanh clips at whole steps, so that it can do so before the rounding. */
NN_INLINE void forward_int8_body(const enum round before, const enum round after, const struct norm_shape *s,
                                 const float *restrict z, int ld, int B, const float *restrict mean,
                                 const float *restrict rstd, const float *restrict gamma, const float *restrict beta,
                                 int8_t *restrict y)
{
    const struct fixed qb = s->before, qa = s->after;
    const float lo = qa.lo > -qa.scale ? qa.lo : -qa.scale, hi = qa.hi < qa.scale ? qa.hi : qa.scale;
    const size_t row = (size_t)ld;
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS)
        for (int c = 0; c < ld; c += NN_LANES)
            for (int b = b0; b < b0 + tile_rows(b0, B); b++) {
                const float *from = z + (size_t)b * row + (size_t)c;
                int8_t *to = y + (size_t)b * row + (size_t)c;
                int32_t whole[NN_LANES];
                for (int o = 0; o < NN_LANES; o++) {
                    const float normal = (rounded(before, qb, from[o]) - mean[c + o]) * rstd[c + o],
                                steps = clipped((normal * gamma[c + o] + beta[c + o]) * qa.scale, lo, hi);
                    whole[o] = (int32_t)(after == CUT ? steps : steps + copysignf(qa.push, steps));
                }
                for (int o = 0; o < NN_LANES; o++)
                    to[o] = (int8_t)whole[o];
            }
}

NN_INLINE void backward_body(const enum round before, struct fixed q, struct interval sums, struct interval outputs,
                             const float *restrict z, int ld, int columns, int B, const float *restrict mean,
                             const float *restrict rstd, const float *restrict gamma, const float *restrict beta,
                             float *restrict d, float *restrict dgamma, float *restrict dbeta)
{
    double sum_gamma[SUM_COLUMNS] = {0}, sum_beta[SUM_COLUMNS] = {0};
    float mean_gamma[SUM_COLUMNS], mean_beta[SUM_COLUMNS];
    const size_t row = (size_t)ld;
    const bool keep = before != NONE; /* the norm's gradient in d, where that is cheaper than to compute it again */

    /* First the gradient of the norm's output, and its sums. */
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS)
        for (int c = 0; c < columns; c += NN_LANES) {
            float part_gamma[NN_LANES] = {0}, part_beta[NN_LANES] = {0};
            const float *from = z + (size_t)b0 * row + (size_t)c;
            float *to = d + (size_t)b0 * row + (size_t)c;
            for (int b = tile_rows(b0, B); b > 0; b--, from += row, to += row)
                for (int o = 0; o < NN_LANES; o++) {
                    const float normal = (rounded(before, q, from[o]) - mean[c + o]) * rstd[c + o];
                    const float g = to[o] * passed(outputs, normal * gamma[c + o] + beta[c + o]);
                    if (keep)
                        to[o] = g;
                    part_beta[o] += g;
                    part_gamma[o] += g * normal;
                }
            add_part(sum_gamma + c, part_gamma);
            add_part(sum_beta + c, part_beta);
        }
    for (int o = 0; o < columns; o++) {
        dgamma[o] = (float)sum_gamma[o];
        dbeta[o] = (float)sum_beta[o];
        mean_gamma[o] = (float)(sum_gamma[o] / (double)B);
        mean_beta[o] = (float)(sum_beta[o] / (double)B);
    }
    /* Then through the norm: the mean and the variance depend on every image. */
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS)
        for (int c = 0; c < columns; c += NN_LANES) {
            const float *from = z + (size_t)b0 * row + (size_t)c;
            float *to = d + (size_t)b0 * row + (size_t)c;
            for (int b = tile_rows(b0, B); b > 0; b--, from += row, to += row)
                for (int o = 0; o < NN_LANES; o++) {
                    const float normal = (rounded(before, q, from[o]) - mean[c + o]) * rstd[c + o];
                    const float of_norm = keep ? to[o] : to[o] * passed(outputs, normal * gamma[c + o] + beta[c + o]);
                    const float g =
                        (of_norm - mean_beta[c + o] - normal * mean_gamma[c + o]) * gamma[c + o] * rstd[c + o];
                    to[o] = before != NONE ? g * passed(sums, from[o]) : g;
                }
        }
}

/* The shapes that occur: two of a float network, one of mode standard, two roundings of mode paper. */
#define SHAPE(name, before, after, clip)                                                                               \
    NN_CLONES static void forward_##name(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, \
                                         const float *rstd, const float *gamma, const float *beta, float *y)           \
    {                                                                                                                  \
        forward_body(before, after, clip, s, z, ld, B, mean, rstd, gamma, beta, y);                                    \
    }

SHAPE(float_last, NONE, NONE, false)
SHAPE(float_inner, NONE, NONE, true)
SHAPE(standard_inner, NONE, NEAREST, true)
SHAPE(cut_last, CUT, CUT, false)
SHAPE(cut_inner, CUT, CUT, true)
SHAPE(nearest_last, NEAREST, NEAREST, false)
SHAPE(nearest_inner, NEAREST, NEAREST, true)

/* Those of them whose outputs are integers. */
#define SHAPE_INT8(name, before, after)                                                                                \
    NN_CLONES static void forward_int8_##name(const struct norm_shape *s, const float *z, int ld, int B,               \
                                              const float *mean, const float *rstd, const float *gamma,                \
                                              const float *beta, int8_t *y)                                            \
    {                                                                                                                  \
        forward_int8_body(before, after, s, z, ld, B, mean, rstd, gamma, beta, y);                                     \
    }

SHAPE_INT8(standard, NONE, NEAREST)
SHAPE_INT8(cut, CUT, CUT)
SHAPE_INT8(nearest, NEAREST, NEAREST)

void norm_forward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                  const float *gamma, const float *beta, float *y)
{
    typedef void body(const struct norm_shape *, const float *, int, int, const float *, const float *, const float *,
                      const float *, float *);
    static body
        *const last[] = {[NONE] = forward_float_last, [CUT] = forward_cut_last, [NEAREST] = forward_nearest_last},
               *const inner[] = {
                   [NONE] = forward_standard_inner, [CUT] = forward_cut_inner, [NEAREST] = forward_nearest_inner};
    const enum round before = round_of(s->before_on, s->before);
    assert(ld % NN_LANES == 0 && (s->clip ? s->after_on >= s->before_on : s->after_on == s->before_on));
    (!s->clip      ? last[before]
     : s->after_on ? inner[before]
                   : forward_float_inner)(s, z, ld, B, mean, rstd, gamma, beta, y);
}

void norm_forward_int8(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                       const float *gamma, const float *beta, int8_t *y)
{
    static void (*const of[])(const struct norm_shape *, const float *, int, int, const float *, const float *,
                              const float *, const float *, int8_t *) = {
        [NONE] = forward_int8_standard, [CUT] = forward_int8_cut, [NEAREST] = forward_int8_nearest};
    assert(ld % NN_LANES == 0 && s->clip && s->after_on && s->after.hi <= INT8_MAX);
    of[round_of(s->before_on, s->before)](s, z, ld, B, mean, rstd, gamma, beta, y);
}

#define BACKWARD(name, before)                                                                                         \
    NN_CLONES static void backward_##name(struct fixed q, struct interval sums, struct interval outputs,               \
                                          const float *z, int ld, int columns, int B, const float *mean,               \
                                          const float *rstd, const float *gamma, const float *beta, float *d,          \
                                          float *dgamma, float *dbeta)                                                 \
    {                                                                                                                  \
        backward_body(before, q, sums, outputs, z, ld, columns, B, mean, rstd, gamma, beta, d, dgamma, dbeta);         \
    }

BACKWARD(plain, NONE)
BACKWARD(cut, CUT)
BACKWARD(nearest, NEAREST)

void norm_backward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                   const float *gamma, const float *beta, float *d, float *dgamma, float *dbeta)
{
    static void (*const of[])(struct fixed, struct interval, struct interval, const float *, int, int, int,
                              const float *, const float *, const float *, const float *, float *, float *,
                              float *) = {[NONE] = backward_plain, [CUT] = backward_cut, [NEAREST] = backward_nearest};
    assert(ld % NN_LANES == 0);
    const struct interval sums = norm_passes_sums(s), outputs = norm_passes(s);
    for (int c = 0; c < ld; c += SUM_COLUMNS) {
        const int columns = ld - c < SUM_COLUMNS ? ld - c : SUM_COLUMNS;
        of[round_of(s->before_on, s->before)](s->before, sums, outputs, z + c, ld, columns, B, mean + c, rstd + c,
                                              gamma + c, beta + c, d + c, dgamma + c, dbeta + c);
    }
}
