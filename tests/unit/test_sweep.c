#include "explorer/sweep/sweep.h"
#include "models/nn/integer/mac.h"

#include <math.h>
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

/* refused_as, refused: the message of the refusal has every one of the words. */
static void refused_as(enum status expected, const char *text, const char *words)
{
    struct sweep *s = NULL;
    struct errmsg e = {""};
    char list[512], *rest = list;
    assert_int_equal(sweep_parse(text, strlen(text), "x.yaml", &s, &e), expected);
    assert_null(s);
    snprintf(list, sizeof list, "%s", words);
    for (char *word; (word = strsep(&rest, "|")) != NULL;)
        if (strstr(e.text, word) == NULL)
            fail_msg("'%s' not in: %s", word, e.text);
}

/* Nothing behind the text is read, although a tab would be there. */
static void reads_no_further_than_the_text(void **state)
{
    (void)state;
    static const char text[] = "name: 'a\n\t";
    struct sweep *s = NULL;
    struct errmsg e = {""};
    assert_int_equal(sweep_parse(text, strlen(text) - 1, "x.yaml", &s, &e), STATUS_INPUT);
    if (strstr(e.text, "a tab") != NULL || strstr(e.text, "not YAML") == NULL)
        fail_msg("%s", e.text);
}

static void refused(const char *text, const char *words)
{
    refused_as(STATUS_INPUT, text, words);
}

#define HEAD "name: a\nnetwork: [784, 150, 10]\n"

/* value: number i of an axis. network: the text of network i. */
static double value(const struct sweep *s, enum axis_id a, int i)
{
    assert_true(i < s->axes[a].n);
    return s->axes[a].values[i].number;
}

static void assert_network(const struct sweep *s, int i, const char *expected)
{
    char text[AXIS_TEXT_BYTES];
    assert_true(i < s->axes[AXIS_NETWORK].n);
    axis_text(AXIS_NETWORK, &s->axes[AXIS_NETWORK].values[i], text);
    assert_string_equal(text, expected);
}

static void assert_values(const struct sweep *s, enum axis_id a, const double *expected, int n)
{
    assert_int_equal(s->axes[a].n, n);
    for (int i = 0; i < n; i++)
        assert_true(value(s, a, i) == expected[i]);
}
#define VALUES(s, a, ...)                                                                                              \
    assert_values(s, a, (const double[]){__VA_ARGS__}, (int)(sizeof((const double[]){__VA_ARGS__}) / sizeof(double)))

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
    assert_network(s, 0, "784-150-16-400-120-84-10");
    VALUES(s, AXIS_MODE, TRAIN_PAPER);
    VALUES(s, AXIS_EPOCHS, 12);
    VALUES(s, AXIS_BATCH, 256);
    VALUES(s, AXIS_OPTIMISER, OPTIMISER_SGD);
    VALUES(s, AXIS_DECAY, LR_DECAY_COSINE);
    VALUES(s, AXIS_SHUFFLE, true);
    VALUES(s, AXIS_LR, 0.01);
    assert_int_equal(s->n_seeds, 3);
    VALUES(s, AXIS_SCHEME, SCHEME_FIXED_POINT, SCHEME_FIXED_REFERENCE, SCHEME_CONSECUTIVE);
    VALUES(s, AXIS_PARALLELISM, 1, 4, 8);
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
    static const double expected[AXIS_COUNT] = {[AXIS_SCHEME] = SCHEME_FIXED_REFERENCE,
                                                [AXIS_REFERENCE] = REFERENCE_MEAN,
                                                [AXIS_SPAN] = SPAN_ROW,
                                                [AXIS_CODEC] = CODEC_EXACT,
                                                [AXIS_WEIGHT_BITS] = 8,
                                                [AXIS_FRAC_BITS] = 5,
                                                [AXIS_DELTA_BITS] = 4,
                                                [AXIS_ROUNDING] = ROUNDING_NEAREST,
                                                [AXIS_BUCKET] = 16,
                                                [AXIS_STEP] = STEP_FIXED,
                                                [AXIS_ENGINE] = ENGINE_OPERATOR,
                                                [AXIS_PARALLELISM] = 8,
                                                [AXIS_MULTIPLIER] = MULTIPLIER_DSP,
                                                [AXIS_OPERATOR_INPUTS] = NAN, /* by the network */
                                                [AXIS_WEIGHT_MEMORY] = WEIGHT_MEMORY_BOTH,
                                                [AXIS_MODE] = TRAIN_STANDARD,
                                                [AXIS_EPOCHS] = 10,
                                                [AXIS_BATCH] = 512,
                                                [AXIS_OPTIMISER] = OPTIMISER_ADAM,
                                                [AXIS_LR] = 0.001,
                                                [AXIS_DECAY] = LR_DECAY_NONE,
                                                [AXIS_CLAMP_GRADIENT] = CLAMP_GRADIENT_PAPER,
                                                [AXIS_SHUFFLE] = NAN /* by the mode */};
    for (int a = 0; a < AXIS_COUNT; a++) {
        assert_int_equal(s->axes[a].n, 1);
        assert_true(isnan(expected[a]) ? isnan(value(s, (enum axis_id)a, 0)) : value(s, (enum axis_id)a, 0) == expected[a]);
    }
    assert_network(s, 0, "784-150-10");
    assert_int_equal(s->n_seeds, 1);
    assert_int_equal(s->seeds[0], 0);
    assert_string_equal(s->devices[0]->name, "xc7s15");
    assert_null(s->where);
    assert_false(s->skip_unfit);
    sweep_free(s);
}

static void what_train_has_once_axes_has_as_a_list(void **state)
{
    (void)state;
    struct sweep *s = parse(HEAD "train: {mirror: True, shuffle: FALSE}\nskip_unfit: TRUE\n"); /* as YAML has them */
    VALUES(s, AXIS_MIRROR, true);
    VALUES(s, AXIS_SHUFFLE, false);
    assert_true(s->skip_unfit);
    sweep_free(s);
    refused(HEAD "train: {mirror: tRUE}\n", "x.yaml:3: train.mirror|neither true nor false");
    s = parse("name: a\ntrain: {lr: 0.5, mirror: true, warmup: 2.5, average: 0.999, patience: 3}\n"
                            "axes:\n  lr: [0.001, 1e-2, .003]\n  network: [784-96-10, 28x28-16c3-p2-10, [784, 10]]\n"
                            "  epochs: [2, 4..6]\n  shuffle: [true, false]\n  weight_decay: 0.01\n"
                            "  clamp_gradient: [pass, zero]\n  mode: standard\n");
    VALUES(s, AXIS_LR, 0.001, 0.01, 0.003);
    VALUES(s, AXIS_EPOCHS, 2, 4, 5, 6);
    VALUES(s, AXIS_SHUFFLE, true, false);
    VALUES(s, AXIS_MIRROR, true);
    VALUES(s, AXIS_WARMUP, 2.5);
    VALUES(s, AXIS_AVERAGE, 0.999);
    VALUES(s, AXIS_PATIENCE, 3);
    VALUES(s, AXIS_WEIGHT_DECAY, 0.01);
    VALUES(s, AXIS_CLAMP_GRADIENT, CLAMP_GRADIENT_PASS, CLAMP_GRADIENT_ZERO);
    assert_int_equal(s->axes[AXIS_NETWORK].n, 3);
    assert_network(s, 0, "784-96-10");
    assert_network(s, 1, "28x28x1-16c3-p2-10");
    assert_network(s, 2, "784-10");
    sweep_free(s);
    s = parse("name: a\nnetwork: 784-96-10\n");
    assert_network(s, 0, "784-96-10");
    sweep_free(s);
}

static void a_list_in_a_list_is_a_format_for_each_layer(void **state)
{
    (void)state;
    struct sweep *s = parse(HEAD "axes:\n  delta_bits: [[4, 3], 4, 2..3, [5, 6]]\n"
                                 "  frac_bits:\n    - [ 5 , 6 ] # two\n    - 7\n  delta_offset: 1-0\n");
    VALUES(s, AXIS_DELTA_BITS, 4, 4, 2, 3, 6);
    VALUES(s, AXIS_FRAC_BITS, 6, 7);
    VALUES(s, AXIS_DELTA_OFFSET, 1);
    static const char *const texts[] = {"4-3", "4", "2", "3", "5-6"};
    for (int i = 0; i < 5; i++) {
        char text[AXIS_TEXT_BYTES];
        axis_text(AXIS_DELTA_BITS, &s->axes[AXIS_DELTA_BITS].values[i], text);
        assert_string_equal(text, texts[i]);
    }
    sweep_free(s);
    refused(HEAD "axes: {delta_bits: [[]]}\n", "x.yaml:3: axes.delta_bits[0]|the list is empty");
    refused(HEAD "axes: {delta_bits: [[4, [3]]]}\n", "axes.delta_bits[0]|one value is expected here, not a list");
    refused(HEAD "axes: {delta_bits: [[4, {a: 3}]]}\n", "axes.delta_bits[0][1].a|in braces of a list stand numbers");
    refused(HEAD "axes: {delta_bits: [[4, '3, 2']]}\n", "axes.delta_bits[0]|`3, 2` cannot be one of several values");
    refused(HEAD "axes: {delta_bits: [[4, x]]}\n", "axes.delta_bits[0]: `4-x` is neither a whole number nor one for");
    refused(HEAD "axes: {delta_bits: [1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1]}\n", "axes.delta_bits[0]|at most 16");
    refused(HEAD "axes: {delta_bits:\n  -\n    - 4\n    - 3\n  }\n", "not YAML");
    refused(HEAD "axes:\n  delta_bits:\n    -\n      - 4\n      - 3\n", "axes.delta_bits[0]|one value is expected here");
}

static void every_axis_is_documented(void **state)
{
    (void)state;
    static char page[65536];
    FILE *f = fopen(DELTASWEEP_SOURCE_DIR "/docs/sweeps.md", "r");
    assert_non_null(f);
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    fclose(f);
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *spec = axis_at((enum axis_id)a);
        char word[64];
        snprintf(word, sizeof word, "`%s`", spec->name);
        if (strstr(page, word) == NULL)
            fail_msg("%s is not in docs/sweeps.md", word);
        for (int v = 0; v < spec->n_words; v++) {
            snprintf(word, sizeof word, "`%s`", spec->word(v));
            if (strstr(page, word) == NULL)
                fail_msg("%s, a value of %s, is not in docs/sweeps.md", word, spec->name);
        }
        for (int v = 0; v < spec->n_words; v++)
            if (strstr(spec->description, spec->word(v)) == NULL)
                fail_msg("%s is not in the description of %s, which is its help", spec->word(v), spec->name);
    }
}

static void spreads_ranges_and_lone_values(void **state)
{
    (void)state;
    struct sweep *s = parse("\xef\xbb\xbfname: \"\xc3\xa9t\xc3\xa9\" # two bytes a letter\nnetwork: [784, 150, 10]\n"
                            "axes: {delta_bits: 2..6, parallelism: 2..8/3, scheme: 'float', frac_bits: [1, 3..5]}\n"
                            "train: {seeds: 0..99}\ndevice: [xc7s15, xc7s25]\n");
    VALUES(s, AXIS_DELTA_BITS, 2, 3, 4, 5, 6);
    VALUES(s, AXIS_PARALLELISM, 2, 5, 8);
    VALUES(s, AXIS_FRAC_BITS, 1, 3, 4, 5);
    VALUES(s, AXIS_SCHEME, SCHEME_FLOAT);
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
    refused(HEAD "axes: {weight_bits: [[1]]}\n", "axes.weight_bits[0]|one value is expected here, not a list");
    refused(HEAD "axes: [1]\n", "x.yaml:3: axes|a mapping (key: value) is expected here, not a list");
    refused(HEAD "train: {epochs: 1.5}\n", "x.yaml:3: train.epochs: `1.5` is not a whole number from 0 to 100000");
    refused(HEAD "train: {epochs: 0}\n", "x.yaml:3: train.epochs|loaded weights");
    refused_as(STATUS_MISSING, HEAD "train: {load: nowhere.dsn}\n", "x.yaml:3: train.load|cannot read nowhere.dsn");
    refused(HEAD "train: {load: \"\"}\n", "train.load|the path of a file");
    refused(HEAD "train: {epochs: [1]}\n", "train.epochs|one value is expected here, not a list");
    refused(HEAD "train: {lr: fast}\n", "train.lr: `fast`");
    refused(HEAD "train: {lr: nan}\n", "train.lr");
    refused(HEAD "train: {lr: -1}\n", "train.lr");
    refused(HEAD "axes: {lr: [0.1, 0]}\n", "axes.lr[1]: `0` is not a number above 0");
    refused(HEAD "axes: {lr: 1..2}\n", "axes.lr[0]: `1..2` is not a number above 0");
    refused(HEAD "axes: {average: 1.5}\n", "axes.average[0]: `1.5` is not a number from 0 to 1");
    refused(HEAD "axes: {bucket: 0}\n", "axes.bucket[0]");
    refused(HEAD "axes: {network: [784-10, 784-0]}\n", "x.yaml:3: axes.network[1]: `0`");
    refused(HEAD "axes: {network: [784, 10]}\n", "axes.network|[[784, 10]]");
    refused(HEAD "train: {mirror: 2}\n", "train.mirror|neither true nor false");
    refused(HEAD "train: {scheme: float}\n", "train.scheme: this key stands under `axes`");
    refused(HEAD "train: {schem: float}\n", "train.schem|there is no such key");
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

/* What people write who have used other tools: refused, with what to write instead. */
static void asks_where_a_text_has_two_meanings(void **state)
{
    (void)state;
    refused(HEAD "train: {seeds: 5}\n", "x.yaml:3: train.seeds: `5` could be 5 seeds or the seed 5|write 0..4|or [5]");
    refused(HEAD "train: {seeds: 1}\n", "train.seeds|[0] for one seed, or [1]");
    refused(HEAD "train: {seeds: 0005}\n", "write 0..4");
    refused(HEAD "train: {seeds: 2000000}\n", "train.seeds|write [2000000]");
    refused(HEAD "axes: {delta_bits: 2-4}\n", "axes.delta_bits[0]: `2-4`|2..4|[[2, 4]]");
    refused(HEAD "axes: {frac_bits: [7, 0-6]}\n", "axes.frac_bits[1]: `0-6`|0..6|[[0, 6]]");
    refused(HEAD "seeds: [1]\n", "x.yaml:3: seeds: this key stands under `train`");
    refused(HEAD "epochs: 4\n", "epochs: this key stands under `train` with one value, or under `axes`");
    refused(HEAD "delta_bits: 4\n", "delta_bits: this key stands under `axes`");
    refused(HEAD "axes: {device: xc7s6}\n", "axes.device: this key stands at the top");
    refused(HEAD "axes: {lr: [loguniform(0.0001, 0.1)]}\n", "axes.lr");
    refused(HEAD "axes:\n  lr: loguniform(1e-4, 1e-1)\n", "axes.lr[0]|tries every value|[0.0001, 0.001, 0.01, 0.1]");
    refused(HEAD "axes: {lr: 0.1..0.4}\n", "tries every value|[0.1, 0.2, 0.3, 0.4]");
    refused(HEAD "axes:\n  parallelism: choice(4, 16)\n", "whole number|tries every value|[4, 8, 12, 16]");
    refused(HEAD "axes: {lr: {min: 0.1, max: 1}}\n", "axes.lr|not a mapping|tries every value");
    refused(HEAD "axes: {lr: uniform(1, 2)}\n", "tries every value");
    refused(HEAD "axes:\n  delta_bits: 2,3\n", "a list is written [2, 3, 4]");
    refused(HEAD "train: {seeds: 0-4}\n", "train.seeds[0]|write 0..4");
    refused(HEAD "train: {seeds: 2:4}\n", "train.seeds[0]|write 2..4");
    refused(HEAD "train: {seeds: [010]}\n", "train.seeds[0]|without the 0 before it");
    refused(HEAD "train: {epochs: 010}\n", "train.epochs|without the 0 before it");
    refused(HEAD "train: {lr: 0x1p-3}\n", "train.lr|not a number above 0");
    refused(HEAD "axes: {seed: [1, 2]}\n", "axes.seed|`seeds`, under `train`");
    refused("name: a\naxes: {network: [8, 16, 3]}\n", "x.yaml:2: axes.network|[[8, 16, 3]]");
    refused("name: a\nnetwork: [[8, 3], [8, 4, 3]]\n", "x.yaml:2: network|axes: {network: [[");
    refused(HEAD "axes: {lr: logspace(-4,-2,5)}\n", "axes.lr: `logspace(-4` is the beginning|tries every value");
    refused(HEAD "train: {lr: loguniform(1e-4, 1e-2)}\n", "train.lr: `loguniform(1e-4` is the beginning");
    refused(HEAD "train:\n\tepochs: 3\n", "x.yaml:4: a tab|spaces");
    refused(HEAD "axes: {delta_bits: [[2..]]}\n", "axes.delta_bits[0][0]|not a range");
    struct sweep *s = parse(HEAD "axes: {delta_bits: [[2..4], [2..3, 5], [2], 4]}\n");
    VALUES(s, AXIS_DELTA_BITS, 4, 5, 2, 4); /* the greatest of each */
    const int layers[] = {3, 3, 1, 0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(s->axes[AXIS_DELTA_BITS].values[i].n_layers, layers[i]);
    assert_int_equal(s->axes[AXIS_DELTA_BITS].values[0].layers[1], 3);
    sweep_free(s);
    static const char *const spellings[][2] = {{"toy", "toy"}, {"toy/", "toy"}, {"./toy", "toy"}, {".//toy//", "toy"},
        {"a/./b//c/", "a/b/c"}, {"./toy/:kind", "toy:kind"}, {"toy:x./y/", "toy:x./y/"}, {"/", "/"}, {"./", "."},
        {"../toy/", "../toy"}, {"/toy", "/toy"}};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, HEAD "dataset: '%s'\n", spellings[i][0]);
        s = parse(text);
        assert_string_equal(s->dataset, spellings[i][1]);
        sweep_free(s);
    }
    s = parse(HEAD "train: {seeds: 0}\naxes: {delta_bits: [[2, 4], 4-2], frac_bits: 0..6}\n");
    VALUES(s, AXIS_DELTA_BITS, 4, 4);
    assert_int_equal(s->axes[AXIS_FRAC_BITS].n, 7);
    assert_int_equal(s->n_seeds, 1);
    sweep_free(s);
    s = parse(HEAD "train: {seeds: 0..4, lr: 1e300}\n"); /* a real that is no int */
    assert_int_equal(s->n_seeds, 5);
    sweep_free(s);
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
    assert_int_equal(sweep_load("/nonexistent.yaml", &s, &e), STATUS_MISSING);
    assert_non_null(strstr(e.text, "/nonexistent.yaml"));
    assert_int_equal(sweep_load("/tmp", &s, &e), STATUS_INPUT);
    assert_non_null(strstr(e.text, "is a folder"));
}

static void refused_option(struct sweep *s, const char *key, const char *value, const char *words)
{
    struct errmsg e = {""};
    assert_int_equal(sweep_option(s, key, value, &e), STATUS_USAGE);
    if (strstr(e.text, words) == NULL)
        fail_msg("'%s' not in: %s", words, e.text);
}

static void a_command_line_is_named_by_its_options(void **state)
{
    (void)state;
    struct sweep *s = NULL;
    struct errmsg e = {""};
    assert_int_equal(sweep_of_command("train", &s, &e), STATUS_OK);
    refused_option(s, "delta_bits", "x", "--delta-bits: `x`");
    refused_option(s, "delta_bits", "2,", "--delta-bits: `` is neither");
    refused_option(s, "seeds", "x", "--seed: `x`");
    refused_option(s, "load", "", "--load: the path of a file");
    refused_option(s, "device", "xc7a53t", "--device: there is no `xc7a53t`; did you mean `xc7a35t`?");
    sweep_free(s);
    assert_int_equal(sweep_of_command("train", &s, &e), STATUS_OK);
    assert_int_equal(sweep_command_check(s, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "--network: at least two layer sizes"));
    assert_int_equal(sweep_option(s, "network", "784,96-10", &e), STATUS_OK);
    assert_network(s, 0, "784-96-10");
    assert_int_equal(sweep_option(s, "delta_bits", "4-3,2", &e), STATUS_OK);
    VALUES(s, AXIS_DELTA_BITS, 4, 2);
    assert_false(sweep_is_single(s));
    assert_int_equal(sweep_option(s, "delta_bits", "3", &e), STATUS_OK); /* the last one counts */
    assert_true(sweep_is_single(s));
    assert_int_equal(sweep_option(s, "epochs", "0", &e), STATUS_OK);
    assert_int_equal(sweep_command_check(s, &e), STATUS_USAGE);
    assert_non_null(strstr(e.text, "--epochs: 0 is for loaded weights"));
    sweep_free(s);
}

/* Whatever the bytes are, the parser answers and leaks nothing (the sanitizers look). */
static void survives_garbage(void **state)
{
    (void)state;
    static const char good[] = "name: first\nnetwork: [784, 150, 10]\ntrain: {mode: paper, seeds: 0..3, lr: 0.1}\n"
                               "axes:\n  scheme: [float, 'fixed-point']\n  delta_bits: [[2, 3], 2..8/2]\nwhere: \"a < 1\"\n";
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
        cmocka_unit_test(reads_no_further_than_the_text),
        cmocka_unit_test(fills_in_defaults),
        cmocka_unit_test(what_train_has_once_axes_has_as_a_list),
        cmocka_unit_test(a_list_in_a_list_is_a_format_for_each_layer),
        cmocka_unit_test(every_axis_is_documented),
        cmocka_unit_test(spreads_ranges_and_lone_values),
        cmocka_unit_test(refuses_unknown_keys_with_place_and_nearest),
        cmocka_unit_test(refuses_bad_values_with_place_and_nearest),
        cmocka_unit_test(asks_where_a_text_has_two_meanings),
        cmocka_unit_test(refuses_what_is_not_a_sweep),
        cmocka_unit_test(a_command_line_is_named_by_its_options),
        cmocka_unit_test(survives_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
