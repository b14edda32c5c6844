#include "models/nn/io/pack.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/network/network.h"
#include "models/nn/train/train.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"
#include "tests/support/random_network.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { LAYERS = 3 };
static const int sizes[LAYERS + 1] = {TOY_FEATURES, 9, 17, TOY_CLASSES};

/* Every scheme with every axis that it uses. */
static int all_codes(struct code *out)
{
    int n = 0;
    for (int scheme = 0; scheme < SCHEME_COUNT; scheme++)
        for (int k = 0; k < 24; k++) {
            struct code c = {.scheme = (enum scheme)scheme,
                             .reference = (enum reference)(k % 3),
                             .span = (enum span)(k / 3 % 2),
                             .codec = (enum codec)(k / 6 % 2),
                             .rounding = (enum rounding)(k / 12),
                             .weight_bits = 8,
                             .frac_bits = 5,
                             .delta_bits = 3,
                             .delta_offset = k % 2};
            code_canonical(&c);
            bool known = false;
            for (int i = 0; i < n; i++)
                known = known || memcmp(&out[i], &c, sizeof c) == 0;
            if (!known)
                out[n++] = c;
        }
    return n;
}

static struct network *trained(const struct dataset *d, const struct code *code, enum train_mode mode)
{
    struct network *net;
    struct train_result r;
    struct errmsg e;
    const struct train_config c = {.mode = mode, .epochs = 1, .batch = 50, .lr = 0.01};
    assert_int_equal(chain_train(d, sizes, LAYERS, code, &c, 1, NULL, NULL, &net, &r, &e), STATUS_OK);
    train_result_free(&r);
    return net;
}

/* The parts that a packed network keeps, bit for bit. */
static void assert_same_network(const struct network *a, const struct network *b)
{
    assert_int_equal(b->mode, a->mode);
    assert_memory_equal(&b->shape, &a->shape, sizeof a->shape);
    assert_memory_equal(&b->code, &a->code, sizeof a->code);
    for (int l = 0; l < a->shape.n_layers; l++) {
        const struct layer *x = &a->layers[l], *y = &b->layers[l];
        const size_t O = (size_t)x->O, weights = O * (size_t)x->I;
        assert_memory_equal(&x->shape, &y->shape, sizeof x->shape);
        assert_memory_equal(&x->code, &y->code, sizeof x->code);
        assert_memory_equal(x->gamma, y->gamma, O * sizeof(float));
        assert_memory_equal(x->beta, y->beta, O * sizeof(float));
        assert_memory_equal(x->mean, y->mean, O * sizeof(float));
        assert_memory_equal(x->var, y->var, O * sizeof(float));
        float *w = malloc(weights * sizeof *w);
        network_rebuilt(a, l, w);
        assert_memory_equal(w, y->w, weights * sizeof(float));
        free(w);
        assert_int_equal(x->coded.n_spans, y->coded.n_spans);
        if (a->code.scheme == SCHEME_FLOAT)
            continue;
        assert_memory_equal(x->coded.delta, y->coded.delta, weights * sizeof(int32_t));
        assert_memory_equal(x->coded.reference, y->coded.reference, (size_t)x->coded.n_spans * sizeof(int32_t));
    }
}

static void packed_networks_come_back(void **state)
{
    (void)state;
    enum { N = 40 };
    struct code codes[SCHEME_COUNT * 24];
    const int n_codes = all_codes(codes);
    static int32_t before[N * 32], after[N * 32];
    struct dataset *d = toy_new(test_seed(), 300, N, false);
    assert_true(n_codes > 20);
    for (int k = 0; k < n_codes * 2; k++) {
        struct network *a = trained(d, &codes[k / 2], (enum train_mode)(k % 2)), *b;
        uint8_t *bytes;
        size_t n_bytes;
        struct errmsg e;
        assert_int_equal(pack_write(a, &bytes, &n_bytes, &e), STATUS_OK);
        assert_int_equal(pack_read(bytes, n_bytes, &b, &e), STATUS_OK);
        assert_same_network(a, b);
        for (int l = 0; l < LAYERS; l++) {
            if (a->code.scheme == SCHEME_FLOAT) {
                assert_int_equal(evaluator_activations(b, d, 0, N, l, after, &e), STATUS_INPUT);
                continue;
            }
            assert_int_equal(evaluator_activations(a, d, 0, N, l, before, &e), STATUS_OK);
            assert_int_equal(evaluator_activations(b, d, 0, N, l, after, &e), STATUS_OK);
            assert_memory_equal(before, after, sizeof(int32_t) * N * (size_t)sizes[l]);
            int nonzero = 0;
            for (int i = 0; i < N * sizes[l]; i++)
                nonzero += before[i] != 0;
            assert_true(nonzero > 0);
        }
        free(bytes);
        network_free(a);
        network_free(b);
    }
    dataset_free(d);
}

/* A network whose numbers are made by a formula. */
static struct network *formula_network(const struct code *code, enum train_mode mode)
{
    static const int shape[] = {7, 5, 3};
    struct network *n;
    struct errmsg e;
    assert_int_equal(chain_new(&n, shape, 2, code, 1, &e), STATUS_OK);
    n->mode = mode;
    for (int l = 0; l < 2; l++) {
        struct layer *a = &n->layers[l];
        for (int i = 0; i < a->O * a->I; i++)
            a->w[i] = (float)((i * 7919 + 31 * l) % 257 - 128) / 64;
        for (int o = 0; o < a->O; o++) {
            a->gamma[o] = 1.0f + (float)o / 8;
            a->beta[o] = (float)(l - o) / 4;
            a->mean[o] = (float)(o * o) / 16;
            a->var[o] = 0.5f + (float)o;
        }
    }
    network_encode(n);
    return n;
}

/* Databases keep networks of the first format. */
static void networks_of_format_1_come_back(void **state)
{
    (void)state;
    static const struct code old[] = {
        {.scheme = SCHEME_FLOAT},
        {.scheme = SCHEME_FIXED_POINT, .rounding = ROUNDING_NEAREST, .weight_bits = 9, .frac_bits = 6},
        {.scheme = SCHEME_FIXED_REFERENCE,
         .reference = REFERENCE_MEAN,
         .span = SPAN_ROW,
         .rounding = ROUNDING_NEAREST,
         .weight_bits = 8,
         .frac_bits = 5,
         .delta_bits = 4},
        {.scheme = SCHEME_CONSECUTIVE,
         .span = SPAN_ROW,
         .weight_bits = 8,
         .frac_bits = 6,
         .delta_bits = 5,
         .delta_offset = 1},
        {.scheme = SCHEME_CONSECUTIVE_OPEN,
         .codec = CODEC_PAPER,
         .weight_bits = 8,
         .frac_bits = 5,
         .delta_bits = 3,
         .delta_offset = 2},
    };
    FILE *f = fopen(DELTASWEEP_SOURCE_DIR "/tests/golden/networks_1.txt", "r");
    char line[256];
    assert_non_null(f);
    for (int i = 0; i < 3; i++)
        assert_non_null(fgets(line, sizeof line, f));
    for (int k = 0; k < (int)(sizeof old / sizeof *old); k++) {
        int number;
        size_t n;
        assert_int_equal(fscanf(f, " network %d bytes %zu", &number, &n), 2);
        assert_int_equal(number, k);
        assert_true(n < 10000);
        uint8_t *bytes = malloc(n);
        for (size_t i = 0; i < n; i++) {
            unsigned byte;
            assert_int_equal(fscanf(f, " %2x", &byte), 1);
            bytes[i] = (uint8_t)byte;
        }
        struct network *expected = formula_network(&old[k], k % 2 ? TRAIN_PAPER : TRAIN_STANDARD), *net;
        struct errmsg e = {""};
        if (pack_read(bytes, n, &net, &e) != STATUS_OK)
            fail_msg("network %d: %s", k, e.text);
        assert_same_network(expected, net);
        for (size_t cut = 0; cut < n; cut++) {
            struct network *none;
            assert_int_equal(pack_read(bytes, cut, &none, &e), STATUS_ENVIRONMENT);
        }
        network_free(expected);
        network_free(net);
        free(bytes);
    }
    fclose(f);
}

/* Any topology, formats of layers, and what training may choose for a layer. */
static void any_code_and_shape_comes_back(void **state)
{
    (void)state;
    static const char *const shapes[][8] = {{"5", "3"},
                                            {"8x6", "4c3", "p2", "3"},
                                            {"9x7x3", "2c5s2", "6c1", "p3", "7", "4"},
                                            {"30", "1", "17", "9", "4"}};
    struct rng r;
    int with_formats = 0, chosen = 0, buckets = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int k = 0; k < 3000; k++) {
        const char *const *words = shapes[k % 4];
        struct topology shape;
        struct network *a, *b;
        struct errmsg e;
        uint8_t *bytes;
        size_t n_bytes;
        int n = 0, wrong;
        while (n < 8 && words[n] != NULL)
            n++;
        assert_int_equal(topology_parse(words, n, &shape, &wrong, &e), STATUS_OK);
        struct code c = random_integer_code(&r), more = c;
        if (scheme_is_delta(c.scheme) && rng_below(&r, 4) == 0) {
            more.span = SPAN_BUCKET;
            more.bucket = 1 + (int)rng_below(&r, 9);
        }
        more.step = (enum step)(rng_below(&r, 3) == 0 ? rng_below(&r, STEP_COUNT) : STEP_FIXED);
        more.n_formats = more.step == STEP_FIXED && rng_below(&r, 2) ? shape.n_layers : 0;
        for (int l = 0; l < more.n_formats; l++) {
            const int D = scheme_is_delta(c.scheme) ? 1 + (int)rng_below(&r, (uint64_t)c.weight_bits) : 0;
            more.formats[l] = (struct layer_format){(int)rng_below(&r, 16), D, D > 0 && D < c.weight_bits};
        }
        code_canonical(&more);
        if (code_check(&more, NULL) == STATUS_OK)
            c = more;
        assert_int_equal(network_new(&a, &shape, &c, (uint64_t)k, &e), STATUS_OK);
        a->mode = (enum train_mode)(k % 2);
        network_shake(&r, a);
        for (int l = 0; c.step != STEP_FIXED && l < shape.n_layers; l++) {
            struct code *own = &a->layers[l].code; /* another choice than that of encoding */
            const int most = scheme_is_delta(c.scheme) ? c.weight_bits - own->delta_bits : 0;
            own->frac_bits = (int)rng_below(&r, 16);
            own->delta_offset = own->codec == CODEC_PAPER ? own->delta_offset : (int)rng_below(&r, (uint64_t)most + 1);
        }
        with_formats += c.n_formats > 0;
        chosen += c.step != STEP_FIXED;
        buckets += c.span == SPAN_BUCKET;
        assert_int_equal(pack_write(a, &bytes, &n_bytes, &e), STATUS_OK);
        if (pack_read(bytes, n_bytes, &b, &e) != STATUS_OK)
            fail_msg("case %d (%s): %s", k, scheme_name(c.scheme), e.text);
        assert_same_network(a, b);
        network_free(a);
        network_free(b);
        free(bytes);
    }
    print_message("%d with formats, %d with chosen ones, %d in buckets\n", with_formats, chosen, buckets);
    assert_true(with_formats > 300 && chosen > 300 && buckets > 300);
}

static void repair_checksum(uint8_t *bytes, size_t n)
{
    const uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)(n - 4));
    for (int i = 0; i < 4; i++)
        bytes[n - 4 + (size_t)i] = (uint8_t)(crc >> (8 * i));
}

/* Damage is refused; even with the checksum made right again, nothing crashes. */
static void damaged_networks_are_refused(void **state)
{
    (void)state;
    struct code codes[SCHEME_COUNT * 24];
    const int n_codes = all_codes(codes);
    struct dataset *d = toy_new(test_seed(), 300, 10, false);
    struct rng r;
    rng_init(&r, 7, RNG_TEST);
    for (int k = 0; k < n_codes; k += 5) {
        struct network *a = trained(d, &codes[k], TRAIN_STANDARD), *b;
        uint8_t *bytes, *copy;
        size_t n;
        struct errmsg e;
        assert_int_equal(pack_write(a, &bytes, &n, &e), STATUS_OK);
        for (size_t cut = 0; cut < n; cut++) {
            uint8_t *exact = malloc(cut > 0 ? cut : 1); /* its own block: a sanitizer sees a read past its end */
            memcpy(exact, bytes, cut);
            assert_int_equal(pack_read(exact, cut, &b, &e), STATUS_ENVIRONMENT);
            assert_null(b);
            if (cut >= 8) {
                repair_checksum(exact, cut);
                assert_int_equal(pack_read(exact, cut, &b, &e), STATUS_ENVIRONMENT);
            }
            free(exact);
        }
        copy = malloc(n + 1);
        for (int trial = 0; trial < 600; trial++) {
            memcpy(copy, bytes, n);
            const size_t at = (size_t)rng_below(&r, trial % 2 ? n : 60);
            const uint8_t flip = (uint8_t)(1 + rng_below(&r, 255));
            copy[at] ^= flip;
            assert_int_equal(pack_read(copy, n, &b, &e), STATUS_ENVIRONMENT);
            assert_null(b);
            if (at >= n - 4)
                continue;
            repair_checksum(copy, n);
            if (pack_read(copy, n, &b, &e) == STATUS_OK)
                network_free(b);
        }
        free(copy);
        free(bytes);
        network_free(a);
    }
    dataset_free(d);
}

static void storage_is_counted(void **state)
{
    (void)state;
    static const int paper[] = {784, 150, 16, 400, 120, 84, 10};
    struct code c = {.scheme = SCHEME_FLOAT};
    assert_int_equal(topology_weights(topology_chain(paper, 6, &(struct topology){0})), 185320);
    assert_int_equal(chain_storage_bits(&c, paper, 6), 185320 * 32);
    c = (struct code){.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 5};
    assert_int_equal(chain_storage_bits(&c, paper, 6), 185320 * 8);
    c = (struct code){.scheme = SCHEME_FIXED_REFERENCE, .weight_bits = 8, .frac_bits = 5, .delta_bits = 4};
    assert_int_equal(chain_storage_bits(&c, paper, 6), 6 * 8 + (185320 - 6) * 4);
    c.reference = REFERENCE_MEAN;
    assert_int_equal(chain_storage_bits(&c, paper, 6), 6 * 8 + 185320 * 4);
    c.span = SPAN_ROW;
    assert_int_equal(chain_storage_bits(&c, paper, 6), 780 * 8 + 185320 * 4);
    c.reference = REFERENCE_ZERO;
    assert_int_equal(chain_storage_bits(&c, paper, 6), 185320 * 4);
    c = (struct code){.scheme = SCHEME_CONSECUTIVE_OPEN,
                      .codec = CODEC_PAPER,
                      .weight_bits = 8,
                      .frac_bits = 7,
                      .delta_bits = 4,
                      .delta_offset = 2};
    assert_int_equal(chain_storage_bits(&c, paper, 6), 6 * 8 + (185320 - 6) * 6);
}

static void seeds_give_networks(void **state)
{
    (void)state;
    const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 5};
    struct network *n[3];
    struct errmsg e;
    for (int i = 0; i < 3; i++)
        assert_int_equal(chain_new(&n[i], sizes, LAYERS, &c, i == 2 ? 6 : 5, &e), STATUS_OK);
    for (int l = 0; l < LAYERS; l++) {
        const int count = sizes[l] * sizes[l + 1];
        const double bound = 1 / sqrt(sizes[l]);
        double squares = 0;
        assert_memory_equal(n[0]->layers[l].w, n[1]->layers[l].w, sizeof(float) * (size_t)count);
        assert_memory_not_equal(n[0]->layers[l].w, n[2]->layers[l].w, sizeof(float) * (size_t)count);
        for (int i = 0; i < count; i++) {
            assert_true(fabs((double)n[0]->layers[l].w[i]) <= bound);
            squares += (double)n[0]->layers[l].w[i] * (double)n[0]->layers[l].w[i];
        }
        assert_true(fabs(squares / count / (bound * bound) - 1.0 / 3) < 0.15); /* uniform: a third */
    }
    for (int i = 0; i < 3; i++)
        network_free(n[i]);
    const int wide[] = {10, NETWORK_MAX_WIDTH + 1};
    assert_int_equal(chain_new(&n[0], wide, 1, &c, 0, &e), STATUS_INPUT);
    const int deep[NETWORK_MAX_LAYERS + 2] = {10, 10, 10};
    assert_int_equal(chain_new(&n[0], deep, NETWORK_MAX_LAYERS + 1, &c, 0, &e), STATUS_INPUT);
    assert_null(n[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_networks_come_back),
        cmocka_unit_test(networks_of_format_1_come_back),
        cmocka_unit_test(any_code_and_shape_comes_back),
        cmocka_unit_test(damaged_networks_are_refused),
        cmocka_unit_test(storage_is_counted),
        cmocka_unit_test(seeds_give_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
