/* The fast inference against the naive one, and both against what they are defined by. */
#include "models/fpga/design/accelerator.h"
#include "models/nn/integer/deploy.h"
#include "models/nn/integer/infer.h"
#include "tests/support/random_network.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

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
    enum { IMAGES = 70, TRIALS = 200 };
    struct rng r;
    struct errmsg e;
    int wide = 0, deployed = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct code c = random_integer_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct topology shape;
        struct network *net;
        struct integer_network *n;
        if (trial % 8 == 0) { /* sums of more than 32 bits */
            c.weight_bits = 16;
            c.frac_bits = 12 + (int)rng_below(&r, 4);
        }
        topology_chain(sizes, random_sizes(&r, sizes, 4, trial % 20 == 0 ? 500 : 70), &shape);
        if (trial % 3 == 0)
            random_topology(&r, &shape, 11);
        const int images = 1 + (int)rng_below(&r, IMAGES);
        assert_int_equal(network_new(&net, &shape, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        const enum status s = deploy(net, &n, &e);
        network_free(net);
        if (s != STATUS_OK) {
            assert_true(s == STATUS_VERDICT && c.scheme == SCHEME_CONSECUTIVE_OPEN && c.delta_offset > 0);
            continue;
        }
        deployed++;
        wide += integer_network_total_bits(n) > 32;
        const size_t inputs = (size_t)images * (size_t)n->sizes[0], outputs = (size_t)images * outputs_of(n);
        int32_t *x = malloc((inputs + 1) * sizeof *x), *y = calloc(outputs + 1, sizeof *y),
                *z = calloc(outputs + 1, sizeof *z);
        struct verdict fast[IMAGES], naive[IMAGES], bare[IMAGES];
        random_activations(&r, x, (int)inputs, integer_activation_bits(n->W, n->f));
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
    assert_true(wide > 10 && deployed > TRIALS * 3 / 4);
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
    assert_int_equal(chain_new(&net, sizes, 2, &c, 1, &e), STATUS_OK);
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

/* Values are quantised to the X bits that the network is fed, saturated at ±2 where X = f + 2. */
static void values_are_quantised(void **state)
{
    (void)state;
    enum { IMAGES = 40 };
    static const int sizes[] = {TOY_FEATURES, 9, TOY_CLASSES};
    float values[IMAGES * TOY_FEATURES];
    uint8_t labels[IMAGES] = {0};
    const struct images from = {.n = IMAGES, .values = values, .labels = labels};
    struct rng r;
    struct errmsg e;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int f = 2; f <= 7; f++) {
        const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = f};
        const int X = f + 2 < 8 ? f + 2 : 8, most = (1 << (X - 1)) - 1;
        struct network *net;
        struct integer_network *n;
        struct verdict set[IMAGES], one[IMAGES];
        int16_t inputs[IMAGES * (TOY_FEATURES + 3)];
        int32_t x[IMAGES * TOY_FEATURES];
        int right, ends = 0;
        for (int i = 0; i < IMAGES * TOY_FEATURES; i++)
            values[i] = (float)(5 * rng_unit(&r) - 2.5);
        assert_int_equal(chain_new(&net, sizes, 2, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        assert_int_equal(deploy(net, &n, &e), STATUS_OK);
        infer_inputs(n, &from, 1, IMAGES - 1, inputs, TOY_FEATURES + 3);
        for (int i = 0; i < IMAGES * TOY_FEATURES; i++) {
            const long exact = lround(ldexp((double)values[i], f));
            x[i] = exact > most ? most : exact < -most - 1 ? -most - 1 : (int32_t)exact;
            ends += exact > most || exact < -most - 1;
            if (i >= TOY_FEATURES)
                assert_int_equal(inputs[(i / TOY_FEATURES - 1) * (TOY_FEATURES + 3) + i % TOY_FEATURES], x[i]);
        }
        assert_true(ends > 50);
        assert_int_equal(infer_set(n, &from, TOY_FEATURES, IMAGES, set, &right, &e), STATUS_OK);
        assert_int_equal(infer_naive(n, x, IMAGES, one, NULL, &e), STATUS_OK);
        assert_memory_equal(set, one, sizeof set);
        integer_network_free(n);
        network_free(net);
    }
}

/* x modulo 2^bits, as a signed number: what a register of bits keeps. */
static int64_t wrap(int64_t x, int bits)
{
    const uint64_t sign = UINT64_C(1) << (bits - 1), field = (uint64_t)x & (sign - 1 + sign);
    return (int64_t)(field ^ sign) - (int64_t)sign;
}

/* The sums of two lanes, which share a DSP48E1 if paired: docs/accelerator.md, "Lanes". x: I activations; u: what the
 * lanes multiply; even, odd: codes. */
static void two_lanes(const struct accelerator *a, bool paired, const int32_t *even, const int32_t *odd,
                      const int32_t *x, const int64_t *u, int I, int64_t sum[2])
{
    const int acc = accelerator_acc_bits(a), K = 25 - a->D;
    const int64_t half = INT64_C(1) << (a->D - 1);
    int64_t p = 0, T = 0;
    sum[0] = sum[1] = 0;
    for (int i = 0; i < I; i++) {
        sum[0] = wrap(sum[0] + even[i] * u[i], acc);
        sum[1] = wrap(sum[1] + odd[i] * u[i], acc);
        if (paired) {
            /* Stored with its highest bit inverted, the even code counts from 0. */
            const int64_t stored = (even[i] & (2 * half - 1)) ^ half, A = odd[i] * (INT64_C(1) << K) + stored;
            assert_true(A == wrap(A, 25));
            p = wrap(p + A * x[i], 48);
            T += x[i];
        }
    }
    if (!paired)
        return;
    const int64_t raw = wrap((p & ((INT64_C(1) << K) - 1)) - half * T, acc);
    const int64_t shared[2] = {raw, wrap((p >> K) + (raw + half * T < 0), acc)};
    assert_true(shared[0] == sum[0] && shared[1] == sum[1]);
}

/* The totals of a layer as the hardware gets them, from codes and references, against Σ w · x. */
static void check_layer(const struct accelerator *a, bool paired, const struct integer_network *n, int l,
                        const int32_t *x)
{
    const struct integer_layer *layer = &n->layers[l];
    const int I = layer->I, O = layer->O, bits = accelerator_total_bits(a);
    int64_t *u = calloc((size_t)I, sizeof *u), T = 0;
    assert_non_null(u);
    for (int i = 0; i < I; i++) {
        u[i] = n->consecutive ? -T : x[i];
        T += x[i];
    }
    for (int o = 0; o < O; o += 2) {
        const int32_t *even = layer->code + (size_t)o * (size_t)I, *odd = o + 1 < O ? even + I : even;
        int64_t sum[2];
        two_lanes(a, paired, even, odd, x, u, I, sum);
        for (int k = 0; k < 2 && o + k < O; k++) {
            const int32_t *w = layer->weight + (size_t)(o + k) * (size_t)I;
            int64_t exact = 0;
            for (int i = 0; i < I; i++)
                exact += (int64_t)w[i] * x[i];
            assert_true(exact == wrap(exact, bits));
            const int64_t total = wrap(layer->reference[o + k] * T + sum[k] * (INT64_C(1) << n->shift), bits);
            if (total != exact)
                fail_msg("layer %d, neuron %d: %lld, not %lld", l, o + k, (long long)total, (long long)exact);
        }
    }
    free(u);
}

/* Codes and shared sums give what weights give, for every code, at the extremes, too. */
static void sums_of_codes_are_sums_of_weights(void **state)
{
    (void)state;
    enum { TRIALS = 500, MOST = 900 };
    struct rng r;
    struct errmsg e;
    int shared = 0, checked[SCHEME_COUNT] = {0};
    int32_t x[MOST] = {0};
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct code c = random_lane_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct network *net;
        struct integer_network *n;
        struct accelerator a;
        const int n_layers = random_sizes(&r, sizes, 3, trial % 32 == 0 ? MOST : 50);
        const struct accelerator_wish wish = {.P = 2, .dsp_lanes = 2, .memory = WEIGHT_MEMORY_LUT};
        sizes[n_layers] = 1 + sizes[n_layers] % 20;
        random_formats(&r, &c, n_layers, true);
        assert_int_equal(chain_new(&net, sizes, n_layers, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        const enum status s = deploy(net, &n, &e);
        network_free(net);
        if (s != STATUS_OK)
            continue;
        assert_int_equal(chain_accelerator(sizes, n_layers, &c, &wish, 10, &a, &e), STATUS_OK);
        assert_true(accelerator_runs(&a, n));
        for (int l = 0; l < n_layers; l++)
            for (int k = 0; k < 4; k++) {
                const int32_t one = 1 << n->f, end = 1 << (integer_activation_bits(n->W, n->f) - 1);
    const int32_t most = one < end ? one : one - 1;
                for (int i = 0; i < sizes[l]; i++) {
                    const int32_t random = (int32_t)rng_below(&r, (uint64_t)(one + most) + 1) - one;
                    x[i] = k == 0 ? random : k == 1 ? -one : k == 2 ? most : rng_below(&r, 2) ? -one : most;
                }
                check_layer(&a, accelerator_paired(&a), n, l, x);
            }
        checked[c.scheme]++;
        shared += accelerator_paired(&a);
        integer_network_free(n);
    }
    for (int k = SCHEME_FIXED_POINT; k < SCHEME_COUNT; k++)
        assert_true(checked[k] > 40);
    assert_true(shared > 40);
}

/* The greatest sums there can be: every weight and every activation at an end, the most inputs that a width
 * can count, and D + ACC at the 25 bits that a pair may take. */
static void sums_at_the_ends_of_their_widths(void **state)
{
    (void)state;
    static const struct {
        int W, f, D, N;
    } cases[] = {{8, 7, 2, 1023}, {8, 5, 4, 511}, {16, 15, 16, 1023}, {2, 1, 1, 4095}, {8, 5, 2, 784}, {4, 3, 4, 255}};
    struct errmsg e;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int ends = 0; ends < 16; ends++) {
            const int sizes[] = {cases[k].N, 2};
            const struct code c = {.scheme = SCHEME_FIXED_REFERENCE,
                                   .reference = REFERENCE_MEAN,
                                   .span = SPAN_ROW,
                                   .weight_bits = cases[k].W,
                                   .frac_bits = cases[k].f,
                                   .delta_bits = cases[k].D,
                                   .delta_offset = cases[k].W - cases[k].D};
            const struct accelerator_wish wish = {.P = 2, .dsp_lanes = 2, .memory = WEIGHT_MEMORY_LUT};
            struct network *net;
            struct integer_network *n;
            struct accelerator a;
            int32_t *x = malloc((size_t)cases[k].N * sizeof *x);
            assert_int_equal(chain_new(&net, sizes, 1, &c, 1, &e), STATUS_OK);
            assert_int_equal(deploy(net, &n, &e), STATUS_OK);
            assert_int_equal(chain_accelerator(sizes, 1, &c, &wish, 10, &a, &e), STATUS_OK);
            /* Codes at an end each, references that keep the weights inside. */
            for (int o = 0; o < 2; o++) {
                const int32_t lo = (int32_t)fixed_min(n->D), hi = (int32_t)fixed_max(n->D);
                const int32_t code = ends >> o & 1 ? lo : hi;
                n->layers[0].reference[o] = 0;
                for (int i = 0; i < cases[k].N; i++) {
                    n->layers[0].code[o * cases[k].N + i] = code;
                    n->layers[0].weight[o * cases[k].N + i] = code * (1 << n->shift);
                }
            }
            const int32_t one = 1 << n->f, end = 1 << (integer_activation_bits(n->W, n->f) - 1);
    const int32_t most = one < end ? one : one - 1;
            for (int i = 0; i < cases[k].N; i++)
                x[i] = ends >> 2 == 0 ? -one : ends >> 2 == 1 ? most : ends >> 2 == 2 ? (i % 2 ? -one : most) : 0;
            check_layer(&a, accelerator_paired(&a), n, 0, x);
            free(x);
            integer_network_free(n);
            network_free(net);
        }
}

/* Equal greatest logits: the least index. Hand-made: one input, weights that make the logits. */
static void ties_go_to_the_least_index(void **state)
{
    (void)state;
    static const int sizes[] = {1, 4};
    static const struct {
        int weight[4], class;
    } cases[] = {{{5, 5, 5, 5}, 0},     {{1, 7, 3, 7}, 1}, {{-3, -8, -3, -2}, 3},
                 {{-1, -1, -2, -1}, 0}, {{0, 1, 2, 3}, 3}, {{4, 3, 4, 4}, 0}};
    const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 4};
    const int32_t x = 16;
    struct errmsg e;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct network *net;
        struct integer_network *n;
        struct verdict v, naive;
        assert_int_equal(chain_new(&net, sizes, 1, &c, 1, &e), STATUS_OK);
        assert_int_equal(deploy(net, &n, &e), STATUS_OK);
        for (int o = 0; o < 4; o++)
            n->layers[0].weight[o] = cases[k].weight[o];
        assert_int_equal(infer(n, &x, 1, &v, NULL, &e), STATUS_OK);
        assert_int_equal(infer_naive(n, &x, 1, &naive, NULL, &e), STATUS_OK);
        assert_int_equal(v.class, cases[k].class);
        assert_int_equal(naive.class, cases[k].class);
        integer_network_free(n);
        network_free(net);
    }
}

/* HardTanh: hidden activations end at ±1; with X = f + 1 there is no +1. */
static void activations_end_where_hardtanh_does(void **state)
{
    (void)state;
    static const int sizes[] = {2, 1, 1};
    struct errmsg e;
    for (int f = 5; f <= 7; f++) {
        const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = f};
        const int32_t one = 1 << f, x[2][2] = {{-one, -one}, {one - 1, one - 1}};
        struct network *net;
        struct integer_network *n;
        struct verdict v[2];
        int32_t y[2][2];
        assert_int_equal(chain_new(&net, sizes, 2, &c, 1, &e), STATUS_OK);
        net->layers[0].gamma[0] = 30;
        assert_int_equal(deploy(net, &n, &e), STATUS_OK);
        n->layers[0].weight[0] = n->layers[0].weight[1] = 127;
        assert_int_equal(infer(n, x[0], 2, v, y[0], &e), STATUS_OK);
        assert_int_equal(y[0][0], -one);
        assert_int_equal(y[1][0], f == 7 ? one - 1 : one);
        integer_network_free(n);
        network_free(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_is_naive),
        cmocka_unit_test(a_set_is_its_images),
        cmocka_unit_test(values_are_quantised),
        cmocka_unit_test(sums_of_codes_are_sums_of_weights),
        cmocka_unit_test(sums_at_the_ends_of_their_widths),
        cmocka_unit_test(ties_go_to_the_least_index),
        cmocka_unit_test(activations_end_where_hardtanh_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
