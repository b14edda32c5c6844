#include "models/nn/io/pack.h"
#include "models/nn/integer/deploy.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/integer/infer.h"
#include "models/nn/kernels/product.h"
#include "models/nn/train/train.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LAYERS = 2, TRAIN = 1000, TEST = 500 };
static const int sizes[LAYERS + 1] = {TOY_FEATURES, 20, TOY_CLASSES};

static const struct code codes[] = {
    {.scheme = SCHEME_FLOAT},
    {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 6},
    {.scheme = SCHEME_FIXED_REFERENCE,
     .reference = REFERENCE_MEAN,
     .span = SPAN_ROW,
     .rounding = ROUNDING_NEAREST,
     .weight_bits = 8,
     .frac_bits = 5,
     .delta_bits = 4},
    {.scheme = SCHEME_CONSECUTIVE,
     .span = SPAN_ROW,
     .rounding = ROUNDING_NEAREST,
     .weight_bits = 8,
     .frac_bits = 6,
     .delta_bits = 5},
    {.scheme = SCHEME_CONSECUTIVE_OPEN,
     .span = SPAN_ROW,
     .codec = CODEC_PAPER,
     .weight_bits = 8,
     .frac_bits = 5,
     .delta_bits = 6},
    {.scheme = SCHEME_FIXED_REFERENCE,
     .reference = REFERENCE_MEDIAN,
     .span = SPAN_BUCKET,
     .bucket = 7,
     .rounding = ROUNDING_STOCHASTIC,
     .weight_bits = 8,
     .frac_bits = 5,
     .delta_bits = 3,
     .delta_offset = 1},
    {.scheme = SCHEME_FIXED_REFERENCE,
     .reference = REFERENCE_MEAN,
     .span = SPAN_ROW,
     .codec = CODEC_TERNARY,
     .rounding = ROUNDING_NEAREST,
     .weight_bits = 8,
     .frac_bits = 6,
     .delta_offset = 3},
};
enum { CODES = sizeof codes / sizeof *codes };

static struct train_config config_of(enum train_mode mode, int epochs)
{
    const struct train_config c = {.mode = mode,
                                   .epochs = epochs,
                                   .batch = 64,
                                   .lr = 0.01,
                                   .decay = mode == TRAIN_STANDARD ? LR_DECAY_COSINE : LR_DECAY_NONE,
                                   .shuffle = mode == TRAIN_STANDARD};
    return c;
}

/* deployed_accuracy is what the returned network's integers get right; a float network has none. */
static void check_deployed(const struct network *net, const struct dataset *d, const struct train_result *r)
{
    struct integer_network *n;
    struct verdict v[TEST];
    struct errmsg e;
    int right;
    if (net->code.scheme == SCHEME_FLOAT) {
        assert_true(isnan(r->deployed_accuracy));
        return;
    }
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    assert_int_equal(infer_set(n, &d->test, TOY_FEATURES, TEST, v, &right, &e), STATUS_OK);
    assert_true(r->deployed_accuracy == (double)right / TEST);
    if (net->mode == TRAIN_STANDARD)
        assert_true(fabs(r->deployed_accuracy - r->test_accuracy) <= 0.01);
    integer_network_free(n);
}

static void learns_what_can_be_learned(void **state)
{
    (void)state;
    const uint64_t seed = test_seed();
    struct dataset *clear = toy_new(seed, TRAIN, TEST, false), *noise = toy_new(seed, TRAIN, TEST, true);
    for (int k = 0; k < CODES; k++)
        for (int m = 0; m < 2; m++) {
            struct network *net;
            struct train_result r;
            struct errmsg e;
            const struct train_config c = config_of((enum train_mode)m, 10);
            assert_int_equal(chain_train(clear, sizes, LAYERS, &codes[k], &c, seed, NULL, NULL, &net, &r, &e),
                             STATUS_OK);
            print_message("%s %s: test %.3f\n", train_mode_name(c.mode), scheme_name(codes[k].scheme), r.test_accuracy);
            assert_true(r.test_accuracy > 0.7 && r.train_accuracy > 0.7);
            assert_int_equal(r.n_epochs, 10);
            for (int i = 0; i < r.n_epochs; i++) {
                assert_int_equal(r.epochs[i].epoch, i + 1);
                assert_int_equal(isnan(r.epochs[i].validation_accuracy) != 0, c.mode == TRAIN_PAPER);
                assert_int_equal(isnan(r.epochs[i].test_accuracy) != 0, c.mode == TRAIN_STANDARD && i < 9);
            }
            assert_int_equal(isnan(r.validation_accuracy) != 0, c.mode == TRAIN_PAPER);
            check_deployed(net, clear, &r);
            network_free(net);
            train_result_free(&r);

            assert_int_equal(chain_train(noise, sizes, LAYERS, &codes[k], &c, seed, NULL, NULL, &net, &r, &e),
                             STATUS_OK);
            assert_true(r.test_accuracy < 0.35); /* four classes: chance is 0.25, 5 sigma of 500 images 0.1 */
            network_free(net);
            train_result_free(&r);
        }
    dataset_free(clear);
    dataset_free(noise);
}

static int interrupt_at(void *context, const struct epoch_metrics *m)
{
    assert_true(isfinite(m->loss));
    return m->epoch == *(int *)context;
}

static void same_seed_same_bits(void **state)
{
    (void)state;
    const uint64_t seed = test_seed();
    struct dataset *d = toy_new(seed, TRAIN, TEST, false);
    for (int k = 0; k < CODES; k++) {
        struct network *net[3];
        uint8_t *bytes[3];
        size_t n_bytes[3];
        struct errmsg e;
        const struct train_config c = config_of(TRAIN_STANDARD, 2);
        for (int i = 0; i < 3; i++) {
            struct train_result r;
            assert_int_equal(chain_train(d, sizes, LAYERS, &codes[k], &c, seed + (i == 2), NULL, NULL, &net[i], &r, &e),
                             STATUS_OK);
            assert_int_equal(pack_write(net[i], &bytes[i], &n_bytes[i], &e), STATUS_OK);
            train_result_free(&r);
        }
        assert_int_equal(n_bytes[0], n_bytes[1]);
        assert_memory_equal(bytes[0], bytes[1], n_bytes[0]);
        assert_true(n_bytes[0] != n_bytes[2] || memcmp(bytes[0], bytes[2], n_bytes[0]) != 0);
        for (int l = 0; l < LAYERS; l++)
            assert_memory_equal(net[0]->layers[l].w, net[1]->layers[l].w,
                                sizeof(float) * (size_t)sizes[l] * (size_t)sizes[l + 1]);
        for (int i = 0; i < 3; i++) {
            network_free(net[i]);
            free(bytes[i]);
        }
    }
    dataset_free(d);
}

/* Random rounding is of the steps alone: what is stored are the masters, rounded to nearest. */
static void what_is_stored_is_rounded_to_nearest(void **state)
{
    (void)state;
    const uint64_t seed = test_seed();
    struct dataset *d = toy_new(seed, TRAIN, TEST, false);
    for (int k = 0; k < CODES; k++) {
        struct code code = codes[k];
        const struct train_config c = config_of(TRAIN_STANDARD, 2);
        struct network *net, *other;
        struct train_result r;
        struct errmsg e;
        if (code.scheme == SCHEME_FLOAT)
            continue;
        code.rounding = ROUNDING_STOCHASTIC;
        assert_int_equal(chain_train(d, sizes, LAYERS, &code, &c, seed, NULL, NULL, &net, &r, &e), STATUS_OK);
        train_result_free(&r);
        code.rounding = ROUNDING_NEAREST;
        assert_int_equal(chain_train(d, sizes, LAYERS, &code, &c, seed, NULL, NULL, &other, &r, &e), STATUS_OK);
        train_result_free(&r);
        for (int l = 0; l < LAYERS; l++) {
            const struct layer *a = &net->layers[l];
            const size_t n = (size_t)a->O * (size_t)a->I;
            struct coded_layer nearest;
            struct code own = a->code;
            own.rounding = ROUNDING_NEAREST;
            assert_int_equal(coded_layer_new(&nearest, &own, a->O, a->I, &e), STATUS_OK);
            codec_encode(&own, a->w, a->reference, &nearest);
            assert_memory_equal(nearest.delta, a->coded.delta, n * sizeof *nearest.delta);
            assert_memory_equal(nearest.reference, a->coded.reference,
                                (size_t)nearest.n_spans * sizeof *nearest.reference);
            coded_layer_free(&nearest);
            assert_memory_not_equal(a->w, other->layers[l].w, n * sizeof *a->w);
        }
        network_free(net);
        network_free(other);
    }
    dataset_free(d);
}

/* Pixels as values train to the same bits; values beyond ±2 are the same as ±2, in training as deployed. */
static void values_are_pixels(void **state)
{
    (void)state;
    const uint64_t seed = test_seed();
    struct dataset *d = toy_new(seed, TRAIN, TEST, false), *same = toy_as_values(d, 1), *far = toy_as_values(d, 40),
                   *near = toy_as_values(d, 40);
    for (int i = 0; i < TRAIN * TOY_FEATURES; i++)
        near->train.values[i] = fminf(fmaxf(near->train.values[i], -2), 2);
    for (int i = 0; i < TEST * TOY_FEATURES; i++)
        near->test.values[i] = fminf(fmaxf(near->test.values[i], -2), 2);
    const struct dataset *const pairs[2][2] = {{d, same}, {far, near}};
    for (int k = 0; k < 2; k++)
        for (int mode = 0; mode < 2; mode++) {
            if (k == 1 && mode == TRAIN_PAPER) /* it trains on floats: only what is deployed saturates */
                continue;
            const struct train_config c = config_of((enum train_mode)mode, 2);
            struct code code = codes[2];
            if (mode == TRAIN_PAPER) /* 8 bits would take pixels as integers, which are more exact than floats */
                code.weight_bits = 12;
            struct network *net[2];
            struct train_result r[2];
            struct errmsg e;
            for (int i = 0; i < 2; i++) {
                assert_int_equal(
                    chain_train(pairs[k][i], sizes, LAYERS, &code, &c, seed, NULL, NULL, &net[i], &r[i], &e),
                    STATUS_OK);
                check_deployed(net[i], pairs[k][i], &r[i]);
            }
            assert_memory_equal(net[0]->layers[0].w, net[1]->layers[0].w,
                                sizeof(float) * (size_t)sizes[0] * (size_t)sizes[1]);
            assert_true(r[0].test_accuracy == r[1].test_accuracy && r[0].deployed_accuracy == r[1].deployed_accuracy);
            assert_true(r[0].test_accuracy > 0.5);
            for (int i = 0; i < 2; i++) {
                network_free(net[i]);
                train_result_free(&r[i]);
            }
        }
    dataset_free(d);
    dataset_free(same);
    dataset_free(far);
    dataset_free(near);
}

static void stops_when_asked_or_lost(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct network *net;
    struct train_result r;
    struct errmsg e;
    struct train_config c = config_of(TRAIN_PAPER, 5);
    int at = 2;
    assert_int_equal(chain_train(d, sizes, LAYERS, &codes[1], &c, 1, interrupt_at, &at, &net, &r, &e),
                     STATUS_INTERRUPTED);
    assert_int_equal(r.n_epochs, 2);
    assert_null(net);
    train_result_free(&r);

    for (int k = 0; k < 2; k++) { /* float: the loss; fixed-point: only the weights */
        c.lr = 1e38;
        c.optimiser = OPTIMISER_SGD;
        assert_int_equal(chain_train(d, sizes, LAYERS, &codes[k], &c, 1, NULL, NULL, &net, &r, &e), STATUS_VERDICT);
        assert_non_null(strstr(e.text, "epoch 1"));
        assert_non_null(strstr(e.text, "lower lr"));
        assert_null(net);
        train_result_free(&r);
    }
    dataset_free(d);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    struct dataset *d = toy_new(1, 50, 10, false);
    static const struct {
        double lr;
        const char *says;
        int epochs, batch;
        int sizes[3];
        struct code code;
    } bad[] = {
        {0.1, "pixels", 1, 8, {TOY_FEATURES + 1, 5, 4}, {0}},
        {0.1, "outputs", 1, 8, {TOY_FEATURES, 5, 3}, {0}},
        {0.1, "size 0 of layer 1", 1, 8, {TOY_FEATURES, 0, 4}, {0}},
        {0.1, "epochs", 0, 8, {TOY_FEATURES, 5, 4}, {0}},
        {0.1, "batch", 1, 1, {TOY_FEATURES, 5, 4}, {0}},
        {0.0, "lr", 1, 8, {TOY_FEATURES, 5, 4}, {0}},
        {(double)NAN, "lr", 1, 8, {TOY_FEATURES, 5, 4}, {0}},
        {0.1, "weight_bits", 1, 8, {TOY_FEATURES, 5, 4}, {.scheme = SCHEME_FIXED_POINT, .weight_bits = 17}},
        {0.1,
         "frac_bits",
         1,
         8,
         {TOY_FEATURES, 5, 4},
         {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 8}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct network *net;
        struct train_result r;
        struct errmsg e = {""};
        const struct train_config c = {.epochs = bad[i].epochs, .batch = bad[i].batch, .lr = bad[i].lr};
        assert_int_equal(chain_train(d, bad[i].sizes, 2, &bad[i].code, &c, 1, NULL, NULL, &net, &r, &e), STATUS_INPUT);
        if (strstr(e.text, bad[i].says) == NULL)
            fail_msg("\"%s\" does not name %s", e.text, bad[i].says);
        assert_null(net);
        train_result_free(&r);
    }
    dataset_free(d);
}

/* With images that do not fill the last batch, and with one left over. */
static void any_batch_is_good(void **state)
{
    (void)state;
    static const int batches[] = {2, 37, 333, 999, 1000, 5000};
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        struct network *net;
        struct train_result r;
        struct errmsg e;
        struct train_config c = config_of(TRAIN_PAPER, 1);
        c.batch = batches[i];
        assert_int_equal(chain_train(d, sizes, LAYERS, &codes[2], &c, 1, NULL, NULL, &net, &r, &e), STATUS_OK);
        assert_true(isfinite(r.epochs[0].loss));
        network_free(net);
        train_result_free(&r);
    }
    dataset_free(d);
}

/* The integers that an operator is fed, computed once more in double from the coded
 * weights, must be the same: mode standard has nothing else between the layers. */
static void activations_are_what_was_trained(void **state)
{
    (void)state;
    enum { N = 100 };
    const uint64_t seed = test_seed();
    struct dataset *d = toy_new(seed, TRAIN, TEST, false);
    struct network *net;
    struct train_result r;
    struct errmsg e;
    const struct train_config c = config_of(TRAIN_STANDARD, 3);
    static int32_t x0[N * TOY_FEATURES], x1[N * 20], w[20 * TOY_FEATURES];
    assert_int_equal(chain_train(d, sizes, LAYERS, &codes[2], &c, seed, NULL, NULL, &net, &r, &e), STATUS_OK);
    assert_int_equal(evaluator_activations(net, d, 7, N, 0, x0, &e), STATUS_OK);
    assert_int_equal(evaluator_activations(net, d, 7, N, 1, x1, &e), STATUS_OK);
    codec_decode(&net->code, &net->layers[0].coded, w);
    int differ = 0;
    for (int b = 0; b < N; b++) {
        for (int i = 0; i < TOY_FEATURES; i++) {
            const double value = d->test.pixels[(7 + b) * TOY_FEATURES + i] / 255.0 * 2 - 1;
            assert_int_equal(x0[b * TOY_FEATURES + i], (int)round(value * 32));
        }
        for (int o = 0; o < 20; o++) {
            const struct layer *a = &net->layers[0];
            int64_t sum = 0;
            for (int i = 0; i < TOY_FEATURES; i++)
                sum += (int64_t)w[o * TOY_FEATURES + i] * x0[b * TOY_FEATURES + i];
            const double normal = ((double)sum / 1024 - (double)a->mean[o]) / sqrt((double)a->var[o] + 1e-5);
            const double value = round((normal * (double)a->gamma[o] + (double)a->beta[o]) * 32);
            const int expected = (int)fmin(fmax(value, -32), 32);
            assert_in_range(abs(x1[b * 20 + o] - expected), 0, 1);
            differ += x1[b * 20 + o] != expected;
        }
    }
    assert_true(differ <= 2); /* a tie that float batch norm rounds the other way */
    assert_int_equal(evaluator_activations(net, d, TEST - N + 1, N, 1, x1, &e), STATUS_INPUT);
    assert_int_equal(evaluator_activations(net, d, 0, N, 2, x1, &e), STATUS_INPUT);
    train_result_free(&r);
    network_free(net);
    dataset_free(d);
}

static bool same_weights(const struct network *a, const struct network *b)
{
    for (int l = 0; l < LAYERS; l++)
        if (memcmp(a->layers[l].w, b->layers[l].w, sizeof(float) * (size_t)sizes[l] * (size_t)sizes[l + 1]) != 0)
            return false;
    return true;
}

/* Products in 8 bits change nothing: nine bits, which single precision multiplies, train to the same weights as long
 * as none needs the ninth. Gradients in bfloat16 change the weights, and nothing that matters. */
static void products_are_those_of_floats(void **state)
{
    (void)state;
    const uint64_t seed = test_seed();
    const bool bfloat16 = product_paths().bfloat16;
    const enum gradients ways[] = {GRADIENTS_SINGLE, GRADIENTS_SINGLE, GRADIENTS_AUTO, GRADIENTS_BFLOAT16};
    const int n = bfloat16 ? 4 : 3;
    struct dataset *d = toy_new(seed, TRAIN, TEST, false);
    struct network *net[4];
    struct errmsg e;
    for (int i = 0; i < 4; i++) {
        struct train_config c = config_of(TRAIN_STANDARD, 3);
        struct code code = codes[2];
        struct train_result r;
        c.gradients = ways[i];
        code.weight_bits = i == 0 ? 9 : 8;
        const enum status s = chain_train(d, sizes, LAYERS, &code, &c, seed, NULL, NULL, &net[i], &r, &e);
        if (i == n) {
            assert_int_equal(s, STATUS_MISSING);
            assert_non_null(strstr(e.text, "bfloat16"));
        } else {
            assert_int_equal(s, STATUS_OK);
            assert_true(r.test_accuracy > 0.5);
        }
        train_result_free(&r);
    }
    assert_true(same_weights(net[0], net[1]));
    assert_true(same_weights(net[1], net[2]) == !bfloat16);
    if (bfloat16)
        assert_true(same_weights(net[2], net[3]));
    for (int i = 0; i < n; i++)
        network_free(net[i]);
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_what_can_be_learned),
        cmocka_unit_test(same_seed_same_bits),
        cmocka_unit_test(what_is_stored_is_rounded_to_nearest),
        cmocka_unit_test(stops_when_asked_or_lost),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(values_are_pixels),
        cmocka_unit_test(any_batch_is_good),
        cmocka_unit_test(activations_are_what_was_trained),
        cmocka_unit_test(products_are_those_of_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
