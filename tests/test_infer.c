/* The fast inference against the naive one, and both against what they are defined by. */
#include "models/nn/infer.h"
#include "random_network.h"
#include "toy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static size_t outputs_of(const struct integer_network *n)
{
    size_t count = 0;
    for (int l = 1; l <= n->n_layers; l++)
        count += (size_t)n->sizes[l];
    return count;
}

static void fast_is_naive(void **state)
{
    (void)state;
    enum { IMAGES = 70, TRIALS = 300 };
    struct rng r;
    struct errmsg e;
    int wide = 0, deployed = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct code c = random_integer_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct network *net;
        struct integer_network *n;
        const int n_layers = random_sizes(&r, sizes, 4, trial % 10 == 0 ? 700 : 70);
        const int images = 1 + (int)rng_below(&r, IMAGES);
        assert_int_equal(network_new(&net, sizes, n_layers, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        const enum status s = deploy(net, &n, &e);
        network_free(net);
        if (s != STATUS_OK) {
            assert_true(s == STATUS_VERDICT && c.scheme == SCHEME_CONSECUTIVE_OPEN && c.delta_offset > 0);
            continue;
        }
        deployed++;
        wide += total_bits(n->W, n->f, n->sizes, n->n_layers) > 32;
        const size_t inputs = (size_t)images * (size_t)sizes[0], outputs = (size_t)images * outputs_of(n);
        int32_t *x = malloc(inputs * sizeof *x), *y = malloc(outputs * sizeof *y), *z = malloc(outputs * sizeof *z);
        struct verdict fast[IMAGES], naive[IMAGES], bare[IMAGES];
        random_activations(&r, x, (int)inputs, activation_bits(n->W, n->f));
        assert_int_equal(infer(n, x, images, fast, y, &e), STATUS_OK);
        assert_int_equal(infer_naive(n, x, images, naive, z, &e), STATUS_OK);
        assert_memory_equal(y, z, outputs * sizeof *y);
        assert_memory_equal(fast, naive, (size_t)images * sizeof *fast);
        assert_int_equal(infer(n, x, images, bare, NULL, &e), STATUS_OK);
        assert_memory_equal(fast, bare, (size_t)images * sizeof *fast);
        assert_int_equal(infer_naive(n, x, images, bare, NULL, &e), STATUS_OK);
        assert_memory_equal(fast, bare, (size_t)images * sizeof *fast);
        free(x);
        free(y);
        free(z);
        integer_network_free(n);
    }
    assert_true(wide > 20 && deployed > TRIALS * 3 / 4);
}

/* A set of images is what infer says of its quantised pixels. */
static void a_set_is_its_images(void **state)
{
    (void)state;
    enum { IMAGES = 100 };
    static const int sizes[] = {TOY_FEATURES, 9, TOY_CLASSES};
    struct rng r;
    struct errmsg e;
    struct network *net;
    struct integer_network *n;
    struct verdict set[IMAGES], one[IMAGES];
    int32_t table[256], x[IMAGES * TOY_FEATURES];
    int right, count = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    struct dataset *d = toy_new(3, 10, IMAGES, false);
    const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 6, .frac_bits = 5};
    assert_int_equal(network_new(&net, sizes, 2, &c, 1, &e), STATUS_OK);
    network_shake(&r, net);
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    infer_quantise(n, table);
    assert_int_equal(table[0], -32);
    assert_int_equal(table[255], 31); /* X = f + 1: there is no +1 */
    for (int p = 1; p < 255; p++)
        assert_int_equal(table[p], lround(fmin(32 * (2 * p / 255.0 - 1), 31)));
    for (int i = 0; i < IMAGES * TOY_FEATURES; i++)
        x[i] = table[d->test.pixels[i]];
    assert_int_equal(infer_set(n, &d->test, TOY_FEATURES, IMAGES, set, &right, &e), STATUS_OK);
    assert_int_equal(infer_naive(n, x, IMAGES, one, NULL, &e), STATUS_OK);
    assert_memory_equal(set, one, sizeof set);
    for (int i = 0; i < IMAGES; i++)
        count += one[i].class == d->test.labels[i];
    assert_int_equal(right, count);
    assert_int_equal(infer_set(n, &d->test, TOY_FEATURES, 7, set, &right, &e), STATUS_OK);
    assert_int_equal(infer_set(n, &d->test, TOY_FEATURES, IMAGES + 1, set, &right, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "the set has 100"));
    assert_int_equal(infer_set(n, &d->test, TOY_FEATURES - 1, 7, set, &right, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "24 inputs"));
    integer_network_free(n);
    network_free(net);
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_is_naive),
        cmocka_unit_test(a_set_is_its_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
