/* Figures on the real data.
 * The paper's recipe: mode paper, its network, 10 epochs, Adam 0.001,
 * batch 512. FIGURE_SEEDS=n takes n seeds (1) and prints each accuracy and their mean.
 * Bounds leave room for the noise of one seed: without decay and with running batch-norm statistics the last epoch
 * is off by some points. Another processor rounds otherwise, which is as good as another seed: the consecutive code
 * at f 6 reaches 0.859 on one and 0.821 on another. */
#include "models/nn/train/train.h"
#include "tests/support/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LAYERS = 6 };
static const int sizes[LAYERS + 1] = {784, 150, 16, 400, 120, 84, 10};

static const struct {
    const char *name;
    struct code code;
    double lo, hi; /* of the mean test accuracy */
} figures[] = {
    {"fixed-point, cut, W 8 f 6", {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 6}, 0.79, 0.89},
    {"fixed-point, cut, W 8 f 4 (never learns)",
     {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 4},
     0.05,
     0.15},
    {"fixed-point, cut, W 8 f 7 (its logits are held in [-1, 1))",
     {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 7},
     0.78,
     0.85},
    {"fixed-reference, first of layer, codec paper, cut, f 5 D 4 o 0",
     {.scheme = SCHEME_FIXED_REFERENCE, .codec = CODEC_PAPER, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4},
     0.79,
     0.89},
    {"fixed-reference, first of layer, codec paper, cut, f 7 D 4 o 2",
     {.scheme = SCHEME_FIXED_REFERENCE,
      .codec = CODEC_PAPER,
      .weight_bits = 8,
      .frac_bits = 7,
      .delta_bits = 4,
      .delta_offset = 2},
     0.60,
     0.89},
    {"consecutive-open, layer, codec paper, cut, f 6 D 4 o 0",
     {.scheme = SCHEME_CONSECUTIVE_OPEN, .codec = CODEC_PAPER, .weight_bits = 8, .frac_bits = 6, .delta_bits = 4},
     0.05,
     0.40},
    {"consecutive, row, codec exact, nearest, f 6 D 4 o 0",
     {.scheme = SCHEME_CONSECUTIVE,
      .span = SPAN_ROW,
      .rounding = ROUNDING_NEAREST,
      .weight_bits = 8,
      .frac_bits = 6,
      .delta_bits = 4},
     0.79,
     0.89},
    {"consecutive, row, codec exact, nearest, f 5 D 4 o 0",
     {.scheme = SCHEME_CONSECUTIVE,
      .span = SPAN_ROW,
      .rounding = ROUNDING_NEAREST,
      .weight_bits = 8,
      .frac_bits = 5,
      .delta_bits = 4},
     0.79,
     0.89},
};

static void papers_recipe(void **state)
{
    const struct dataset *data = *state;
    const char *text = getenv("FIGURE_SEEDS");
    const int seeds = text != NULL && atoi(text) > 0 ? atoi(text) : 1;
    const struct train_config config = {.mode = TRAIN_PAPER, .epochs = 10, .batch = 512, .lr = 0.001};
    int wrong = 0;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        double sum = 0;
        print_message("%s:", figures[i].name);
        for (int seed = 0; seed < seeds; seed++) {
            struct network *net;
            struct train_result r;
            struct errmsg e;
            assert_int_equal(
                chain_train(data, sizes, LAYERS, &figures[i].code, &config, (uint64_t)seed, NULL, NULL, &net, &r, &e),
                STATUS_OK);
            print_message(" %.4f", r.test_accuracy);
            sum += r.test_accuracy;
            network_free(net);
            train_result_free(&r);
        }
        print_message(", mean %.4f\n", sum / seeds);
        wrong += sum / seeds < figures[i].lo || sum / seeds > figures[i].hi;
    }
    assert_int_equal(wrong, 0);
}

/* Mode standard computes as deployed, but for the rounding of two numbers a neuron: none of 20 networks loses more
 * than 0.2 points. */
static void nothing_is_lost_in_deployment(void **state)
{
    enum { POINTS = 20 };
    static const int shapes[2][4] = {{784, 96, 64, 10}, {784, 200, 100, 10}};
    const struct train_config config = {
        .mode = TRAIN_STANDARD, .epochs = 2, .batch = 64, .lr = 0.001, .decay = LR_DECAY_COSINE, .shuffle = true};
    struct code codes[POINTS];
    int n = 0;
    for (int D = 2; D <= 8; D++) {
        codes[n++] = (struct code){.scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_MEAN, .delta_bits = D};
        codes[n++] = (struct code){.scheme = SCHEME_CONSECUTIVE, .delta_bits = D};
    }
    for (int o = 0; o < 3; o++)
        codes[n++] = (struct code){
            .scheme = SCHEME_FIXED_REFERENCE, .reference = REFERENCE_ZERO, .delta_bits = 5, .delta_offset = o};
    for (int f = 5; f < 8; f++)
        codes[n++] = (struct code){.scheme = SCHEME_FIXED_POINT, .frac_bits = f};
    assert_int_equal(n, POINTS);
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        struct network *net;
        struct train_result r;
        struct errmsg e;
        codes[i].span = SPAN_ROW;
        codes[i].rounding = ROUNDING_NEAREST;
        codes[i].weight_bits = 8;
        codes[i].frac_bits = codes[i].frac_bits != 0 ? codes[i].frac_bits : 5;
        code_canonical(&codes[i]);
        assert_int_equal(
            chain_train(*state, shapes[i % 4 / 2], 3, &codes[i], &config, (uint64_t)i, NULL, NULL, &net, &r, &e),
            STATUS_OK);
        const double loss = r.test_accuracy - r.deployed_accuracy;
        print_message("%s f %d D %d o %d: test %.4f, deployed %.4f\n", scheme_name(codes[i].scheme),
                      codes[i].frac_bits, codes[i].delta_bits, codes[i].delta_offset, r.test_accuracy,
                      r.deployed_accuracy);
        assert_true(r.test_accuracy > 0.75);
        worst = fmax(worst, fabs(loss));
        network_free(net);
        train_result_free(&r);
    }
    print_message("at most %.4f apart\n", worst);
    assert_true(worst <= 0.002);
}

static int load(void **state)
{
    struct errmsg e;
    struct dataset *data;
    if (dataset_load("fashion-mnist", &data, &e) != STATUS_OK) {
        print_message("%s\n", e.text);
        return -1;
    }
    *state = data;
    return 0;
}

static int unload(void **state)
{
    dataset_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_recipe),
        cmocka_unit_test(nothing_is_lost_in_deployment),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
