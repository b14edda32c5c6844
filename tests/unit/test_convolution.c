/* Convolutions and pooling against loops that say what they are. */
#include "models/nn/kernels/images.h"
#include "models/nn/kernels/convolution.h"
#include "models/nn/kernels/pooled_norm.h"
#include "models/nn/layout/simd.h"
#include "tests/support/random_network.h"
#include "tests/support/toy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TRIALS = 150 };

static struct layer_shape random_shape(struct rng *r, int trial)
{
    static const int kernels[] = {1, 3, 5, 7};
    struct layer_shape a = {.O = 1 + (int)rng_below(r, 40),
                            .kernel = kernels[trial % 4],
                            .stride = 1 + (int)rng_below(r, 3),
                            .pool = 1 + (int)rng_below(r, 3),
                            .channels = 1 + (int)rng_below(r, 20),
                            .height = 1 + (int)rng_below(r, 12),
                            .width = 1 + (int)rng_below(r, 12)};
    if (trial % 5 == 0) { /* whole vectors */
        a.channels = 16;
        a.O = 32;
    }
    a.I = a.kernel * a.kernel * a.channels;
    a.out_height = (a.height + a.stride - 1) / a.stride;
    a.out_width = (a.width + a.stride - 1) / a.stride;
    const int least = a.out_height < a.out_width ? a.out_height : a.out_width;
    a.pool = a.pool > least ? least : a.pool;
    return a;
}

static struct topology topology_of(const struct layer_shape *a)
{
    const struct topology t = {.n_layers = 1, .layers = {*a}};
    return t;
}

/* Of elements, which are few. */
static size_t count(int n)
{
    return (size_t)n;
}

/* n floats that end where their memory does, so that sanitizers see a step beyond. */
static float *noise(struct rng *r, size_t n)
{
    float *x = malloc(n * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(2 * rng_unit(r) - 1);
    return x;
}

static void assert_close(double got, double expected, double tolerance, const char *what)
{
    if (!(fabs(got - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s: %.9g instead of %.9g", what, got, expected);
}

/* What the kernel sees at column i of position p: an index into the image, or -1 for a zero around it. */
static int seen(const struct layer_shape *a, int p, int i)
{
    const int ky = i / (a->kernel * a->channels), kx = i / a->channels % a->kernel, c = i % a->channels;
    const int y = p / a->out_width * a->stride + ky - (a->kernel - 1) / 2,
              x = p % a->out_width * a->stride + kx - (a->kernel - 1) / 2;
    return y < 0 || y >= a->height || x < 0 || x >= a->width ? -1 : (y * a->width + x) * a->channels + c;
}

static void columns_are_what_the_kernel_sees(void **state)
{
    (void)state;
    struct rng r;
    struct errmsg e;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct layer_shape a = random_shape(&r, trial);
        const struct topology t = topology_of(&a);
        const int B = 1 + (int)rng_below(&r, 3), features = a.channels * a.height * a.width, x_ld = nn_padded(features),
                  ld = nn_padded(a.I), positions = a.out_height * a.out_width;
        struct convolution_room room;
        float *x = noise(&r, (size_t)B * (size_t)x_ld), *dx = noise(&r, (size_t)B * (size_t)x_ld);
        float *columns = noise(&r, count(B * positions * ld + NN_LANES));
        assert_int_equal(convolution_room_new(&room, &t, true, &e), STATUS_OK);
        convolution_im2col(&a, x, x_ld, B, room.image, columns);
        for (int b = 0; b < B; b++)
            for (int p = 0; p < positions; p++)
                for (int i = 0; i < ld; i++) {
                    const float got = columns[(b * positions + p) * ld + i];
                    const int k = i < a.I ? seen(&a, p, i) : -1;
                    assert_true(i < a.I ? got == (k < 0 ? 0.0f : x[b * x_ld + k]) : (bool)isfinite(got));
                }
        /* The transpose: ⟨convolution_im2col(x), c⟩ = ⟨x, convolution_col2im(c)⟩, and each feature by its definition.
         */
        convolution_col2im(&a, columns, B, room.image, dx, x_ld);
        for (int b = 0; b < B; b++) {
            double sum[12 * 12 * 20] = {0};
            for (int p = 0; p < positions; p++)
                for (int i = 0; i < a.I; i++)
                    if (seen(&a, p, i) >= 0)
                        sum[seen(&a, p, i)] += (double)columns[(b * positions + p) * ld + i];
            for (int k = 0; k < features; k++)
                assert_close(dx[b * x_ld + k], sum[k], 1e-5, "convolution_col2im");
        }
        convolution_room_free(&room);
        free(x);
        free(dx);
        free(columns);
    }
}

static void products_are_sums(void **state)
{
    (void)state;
    struct rng r;
    struct errmsg e;
    rng_init(&r, test_seed() + 1, RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct layer_shape a = random_shape(&r, trial);
        const struct topology t = topology_of(&a);
        const int most = convolution_block(&a), B = 1 + (int)rng_below(&r, (uint64_t)(most < 5 ? most : 5)), features = a.channels * a.height * a.width,
                  x_ld = nn_padded(features), ld = nn_padded(a.O), positions = a.out_height * a.out_width;
        const size_t rows = (size_t)B * (size_t)positions;
        struct convolution_room room;
        float *x = noise(&r, (size_t)B * (size_t)x_ld), *dx = noise(&r, (size_t)B * (size_t)x_ld);
        float *w = noise(&r, (size_t)a.O * (size_t)a.I), *dw = noise(&r, (size_t)a.O * (size_t)a.I);
        float *z = noise(&r, rows * (size_t)ld), *d = noise(&r, rows * (size_t)ld);
        float *again = noise(&r, (size_t)a.O * (size_t)a.I);
        double *exact = calloc((size_t)a.O * (size_t)a.I + (size_t)features, sizeof *exact);
        assert_int_equal(convolution_room_new(&room, &t, true, &e), STATUS_OK);
        convolution_forward(&a, x, x_ld, w, z, B, &room);
        convolution_backward(&a, x, x_ld, w, d, false, dw, dx, B, &room);
        double *sum_x = exact + (size_t)a.O * (size_t)a.I;
        for (int b = 0; b < B; b++) {
            memset(sum_x, 0, (size_t)features * sizeof *sum_x);
            for (int p = 0; p < positions; p++)
                for (int o = 0; o < a.O; o++) {
                    const size_t row = ((size_t)b * (size_t)positions + (size_t)p) * (size_t)ld + (size_t)o;
                    double sum = 0;
                    for (int i = 0; i < a.I; i++) {
                        const int k = seen(&a, p, i);
                        if (k < 0)
                            continue;
                        sum += (double)w[o * a.I + i] * (double)x[b * x_ld + k];
                        exact[o * a.I + i] += (double)d[row] * (double)x[b * x_ld + k];
                        sum_x[k] += (double)d[row] * (double)w[o * a.I + i];
                    }
                    assert_close(z[row], sum, 1e-4, "forward");
                }
            for (int k = 0; k < features; k++)
                assert_close(dx[b * x_ld + k], sum_x[k], 1e-4, "inputs");
        }
        for (int i = 0; i < a.O * a.I; i++)
            assert_close(dw[i], exact[i], 3e-4, "weights");
        memcpy(again, dw, (size_t)a.O * (size_t)a.I * sizeof *dw);
        convolution_backward(&a, x, x_ld, w, d, true, again, NULL, B, &room);
        for (int i = 0; i < a.O * a.I; i++)
            assert_close(again[i], 2 * (double)dw[i], 1e-4, "added weights");
        free(again);
        convolution_room_free(&room);
        free(x);
        free(dx);
        free(w);
        free(dw);
        free(z);
        free(d);
        free(exact);
    }
}

/* In 8 bits forward is what single precision gives, bit for bit; backward what bfloat16 leaves of it. */
static void integers_are_the_same_sums(void **state)
{
    (void)state;
    const struct product_paths kinds[] = {product_paths(), {0}};
    struct rng r;
    struct errmsg e;
    rng_init(&r, test_seed() + 4, RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct layer_shape a = random_shape(&r, trial);
        const struct topology t = topology_of(&a);
        const int most = convolution_block(&a), B = 1 + (int)rng_below(&r, (uint64_t)(most < 5 ? most : 5)),
                  x_ld = nn_padded(a.channels * a.height * a.width), z_ld = nn_padded(a.O),
                  rows = B * a.out_height * a.out_width;
        const size_t weights = (size_t)a.O * (size_t)a.I, inputs = count(B * x_ld), sums = count(rows * z_ld);
        struct convolution_room room;
        float *x = noise(&r, inputs), *w = noise(&r, weights), *dw = noise(&r, weights), *dw8 = noise(&r, weights),
              *dx = noise(&r, inputs), *dx8 = noise(&r, inputs), *z = noise(&r, sums), *z8 = noise(&r, sums),
              *d = noise(&r, sums);
        int8_t *x8 = malloc(inputs);
        struct product *p;
        for (size_t i = 0; i < inputs; i++) {
            x8[i] = (int8_t)((int)rng_below(&r, 65) - 32);
            x[i] = (float)x8[i] / 32;
        }
        for (size_t i = 0; i < weights; i++)
            w[i] = (float)((int)rng_below(&r, 256) - 128) / 64;
        const struct activations in = {.at = x8, .unit = 1.0f / 32};
        assert_int_equal(convolution_room_new(&room, &t, true, &e), STATUS_OK);
        assert_int_equal(product_new(&p, convolution_product_rows(&a, B), a.I, a.O, nn_padded(a.I), z_ld,
                                     kinds[trial % 2], true, &e),
                         STATUS_OK);
        product_load(p, w, 1.0f / 64);
        convolution_forward(&a, x, x_ld, w, z, B, &room);
        convolution_forward_int8(&a, p, &in, x_ld, z8, B, &room);
        for (size_t i = 0; i < sums; i++)
            assert_true((int)(i % (size_t)z_ld) >= a.O || z[i] == z8[i]);
        for (int add = 0; add < 3; add++) { /* then added; then without inputs, as of a first layer */
            float *inputs8 = add < 2 ? dx8 : NULL;
            convolution_backward(&a, x, x_ld, w, d, add > 0, dw, dx, B, &room);
            convolution_backward_int8(&a, p, &in, x_ld, d, add > 0, dw8, inputs8, B, &room);
            for (size_t i = 0; i < weights; i++)
                assert_true(fabsf(dw8[i] - dw[i]) <= 0.02f * sqrtf((float)rows) * (float)(1 + add));
            for (size_t i = 0; i < inputs && add < 2; i++)
                if ((int)(i % (size_t)x_ld) < a.channels * a.height * a.width)
                    assert_true(fabsf(dx8[i] - dx[i]) <= 0.02f * sqrtf((float)(a.O * a.kernel * a.kernel)));
        }
        product_free(p);
        convolution_room_free(&room);
        float *const all[] = {x, w, dw, dw8, dx, dx8, z, z8, d};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            free(all[i]);
        free(x8);
    }
}

/* Norm, activation, pooling and the way back, against the functions of norm.h and loops over their results.
 * Small formats make equals common: the first of them wins. */
static void pooling_takes_the_first_greatest(void **state)
{
    (void)state;
    struct rng r;
    int ties = 0, left_out = 0;
    rng_init(&r, test_seed() + 2, RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct layer_shape a = random_shape(&r, trial);
        const int B = 1 + (int)rng_below(&r, 40), ld = nn_padded(a.O), rows = a.out_height / a.pool,
                  columns = a.out_width / a.pool, pooled = rows * columns, features = pooled * a.O,
                  x_ld = nn_padded(features), positions = a.out_height * a.out_width, f = 1 + (int)rng_below(&r, 4);
        const struct fixed q = fixed_make(f + 2, f, ROUNDING_NEAREST);
        const struct norm_shape s = {
            .before_on = trial % 3 == 2, .after_on = trial % 3 > 0, .clip = true, .before = q, .after = q};
        const size_t sums = count(B * positions * ld), kept = count(B * pooled * ld);
        float *z = noise(&r, sums), *y = noise(&r, sums), *dy = calloc(sums, sizeof *dy), *dz = noise(&r, sums);
        float *x = noise(&r, count(B * x_ld)), *dx = noise(&r, count(B * x_ld)), *normal = noise(&r, kept);
        float *vectors = noise(&r, count(10 * ld)), *mean = vectors, *var = vectors + ld, *rstd = vectors + 2 * ld,
              *gamma = vectors + 3 * ld, *beta = vectors + 4 * ld, *dgamma = vectors + 5 * ld, *dbeta = vectors + 6 * ld;
        uint8_t *winner = malloc(kept);
        int8_t *x8 = malloc(count(B * x_ld));
        double *totals = calloc(count(2 * ld), sizeof *totals);
        norm_statistics(&s, z, ld, B * positions, mean, var);
        pooled_norm_add_rows(&s, z, ld, B * positions, beta, totals, totals + ld);
        for (int o = 0; o < ld; o++) {
            const double distance = totals[o] / (B * positions);
            assert_close(beta[o] + distance, mean[o], 1e-5, "mean");
            assert_close(totals[ld + o] / (B * positions) - distance * distance, var[o], 1e-5, "variance");
            rstd[o] = 1 / sqrtf(var[o] + 1e-5f);
        }
        const struct pooled_norm n = {
            .layer = &a, .shape = &s, .mean = mean, .rstd = rstd, .gamma = gamma, .beta = beta};
        norm_forward(&s, z, ld, B * positions, mean, rstd, gamma, beta, y);
        pooled_norm_forward(&n, z, B, x, NULL, x_ld, winner, normal);
        if (s.after_on)
            pooled_norm_forward(&n, z, B, NULL, x8, x_ld, NULL, NULL);
        left_out += rows * a.pool < a.out_height || columns * a.pool < a.out_width;
        for (int b = 0; b < B; b++)
            for (int k = 0; k < features; k++) {
                const int o = k % a.O, p = k / a.O, v = p / columns * a.pool, u = p % columns * a.pool;
                size_t best = 0;
                int number = -1;
                for (int i = 0; i < a.pool * a.pool; i++) {
                    const size_t at =
                        count((b * positions + (v + i / a.pool) * a.out_width + u + i % a.pool) * ld + o);
                    ties += number >= 0 && y[at] == y[best];
                    if (number < 0 || y[at] > y[best]) {
                        best = at;
                        number = i;
                    }
                }
                const int index = (b * pooled + p) * ld + o;
                assert_true(x[b * x_ld + k] == y[best]);
                assert_true(!s.after_on || (float)x8[b * x_ld + k] * q.step == y[best]);
                assert_int_equal(winner[index], number);
                dy[best] = dx[b * x_ld + k];
            }
        norm_backward(&s, z, ld, B * positions, mean, rstd, gamma, beta, dy, vectors + 7 * ld, vectors + 8 * ld);
        pooled_norm_sums(&n, dx, x_ld, B, normal, dgamma, dbeta);
        pooled_norm_backward(&n, z, dx, x_ld, B, winner, dgamma, dbeta, (int64_t)B * positions, dz);
        for (int o = 0; o < a.O; o++) {
            assert_close(dgamma[o], vectors[7 * ld + o], 1e-5, "gamma");
            assert_close(dbeta[o], vectors[8 * ld + o], 1e-5, "beta");
        }
        for (size_t i = 0; i < sums; i++)
            if ((int)(i % (size_t)ld) < a.O)
                assert_close(dz[i], dy[i], 1e-4 * (1 + rstd[i % (size_t)ld]), "sums");
        float *const all[] = {z, y, dy, dz, x, dx, normal, vectors};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            free(all[i]);
        free(winner);
        free(x8);
        free(totals);
    }
    assert_true(ties > 100 && left_out > 10);
}

static void mirroring_swaps_left_and_right(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, test_seed() + 3, RNG_TEST);
    for (int trial = 0; trial < 50; trial++) {
        enum { B = 4 };
        const int height = 1 + (int)rng_below(&r, 9), width = 1 + (int)rng_below(&r, 9),
                  channels = 1 + (int)rng_below(&r, 4), features = height * width * channels, ld = nn_padded(features);
        float *x = noise(&r, count(B * ld)), *was = malloc(count(B * ld) * sizeof *was);
        uint8_t flags[B];
        int8_t *small = malloc(count(B * ld));
        for (int i = 0; i < B * ld; i++)
            small[i] = (int8_t)(i * 7);
        memcpy(was, x, count(B * ld) * sizeof *was);
        for (int b = 0; b < B; b++)
            flags[b] = (uint8_t)rng_below(&r, 2);
        images_mirror(x, ld, B, flags, channels, height, width);
        images_mirror_int8(small, ld, B, flags, channels, height, width);
        for (int b = 0; b < B; b++)
            for (int k = 0; k < features; k++) {
                const int c = k % channels, u = k / channels % width, v = k / channels / width;
                const int from = flags[b] ? (v * width + width - 1 - u) * channels + c : k;
                assert_true(x[b * ld + k] == was[b * ld + from]);
                assert_true(small[b * ld + k] == (int8_t)((b * ld + from) * 7));
            }
        free(small);
        free(x);
        free(was);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_what_the_kernel_sees),
        cmocka_unit_test(products_are_sums),
        cmocka_unit_test(integers_are_the_same_sums),
        cmocka_unit_test(pooling_takes_the_first_greatest),
        cmocka_unit_test(mirroring_swaps_left_and_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
