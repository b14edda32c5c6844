/* Schedules, optimisers, averages and early stops against plain written-out references. */
#include "models/nn/io/pack.h"
#include "models/nn/kernels/loss.h"
#include "models/nn/train/optimiser.h"
#include "models/nn/train/recipe.h"
#include "models/nn/layout/simd.h"
#include "models/nn/train/trainer.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LAYERS = 2, TRAIN = 1000, TEST = 300 };
static const int sizes[LAYERS + 1] = {TOY_FEATURES, 12, TOY_CLASSES};
static const struct code code = {.scheme = SCHEME_FIXED_REFERENCE,
                                 .reference = REFERENCE_MEAN,
                                 .span = SPAN_ROW,
                                 .rounding = ROUNDING_NEAREST,
                                 .weight_bits = 8,
                                 .frac_bits = 6,
                                 .delta_bits = 5};

static struct train_config plain(int epochs)
{
    return (struct train_config){.epochs = epochs, .batch = 64, .lr = 0.01, .shuffle = true};
}

static void rates_rise_and_fall(void **state)
{
    (void)state;
    enum { EPOCHS = 10, EACH = 7, TOTAL = EPOCHS * EACH };
    struct train_config c = plain(EPOCHS);
    for (int i = 0; i < TOTAL; i++)
        assert_true(recipe_rate(&c, i, TOTAL) == 0.01);
    c.decay = LR_DECAY_COSINE;
    assert_true(recipe_rate(&c, 0, TOTAL) == 0.01);
    assert_true(fabs(recipe_rate(&c, TOTAL / 2, TOTAL) - 0.005) < 1e-15);
    for (int i = 0; i < TOTAL; i++)
        assert_true(recipe_rate(&c, i, TOTAL) == 0.01 * (0.5 * (1 + cos(M_PI * i / TOTAL))));
    c.decay = LR_DECAY_LINEAR;
    assert_true(recipe_rate(&c, 0, TOTAL) == 0.01);
    assert_true(fabs(recipe_rate(&c, TOTAL / 2, TOTAL) - 0.005) < 1e-15);
    assert_true(fabs(recipe_rate(&c, TOTAL - 1, TOTAL) - 0.01 / TOTAL) < 1e-15);

    c.warmup = 1.5; /* 10.5 steps, so 11 */
    for (int i = 0; i < 11; i++)
        assert_true(fabs(recipe_rate(&c, i, TOTAL) - 0.01 * (i + 1) / 12) < 1e-15);
    assert_true(recipe_rate(&c, 11, TOTAL) == 0.01);
    assert_true(fabs(recipe_rate(&c, TOTAL - 1, TOTAL) - 0.01 / (TOTAL - 11)) < 1e-15);
    c.decay = LR_DECAY_COSINE;
    assert_true(recipe_rate(&c, 11, TOTAL) == 0.01);
    assert_true(fabs(recipe_rate(&c, 40, TOTAL) - 0.005 * (1 + cos(M_PI * 29 / 59))) < 1e-15);
    c.decay = LR_DECAY_NONE;
    assert_true(recipe_rate(&c, TOTAL - 1, TOTAL) == 0.01);
    c.warmup = EPOCHS; /* nothing else */
    c.decay = LR_DECAY_COSINE;
    assert_true(recipe_rate(&c, TOTAL - 1, TOTAL) < 0.01 && recipe_rate(&c, TOTAL - 1, TOTAL) > 0.0098);
}

/* One parameter in double, as the papers write it. */
struct expected {
    double p, m, v;
};

static void reference_step(struct expected *r, double g, const struct train_config *c, double lr, double decay, long t,
                           double lo, double hi)
{
    if (r->p < lo || r->p > hi)
        g = 0;
    const double shrunk = r->p - lr * decay * r->p;
    if (c->optimiser == OPTIMISER_SGD) {
        r->m = 0.9 * r->m + g;
        r->p = shrunk - lr * r->m;
        return;
    }
    r->m = 0.9 * r->m + 0.1 * g;
    r->v = 0.999 * r->v + 0.001 * g * g;
    const double m = r->m / (1 - pow(0.9, (double)t)), v = r->v / (1 - pow(0.999, (double)t));
    r->p = shrunk - lr * m / (sqrt(v) + 1e-8);
}

/* The whole update of a trainer: rate, decay of weights alone, moments, clamp, average. */
static void updates_are_as_written_down(void **state)
{
    (void)state;
    enum { STEPS = 40 };
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct topology shape;
    topology_chain(sizes, LAYERS, &shape);
    for (int k = 0; k < 8; k++) {
        struct train_config c = plain(5);
        c.optimiser = (enum optimiser)(k % 2);
        c.warmup = 0.7;
        c.decay = LR_DECAY_COSINE;
        c.weight_decay = k / 2 % 2 ? 0.5 : 0;
        c.average = k / 4 ? 0.9 : 0;
        c.clamp_gradient = k % 3 == 2 ? CLAMP_GRADIENT_PASS : CLAMP_GRADIENT_PAPER;
        const struct train_request q = {.data = d, .shape = &shape, .code = &code, .config = &c, .seed = 3};
        struct trainer t;
        struct errmsg e;
        struct rng r;
        assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
        rng_init(&r, (uint64_t)k, RNG_TEST);
        struct layer *p = &t.net->layers[1];
        struct layer_state *a = &t.layers[1];
        const int n = p->O * p->I;
        p->w[0] = 5.0f; /* outside Q(8, 6): the paper's clamp holds its gradient back */
        p->w[1] = -2.0f;
        struct expected *w = calloc((size_t)n, sizeof *w), gamma = {.p = 1};
        double *seen = calloc(STEPS * (size_t)n, sizeof *seen);
        for (int i = 0; i < n; i++)
            w[i].p = (double)p->w[i];
        for (int step = 0; step < STEPS; step++) {
            const double lr = recipe_rate(&c, step, t.total_steps);
            for (int i = 0; i < n; i++)
                a->w.g[i] = (float)(2 * rng_unit(&r) - 1);
            a->gamma.g[0] = (float)(2 * rng_unit(&r) - 1);
            const bool pass = c.clamp_gradient == CLAMP_GRADIENT_PASS;
            for (int i = 0; i < n; i++) {
                reference_step(&w[i], (double)a->w.g[i], &c, lr, c.weight_decay, step + 1,
                               pass ? -INFINITY : -2.0, pass ? INFINITY : 127 / 64.0);
                seen[step * n + i] = w[i].p;
            }
            reference_step(&gamma, (double)a->gamma.g[0], &c, lr, 0, step + 1, -INFINITY, INFINITY);
            trainer_update(&t);
        }
        for (int i = 0; i < n; i++)
            if (!(fabs((double)p->w[i] - w[i].p) < 2e-5))
                fail_msg("recipe %d: weight %d is %.7g, should be %.7g", k, i, (double)p->w[i], w[i].p);
        assert_true(fabs((double)p->gamma[0] - gamma.p) < 2e-5);
        /* The average is the mean of all weights so far, each a times as heavy as the next. */
        trainer_swap_averages(&t);
        for (int i = 0; i < n; i++) {
            double sum = 0, weights = 0;
            for (int step = 0; step < STEPS; step++) {
                const double weight = pow(c.average, STEPS - 1 - step);
                sum += weight * seen[step * n + i];
                weights += weight;
            }
            if (!(fabs((double)p->w[i] - (c.average > 0 ? sum / weights : w[i].p)) < 2e-5))
                fail_msg("recipe %d: average %d is %.7g, should be %.7g", k, i, (double)p->w[i], sum / weights);
        }
        trainer_swap_averages(&t);
        assert_true(fabs((double)p->w[3] - w[3].p) < 2e-5);
        free(w);
        free(seen);
        trainer_free(&t);
    }
    dataset_free(d);
}

/* The first step of Adam moves every weight by lr that has a gradient at all; `zero` leaves those whose delta was
 * clamped, and others of the code's making, where they are. */
static void clamped_deltas_can_be_left_alone(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    struct topology shape;
    topology_chain(sizes, LAYERS, &shape);
    struct code narrow = code;
    narrow.delta_bits = 3; /* -4 to 3 steps of 1/64: most weights of ±0.2 are beyond */
    float *moved[CLAMP_GRADIENT_COUNT] = {NULL};
    int still[CLAMP_GRADIENT_COUNT] = {0};
    const int n = sizes[0] * sizes[1];
    for (int k = 0; k < CLAMP_GRADIENT_COUNT; k++) {
        const struct train_config c = {.epochs = 1, .batch = 64, .lr = 0.01, .clamp_gradient = (enum clamp_gradient)k};
        const struct train_request q = {.data = d, .shape = &shape, .code = &narrow, .config = &c, .seed = 3};
        struct trainer t;
        struct errmsg e;
        int right;
        assert_int_equal(trainer_new(&t, &q, &e), STATUS_OK);
        moved[k] = malloc((size_t)n * sizeof(float));
        int32_t *whole = malloc((size_t)n * sizeof *whole);
        for (int i = 0; i < n; i++) {
            moved[k][i] = t.net->layers[0].w[i];
            whole[i] = t.net->layers[0].coded.delta[i];
        }
        memcpy(t.labels, d->train.labels, 64);
        trainer_forward(&t, t.order, NULL, 64, 1);
        loss_softmax(t.x[LAYERS], nn_padded(TOY_CLASSES), 64, TOY_CLASSES, t.labels, 0, t.layers[LAYERS - 1].d, &right);
        trainer_backward(&t, 64);
        trainer_update(&t);
        for (int i = 0; i < n; i++) {
            moved[k][i] -= t.net->layers[0].w[i];
            still[k] += moved[k][i] == 0;
            if (k == CLAMP_GRADIENT_ZERO && whole[i] > -4 && whole[i] < 3) /* surely not clamped */
                assert_true(moved[k][i] == moved[CLAMP_GRADIENT_PAPER][i]);
            if (k == CLAMP_GRADIENT_ZERO && moved[k][i] == 0 && moved[CLAMP_GRADIENT_PAPER][i] != 0)
                assert_true(whole[i] == -4 || whole[i] == 3);
        }
        free(whole);
        trainer_free(&t);
    }
    print_message("still: paper %d, pass %d, zero %d of %d\n", still[0], still[1], still[2], n);
    assert_true(still[CLAMP_GRADIENT_ZERO] > n / 4 && still[CLAMP_GRADIENT_ZERO] < n);
    assert_true(still[CLAMP_GRADIENT_PAPER] < n / 10);
    for (int k = 0; k < CLAMP_GRADIENT_COUNT; k++)
        free(moved[k]);
    dataset_free(d);
}

static void run(const struct dataset *d, const struct train_config *c, struct network **net, struct train_result *r)
{
    struct errmsg e = {""};
    if (chain_train(d, sizes, LAYERS, &code, c, 11, NULL, NULL, net, r, &e) != STATUS_OK)
        fail_msg("%s", e.text);
}

static void assert_same_bytes(const struct network *a, const struct network *b, bool same)
{
    uint8_t *x, *y;
    size_t n_x, n_y;
    struct errmsg e;
    assert_int_equal(pack_write(a, &x, &n_x, &e), STATUS_OK);
    assert_int_equal(pack_write(b, &y, &n_y, &e), STATUS_OK);
    assert_int_equal(n_x == n_y && memcmp(x, y, n_x) == 0, same);
    free(x);
    free(y);
}

/* The average is beside the training, which goes on as without; and every part of a recipe matters, twice alike. */
static void every_part_matters(void **state)
{
    (void)state;
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, false);
    const struct train_config base = plain(4);
    struct network *without;
    struct train_result plain_result;
    run(d, &base, &without, &plain_result);
    assert_int_equal(plain_result.best_epoch, 4);
    for (int k = 0; k < 6; k++) {
        struct train_config c = base;
        struct network *net[2];
        struct train_result r[2];
        c.average = k == 0 ? 0.95 : 0;
        c.weight_decay = k == 1 ? 1 : 0;
        c.warmup = k == 2 ? 0.5 : 0;
        c.decay = k == 3 ? LR_DECAY_LINEAR : LR_DECAY_NONE;
        c.clamp_gradient = k == 4 ? CLAMP_GRADIENT_PASS : CLAMP_GRADIENT_PAPER;
        c.lr = k == 4 ? 0.5 : c.lr; /* so that weights leave the range */
        c.optimiser = k == 5 ? OPTIMISER_SGD : OPTIMISER_ADAM;
        for (int i = 0; i < 2; i++)
            run(d, &c, &net[i], &r[i]);
        assert_same_bytes(net[0], net[1], true);
        assert_same_bytes(net[0], without, false);
        for (int i = 0; k == 0 && i < 4; i++) {
            assert_true(r[0].epochs[i].loss == plain_result.epochs[i].loss);
            assert_true(r[0].epochs[i].train_accuracy == plain_result.epochs[i].train_accuracy);
        }
        if (k == 4) {
            struct network *paper;
            struct train_result other;
            c.clamp_gradient = CLAMP_GRADIENT_PAPER;
            run(d, &c, &paper, &other);
            assert_same_bytes(net[0], paper, false);
            network_free(paper);
            train_result_free(&other);
        }
        assert_true(r[0].test_accuracy > 0.6);
        for (int i = 0; i < 2; i++) {
            network_free(net[i]);
            train_result_free(&r[i]);
        }
    }
    network_free(without);
    train_result_free(&plain_result);
    dataset_free(d);
}

/* Labels that say nothing: validation wanders about chance, so the best epoch is not the last. What comes out must be
 * what training for just so many epochs gives. */
static void patience_takes_the_best_epoch(void **state)
{
    (void)state;
    enum { PATIENCE = 4, EPOCHS = 60 };
    struct dataset *d = toy_new(test_seed(), TRAIN, TEST, true);
    for (int k = 0; k < 2; k++) {
        struct train_config c = plain(EPOCHS);
        struct network *stopped, *shorter;
        struct train_result r, s;
        c.patience = PATIENCE;
        c.average = k ? 0.9 : 0;
        run(d, &c, &stopped, &r);
        print_message("best epoch %d of %d\n", r.best_epoch, r.n_epochs);
        assert_true(r.n_epochs < EPOCHS && r.best_epoch + PATIENCE == r.n_epochs);
        for (int i = 0; i < r.n_epochs; i++) {
            const double best = r.epochs[r.best_epoch - 1].validation_accuracy;
            assert_true(i < r.best_epoch - 1 ? r.epochs[i].validation_accuracy < best
                                             : r.epochs[i].validation_accuracy <= best);
            assert_int_equal(isnan(r.epochs[i].test_accuracy) == 0, i == r.best_epoch - 1);
        }
        c.patience = 0;
        c.epochs = r.best_epoch;
        run(d, &c, &shorter, &s);
        assert_same_bytes(stopped, shorter, true);
        assert_true(r.test_accuracy == s.test_accuracy && r.validation_accuracy == s.validation_accuracy &&
                    r.train_accuracy == s.train_accuracy && r.deployed_accuracy == s.deployed_accuracy);
        network_free(stopped);
        network_free(shorter);
        train_result_free(&r);
        train_result_free(&s);

        c.epochs = 2; /* ends before the patience does */
        c.patience = PATIENCE;
        run(d, &c, &stopped, &r);
        assert_int_equal(r.n_epochs, 2);
        assert_in_range(r.best_epoch, 1, 2);
        assert_false(isnan(r.test_accuracy));
        network_free(stopped);
        train_result_free(&r);
    }
    dataset_free(d);
}

static void recipes_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *says;
        struct train_config c;
    } bad[] = {
        {"warmup is -1", {.epochs = 3, .batch = 8, .lr = 0.1, .warmup = -1}},
        {"0 to 3 (epochs)", {.epochs = 3, .batch = 8, .lr = 0.1, .warmup = 3.01}},
        {"warmup is nan", {.epochs = 3, .batch = 8, .lr = 0.1, .warmup = (double)NAN}},
        {"weight_decay is -0.1", {.epochs = 3, .batch = 8, .lr = 0.1, .weight_decay = -0.1}},
        {"weight_decay is inf", {.epochs = 3, .batch = 8, .lr = 0.1, .weight_decay = (double)INFINITY}},
        {"change sign", {.epochs = 3, .batch = 8, .lr = 0.1, .weight_decay = 10}},
        {"average is 1", {.epochs = 3, .batch = 8, .lr = 0.1, .average = 1}},
        {"average is nan", {.epochs = 3, .batch = 8, .lr = 0.1, .average = (double)NAN}},
        {"mode paper", {.mode = TRAIN_PAPER, .epochs = 3, .batch = 8, .lr = 0.1, .average = 0.9}},
        {"patience is -1", {.epochs = 3, .batch = 8, .lr = 0.1, .patience = -1}},
        {"mode paper", {.mode = TRAIN_PAPER, .epochs = 3, .batch = 8, .lr = 0.1, .patience = 2}},
        {"none for validation", {.epochs = 3, .batch = 8, .lr = 0.1, .patience = 2}},
    };
    struct dataset *d = toy_new(1, 9, 5, false);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct network *net;
        struct train_result r;
        struct errmsg e = {""};
        assert_int_equal(chain_train(d, sizes, LAYERS, &code, &bad[i].c, 1, NULL, NULL, &net, &r, &e), STATUS_INPUT);
        if (strstr(e.text, bad[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", e.text, bad[i].says);
        train_result_free(&r);
    }
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_rise_and_fall),  cmocka_unit_test(updates_are_as_written_down),
        cmocka_unit_test(clamped_deltas_can_be_left_alone), cmocka_unit_test(every_part_matters),   cmocka_unit_test(patience_takes_the_best_epoch),
        cmocka_unit_test(recipes_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
