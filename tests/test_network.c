#include "models/nn/network.h"
#include "models/nn/train.h"
#include "toy.h"
#include "tests/chain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
        assert_int_equal(network_pack(a, &bytes, &n_bytes, &e), STATUS_OK);
        assert_int_equal(network_unpack(bytes, n_bytes, &b, &e), STATUS_OK);
        assert_int_equal(b->mode, a->mode);
        assert_int_equal(b->shape.n_layers, LAYERS);
        assert_memory_equal(b->shape.sizes, a->shape.sizes, sizeof a->shape.sizes);
        assert_memory_equal(&b->code, &a->code, sizeof a->code);
        for (int l = 0; l < LAYERS; l++) {
            const struct layer *x = &a->layers[l], *y = &b->layers[l];
            const size_t O = (size_t)x->O, weights = O * (size_t)x->I;
            assert_memory_equal(x->gamma, y->gamma, O * sizeof(float));
            assert_memory_equal(x->beta, y->beta, O * sizeof(float));
            assert_memory_equal(x->mean, y->mean, O * sizeof(float));
            assert_memory_equal(x->var, y->var, O * sizeof(float));
            float *w = malloc(weights * sizeof *w);
            network_rebuilt(a, l, w);
            assert_memory_equal(w, y->w, weights * sizeof(float));
            free(w);
            if (a->code.scheme == SCHEME_FLOAT) {
                assert_int_equal(network_activations(b, d, 0, N, l, after, &e), STATUS_INPUT);
                continue;
            }
            assert_memory_equal(x->coded.delta, y->coded.delta, weights * sizeof(int32_t));
            assert_memory_equal(x->coded.reference, y->coded.reference, (size_t)x->coded.n_spans * sizeof(int32_t));
            assert_int_equal(network_activations(a, d, 0, N, l, before, &e), STATUS_OK);
            assert_int_equal(network_activations(b, d, 0, N, l, after, &e), STATUS_OK);
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
        assert_int_equal(network_pack(a, &bytes, &n, &e), STATUS_OK);
        for (size_t cut = 0; cut < n; cut++) {
            uint8_t *exact = malloc(cut > 0 ? cut : 1); /* its own block: a sanitizer sees a read past its end */
            memcpy(exact, bytes, cut);
            assert_int_equal(network_unpack(exact, cut, &b, &e), STATUS_ENVIRONMENT);
            assert_null(b);
            if (cut >= 8) {
                repair_checksum(exact, cut);
                assert_int_equal(network_unpack(exact, cut, &b, &e), STATUS_ENVIRONMENT);
            }
            free(exact);
        }
        copy = malloc(n + 1);
        for (int trial = 0; trial < 600; trial++) {
            memcpy(copy, bytes, n);
            const size_t at = (size_t)rng_below(&r, trial % 2 ? n : 60);
            const uint8_t flip = (uint8_t)(1 + rng_below(&r, 255));
            copy[at] ^= flip;
            assert_int_equal(network_unpack(copy, n, &b, &e), STATUS_ENVIRONMENT);
            assert_null(b);
            if (at >= n - 4)
                continue;
            repair_checksum(copy, n);
            if (network_unpack(copy, n, &b, &e) == STATUS_OK)
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
    assert_int_equal(chain_new(&n[0], sizes, NETWORK_MAX_LAYERS + 1, &c, 0, &e), STATUS_INPUT);
    assert_null(n[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_networks_come_back),
        cmocka_unit_test(damaged_networks_are_refused),
        cmocka_unit_test(storage_is_counted),
        cmocka_unit_test(seeds_give_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
