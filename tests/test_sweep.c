#include "db/record.h"
#include "explorer/sweep.h"
#include "models/nn/mac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct sweep *parse(const char *text)
{
    struct sweep *s = NULL;
    struct errmsg e = {""};
    if (sweep_parse(text, strlen(text), "x.yaml", &s, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return s;
}

/* refused: the message of the refusal has every one of the words. */
static void refused_as(const char *text, const char *file, enum status expected, const char *words)
{
    struct sweep *s = NULL;
    struct errmsg e = {""};
    char list[512], *rest = list;
    assert_int_equal(sweep_parse(text, strlen(text), file, &s, &e), expected);
    assert_null(s);
    snprintf(list, sizeof list, "%s", words);
    for (char *word; (word = strsep(&rest, "|")) != NULL;)
        if (strstr(e.text, word) == NULL)
            fail_msg("'%s' not in: %s", word, e.text);
}

static void refused(const char *text, const char *words)
{
    refused_as(text, "x.yaml", STATUS_INPUT, words);
}

#define HEAD "name: a\nnetwork: [784, 150, 10]\n"

static void reads_all_keys(void **state)
{
    (void)state;
    struct sweep *s = parse("name: first-look\n"
                            "dataset: fashion-mnist\n"
                            "network: [784, 150, 16, 400, 120, 84, 10]\n"
                            "train: { mode: paper, epochs: 12, batch: 256, optimiser: sgd, lr: 0.01, decay: cosine,\n"
                            "         shuffle: true, seeds: [0, 1, 2] }\n"
                            "axes:\n"
                            "  scheme: [fixed-point, fixed-reference, consecutive]\n"
                            "  reference: [mean]\n  span: [row]\n  codec: [exact]\n"
                            "  weight_bits: [8]\n  frac_bits: [5]\n  delta_bits: [2, 3, 4]\n  delta_offset: [0]\n"
                            "  rounding: [nearest]\n  parallelism: [1, 4, 8]\n  multiplier: [dsp]\n"
                            "  operator_inputs: [150]\n"
                            "device: xc7s15\n"
                            "where: \"delta_bits < 4\"\n"
                            "skip_unfit: true\n");
    assert_string_equal(s->name, "first-look");
    assert_string_equal(s->dataset, "fashion-mnist");
    assert_int_equal(s->shape.n_layers, 6);
    assert_int_equal(s->shape.sizes[6], 10);
    assert_int_equal(s->train.mode, TRAIN_PAPER);
    assert_int_equal(s->train.epochs, 12);
    assert_int_equal(s->train.batch, 256);
    assert_int_equal(s->train.optimiser, OPTIMISER_SGD);
    assert_int_equal(s->train.decay, LR_DECAY_COSINE);
    assert_true(s->train.shuffle);
    assert_true(s->train.lr > 0.0099 && s->train.lr < 0.0101);
    assert_int_equal(s->n_seeds, 3);
    assert_int_equal(s->axes[AXIS_SCHEME].n, 3);
    assert_int_equal(s->axes[AXIS_SCHEME].values[2], SCHEME_CONSECUTIVE);
    assert_int_equal(s->axes[AXIS_PARALLELISM].values[2], 8);
    assert_int_equal(s->n_devices, 1);
    assert_string_equal(s->devices[0]->name, "xc7s15");
    assert_string_equal(s->where, "delta_bits < 4");
    assert_true(s->skip_unfit);
    sweep_free(s);
}

static void fills_in_defaults(void **state)
{
    (void)state;
    struct sweep *s = parse(HEAD);
    static const int expected[AXIS_COUNT] = {
        SCHEME_FIXED_REFERENCE, REFERENCE_MEAN, SPAN_ROW, CODEC_EXACT, 8,   5, 4,
        0, ROUNDING_NEAREST, ENGINE_OPERATOR, 8, MULTIPLIER_DSP, 150, 0, WEIGHT_MEMORY_BOTH};
    for (int a = 0; a < AXIS_COUNT; a++) {
        assert_int_equal(s->axes[a].n, 1);
        assert_int_equal(s->axes[a].values[0], expected[a]);
    }
    assert_int_equal(s->train.mode, TRAIN_STANDARD);
    assert_int_equal(s->train.epochs, 10);
    assert_int_equal(s->train.batch, 512);
    assert_true(s->train.shuffle);
    assert_int_equal(s->n_seeds, 1);
    assert_int_equal(s->seeds[0], 0);
    assert_string_equal(s->devices[0]->name, "xc7s15");
    assert_null(s->where);
    assert_false(s->skip_unfit);
    sweep_free(s);
    s = parse("name: a\nnetwork: [784, 10]\ntrain: {mode: paper}\n");
    assert_int_equal(s->axes[AXIS_OPERATOR_INPUTS].values[0], 784); /* no hidden layer */
    assert_false(s->train.shuffle);
    sweep_free(s);
}

static void spreads_ranges_and_lone_values(void **state)
{
    (void)state;
    struct sweep *s = parse("\xef\xbb\xbfname: \"\xc3\xa9t\xc3\xa9\" # two bytes a letter\nnetwork: [784, 150, 10]\n"
                            "axes: {delta_bits: 2..6, parallelism: 2..8/3, scheme: 'float', frac_bits: [1, 3..5]}\n"
                            "train: {seeds: 0..99}\ndevice: [xc7s15, xc7s25]\n");
    static const int delta[] = {2, 3, 4, 5, 6}, parallel[] = {2, 5, 8}, frac[] = {1, 3, 4, 5};
    assert_int_equal(s->axes[AXIS_DELTA_BITS].n, 5);
    assert_memory_equal(s->axes[AXIS_DELTA_BITS].values, delta, sizeof delta);
    assert_int_equal(s->axes[AXIS_PARALLELISM].n, 3);
    assert_memory_equal(s->axes[AXIS_PARALLELISM].values, parallel, sizeof parallel);
    assert_int_equal(s->axes[AXIS_FRAC_BITS].n, 4);
    assert_memory_equal(s->axes[AXIS_FRAC_BITS].values, frac, sizeof frac);
    assert_int_equal(s->axes[AXIS_SCHEME].values[0], SCHEME_FLOAT);
    assert_int_equal(s->n_seeds, 100);
    assert_int_equal(s->seeds[99], 99);
    assert_int_equal(s->n_devices, 2);
    sweep_free(s);
}

static void refuses_unknown_keys_with_place_and_nearest(void **state)
{
    (void)state;
    refused(HEAD "\naxes:\n  scheme: [float]\n  delta_bit: [3]\n", "x.yaml:6: axes.delta_bit|did you mean `delta_bits`?");
    refused(HEAD "train: {epoch: 3}\n", "x.yaml:3: train.epoch|did you mean `epochs`?|keys: mode, epochs");
    refused(HEAD "axis: {}\n", "x.yaml:3: axis: |did you mean `axes`?");
    refused(HEAD "zzzzzzzz: 1\n", "x.yaml:3: zzzzzzzz|keys: name, dataset");
    refused(HEAD "name: b\n", "name|appears twice");
}

static void refuses_bad_values_with_place_and_nearest(void **state)
{
    (void)state;
    refused(HEAD "axes:\n  scheme:\n    - float\n    - fixed-ponit\n",
            "x.yaml:6: axes.scheme[1]|fixed-ponit|did you mean `fixed-point`?");
    refused(HEAD "axes: {delta_bits: [2, x]}\n", "x.yaml:3: axes.delta_bits[1]: `x` is neither a whole number");
    refused(HEAD "axes: {delta_bits: [2.5]}\n", "axes.delta_bits[0]: `2.5`");
    refused(HEAD "axes: {delta_bits: 6..2}\n", "axes.delta_bits[0]|empty");
    refused(HEAD "axes: {delta_bits: 2..}\n", "axes.delta_bits[0]|not a range");
    refused(HEAD "axes: {delta_bits: 2..8/0}\n", "axes.delta_bits[0]|not a range");
    refused(HEAD "axes: {delta_bits: 0..1000000}\n", "more than 4096 values");
    refused(HEAD "axes: {delta_bits: 99999999999999999999}\n", "axes.delta_bits[0]");
    refused(HEAD "axes: {delta_bits: []}\n", "axes.delta_bits: the list is empty");
    refused(HEAD "axes: {delta_bits: }\n", "axes.delta_bits|a list");
    refused(HEAD "axes: {delta_bits: {a: 1}}\n", "axes.delta_bits|a list ([a, b]) is expected here, not a mapping");
    refused(HEAD "axes: {delta_bits: [[1]]}\n", "axes.delta_bits[0]|one value is expected here, not a list");
    refused(HEAD "axes: [1]\n", "x.yaml:3: axes|a mapping (key: value) is expected here, not a list");
    refused(HEAD "train: {epochs: 1.5}\n", "x.yaml:3: train.epochs: `1.5` is not a whole number from 1 to 100000");
    refused(HEAD "train: {epochs: 0}\n", "train.epochs");
    refused(HEAD "train: {epochs: [1]}\n", "train.epochs|one value is expected here, not a list");
    refused(HEAD "train: {lr: fast}\n", "train.lr: `fast`");
    refused(HEAD "train: {lr: nan}\n", "train.lr");
    refused(HEAD "train: {lr: -1}\n", "train.lr");
    refused(HEAD "train: {mode: papre}\n", "train.mode|did you mean `paper`?");
    refused(HEAD "train: {optimiser: adm}\n", "train.optimiser|did you mean `adam`?");
    refused(HEAD "train: {shuffle: 1}\n", "train.shuffle|neither true nor false");
    refused(HEAD "train: {seeds: [-1]}\n", "train.seeds[0]");
    refused(HEAD "train: {seeds: []}\n", "train.seeds: the list is empty");
    refused(HEAD "device: xc7a53t\n", "x.yaml:3: device[0]|did you mean `xc7a35t`?");
    refused(HEAD "skip_unfit: maybe\n", "skip_unfit");
    refused("network: [784, 10]\n", "name|every sweep needs one");
    refused("name: sim\nnetwork: [784, 10]\n", "kept for what `deltasweep sim` does");
    refused("name: a\n", "network|at least two layer sizes");
    refused("name: a\nnetwork: [784]\n", "network|at least two layer sizes");
    refused("name: a\nnetwork: [784, 0, 10]\n", "x.yaml:2: network[1]: `0`");
    refused("name: a\nnetwork: [65536, 65536]\n", "network|weights are more than");
    refused("name: a\nnetwork: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]\n", "network[17]|more than 16 layers");
}

static void refuses_what_is_not_a_sweep(void **state)
{
    (void)state;
    refused("", "x.yaml: the file is empty");
    refused("# nothing\n", "x.yaml: the file is empty");
    refused("- a\n", "a mapping (key: value) is expected here, not a list");
    refused("hello\n", "a mapping (key: value) is expected");
    refused(HEAD "  ]{\n", "x.yaml:3: this is not YAML");
    refused(HEAD "---\nname: b\n", "x.yaml:3: |one document");
    refused("name: &a b\nnetwork: *a\n", "x.yaml:2: aliases");
    refused(HEAD "a: [[[[[[[[[[[[1]]]]]]]]]]]]\n", "nested more than");
    refused(HEAD "[a]: 1\n", "x.yaml:3: a key must be a word");
    refused(HEAD "\"\": 1\n", "x.yaml:3: a key must be a word; this one is empty");
    struct sweep *s;
    struct errmsg e;
    assert_int_equal(sweep_parse("name: a\0b", 9, "x.yaml", &s, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "byte 0"));
    assert_int_equal(sweep_load("/nonexistent.yaml", &s, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "/nonexistent.yaml"));
    assert_int_equal(sweep_load("/tmp", &s, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "is a folder"));
}

static void a_command_line_is_named_by_its_options(void **state)
{
    (void)state;
    refused_as("name: train\nnetwork: [784, 10]\naxes: {delta_bits: [x]}\n", NULL, STATUS_USAGE, "--delta-bits: `x`");
    refused_as("name: train\nnetwork: [784, 10]\ntrain: {seeds: [x]}\n", NULL, STATUS_USAGE, "--seed: `x`");
}

/* Whatever the bytes are, the parser answers and leaks nothing (the sanitizers look). */
static void survives_garbage(void **state)
{
    (void)state;
    static const char good[] = "name: first\nnetwork: [784, 150, 10]\ntrain: {mode: paper, seeds: 0..3, lr: 0.1}\n"
                               "axes:\n  scheme: [float, 'fixed-point']\n  delta_bits: 2..8/2\nwhere: \"a < 1\"\n";
    static const char alphabet[] = "{}[]:,-#&*!|>'\"%@`\n\t .0a\xc3\xa9\xff/";
    const char *given = getenv("SEED");
    const unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    unsigned random = seed;
    print_message("SEED=%u\n", seed);
    int parsed = 0;
    for (int i = 0; i < 4000; i++) {
        char text[sizeof good];
        struct sweep *s = NULL;
        struct errmsg e = {""};
        memcpy(text, good, sizeof good);
        size_t n = sizeof good - 1;
        for (int k = (int)((unsigned)rand_r(&random) % 4); k >= 0; k--)
            text[(size_t)rand_r(&random) % n] = alphabet[(size_t)rand_r(&random) % (sizeof alphabet - 1)];
        if (i % 3 == 0)
            n = (size_t)rand_r(&random) % n;
        if (sweep_parse(text, n, "x.yaml", &s, &e) == STATUS_OK)
            parsed++;
        else
            assert_int_not_equal(e.text[0], 0);
        sweep_free(s);
    }
    assert_true(parsed > 0 && parsed < 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_keys),
        cmocka_unit_test(fills_in_defaults),
        cmocka_unit_test(spreads_ranges_and_lone_values),
        cmocka_unit_test(refuses_unknown_keys_with_place_and_nearest),
        cmocka_unit_test(refuses_bad_values_with_place_and_nearest),
        cmocka_unit_test(refuses_what_is_not_a_sweep),
        cmocka_unit_test(a_command_line_is_named_by_its_options),
        cmocka_unit_test(survives_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
