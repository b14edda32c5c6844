/* Matrix products on small integers, on every path that this machine has, against the naive loop. */
#include "models/nn/kernels/product.h"
#include "base/rng.h"
#include "models/nn/layout/simd.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    int B, I, O;
} shapes[] = {
    {512, 784, 150}, {96, 150, 16}, {7, 16, 400}, {33, 120, 84}, {5, 84, 10},   {1, 1, 1},
    {2, 3, 5},       {64, 1, 17},   {1, 37, 1},   {31, 65, 33},  {5000, 9, 16}, {2049, 27, 3},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

enum fill { RANDOM, LEAST, GREATEST, MIXED, FILLS };

/* One product, everything it reads and what the naive loops say. */
struct work {
    int B, I, O, x_ld, z_ld;
    int8_t *x, *n; /* activations, surplus columns not 0; the weights as integers */
    float *w, *dz;
    float *z, *dw, *dx;
    struct activations activations;
    float unit;
    struct product *product;
};

static int8_t element(struct rng *r, enum fill fill)
{
    const int mixed = rng_below(r, 2) ? -128 : 127;
    return (int8_t)(fill == RANDOM     ? (int)rng_below(r, 256) - 128
                    : fill == LEAST    ? -128
                    : fill == GREATEST ? 127
                                       : mixed);
}

static void work_new(struct work *t, int B, int I, int O, enum fill fill, bool pixels, struct product_paths paths,
                     bool backward, uint64_t seed)
{
    struct rng r;
    struct errmsg e;
    rng_init(&r, seed, RNG_INIT);
    *t = (struct work){.B = B, .I = I, .O = O, .x_ld = nn_padded(I), .z_ld = nn_padded(O), .unit = 0x1p-5f};
    const size_t b = (size_t)B, xs = b * (size_t)t->x_ld, zs = b * (size_t)t->z_ld, ws = (size_t)I * (size_t)O;
    t->x = malloc(xs);
    t->n = malloc(ws);
    t->w = malloc(ws * sizeof *t->w);
    t->dz = malloc(zs * sizeof *t->dz);
    t->z = malloc(zs * sizeof *t->z);
    t->dw = malloc(ws * sizeof *t->dw);
    t->dx = malloc(xs * sizeof *t->dx);
    assert_true(t->x != NULL && t->n != NULL && t->w != NULL && t->dz != NULL && t->z != NULL && t->dw != NULL &&
                t->dx != NULL);
    for (size_t i = 0; i < xs; i++)
        t->x[i] = element(&r, fill);
    for (size_t i = 0; i < ws; i++) {
        t->n[i] = element(&r, fill);
        t->w[i] = (float)t->n[i] * t->unit;
    }
    for (size_t i = 0; i < zs; i++)
        t->dz[i] = (float)(2 * rng_unit(&r) - 1);
    memset(t->z, 0xff, zs * sizeof *t->z); /* NaN */
    memset(t->dw, 0xff, ws * sizeof *t->dw);
    memset(t->dx, 0xff, xs * sizeof *t->dx);
    t->activations = (struct activations){.at = t->x, .unit = pixels ? 1.0f : 0x1p-6f, .pixels = pixels};
    assert_int_equal(product_new(&t->product, B, I, O, t->x_ld, t->z_ld, paths, backward, &e), STATUS_OK);
    product_load(t->product, t->w, t->unit);
}

static void work_free(struct work *t)
{
    product_free(t->product);
    free(t->x);
    free(t->n);
    free(t->w);
    free(t->dz);
    free(t->z);
    free(t->dw);
    free(t->dx);
}

static int64_t integer(const struct work *t, int b, int i)
{
    const bool pixels = t->activations.pixels;
    return t->x[(size_t)b * (size_t)t->x_ld + (size_t)i] * (pixels ? 2 : 1) + (pixels ? 1 : 0);
}

/* What z is: the exact sum, rounded once; a pixel's quotient rounded once more. */
static float naive_forward(const struct work *t, int b, int o)
{
    int64_t sum = 0;
    for (int i = 0; i < t->I; i++)
        sum += integer(t, b, i) * t->n[(size_t)o * (size_t)t->I + (size_t)i];
    return t->activations.pixels ? (float)sum / 255.0f * t->unit : (float)sum * t->activations.unit * t->unit;
}

static void check_forward(struct work *t)
{
    product_forward(t->product, &t->activations, t->z, t->B);
    for (int b = 0; b < t->B; b++)
        for (int o = 0; o < t->z_ld; o++) {
            const float z = t->z[(size_t)b * (size_t)t->z_ld + (size_t)o],
                        expected = o < t->O ? naive_forward(t, b, o) : 0.0f;
            if (z != expected)
                fail_msg("B %d I %d O %d pixels %d: z[%d][%d] is %a, not %a", t->B, t->I, t->O, t->activations.pixels,
                         b, o, (double)z, (double)expected);
        }
}

/* The nearest number of 8 significant bits, ties to the even one. */
static double nearest_bfloat16(double x)
{
    int exponent;
    const double m = frexp(x, &exponent) * 256;
    return ldexp(nearbyint(m), exponent - 8);
}

/* Sums in single precision, in any order, of terms that add up to `magnitude`. */
static void check_sum(const char *what, const struct work *t, size_t i, float got, double expected, double magnitude)
{
    if (!(fabs((double)got - expected) <= 2e-6 * magnitude))
        fail_msg("B %d I %d O %d pixels %d: %s[%zu] is %.9g, not %.9g", t->B, t->I, t->O, t->activations.pixels, what,
                 i, (double)got, expected);
}

static void check_backward(struct work *t, bool bfloat16, bool inputs)
{
    const double x_unit = t->activations.pixels ? 1.0 / 255 : (double)t->activations.unit;
    product_backward(t->product, t->dz, &t->activations, t->dw, inputs ? t->dx : NULL, t->B);
    double *dz = malloc(sizeof *dz * (size_t)t->B * (size_t)t->O);
    assert_non_null(dz);
    for (int b = 0; b < t->B; b++)
        for (int o = 0; o < t->O; o++) {
            const double d = (double)t->dz[(size_t)b * (size_t)t->z_ld + (size_t)o];
            dz[(size_t)b * (size_t)t->O + (size_t)o] = bfloat16 ? nearest_bfloat16(d) : d;
        }
    for (int o = 0; o < t->O; o++)
        for (int i = 0; i < t->I; i++) {
            double sum = 0, magnitude = 0;
            for (int b = 0; b < t->B; b++) {
                const double term = dz[(size_t)b * (size_t)t->O + (size_t)o] * (double)integer(t, b, i) * x_unit;
                sum += term;
                magnitude += fabs(term);
            }
            const size_t at = (size_t)o * (size_t)t->I + (size_t)i;
            check_sum("dw", t, at, t->dw[at], sum, magnitude);
        }
    for (int b = 0; b < t->B; b++)
        for (int i = 0; i < t->x_ld; i++) {
            const size_t at = (size_t)b * (size_t)t->x_ld + (size_t)i;
            double sum = 0, magnitude = 0;
            for (int o = 0; o < t->O && i < t->I; o++) {
                const double term =
                    dz[(size_t)b * (size_t)t->O + (size_t)o] * (double)t->w[(size_t)o * (size_t)t->I + (size_t)i];
                sum += term;
                magnitude += fabs(term);
            }
            if (inputs)
                check_sum("dx", t, at, t->dx[at], sum, magnitude);
            else
                assert_true(isnan(t->dx[at]));
        }
    free(dz);
}

enum { PATHS = 8 };

/* All combinations of paths that this machine can take, 0 the one without any. */
static bool next_paths(int k, struct product_paths *paths)
{
    const struct product_paths have = product_paths();
    *paths = (struct product_paths){.int8 = k & 1, .avx_vnni = k & 2, .bfloat16 = k & 4};
    return (have.int8 || !paths->int8) && (have.avx_vnni || !paths->avx_vnni) && (have.bfloat16 || !paths->bfloat16);
}

static void test_forward(void **state)
{
    (void)state;
    struct product_paths paths;
    for (int k = 0; k < 3; k++)
        for (int s = 0; s < SHAPES && next_paths(k, &paths); s++)
            for (int fill = 0; fill < FILLS; fill++)
                for (int pixels = 0; pixels < 2; pixels++) {
                    struct work t;
                    work_new(&t, shapes[s].B, shapes[s].I, shapes[s].O, (enum fill)fill, pixels, paths, false,
                             (uint64_t)s);
                    check_forward(&t);
                    work_free(&t);
                }
}

static void test_backward(void **state)
{
    (void)state;
    struct product_paths paths;
    for (int k = 0; k < PATHS; k++)
        for (int s = 0; s < SHAPES && next_paths(k, &paths); s++)
            for (int pixels = 0; pixels < 2; pixels++) {
                struct work t;
                work_new(&t, shapes[s].B, shapes[s].I, shapes[s].O, RANDOM, pixels, paths, true, (uint64_t)s);
                check_backward(&t, paths.bfloat16, !pixels);
                work_free(&t);
            }
}

/* Sums beyond 2^24, where single precision cannot follow: still the exact sum, rounded once. */
static void test_wide(void **state)
{
    (void)state;
    struct product_paths paths;
    int done = 0;
    for (int k = 1; k < 3; k++)
        for (int fill = 0; fill < FILLS && next_paths(k, &paths); fill++, done++) {
            struct work t;
            work_new(&t, 3, 5003, 18, (enum fill)fill, false, paths, false, 1);
            check_forward(&t);
            work_free(&t);
        }
    if (done == 0)
        skip();
}

/* One product serves batches of any size up to B, in any order, and new weights of another unit. */
static void test_again(void **state)
{
    (void)state;
    struct product_paths paths;
    for (int k = 0; k < PATHS; k++) {
        if (!next_paths(k, &paths))
            continue;
        struct work t;
        const int sizes[] = {512, 96, 1, 200, 77, 300, 512, 96};
        work_new(&t, 512, 40, 24, RANDOM, false, paths, true, 9);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            t.B = sizes[i];
            t.unit = i % 2 ? 0x1p-5f : 0x1p-3f;
            for (size_t j = 0; j < 40U * 24U; j++)
                t.w[j] = (float)t.n[j] * t.unit;
            product_load(t.product, t.w, t.unit);
            check_forward(&t);
            check_backward(&t, paths.bfloat16, true);
        }
        work_free(&t);
    }
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static bool no_memory;

void *__wrap_calloc(size_t n, size_t size)
{
    return no_memory ? NULL : __real_calloc(n, size);
}

/* Without memory for oneDNN's code the plain loops give the same. */
static void test_no_memory(void **state)
{
    (void)state;
    const int sizes[] = {64, 2500};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int pixels = 0; pixels < 2; pixels++) {
            struct work t;
            work_new(&t, sizes[i], 37, 20, RANDOM, pixels, product_paths(), true, 4);
            no_memory = true;
            check_forward(&t);
            check_backward(&t, product_paths().bfloat16, !pixels);
            no_memory = false;
            work_free(&t);
        }
}

/* dz is rounded to nearest, ties to even: with one image and weights of 1, dx shows it. */
static void test_rounding(void **state)
{
    (void)state;
    if (!product_paths().bfloat16)
        skip();
    static const float from[] = {1.0f,        0x1.01p0f,  0x1.03p0f, 0x1.0100ap0f,
                                 0x1.02ffp0f, -0x1.01p0f, 0x1.ffp0f, 0x1p-30f},
                       to[] = {1.0f, 1.0f, 0x1.04p0f, 0x1.02p0f, 0x1.02p0f, -1.0f, 2.0f, 0x1p-30f};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        struct errmsg e;
        const int8_t x[16] = {1};
        const float w = 1.0f, dz[16] = {from[i]};
        float dw, dx[16];
        const struct activations a = {.at = x, .unit = 1.0f};
        struct product *p;
        assert_int_equal(product_new(&p, 1, 1, 1, 16, 16, product_paths(), true, &e), STATUS_OK);
        product_load(p, &w, 1.0f);
        product_backward(p, dz, &a, &dw, dx, 1);
        assert_true(dx[0] == to[i] && dw == to[i]);
        product_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward), cmocka_unit_test(test_backward), cmocka_unit_test(test_wide),
        cmocka_unit_test(test_again),   cmocka_unit_test(test_rounding), cmocka_unit_test(test_no_memory),
    };
    const struct product_paths have = product_paths();
    print_message("this machine: 8-bit products by AVX-512 %s, by AVX-VNNI %s, bfloat16 %s\n", have.int8 ? "yes" : "no",
                  have.avx_vnni ? "yes" : "no", have.bfloat16 ? "yes" : "no");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
