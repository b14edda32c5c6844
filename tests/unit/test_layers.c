#include "models/nn/kernels/images.h"
#include "models/nn/kernels/linear.h"
#include "models/nn/kernels/norm.h"
#include "models/nn/kernels/loss.h"
#include "models/nn/train/optimiser.h"
#include "models/nn/layout/simd.h"
#include "tests/support/toy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { B = 37, I = 29, O = 21, I_LD = 32, O_LD = 32 };
#define NORM_EPS 1e-5

static void fill(struct rng *r, float *x, int rows, int columns, int ld, double spread)
{
    for (int b = 0; b < rows; b++)
        for (int i = 0; i < ld; i++)
            x[b * ld + i] = i < columns ? (float)((2 * rng_unit(r) - 1) * spread) : 0.0f;
}

static void assert_close(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%.9g instead of %.9g (tolerance %g)", got, expected, tolerance);
}

/* Every layer's formula once more, in double, one element at a time. */
static void linear_is_its_definition(void **state)
{
    (void)state;
    float x[B * I_LD], w[O * I], z[B * O_LD] = {0}, dw[O * I], dx[B * I_LD] = {0};
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    fill(&r, x, B, I, I_LD, 1);
    fill(&r, w, O, I, I, 1);
    linear_forward(x, I_LD, w, z, O_LD, B, I, O);
    linear_backward_weights(z, O_LD, x, I_LD, dw, B, I, O);
    linear_backward_inputs(z, O_LD, w, dx, I_LD, B, I, O);
    for (int b = 0; b < B; b++)
        for (int o = 0; o < O_LD; o++) {
            double sum = 0;
            for (int i = 0; o < O && i < I; i++)
                sum += (double)x[b * I_LD + i] * (double)w[o * I + i];
            assert_close(z[b * O_LD + o], sum, 1e-5);
        }
    for (int o = 0; o < O; o++)
        for (int i = 0; i < I; i++) {
            double sum = 0;
            for (int b = 0; b < B; b++)
                sum += (double)z[b * O_LD + o] * (double)x[b * I_LD + i];
            assert_close(dw[o * I + i], sum, 1e-4);
        }
    for (int b = 0; b < B; b++)
        for (int i = 0; i < I; i++) {
            double sum = 0;
            for (int o = 0; o < O; o++)
                sum += (double)z[b * O_LD + o] * (double)w[o * I + i];
            assert_close(dx[b * I_LD + i], sum, 1e-4);
        }
}

static double quantised(struct fixed q, double x)
{
    double s = x * (double)q.scale;
    s = fmin(fmax(s, (double)q.lo), (double)q.hi);
    return (q.push > 0 ? round(s) : trunc(s)) * (double)q.step;
}

static bool clamped(struct fixed q, double x)
{
    return x * (double)q.scale < (double)q.lo || x * (double)q.scale > (double)q.hi;
}

static struct norm_shape shape_of(int kind, int W, int f, enum rounding rounding)
{
    /* float last, float inner, standard inner, paper last, paper inner */
    static const bool before[] = {false, false, false, true, true}, after[] = {false, false, true, true, true},
                      clip[] = {false, true, true, false, true};
    const struct norm_shape s = {.before_on = before[kind],
                                 .after_on = after[kind],
                                 .clip = clip[kind],
                                 .before = fixed_make(W, f, rounding),
                                 .after = fixed_make(W, f, rounding)};
    return s;
}

/* Batch norm with its quantisers, forward and backward, against a naive version in double. */
static void norm_is_its_definition(void **state)
{
    (void)state;
    static float z[B * O_LD], y[B * O_LD], d[B * O_LD], dy[B * O_LD];
    static int8_t small[B * O_LD];
    float mean[O_LD], var[O_LD], rstd[O_LD], gamma[O_LD] = {0}, beta[O_LD] = {0}, dgamma[O_LD], dbeta[O_LD];
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 400; trial++) {
        const int W = 2 + (int)rng_below(&r, 9), f = (int)rng_below(&r, (uint64_t)W);
        const struct norm_shape s = shape_of(trial % 5, W, f, (enum rounding)rng_below(&r, 2));
        const double spread = ldexp(1.2, W - 1 - f);
        fill(&r, z, B, O, O_LD, s.before_on ? spread : 3);
        fill(&r, dy, B, O, O_LD, 1);
        fill(&r, gamma, 1, O, O_LD, 2);
        fill(&r, beta, 1, O, O_LD, 1);
        norm_statistics(&s, z, O_LD, B, mean, var);
        for (int o = 0; o < O_LD; o++)
            rstd[o] = 1 / sqrtf(var[o] + (float)NORM_EPS);
        norm_forward(&s, z, O_LD, B, mean, rstd, gamma, beta, y);
        if (s.after_on && s.clip && W <= 8) {
            norm_forward_int8(&s, z, O_LD, B, mean, rstd, gamma, beta, small);
            for (int i = 0; i < B * O_LD; i++)
                assert_true((float)small[i] == y[i] * s.after.scale);
        }
        memcpy(d, dy, sizeof d);
        norm_backward(&s, z, O_LD, B, mean, rstd, gamma, beta, d, dgamma, dbeta);

        for (int o = 0; o < O; o++) {
            double a[B], g[B], sum = 0, squares = 0, sum_beta = 0, sum_gamma = 0;
            for (int b = 0; b < B; b++) {
                a[b] = s.before_on ? quantised(s.before, z[b * O_LD + o]) : z[b * O_LD + o];
                sum += a[b];
            }
            for (int b = 0; b < B; b++)
                squares += (a[b] - sum / B) * (a[b] - sum / B);
            assert_close(mean[o], sum / B, 1e-5);
            assert_close(var[o], squares / B, 1e-5);
            /* From here with the float statistics: an output that is one rounding off a threshold is not an error. */
            for (int b = 0; b < B; b++) {
                const float normal = ((float)a[b] - mean[o]) * rstd[o], out = normal * gamma[o] + beta[o];
                const double value = s.after_on ? quantised(s.after, out) : out;
                const bool stopped = (s.after_on && clamped(s.after, out)) || (s.clip && fabs(value) >= 1);
                assert_true(y[b * O_LD + o] == (float)(s.clip ? fmin(fmax(value, -1), 1) : value));
                g[b] = stopped ? 0 : dy[b * O_LD + o];
                sum_beta += g[b];
                sum_gamma += g[b] * normal;
            }
            assert_close(dbeta[o], sum_beta, 1e-5);
            assert_close(dgamma[o], sum_gamma, 1e-5);
            for (int b = 0; b < B; b++) {
                const double normal = (a[b] - mean[o]) * rstd[o];
                double expected = (g[b] - sum_beta / B - normal * sum_gamma / B) * gamma[o] * rstd[o];
                if (s.before_on && clamped(s.before, z[b * O_LD + o]))
                    expected = 0;
                assert_close(d[b * O_LD + o], expected, 1e-4 * (1 + rstd[o]));
            }
        }
    }
}

/* A layer's scalar loss for finite differences: sum of weight · output. */
struct chain {
    float x[B * I_LD], w[O * I], gamma[O_LD], beta[O_LD], weight[B * O_LD];
    struct norm_shape shape;
    uint8_t labels[B];
    bool softmax;
    double smoothing;
    float z[B * O_LD], y[B * O_LD], mean[O_LD], var[O_LD], rstd[O_LD];
};

static double chain_loss(struct chain *c)
{
    double sum = 0;
    int right;
    linear_forward(c->x, I_LD, c->w, c->z, O_LD, B, I, O);
    norm_statistics(&c->shape, c->z, O_LD, B, c->mean, c->var);
    for (int o = 0; o < O_LD; o++)
        c->rstd[o] = 1 / sqrtf(c->var[o] + (float)NORM_EPS);
    norm_forward(&c->shape, c->z, O_LD, B, c->mean, c->rstd, c->gamma, c->beta, c->y);
    if (c->softmax)
        return loss_softmax(c->y, O_LD, B, O, c->labels, c->smoothing, NULL, &right);
    for (int k = 0; k < B * O_LD; k++)
        sum += (double)c->y[k] * (double)c->weight[k];
    return sum;
}

/* Which outputs HardTanh holds. */
static void held(const struct chain *c, bool at[B * O_LD])
{
    for (int k = 0; k < B * O_LD; k++)
        at[k] = c->shape.clip && fabsf(c->y[k]) >= 1;
}

/* |analytic - finite| ≤ 2 % of the tensor's largest gradient, for every element whose step
 * moves no output over an edge of HardTanh: there the loss has no derivative. */
static void check_gradient(struct chain *c, float *p, const float *g, int rows, int columns, int ld, const char *name)
{
    static bool before[B * O_LD], after[B * O_LD];
    double largest = 0;
    int n = 0, smooth = 0;
    for (int k = 0; k < rows * ld; k++)
        largest = fmax(largest, fabs((double)g[k]));
    assert_true(largest > 0);
    for (int b = 0; b < rows; b++)
        for (int i = 0; i < columns; i++, n++) {
            const int k = b * ld + i;
            const float kept = p[k], h = 2e-3f;
            p[k] = kept + h;
            const double up = chain_loss(c);
            held(c, before);
            p[k] = kept - h;
            const double down = chain_loss(c);
            held(c, after);
            p[k] = kept;
            if (memcmp(before, after, sizeof before) != 0)
                continue;
            smooth++;
            const double finite = (up - down) / (2 * (double)h);
            if (fabs(finite - (double)g[k]) > 0.02 * largest)
                fail_msg("%s[%d]: gradient %g, finite difference %g, largest %g", name, k, (double)g[k], finite,
                         largest);
        }
    assert_true(smooth * 4 > n);
}

static void gradients_are_finite_differences(void **state)
{
    (void)state;
    struct chain *c = calloc(1, sizeof *c);
    static float d[B * O_LD], dw[O * I], dx[B * I_LD], dgamma[O_LD], dbeta[O_LD];
    struct rng r;
    int right;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int kind = 0; kind < 4; kind++) { /* HardTanh; plain; plain and softmax; and smoothed labels */
        c->shape = shape_of(kind == 0, 8, 5, ROUNDING_CUT);
        c->softmax = kind >= 2;
        c->smoothing = kind == 3 ? 0.3 : 0;
        fill(&r, c->x, B, I, I_LD, 1);
        fill(&r, c->w, O, I, I, 0.3);
        fill(&r, c->gamma, 1, O, O_LD, 1.5);
        fill(&r, c->beta, 1, O, O_LD, 0.5);
        fill(&r, c->weight, B, O, O_LD, 1);
        for (int b = 0; b < B; b++)
            c->labels[b] = (uint8_t)rng_below(&r, O);
        chain_loss(c);
        if (c->softmax)
            loss_softmax(c->y, O_LD, B, O, c->labels, c->smoothing, d, &right);
        else
            memcpy(d, c->weight, sizeof d);
        norm_backward(&c->shape, c->z, O_LD, B, c->mean, c->rstd, c->gamma, c->beta, d, dgamma, dbeta);
        linear_backward_weights(d, O_LD, c->x, I_LD, dw, B, I, O);
        linear_backward_inputs(d, O_LD, c->w, dx, I_LD, B, I, O);
        check_gradient(c, c->w, dw, O, I, I, "weights");
        check_gradient(c, c->x, dx, B, I, I_LD, "inputs");
        check_gradient(c, c->gamma, dgamma, 1, O, O_LD, "gamma");
        check_gradient(c, c->beta, dbeta, 1, O, O_LD, "beta");
    }
    free(c);
}

static void softmax_counts_and_stays_finite(void **state)
{
    (void)state;
    float logits[2 * 16] = {0}, d[2 * 16];
    const uint8_t labels[2] = {2, 0};
    int right = -1;
    logits[0] = -2e4f;
    logits[2] = 3e4f;
    logits[16 + 1] = 1.0f;
    const double loss = loss_softmax(logits, 16, 2, 3, labels, 0, d, &right);
    assert_int_equal(right, 1);
    assert_close(loss, log(2 + exp(1)) / 2, 1e-6);
    for (int k = 0; k < 32; k++)
        assert_true(isfinite(d[k]));
    assert_close(d[16 + 1], exp(1) / (2 + exp(1)) / 2, 1e-6);
    assert_true(d[3] == 0.0f && d[15] == 0.0f);
}

static void images_become_floats(void **state)
{
    (void)state;
    uint8_t pixels[2 * 256];
    const struct images set = {.n = 2, .pixels = pixels};
    float x[2 * 256];
    const int32_t order[2] = {1, 0};
    const struct fixed q = fixed_make(8, 5, ROUNDING_NEAREST);
    for (int i = 0; i < 256; i++) {
        pixels[i] = (uint8_t)i;
        pixels[256 + i] = (uint8_t)(255 - i);
    }
    images_to_float(&set, 0, order, 2, 256, NULL, x, 256);
    for (int i = 0; i < 256; i++) {
        assert_true(x[i] == (float)(255 - i) / 255.0f * 2.0f - 1.0f);
        assert_true(x[256 + i] == (float)i / 255.0f * 2.0f - 1.0f);
    }
    images_to_float(&set, 0, NULL, 1, 256, &q, x, 256);
    for (int i = 0; i < 256; i++)
        assert_true(x[i] == roundf(((float)i / 255.0f * 2.0f - 1.0f) * 32.0f) / 32.0f);
    images_to_float(&set, 1, NULL, 1, 256, NULL, x, 256);
    assert_true(x[0] == 1.0f && x[255] == -1.0f);
}

/* Values are taken as they are, or saturated to the format's range and rounded. */
static void values_become_floats(void **state)
{
    (void)state;
    float values[3 * 5] = {0, 0, 0, 0, 0, 0.5f, -3e38f, 1.99f, -1.75f, 0.015f, 2, -2, 1e-30f, 0.25f, 77},
                     x[2 * 16] = {0};
    int8_t small[2 * 16];
    static const float quantised[] = {1.96875f, -2, 0, 0.25f, 1.96875f, 0.5f, -2, 1.96875f, -1.75f, 0};
    static const int32_t order[] = {2, 1};
    const struct images set = {.n = 3, .values = values};
    const struct fixed q = fixed_make(7, 5, ROUNDING_NEAREST); /* X = 7 bits of Q(8, 5) */
    images_to_float(&set, 0, order, 2, 5, NULL, x, 16);
    assert_memory_equal(x, values + 10, 5 * sizeof *x);
    assert_memory_equal(x + 16, values + 5, 5 * sizeof *x);
    images_to_float(&set, 0, order, 2, 5, &q, x, 16);
    images_to_int8(&set, 0, order, 2, 5, &q, small, 16);
    for (int i = 0; i < 10; i++) {
        const int at = i / 5 * 16 + i % 5;
        assert_true(x[at] == quantised[i] && (float)small[at] == quantised[i] * 32);
    }
    images_to_float(&set, 1, NULL, 2, 5, NULL, x, 16);
    assert_memory_equal(x, values + 5, 5 * sizeof *x);
    assert_memory_equal(x + 16, values + 10, 5 * sizeof *x);
}

/* Every pixel in every format of at most 8 bits. */
static void images_become_integers(void **state)
{
    (void)state;
    enum { N = 256, LD = 272 };
    uint8_t pixels[2 * N];
    float expected[2 * LD];
    int8_t x[2 * LD];
    const int32_t order[2] = {1, 0};
    for (int i = 0; i < N; i++) {
        pixels[i] = (uint8_t)i;
        pixels[N + i] = (uint8_t)(255 - i);
    }
    const struct images set = {.n = 2, .pixels = pixels};
    for (int W = 2; W <= 8; W++)
        for (int f = 0; f < W; f++) {
            const struct fixed q = fixed_make(W, f, ROUNDING_NEAREST);
            images_to_float(&set, 0, order, 2, N, &q, expected, LD);
            images_to_int8(&set, 0, order, 2, N, &q, x, LD);
            for (int b = 0; b < 2; b++)
                for (int i = 0; i < N; i++)
                    assert_true((float)x[b * LD + i] == expected[b * LD + i] * q.scale);
        }
    images_to_int8(&set, 0, NULL, 2, N, NULL, x, LD);
    for (int i = 0; i < N; i++) {
        assert_true(x[i] == i - 128);
        assert_true(x[LD + i] == 127 - i);
    }
}

/* Adam as its paper writes it, in double. */
static void adam_is_its_definition(void **state)
{
    (void)state;
    enum { N = 50 };
    float p[N], g[N], m[N] = {0}, v[N] = {0};
    double P[N], M[N] = {0}, V[N] = {0};
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    fill(&r, p, 1, N, N, 1.5);
    for (int i = 0; i < N; i++)
        P[i] = p[i];
    for (long t = 1; t <= 20; t++) {
        fill(&r, g, 1, N, N, 0.1);
        for (int i = 0; i < N; i++) {
            const double gi = p[i] >= -1.0f && p[i] <= 1.0f ? g[i] : 0;
            M[i] = 0.9 * M[i] + 0.1 * gi;
            V[i] = 0.999 * V[i] + 0.001 * gi * gi;
            P[i] -= 0.01 * (M[i] / (1 - pow(0.9, (double)t))) / (sqrt(V[i] / (1 - pow(0.999, (double)t))) + 1e-8);
        }
        optimiser_adam(p, g, m, v, N, 0.01, 0, t, -1.0f, 1.0f);
        for (int i = 0; i < N; i++)
            assert_close(p[i], P[i], 1e-4);
    }
    optimiser_sgd(p, g, m, N, 0.5, 0, -INFINITY, INFINITY);
    for (int i = 0; i < N; i++) {
        assert_close(m[i], 0.9 * M[i] + g[i], 1e-5);
        assert_close(p[i], P[i] - 0.5 * (0.9 * M[i] + g[i]), 1e-4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_is_its_definition),
        cmocka_unit_test(norm_is_its_definition),
        cmocka_unit_test(gradients_are_finite_differences),
        cmocka_unit_test(softmax_counts_and_stays_finite),
        cmocka_unit_test(images_become_floats),
        cmocka_unit_test(values_become_floats),
        cmocka_unit_test(images_become_integers),
        cmocka_unit_test(adam_is_its_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
