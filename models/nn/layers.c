#include "models/nn/layers.h"
#include "models/nn/simd.h"

#include <assert.h>
#include <cblas.h>
#undef I /* of complex.h, which cblas.h pulls in */
#include <math.h>
#include <stddef.h>
#include <string.h>

/* Column sums run in float over this many rows, then in double: as exact as double
 * and as fast as float. */
enum { SUM_ROWS = 32 };
/* Columns whose sums are kept at once on the stack. */
enum { SUM_COLUMNS = 1024 };

void linear_forward(const float *x, int x_ld, const float *w, float *z, int z_ld, int B, int I, int O)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, B, O, I, 1.0f, x, x_ld, w, I, 0.0f, z, z_ld);
}

void linear_backward_weights(const float *dz, int z_ld, const float *x, int x_ld, float *dw, int B, int I, int O)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, O, I, B, 1.0f, dz, z_ld, x, x_ld, 0.0f, dw, I);
}

void linear_backward_inputs(const float *dz, int z_ld, const float *w, float *dx, int x_ld, int B, int I, int O)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, B, I, O, 1.0f, dz, z_ld, w, I, 0.0f, dx, x_ld);
}

NN_INLINE float quantised(struct fixed q, float x)
{
    return fixed_round(q, x) * q.step;
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

/* The loops below are written once with the shape's switches as constants of the
 * inlined body, and compiled once for each shape that occurs: a switch inside the loop
 * would cost more than the arithmetic. */
NN_INLINE void statistics_body(const bool before, struct fixed q, const float *restrict z, int ld, int columns, int B,
                               float *restrict mean, float *restrict var)
{
    double sum[SUM_COLUMNS] = {0}, squares[SUM_COLUMNS] = {0};
    float part[SUM_COLUMNS];
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS) {
        memset(part, 0, sizeof(float) * (size_t)columns);
        for (int b = b0; b < B && b < b0 + SUM_ROWS; b++) {
            const float *row = z + (size_t)b * (size_t)ld;
            for (int o = 0; o < columns; o++)
                part[o] += before ? quantised(q, row[o]) : row[o];
        }
        for (int o = 0; o < columns; o++)
            sum[o] += (double)part[o];
    }
    for (int o = 0; o < columns; o++)
        mean[o] = (float)(sum[o] / (double)B);
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS) {
        memset(part, 0, sizeof(float) * (size_t)columns);
        for (int b = b0; b < B && b < b0 + SUM_ROWS; b++) {
            const float *row = z + (size_t)b * (size_t)ld;
            for (int o = 0; o < columns; o++) {
                const float rest = (before ? quantised(q, row[o]) : row[o]) - mean[o];
                part[o] += rest * rest;
            }
        }
        for (int o = 0; o < columns; o++)
            squares[o] += (double)part[o];
    }
    for (int o = 0; o < columns; o++)
        var[o] = (float)(squares[o] / (double)B);
}

NN_CLONES static void statistics_plain(const struct norm_shape *s, const float *z, int ld, int columns, int B,
                                       float *mean, float *var)
{
    statistics_body(false, s->before, z, ld, columns, B, mean, var);
}

NN_CLONES static void statistics_quantised(const struct norm_shape *s, const float *z, int ld, int columns, int B,
                                           float *mean, float *var)
{
    statistics_body(true, s->before, z, ld, columns, B, mean, var);
}

void norm_statistics(const struct norm_shape *s, const float *z, int ld, int B, float *mean, float *var)
{
    assert(ld % NN_LANES == 0 && B > 0);
    for (int c = 0; c < ld; c += SUM_COLUMNS) {
        const int columns = ld - c < SUM_COLUMNS ? ld - c : SUM_COLUMNS;
        (s->before_on ? statistics_quantised : statistics_plain)(s, z + c, ld, columns, B, mean + c, var + c);
    }
}

/* y: floats, or if small int8_t, in steps of `after`. */
NN_INLINE void forward_body(const bool before, const bool after, const bool clip, const bool small,
                            const struct norm_shape *s, const float *z, int ld, int B, const float *restrict mean,
                            const float *restrict rstd, const float *restrict gamma, const float *restrict beta,
                            void *y)
{
    const struct fixed qb = s->before, qa = s->after;
    for (int b = 0; b < B; b++) {
        const size_t row = (size_t)b * (size_t)ld;
#pragma GCC ivdep
        for (int o = 0; o < ld; o++) {
            const float sum = before ? quantised(qb, z[row + (size_t)o]) : z[row + (size_t)o];
            float out = (sum - mean[o]) * rstd[o] * gamma[o] + beta[o];
            if (after)
                out = quantised(qa, out);
            if (clip) {
                out = out > -1.0f ? out : -1.0f;
                out = out < 1.0f ? out : 1.0f;
            }
            if (small)
                ((int8_t *)y)[row + (size_t)o] = (int8_t)(out * qa.scale);
            else
                ((float *)y)[row + (size_t)o] = out;
        }
    }
}

NN_INLINE void backward_body(const bool before, struct fixed q, struct interval sums, struct interval outputs,
                             const float *restrict z, int ld, int columns, int B, const float *restrict mean,
                             const float *restrict rstd, const float *restrict gamma, const float *restrict beta,
                             float *restrict d, float *restrict dgamma, float *restrict dbeta)
{
    double sum_gamma[SUM_COLUMNS] = {0}, sum_beta[SUM_COLUMNS] = {0};
    float part_gamma[SUM_COLUMNS], part_beta[SUM_COLUMNS];

    /* First the gradient of the norm's output, and its sums. */
    for (int b0 = 0; b0 < B; b0 += SUM_ROWS) {
        memset(part_gamma, 0, sizeof(float) * (size_t)columns);
        memset(part_beta, 0, sizeof(float) * (size_t)columns);
        for (int b = b0; b < B && b < b0 + SUM_ROWS; b++) {
            const float *from = z + (size_t)b * (size_t)ld;
            float *row = d + (size_t)b * (size_t)ld;
            for (int o = 0; o < columns; o++) {
                const float sum = before ? quantised(q, from[o]) : from[o];
                const float normal = (sum - mean[o]) * rstd[o];
                const float g = row[o] * passed(outputs, normal * gamma[o] + beta[o]);
                row[o] = g;
                part_beta[o] += g;
                part_gamma[o] += g * normal;
            }
        }
        for (int o = 0; o < columns; o++) {
            sum_gamma[o] += (double)part_gamma[o];
            sum_beta[o] += (double)part_beta[o];
        }
    }
    for (int o = 0; o < columns; o++) {
        dgamma[o] = (float)sum_gamma[o];
        dbeta[o] = (float)sum_beta[o];
        part_gamma[o] = (float)(sum_gamma[o] / (double)B);
        part_beta[o] = (float)(sum_beta[o] / (double)B);
    }
    /* Then through the norm: the mean and the variance depend on every image. */
    for (int b = 0; b < B; b++) {
        const float *from = z + (size_t)b * (size_t)ld;
        float *row = d + (size_t)b * (size_t)ld;
        for (int o = 0; o < columns; o++) {
            const float sum = before ? quantised(q, from[o]) : from[o];
            const float normal = (sum - mean[o]) * rstd[o];
            const float g = (row[o] - part_beta[o] - normal * part_gamma[o]) * gamma[o] * rstd[o];
            row[o] = before ? g * passed(sums, from[o]) : g;
        }
    }
}

/* The five shapes that occur: two of a float network, three of a fixed-point one. */
#define SHAPE(name, before, after, clip)                                                                               \
    NN_CLONES static void forward_##name(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, \
                                         const float *rstd, const float *gamma, const float *beta, float *y)           \
    {                                                                                                                  \
        forward_body(before, after, clip, false, s, z, ld, B, mean, rstd, gamma, beta, y);                             \
    }

SHAPE(float_last, false, false, false)
SHAPE(float_inner, false, false, true)
SHAPE(standard_inner, false, true, true)
SHAPE(paper_last, true, false, false)
SHAPE(paper_inner, true, true, true)

/* The two of them whose outputs are integers. */
#define SHAPE_INT8(name, before)                                                                                       \
    NN_CLONES static void forward_int8_##name(const struct norm_shape *s, const float *z, int ld, int B,               \
                                              const float *mean, const float *rstd, const float *gamma,                \
                                              const float *beta, int8_t *y)                                            \
    {                                                                                                                  \
        forward_body(before, true, true, true, s, z, ld, B, mean, rstd, gamma, beta, y);                               \
    }

SHAPE_INT8(standard, false)
SHAPE_INT8(paper, true)

void norm_forward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                  const float *gamma, const float *beta, float *y)
{
    assert(ld % NN_LANES == 0 && s->clip >= s->after_on);
    if (s->before_on)
        (s->clip ? forward_paper_inner : forward_paper_last)(s, z, ld, B, mean, rstd, gamma, beta, y);
    else if (s->after_on)
        forward_standard_inner(s, z, ld, B, mean, rstd, gamma, beta, y);
    else
        (s->clip ? forward_float_inner : forward_float_last)(s, z, ld, B, mean, rstd, gamma, beta, y);
}

void norm_forward_int8(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                       const float *gamma, const float *beta, int8_t *y)
{
    assert(ld % NN_LANES == 0 && s->clip && s->after_on && s->after.hi <= INT8_MAX);
    (s->before_on ? forward_int8_paper : forward_int8_standard)(s, z, ld, B, mean, rstd, gamma, beta, y);
}

NN_CLONES static void backward_plain(struct fixed q, struct interval sums, struct interval outputs, const float *z,
                                     int ld, int columns, int B, const float *mean, const float *rstd,
                                     const float *gamma, const float *beta, float *d, float *dgamma, float *dbeta)
{
    backward_body(false, q, sums, outputs, z, ld, columns, B, mean, rstd, gamma, beta, d, dgamma, dbeta);
}

NN_CLONES static void backward_quantised(struct fixed q, struct interval sums, struct interval outputs, const float *z,
                                         int ld, int columns, int B, const float *mean, const float *rstd,
                                         const float *gamma, const float *beta, float *d, float *dgamma, float *dbeta)
{
    backward_body(true, q, sums, outputs, z, ld, columns, B, mean, rstd, gamma, beta, d, dgamma, dbeta);
}

void norm_backward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                   const float *gamma, const float *beta, float *d, float *dgamma, float *dbeta)
{
    assert(ld % NN_LANES == 0);
    const struct interval sums = norm_passes_sums(s), outputs = norm_passes(s);
    for (int c = 0; c < ld; c += SUM_COLUMNS) {
        const int columns = ld - c < SUM_COLUMNS ? ld - c : SUM_COLUMNS;
        (s->before_on ? backward_quantised : backward_plain)(s->before, sums, outputs, z + c, ld, columns, B, mean + c,
                                                             rstd + c, gamma + c, beta + c, d + c, dgamma + c,
                                                             dbeta + c);
    }
}

double loss_softmax(const float *logits, int ld, int B, int classes, const uint8_t *labels, double smoothing, float *d,
                    int *n_right)
{
    const float most = (float)(1 - smoothing), least = (float)(smoothing / classes);
    double loss = 0;
    int right = 0;
    assert(B > 0 && classes > 0);
    for (int b = 0; b < B; b++) {
        const float *row = logits + (size_t)b * (size_t)ld;
        int best = 0;
        for (int c = 1; c < classes; c++)
            if (row[c] > row[best])
                best = c;
        right += best == labels[b];
        const float greatest = row[best];
        float sum = expf(row[0] - greatest);
        for (int c = 1; c < classes; c++)
            sum += expf(row[c] - greatest);
        float aim = most * row[labels[b]];
        for (int c = 0; c < classes && smoothing > 0; c++)
            aim += least * row[c];
        loss += (double)(logf(sum) + greatest - aim);
        if (d == NULL)
            continue;
        float *to = d + (size_t)b * (size_t)ld;
        for (int c = 0; c < classes; c++)
            to[c] = (expf(row[c] - greatest) / sum - (c == labels[b] ? most : 0.0f) - least) / (float)B;
        for (int c = classes; c < ld; c++)
            to[c] = 0.0f;
    }
    *n_right = right;
    return loss / B;
}

/* A shuffled order defeats the hardware's prefetcher: an image is asked for so many images ahead. */
enum { AHEAD = 8, LINE_BYTES = 64 };

static void prefetch(const uint8_t *image, int I)
{
    for (int i = 0; i < I; i += LINE_BYTES)
        __builtin_prefetch(image + i);
}

NN_CLONES static void row_to_float(const uint8_t *restrict pixels, int I, float *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = (float)pixels[i] / 255.0f * 2.0f - 1.0f;
}

NN_CLONES static void row_quantised(const uint8_t *restrict pixels, int I, struct fixed q, float *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = quantised(q, (float)pixels[i] / 255.0f * 2.0f - 1.0f);
}

NN_CLONES static void values_quantised(const float *restrict values, int I, struct fixed q, float *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = quantised(q, values[i]);
}

static void values_to_float(const struct images *set, int first, const int32_t *order, int B, int I,
                            const struct fixed *q, float *x, int x_ld)
{
    for (int b = 0; b < B; b++) {
        const float *from = set->values + (size_t)(order != NULL ? order[b] : first + b) * (size_t)I;
        if (q != NULL)
            values_quantised(from, I, *q, x + (size_t)b * (size_t)x_ld);
        else
            memcpy(x + (size_t)b * (size_t)x_ld, from, (size_t)I * sizeof *x);
    }
}

void images_to_float(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                     float *x, int x_ld)
{
    const uint8_t *pixels = set->pixels;
    if (pixels == NULL) {
        values_to_float(set, first, order, B, I, q, x, x_ld);
        return;
    }
    for (int b = 0; b < B; b++) {
        const uint8_t *image = pixels + (size_t)(order != NULL ? order[b] : first + b) * (size_t)I;
        if (order != NULL && b + AHEAD < B)
            prefetch(pixels + (size_t)order[b + AHEAD] * (size_t)I, I);
        if (q != NULL)
            row_quantised(image, I, *q, x + (size_t)b * (size_t)x_ld);
        else
            row_to_float(image, I, x + (size_t)b * (size_t)x_ld);
    }
}

NN_CLONES static void row_less_128(const uint8_t *restrict pixels, int I, int8_t *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = (int8_t)(pixels[i] ^ 0x80);
}

/* In 16 bits: (2 p - 255) · 2^f / 255 is never halfway between integers, because 255 is odd, so this is the
 * float's nearest. |2 p - 255| · 2^f + 127 is at most 32,767, and n · 0x8081 >> 23 is n / 255 for all n below 65,536.
 */
NN_CLONES static void row_quantised_int8(const uint8_t *restrict pixels, int I, int f, int lo, int hi,
                                         int8_t *restrict x)
{
    for (int i = 0; i < I; i++) {
        const int16_t twice = (int16_t)(2 * pixels[i] - 255);
        const uint16_t magnitude = (uint16_t)(((twice < 0 ? -twice : twice) << f) + 127);
        const int16_t steps = (int16_t)((uint32_t)magnitude * 0x8081U >> 23);
        int16_t n = (int16_t)(twice < 0 ? -steps : steps);
        n = (int16_t)(n > lo ? n : lo);
        x[i] = (int8_t)(n < hi ? n : hi);
    }
}

NN_CLONES static void values_quantised_int8(const float *restrict values, int I, struct fixed q, int8_t *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = (int8_t)fixed_quantise(q, values[i]);
}

void images_to_int8(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                    int8_t *x, int x_ld)
{
    const int f = q != NULL ? ilogbf(q->scale) : 0;
    assert(q != NULL ? q->hi <= INT8_MAX && q->push > 0 : set->pixels != NULL);
    for (int b = 0; b < B; b++) {
        const size_t at = (size_t)(order != NULL ? order[b] : first + b) * (size_t)I;
        int8_t *to = x + (size_t)b * (size_t)x_ld;
        if (set->pixels == NULL) {
            if (q != NULL)
                values_quantised_int8(set->values + at, I, *q, to);
            continue;
        }
        if (order != NULL && b + AHEAD < B)
            prefetch(set->pixels + (size_t)order[b + AHEAD] * (size_t)I, I);
        if (q != NULL)
            row_quantised_int8(set->pixels + at, I, f, (int)q->lo, (int)q->hi, to);
        else
            row_less_128(set->pixels + at, I, to);
    }
}
