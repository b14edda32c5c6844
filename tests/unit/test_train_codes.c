/* What training chooses and learns of a code: formats of layers, steps and references. */
#include "models/nn/io/pack.h"
#include "models/nn/kernels/loss.h"
#include "models/nn/integer/infer.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"
#include "tests/support/random_network.h"
#include "tests/support/chain.h"
#include "tests/support/toy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LAYERS = 2, TRAIN = 1000, TEST = 500 };
static const int sizes[LAYERS + 1] = {TOY_FEATURES, 20, TOY_CLASSES};

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

/* ---------------------------------------------------------------------------------------- choosing */

/* The squared error of a layer's weights in another format, by the codec alone. */
static double error_of(const struct layer *a, int f, int o)
{
    const size_t n = (size_t)a->O * (size_t)a->I;
    struct code c = a->code;
    struct coded_layer coded;
    float *rebuilt = calloc(n, sizeof *rebuilt);
    double error = 0;
    c.frac_bits = f;
    c.delta_offset = o;
    assert_int_equal(coded_layer_new(&coded, &c, a->O, a->I, NULL), STATUS_OK);
    codec_encode(&c, a->w, a->reference, &coded);
    codec_decode_float(&c, &coded, rebuilt);
    for (size_t i = 0; i < n; i++)
        error += ((double)rebuilt[i] - (double)a->w[i]) * ((double)rebuilt[i] - (double)a->w[i]);
    coded_layer_free(&coded);
    free(rebuilt);
    return error;
}

static bool saturates(const struct layer *a, int f)
{
    for (int i = 0; i < a->O * a->I; i++) {
        const double x = ldexp((double)a->w[i], f);
        if (x < (double)fixed_min(a->code.weight_bits) || x > (double)fixed_max(a->code.weight_bits))
            return true;
    }
    return false;
}

/* Every choice beside all others that there were. */
static void a_choice_is_the_best(void **state)
{
    (void)state;
    struct rng r;
    int checked = 0, fine = 0, offsets = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 400; trial++) {
        struct code c = random_integer_code(&r);
        struct network *net;
        struct errmsg e;
        c.step = rng_below(&r, 3) > 0 ? STEP_AUTO : STEP_LEARNED;
        const int given = c.delta_offset;
        code_canonical(&c);
        assert_int_equal(code_check(&c, &e), STATUS_OK);
        assert_int_equal(chain_new(&net, sizes, LAYERS, &c, (uint64_t)trial, &e), STATUS_OK);
        const double spread = ldexp(1, (int)rng_below(&r, 14) - 10);
        for (int l = 0; l < LAYERS; l++) {
            struct layer *a = &net->layers[l];
            const int W = c.weight_bits, D = c.delta_bits;
            for (int i = 0; i < a->O * a->I; i++)
                a->w[i] = (float)((2 * rng_unit(&r) - 1) * spread);
            network_choose(net, l);
            int f = 15, best = 0;
            while (f > 0 && saturates(a, f))
                f--;
            fine += f >= W;
            checked++;
            if (!scheme_is_delta(c.scheme) || c.codec == CODEC_PAPER) {
                assert_int_equal(a->code.frac_bits, f);
                assert_int_equal(a->code.delta_offset, c.delta_offset);
                continue;
            }
            for (int o = 1; o <= W - D; o++)
                if (error_of(a, f, o) < error_of(a, f, best) * (1 - 1e-9))
                    best = o;
            offsets += best > 0;
            if (c.step == STEP_LEARNED) {
                f = f - best + given;
                f = f < 0 ? 0 : f > 15 ? 15 : f;
                best = given;
            }
            assert_int_equal(a->code.frac_bits, f);
            assert_int_equal(a->code.delta_offset, best);
        }
        network_free(net);
    }
    assert_true(checked == 800 && fine > 100 && offsets > 100);
}

struct seen {
    int epochs;
    struct network *net;
};

/* step auto: layers have formats of their own, the activations have the code's; the network that comes back runs
 * the same as integers, and survives packing. */
static void formats_are_chosen_in_training(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    int apart = 0;
    for (int kind = 0; kind < 6; kind++) {
        const struct code code = {.scheme = kind == 0 ? SCHEME_FIXED_POINT
                                            : kind == 1 ? SCHEME_CONSECUTIVE
                                                        : SCHEME_FIXED_REFERENCE,
                                  .reference = kind == 2 ? REFERENCE_LEARNED : REFERENCE_MEAN,
                                  .span = SPAN_ROW,
                                  .codec = kind == 5 ? CODEC_TERNARY : CODEC_EXACT,
                                  .rounding = ROUNDING_NEAREST,
                                  .weight_bits = 8,
                                  .frac_bits = 5,
                                  .delta_bits = kind == 3 ? 1 : 4,
                                  .delta_offset = kind == 3 ? 2 : 0,
                                  .step = kind % 2 == 0 ? STEP_AUTO : STEP_LEARNED};
        const struct train_config c = config_of(TRAIN_STANDARD, 6);
        struct network *net, *back;
        struct train_result r;
        struct errmsg e;
        uint8_t *bytes;
        size_t n_bytes;
        if (chain_train(d, sizes, LAYERS, &code, &c, 3, NULL, NULL, &net, &r, &e) != STATUS_OK)
            fail_msg("kind %d: %s", kind, e.text);
        print_message("%s %s: test %.3f, layers", step_name(code.step), scheme_name(code.scheme), r.test_accuracy);
        for (int l = 0; l < LAYERS; l++) {
            const struct code *own = &net->layers[l].code;
            print_message(" f %d o %d", own->frac_bits, own->delta_offset);
            apart += own->frac_bits != code.frac_bits;
            assert_true(own->frac_bits >= 0 && own->frac_bits <= 15 && own->weight_bits == 8);
            assert_true(own->delta_bits == net->code.delta_bits && net->code.frac_bits == 5);
        }
        print_message("\n");
        assert_true(r.test_accuracy > 0.75 && fabs(r.test_accuracy - r.deployed_accuracy) < 0.011);
        assert_int_equal(pack_write(net, &bytes, &n_bytes, &e), STATUS_OK);
        assert_int_equal(pack_read(bytes, n_bytes, &back, &e), STATUS_OK);
        for (int l = 0; l < LAYERS; l++)
            assert_memory_equal(&back->layers[l].code, &net->layers[l].code, sizeof net->layers[l].code);
        free(bytes);
        network_free(back);
        network_free(net);
        train_result_free(&r);
    }
    assert_true(apart >= 6);
    dataset_free(d);
}

/* Convolutions learn the same: a row is a channel. */
static void convolutions_choose_and_learn(void **state)
{
    (void)state;
    static const char *const words[] = {"4x6", "6c3", "p2", "12", "4"};
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct topology shape;
    struct errmsg e;
    int wrong;
    d->channels = 1;
    d->height = 4;
    d->width = 6;
    assert_int_equal(topology_parse(words, 5, &shape, &wrong, &e), STATUS_OK);
    for (int step = STEP_FIXED; step <= STEP_LEARNED; step++) {
        struct code code = {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_LEARNED, .span = SPAN_ROW,
                            .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4,
                            .step = (enum step)step};
        const struct train_config c = config_of(TRAIN_STANDARD, 8);
        const struct train_request q = {.data = d, .shape = &shape, .code = &code, .config = &c, .seed = 4};
        struct network *net;
        struct train_result r;
        code_canonical(&code);
        assert_int_equal(train_run(&q, &net, &r, &e), STATUS_OK);
        print_message("convolution, step %s: test %.3f, deployed %.3f, points %d %d %d\n", step_name(code.step),
                      r.test_accuracy, r.deployed_accuracy, net->layers[0].code.frac_bits,
                      net->layers[1].code.frac_bits, net->layers[2].code.frac_bits);
        assert_true(r.test_accuracy > 0.6 && fabs(r.test_accuracy - r.deployed_accuracy) < 0.021);
        network_free(net);
        train_result_free(&r);
    }
    dataset_free(d);
}

/* step auto chooses in the first half of the epochs, and not after. */
static void chosen_formats_freeze(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct code code = {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_MEAN, .rounding = ROUNDING_NEAREST,
                        .weight_bits = 8, .frac_bits = 5, .delta_bits = 3, .step = STEP_AUTO};
    struct topology shape;
    for (int epochs = 1; epochs <= 7; epochs++) {
        const struct train_config c = config_of(TRAIN_STANDARD, epochs);
        const struct train_request q = {.data = d, .shape = topology_chain(sizes, LAYERS, &shape), .code = &code,
                                        .config = &c, .seed = 1};
        struct trainer t;
        struct errmsg e;
        assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
        for (int epoch = 1; epoch <= epochs; epoch++) {
            struct layer *a = &t.net->layers[0];
            const int before = a->code.frac_bits;
            for (int i = 0; i < a->O * a->I; i++)
                a->w[i] *= 4;
            trainer_begin_epoch(&t, epoch);
            assert_int_equal(a->code.frac_bits, 2 * (epoch - 1) < epochs ? (before > 2 ? before - 2 : 0) : before);
        }
        trainer_free(&t);
    }
    dataset_free(d);
}

/* --------------------------------------------------------------------------------------- gradients */

/* A weight well within the reach of its delta takes the reference's movement away again; one well outside moves
 * with it. Finite differences of a weighted sum of the rebuilt weights, in steps that the grid has. */
static void reference_gradients_are_differences(void **state)
{
    (void)state;
    enum { O = 4, I = 40, N = O * I };
    struct rng r;
    int clamped = 0, within = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 200; trial++) {
        struct code c = {.scheme = SCHEME_FIXED_REFERENCE,
                         .reference = REFERENCE_LEARNED,
                         .span = (enum span)(trial % 3),
                         .bucket = 1 + (int)rng_below(&r, 50),
                         .rounding = ROUNDING_NEAREST,
                         .weight_bits = 16,
                         .frac_bits = 12,
                         .delta_bits = 9};
        float w[N], masters[N] = {0}, reach[N], g[N], gradient[N], up[N], down[N], middle[N];
        struct coded_layer scratch;
        code_canonical(&c);
        assert_int_equal(coded_layer_new(&scratch, &c, O, I, NULL), STATUS_OK);
        const struct spans cut = code_spans(&c, O, I);
        for (size_t s = 0; s < cut.n; s++)
            masters[s] = (float)(4 * rng_unit(&r) - 2);
        for (size_t i = 0; i < N; i++) { /* reach is 256 of 2^12: 1/16 */
            const double far = rng_below(&r, 2) ? 0.04 : 0.5;
            const double away = (far < 0.1 ? 0 : 0.1) + far * rng_unit(&r);
            w[i] = masters[spans_find(cut, i)] + (float)(rng_below(&r, 2) ? away : -away);
            g[i] = (float)(2 * rng_unit(&r) - 1);
        }
        struct codec_training t = {.masters = masters, .reach = reach};
        codec_apply(&c, w, O, I, &t, &scratch, middle);
        codec_reference_gradients(&c, O, I, g, reach, gradient);
        for (size_t s = 0; s < cut.n; s++) {
            const float h = 16 * 0x1p-12f, here = masters[s];
            t.reach = NULL;
            masters[s] = here + h;
            codec_apply(&c, w, O, I, &t, &scratch, up);
            masters[s] = here - h;
            codec_apply(&c, w, O, I, &t, &scratch, down);
            masters[s] = here;
            double difference = 0;
            for (int i = 0; i < N; i++) {
                difference += (double)g[i] * ((double)up[i] - (double)down[i]) / (2 * (double)h);
                clamped += up[i] != down[i];
                within += up[i] == down[i] && spans_find(cut, (size_t)i) == s;
            }
            assert_true(fabs(difference - (double)gradient[s]) < 1e-4);
        }
        coded_layer_free(&scratch);
    }
    assert_true(clamped > 1000 && within > 1000);
}

/* Through the whole network: the loss of a batch, when a learned reference moves. */
static void reference_gradients_reach_the_loss(void **state)
{
    (void)state;
    static const int one[] = {TOY_FEATURES, TOY_CLASSES};
    enum { B = 64 };
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct topology shape;
    const struct code code = {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_LEARNED, .span = SPAN_ROW,
                              .rounding = ROUNDING_NEAREST, .weight_bits = 16, .frac_bits = 13, .delta_bits = 8};
    const struct train_config c = config_of(TRAIN_STANDARD, 1);
    const struct train_request q = {.data = d, .shape = topology_chain(one, 1, &shape), .code = &code, .config = &c,
                                    .seed = 2};
    struct trainer t;
    struct errmsg e;
    int32_t order[B];
    uint8_t labels[B];
    double loss[2];
    int right, moved = 0;
    for (int b = 0; b < B; b++)
        labels[b] = d->train.labels[order[b] = b];
    assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
    struct layer *p = &t.net->layers[0];
    const int ld = nn_padded(TOY_CLASSES);
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int i = 0; i < TOY_FEATURES * TOY_CLASSES; i++) { /* reach is 1/64; none is near its end */
        const double away = rng_below(&r, 2) ? 0.01 * rng_unit(&r) : 0.03 + 0.2 * rng_unit(&r);
        p->w[i] = p->reference[i / TOY_FEATURES] + (float)(rng_below(&r, 2) ? away : -away);
    }
    trainer_forward(&t, order, NULL, B, 0.1f);
    loss_softmax(t.x[1], ld, B, TOY_CLASSES, labels, 0, t.layers[0].d, &right);
    trainer_backward(&t, B);
    for (int s = 0; s < p->coded.n_spans; s++) {
        const float here = p->reference[s], h = 8 * 0x1p-13f;
        for (int k = 0; k < 2; k++) {
            p->reference[s] = k == 0 ? here + h : here - h;
            trainer_forward(&t, order, NULL, B, 0.1f);
            loss[k] = loss_softmax(t.x[1], ld, B, TOY_CLASSES, labels, 0, NULL, &right);
        }
        p->reference[s] = here;
        const double difference = (loss[0] - loss[1]) / (2 * (double)h), gradient = (double)t.layers[0].reference.g[s];
        if (fabs(difference - gradient) > 0.01 * fabs(difference) + 0.02)
            fail_msg("reference %d: gradient %g, difference %g", s, gradient, difference);
        moved += fabs(difference) > 0.2;
    }
    assert_true(moved > 0);
    trainer_free(&t);
    dataset_free(d);
}

/* Where every clamp acts the rebuilt weights are whole multiples of the step, so twice the step is a difference
 * that has no error; where none acts, the gradient is that of the rounding alone. */
static void step_gradients_are_differences(void **state)
{
    (void)state;
    enum { O = 3, I = 30, N = O * I };
    struct rng r;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < 300; trial++) {
        struct code c = {.scheme = (enum scheme)(1 + trial % 3),
                         .reference = REFERENCE_ZERO,
                         .span = SPAN_ROW,
                         .rounding = ROUNDING_NEAREST,
                         .weight_bits = 8,
                         .frac_bits = 6,
                         .delta_bits = 3,
                         .delta_offset = (int)rng_below(&r, 3)};
        float w[N], g[N], reach[N], fine[N], coarse[N];
        struct coded_layer scratch;
        code_canonical(&c);
        const bool chain = scheme_is_consecutive(c.scheme), clamped = trial / 3 % 2 && !chain;
        for (int i = 0; i < N; i++) {
            const double x = rng_unit(&r) - 0.5;
            w[i] = (float)(clamped ? (x < 0 ? -5 : 5) : x * ldexp(0.8, c.delta_offset - 6) * (chain ? 3 : 1));
            g[i] = (float)(2 * rng_unit(&r) - 1);
        }
        assert_int_equal(coded_layer_new(&scratch, &c, O, I, NULL), STATUS_OK);
        const struct codec_training t = {.reach = reach};
        codec_apply(&c, w, O, I, &t, &scratch, fine);
        const double gradient = codec_step_gradient(&c, w, O, I, &scratch, fine, reach, g);
        double expected = 0;
        struct code twice = c;
        twice.frac_bits--;
        codec_apply(&twice, w, O, I, &(struct codec_training){0}, &scratch, coarse);
        for (int i = 0; i < N; i++)
            expected += (double)g[i] *
                        (clamped ? ((double)coarse[i] - (double)fine[i]) : ((double)fine[i] - (double)w[i]));
        for (int i = 0; i < N && !clamped; i++)
            assert_true(reach[i] == 1.0f);
        assert_true(fabs(gradient - expected) < 1e-5 * (1 + fabs(expected)));
        coded_layer_free(&scratch);
    }
}

/* The format follows the learned point, within its bounds, in the first half of the steps. */
static void points_move_and_freeze(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct topology shape;
    const struct code code = {.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_LEARNED, .span = SPAN_ROW,
                              .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 5, .delta_bits = 3,
                              .step = STEP_LEARNED};
    const struct train_config c = config_of(TRAIN_STANDARD, 1);
    const struct train_request q = {.data = d, .shape = topology_chain(sizes, LAYERS, &shape), .code = &code,
                                    .config = &c, .seed = 2};
    struct trainer t;
    struct errmsg e;
    struct parameter p[LAYER_PARAMETERS];
    assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
    assert_int_equal(trainer_parameters(&t, 0, p), 5);
    struct layer_state *a = &t.layers[0];
    const struct layer *layer = &t.net->layers[0];
    t.total_steps = 100;
    for (int k = 0; k < 3; k++) {
        static const float points[] = {3.4f, 99, -4};
        static const int frac_bits[] = {3, 15, 0};
        *a->learned_point = points[k];
        trainer_follow_points(&t);
        assert_int_equal(layer->code.frac_bits, frac_bits[k]);
        assert_true(*a->learned_point >= 0 && *a->learned_point <= 15);
    }
    t.steps = 49;
    *a->learned_point = 7.6f;
    trainer_follow_points(&t);
    assert_int_equal(layer->code.frac_bits, 8);
    t.steps = 50;
    *a->learned_point = 2;
    trainer_follow_points(&t);
    assert_int_equal(layer->code.frac_bits, 8);
    trainer_free(&t);
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_choice_is_the_best),
        cmocka_unit_test(formats_are_chosen_in_training),
        cmocka_unit_test(convolutions_choose_and_learn),
        cmocka_unit_test(chosen_formats_freeze),
        cmocka_unit_test(reference_gradients_are_differences),
        cmocka_unit_test(reference_gradients_reach_the_loss),
        cmocka_unit_test(step_gradients_are_differences),
        cmocka_unit_test(points_move_and_freeze),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
