/* Convolutional networks as a whole: gradients, training, mirroring, deployment. */
#include "models/nn/train/evaluator.h"
#include "models/nn/kernels/loss.h"
#include "models/nn/integer/deploy.h"
#include "models/nn/integer/infer.h"
#include "models/nn/kernels/pooled_norm.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"
#include "tests/support/random_network.h"
#include "tests/support/toy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TRAIN = 1000, TEST = 500, HEIGHT = 4, WIDTH = 6 };

static struct dataset *images_new(uint64_t seed, int n_train)
{
    struct dataset *d = toy_new(seed, n_train, TEST, false);
    d->channels = 1;
    d->height = HEIGHT;
    d->width = WIDTH;
    return d;
}

static struct topology parsed(const char *text)
{
    char copy[TOPOLOGY_TEXT_BYTES], *rest = NULL;
    const char *words[NETWORK_MAX_LAYERS * 2 + 1];
    struct topology t;
    struct errmsg e;
    int n = 0, wrong;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        words[n++] = word;
    assert_int_equal(topology_parse(words, n, &t, &wrong, &e), STATUS_OK);
    return t;
}

static const struct train_config plain = {
    .mode = TRAIN_STANDARD, .epochs = 4, .batch = 64, .lr = 0.01, .decay = LR_DECAY_COSINE, .shuffle = true};

static double loss_of(struct trainer *t, int B)
{
    const int L = t->net->shape.n_layers, classes = t->net->shape.sizes[L];
    int right;
    trainer_forward(t, t->order, NULL, B, 0);
    return loss_softmax(t->x[L], nn_padded(classes), B, classes, t->labels, 0, t->layers[L - 1].d, &right);
}

/* All that makes the loss have a kink: which position won, which activation is clipped. */
static uint64_t kinks(const struct trainer *t, int B)
{
    uint64_t hash = 0;
    for (int l = 0; l < t->net->shape.n_layers; l++) {
        const int width = t->net->shape.sizes[l + 1], ld = nn_padded(width);
        const struct layer_shape *a = &t->net->shape.layers[l];
        for (int i = 0; a->kernel > 0 && i < B * (int)pooled_norm_positions(a) * nn_padded(a->O); i++)
            hash = hash * 31 + (uint64_t)t->layers[l].winner[i];
        for (int b = 0; b < B && l < t->net->shape.n_layers - 1; b++)
            for (int i = 0; i < width; i++)
                hash = hash * 31 + (uint64_t)(fabsf(t->x[l + 1][b * ld + i]) >= 1);
    }
    return hash;
}

/* The gradients of a whole step against finite differences of its loss. */
static void gradients_are_finite_differences(void **state)
{
    (void)state;
    enum { B = 24, CHECKED = 60 };
    static const char *const networks[] = {"4x6 6c3 p2 5c3 8 4", "4x6 16c3s2 7c1 p2 4", "4x6 5c5 3c3s3 4",
                                           "4x6 20c1 16c3 p3 4"};
    struct rng r;
    struct errmsg e;
    const uint64_t seed = test_seed();
    struct dataset *d = images_new(seed, 200);
    rng_init(&r, seed, RNG_TEST);
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        const struct topology shape = parsed(networks[k]);
        const struct code code = {.scheme = SCHEME_FLOAT};
        const struct train_request q = {.data = d, .shape = &shape, .code = &code, .config = &plain, .seed = seed};
        struct trainer t;
        assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
        for (int b = 0; b < B; b++)
            t.labels[b] = d->train.labels[t.order[b]];
        for (int l = 0; l < shape.n_layers; l++)
            for (int o = 0; o < shape.layers[l].O; o++)
                t.net->layers[l].gamma[o] = (float)(0.2 + 0.2 * rng_unit(&r));
        loss_of(&t, B);
        trainer_backward(&t, B);
        for (int l = 0; l < shape.n_layers; l++) {
            const int n = t.net->layers[l].O * t.net->layers[l].I;
            float *w = t.net->layers[l].w, *g = malloc((size_t)n * sizeof *g), largest = 0;
            int smooth = 0;
            memcpy(g, t.layers[l].w.g, (size_t)n * sizeof *g);
            for (int i = 0; i < n; i++)
                largest = fmaxf(largest, fabsf(g[i]));
            assert_true(largest > 0);
            for (int c = 0; c < CHECKED; c++) {
                const int i = (int)rng_below(&r, (uint64_t)n);
                const float kept = w[i], h = 2e-3f;
                w[i] = kept + h;
                const double up = loss_of(&t, B);
                const uint64_t above = kinks(&t, B);
                w[i] = kept - h;
                const double down = loss_of(&t, B);
                const bool same = above == kinks(&t, B);
                w[i] = kept;
                smooth += same;
                const double finite = (up - down) / (2 * (double)h);
                if (same && fabs(finite - (double)g[i]) > 0.03 * (double)largest + 2e-4)
                    fail_msg("%s, layer %d, weight %d: gradient %g, finite difference %g, largest %g", networks[k], l,
                             i, (double)g[i], finite, (double)largest);
            }
            assert_true(smooth * 4 > CHECKED);
            free(g);
        }
        trainer_free(&t);
    }
    dataset_free(d);
}

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
};

/* What the deployed network gets right by its definition. */
static double naive_accuracy(const struct network *net, const struct dataset *d)
{
    struct integer_network *n;
    struct verdict v[TEST];
    struct errmsg e;
    int32_t table[256], *x = malloc(sizeof *x * TEST * HEIGHT * WIDTH);
    int right = 0;
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    infer_quantise(n, table);
    for (int i = 0; i < TEST * HEIGHT * WIDTH; i++)
        x[i] = table[d->test.pixels[i]];
    assert_int_equal(infer_naive(n, x, TEST, v, NULL, &e), STATUS_OK);
    for (int i = 0; i < TEST; i++)
        right += v[i].class == d->test.labels[i];
    free(x);
    integer_network_free(n);
    return (double)right / TEST;
}

static void learns_and_deploys(void **state)
{
    (void)state;
    static const char *const networks[] = {"4x6 6c3 p2 5c3 8 4", "4x6 16c3s2 7c1 12 4"};
    const uint64_t seed = test_seed();
    struct dataset *d = images_new(seed, TRAIN);
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++)
        for (int m = 0; m < 2; m++) {
            const struct topology shape = parsed(networks[(k + (size_t)m) % 2]);
            struct train_config c = plain;
            struct network *net[2];
            struct train_result r[2];
            struct errmsg e;
            c.mode = (enum train_mode)m;
            c.epochs = 8;
            const struct train_request q = {.data = d, .shape = &shape, .code = &codes[k], .config = &c, .seed = seed};
            for (int i = 0; i < 2; i++)
                assert_int_equal(train_run(&q, &net[i], &r[i], &e), STATUS_OK);
            print_message("%s %s: test %.3f, deployed %.3f\n", train_mode_name(c.mode), scheme_name(codes[k].scheme),
                          r[0].test_accuracy, r[0].deployed_accuracy);
            assert_true(r[0].test_accuracy > 0.6 && r[0].train_accuracy > 0.6); /* chance is 0.25 */
            for (int l = 0; l < shape.n_layers; l++)
                assert_memory_equal(net[0]->layers[l].w, net[1]->layers[l].w,
                                    sizeof(float) * (size_t)shape.layers[l].O * (size_t)shape.layers[l].I);
            if (codes[k].scheme != SCHEME_FLOAT)
                assert_true(r[0].deployed_accuracy == naive_accuracy(net[0], d));
            if (codes[k].scheme != SCHEME_FLOAT && m == TRAIN_STANDARD)
                assert_true(fabs(r[0].deployed_accuracy - r[0].test_accuracy) <= 0.01);
            for (int i = 0; i < 2; i++) {
                network_free(net[i]);
                train_result_free(&r[i]);
            }
        }
    dataset_free(d);
}

/* Evaluation with the very batch as statistics is what the step computed. */
static void evaluation_is_the_step(void **state)
{
    (void)state;
    enum { B = 64 };
    const uint64_t seed = test_seed();
    struct dataset *d = images_new(seed, TRAIN);
    for (int m = 0; m < 2; m++) {
        const struct topology shape = parsed("4x6 6c3 p2 16c3 8 4");
        struct train_config c = plain;
        c.mode = (enum train_mode)m;
        const struct train_request q = {.data = d, .shape = &shape, .code = &codes[2], .config = &c, .seed = seed};
        struct trainer t;
        struct errmsg e;
        assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
        trainer_forward(&t, t.order, NULL, B, 1);
        for (int l = 0; l < shape.n_layers; l++) { /* biased, as the step has it */
            const float rows = (float)(B * layer_positions(&shape.layers[l]));
            for (int o = 0; o < shape.layers[l].O; o++)
                t.net->layers[l].var[o] *= (rows - 1) / rows;
        }
        evaluator_load(&t.evaluator);
        evaluator_run(&t.evaluator, &d->train, 0, t.order, B, shape.n_layers);
        for (int l = 0; l <= shape.n_layers; l++)
            for (int b = 0; b < B; b++)
                for (int i = 0; i < shape.sizes[l]; i++) {
                    const int k = b * nn_padded(shape.sizes[l]) + i;
                    const float difference = t.x[l] != NULL ? fabsf(t.x[l][k] - t.evaluator.x[l][k])
                                                            : (float)abs(t.x8[l][k] - t.evaluator.x8[l][k]) / 32;
                    if (difference >
                        1.1f / 32) /* one step of rounding, from statistics that differ in their last bit */
                        fail_msg("mode %d, layer %d, image %d, feature %d: %g", m, l, b, i, (double)difference);
                }
        trainer_free(&t);
    }
    dataset_free(d);
}

/* Mirrored images are half of them, others in every epoch, and never those of an evaluation. */
static void mirroring_trains_on_both(void **state)
{
    (void)state;
    const struct topology shape = parsed("4x6 6c3 p2 8 4");
    struct dataset *d = images_new(test_seed(), TRAIN);
    struct train_config c = plain;
    struct train_request q = {.data = d, .shape = &shape, .code = &codes[1], .config = &c, .seed = 1};
    struct network *net[4];
    struct train_result r[4];
    struct errmsg e;
    for (int i = 0; i < 4; i++) {
        c.mirror = i > 0;
        q.seed = i == 3 ? 2 : 1;
        assert_int_equal(train_run(&q, &net[i], &r[i], &e), STATUS_OK);
    }
    const size_t bytes = sizeof(float) * (size_t)shape.layers[0].O * (size_t)shape.layers[0].I;
    assert_memory_equal(net[1]->layers[0].w, net[2]->layers[0].w, bytes);
    assert_true(memcmp(net[0]->layers[0].w, net[1]->layers[0].w, bytes) != 0);
    assert_true(memcmp(net[1]->layers[0].w, net[3]->layers[0].w, bytes) != 0);
    for (int i = 0; i < 4; i++) {
        network_free(net[i]);
        train_result_free(&r[i]);
    }
    c.mirror = true;
    d->width = 1;
    d->height = 1;
    d->channels = TOY_FEATURES;
    const struct topology table = parsed("24 8 4");
    q.shape = &table;
    assert_int_equal(train_run(&q, &net[0], &r[0], &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "mirror"));
    train_result_free(&r[0]);
    dataset_free(d);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct dataset *d = images_new(1, 50);
    struct topology shape = parsed("6x4 6c3 p2 8 4");
    struct train_request q = {.data = d, .shape = &shape, .code = &codes[1], .config = &plain, .seed = 1};
    struct network *net;
    struct train_result r;
    struct errmsg e;
    int32_t x[4 * TOY_FEATURES * 6];
    assert_int_equal(train_run(&q, &net, &r, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "6 x 4"));
    train_result_free(&r);
    shape = parsed("4x6 6c3 p2 8 4");
    assert_int_equal(network_new(&net, &shape, &codes[1], 1, &e), STATUS_OK);
    assert_int_equal(evaluator_activations(net, d, 0, 4, 0, x, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "convolution"));
    assert_int_equal(evaluator_activations(net, d, 0, 4, 1, x, &e), STATUS_OK);
    network_free(net);
    shape = parsed("4x6 6c3 p2 8 4");
    shape.n_layers = 1;
    assert_int_equal(network_new(&net, &shape, &codes[1], 1, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "last layer"));
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_finite_differences), cmocka_unit_test(learns_and_deploys),
        cmocka_unit_test(evaluation_is_the_step),           cmocka_unit_test(mirroring_trains_on_both),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
