#include "base/rng.h"
#include "models/fpga/design/operator.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/train/train.h"
#include "sim/operator/trained.h"
#include "tests/support/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FEATURES = 20, IMAGES = 40 };

static struct dataset *random_images(uint64_t seed)
{
    struct dataset *d = calloc(1, sizeof *d);
    struct rng r;
    rng_init(&r, seed, RNG_TEST);
    d->features = FEATURES;
    d->classes = 2;
    d->test.n = IMAGES;
    d->test.pixels = malloc((size_t)FEATURES * IMAGES);
    d->test.labels = calloc(IMAGES, 1);
    for (int i = 0; i < FEATURES * IMAGES; i++)
        d->test.pixels[i] = (uint8_t)(rng_next(&r) >> 56);
    return d;
}

/* The dot products of a row's pieces, added up, are the network's own: rebuilt weights
 * (codec_decode) times the layer's inputs. */
static void check_code(struct code named, int N, int P, int pieces_of_bucket)
{
    named.bucket = N * pieces_of_bucket;
    code_canonical(&named);
    const struct code *code = &named;
    if (code_check(code, NULL) != STATUS_OK)
        return;
    const int sizes[] = {FEATURES, 7, 2};
    const uint64_t seed = 5;
    struct network *net;
    struct mac_config c;
    struct vector_set s;
    struct errmsg e = {""};
    struct dataset *d = random_images(seed);

    assert_int_equal(chain_new(&net, sizes, 2, code, seed, &e), STATUS_OK);
    assert_int_equal(operator_of(code, N, P, MULTIPLIER_DSP, &c, &e), STATUS_OK);
    const int l = trained_layer(net, N), O = sizes[l + 1], I = sizes[l], pieces = (I + N - 1) / N, n = O * pieces;
    int32_t *w = malloc((size_t)O * (size_t)I * sizeof *w), *x = malloc((size_t)IMAGES * (size_t)I * sizeof *x);
    codec_decode(&net->layers[l].code, &net->layers[l].coded, w);
    assert_int_equal(evaluator_activations(net, d, 0, IMAGES, l, x, &e), STATUS_OK);
    assert_int_equal(vector_set_new(&s, n + 3, N, &e), STATUS_OK);
    assert_int_equal(vector_set_trained(&s, &c, net, d, 3, n, &e), STATUS_OK);

    for (int k = 0; k < n; k++) {
        const int o = k / pieces, begin = k % pieces * N;
        const struct mac_vector v = {s.bias[3 + k], s.initial[3 + k], s.weights + (size_t)(3 + k) * (size_t)N,
                                     s.data + (size_t)(3 + k) * (size_t)N};
        int64_t expected = 0;
        for (int i = begin; i < I && i < begin + N; i++)
            expected += (int64_t)w[o * I + i] * x[(k % IMAGES) * I + i];
        if (mac_dot(&c, &v) != fixed_saturate(expected, 2 * c.W))
            fail_msg("scheme %s, N %d, vector %d", scheme_name(code->scheme), N, k);
    }
    free(w);
    free(x);
    vector_set_free(&s);
    network_free(net);
    free(d->test.pixels);
    free(d->test.labels);
    free(d);
}

static void requests_are_the_network_s_own(void **state)
{
    (void)state;
    for (enum scheme scheme = SCHEME_FIXED_POINT; scheme <= SCHEME_CONSECUTIVE; scheme++)
        for (enum reference reference = 0; reference < REFERENCE_COUNT; reference++)
            for (enum span span = 0; span < SPAN_COUNT; span++)
                for (int kind = 0; kind < 3; kind++) {
                    const struct code code = {.scheme = scheme, .reference = reference, .span = span,
                                              .codec = kind == 2 ? CODEC_TERNARY : CODEC_EXACT,
                                              .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 6,
                                              .delta_bits = 4, .delta_offset = kind > 0};
                    check_code(code, 7, 2, 1);   /* the second layer */
                    check_code(code, 20, 3, 1);  /* the first, a whole row */
                    check_code(code, 6, 4, 1);   /* the first in pieces, the last padded */
                    check_code(code, 6, 4, 2);   /* two pieces a bucket */
                    check_code(code, 32, 5, 1);  /* longer than a row */
                }
}

/* Layers with deltas of their own width run on an operator with room for the widest; other offsets have none. */
static void layers_of_other_widths_share_an_operator(void **state)
{
    (void)state;
    for (enum scheme scheme = SCHEME_FIXED_REFERENCE; scheme <= SCHEME_CONSECUTIVE; scheme++) {
        struct code code = {.scheme = scheme, .reference = REFERENCE_MEAN, .span = SPAN_ROW,
                            .rounding = ROUNDING_NEAREST, .weight_bits = 8, .frac_bits = 6, .delta_bits = 5,
                            .delta_offset = 1, .n_formats = 2, .formats = {{7, 2, 1}, {9, 5, 1}}};
        struct mac_config c;
        struct errmsg e;
        check_code(code, 7, 2, 1);
        check_code(code, 20, 3, 1);
        check_code(code, 6, 4, 1);
        assert_int_equal(operator_of(&code, 20, 1, MULTIPLIER_LUT, &c, &e), STATUS_OK);
        assert_true(c.D == 5 && c.shift == 1);
        code.formats[1].delta_offset = 0;
        assert_int_equal(operator_of(&code, 20, 1, MULTIPLIER_LUT, &c, &e), STATUS_VERDICT);
        assert_non_null(strstr(e.text, "delta_offset"));
        code.n_formats = 0;
        code.step = STEP_AUTO;
        assert_int_equal(operator_of(&code, 20, 1, MULTIPLIER_LUT, &c, &e), STATUS_VERDICT);
        assert_non_null(strstr(e.text, "step auto"));
        code.reference = REFERENCE_ZERO; /* its offsets are a matter of what follows the operator */
        assert_int_equal(operator_of(&code, 20, 1, MULTIPLIER_LUT, &c, &e),
                         scheme == SCHEME_FIXED_REFERENCE ? STATUS_OK : STATUS_VERDICT);
        assert_true(scheme != SCHEME_FIXED_REFERENCE || (c.D == 5 && c.shift == 0));
        code.reference = REFERENCE_MEAN;
        code.step = STEP_LEARNED;
        assert_int_equal(operator_of(&code, 20, 1, MULTIPLIER_LUT, &c, &e), STATUS_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(requests_are_the_network_s_own),
                                       cmocka_unit_test(layers_of_other_widths_share_an_operator)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
