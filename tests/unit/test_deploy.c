/* Deployed networks: codes that give the weights, requantisations that are batch norm. */
#include "models/nn/integer/deploy.h"
#include "models/nn/train/evaluator.h"
#include "models/nn/integer/infer.h"
#include "tests/support/random_network.h"
#include "tests/support/toy.h"
#include "tests/support/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool fits(int64_t x, int bits)
{
    return x == fixed_saturate(x, bits);
}

/* References and codes rebuild what codec_decode says, and are the stored ones where those are exact. */
static void check_codes(const struct network *net, const struct integer_network *n)
{
    for (int l = 0; l < n->n_layers; l++) {
        const struct code *c = &net->layers[l].code;
        const struct integer_layer *a = &n->layers[l];
        assert_true(a->D <= n->D && a->shift >= n->shift && a->shift < n->shift + (1 << n->shift_bits));
        const struct coded_layer *coded = &net->layers[l].coded;
        int32_t *w = malloc((size_t)a->O * (size_t)a->I * sizeof *w);
        codec_decode(c, coded, w);
        /* Equal offsets stay. Others go into f, where there is no reference: the weights are then others, times 2^-f the
         * same. */
        const int folded = a->f - c->frac_bits;
        assert_true(folded == 0 || (!n->has_reference && !n->consecutive && a->shift == n->shift));
        for (size_t i = 0; i < (size_t)a->O * (size_t)a->I; i++) {
            w[i] = folded < 0 ? w[i] / (1 << -folded) : w[i] * (1 << folded);
            assert_int_equal(w[i], a->weight[i]);
        }
        for (int o = 0; o < a->O; o++) {
            const int32_t *row = w + (size_t)o * (size_t)a->I, *d = a->code + (size_t)o * (size_t)a->I;
            const int32_t *stored = coded->delta + (size_t)o * (size_t)a->I;
            int64_t sum = a->reference[o];
            for (int i = a->I - 1; n->consecutive && i > 0; i--)
                sum -= (int64_t)d[i] * (1 << a->shift);
            assert_true(n->has_reference || a->reference[o] == 0);
            assert_true(fits(a->reference[o], n->W));
            for (int i = 0; i < a->I; i++) {
                assert_true(fits(d[i], a->D));
                if (n->consecutive && i > 0)
                    sum += (int64_t)d[i] * (1 << a->shift);
                assert_int_equal(n->consecutive ? sum : sum + (int64_t)d[i] * (1 << a->shift), row[i]);
                const bool exact = c->scheme == SCHEME_FIXED_POINT ||
                                   (c->span != SPAN_BUCKET &&
                                    (c->scheme == SCHEME_CONSECUTIVE ||
                                     (c->scheme == SCHEME_FIXED_REFERENCE && c->codec != CODEC_PAPER)));
                if (exact && !(n->consecutive && i == 0))
                    assert_int_equal(d[i], stored[i]);
            }
            assert_true(!n->consecutive || (d[0] == 0 && a->reference[o] == row[a->I - 1]));
        }
        free(w);
    }
}

static void codes_give_the_weights(void **state)
{
    (void)state;
    enum { TRIALS = 1500 };
    struct rng r;
    struct errmsg e;
    int verdicts = 0, buckets = 0, formats = 0, seen[SCHEME_COUNT] = {0};
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct code c = random_integer_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct network *net;
        struct integer_network *n;
        const int n_layers = random_sizes(&r, sizes, 3, 40);
        random_formats(&r, &c, n_layers, false);
        formats += c.n_formats > 0;
        assert_int_equal(chain_new(&net, sizes, n_layers, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        const enum status s = deploy(net, &n, &e);
        if (s == STATUS_OK) {
            seen[c.scheme]++;
            const bool whole = c.scheme == SCHEME_FIXED_POINT || c.span == SPAN_BUCKET; /* the weights themselves */
            assert_true(c.n_formats > 0 || n->D == (whole ? c.weight_bits : code_delta_width(&c)));
            assert_true(!whole || !(n->consecutive || n->has_reference || n->shift != 0));
            buckets += c.span == SPAN_BUCKET;
            check_codes(net, n);
        } else {
            verdicts++;
            assert_int_equal(s, STATUS_VERDICT);
            assert_null(n);
            assert_true(c.scheme == SCHEME_CONSECUTIVE_OPEN && c.codec != CODEC_PAPER &&
                        (c.delta_offset > 0 || c.n_formats > 0));
            assert_non_null(strstr(e.text, "delta_offset 0"));
        }
        integer_network_free(n);
        network_free(net);
    }
    assert_true(verdicts > 10 && buckets > 100 && formats > 300);
    for (int k = SCHEME_FIXED_POINT; k < SCHEME_COUNT; k++)
        assert_true(seen[k] > 100);
}

static void a_float_network_is_not_deployed(void **state)
{
    (void)state;
    static const int sizes[] = {3, 2};
    const struct code c = {.scheme = SCHEME_FLOAT};
    struct errmsg e;
    struct network *net;
    struct integer_network *n;
    assert_int_equal(chain_new(&net, sizes, 1, &c, 1, &e), STATUS_OK);
    assert_int_equal(deploy(net, &n, &e), STATUS_VERDICT);
    assert_null(n);
    assert_non_null(strstr(e.text, "float"));
    network_free(net);
    integer_network_free(NULL);
}

/* Stored codes that are not of the network's code, as only a damaged record could have. */
static void wrong_codes_are_refused(void **state)
{
    (void)state;
    static const int sizes[] = {3, 2};
    const struct code c = {.scheme = SCHEME_CONSECUTIVE, .weight_bits = 8, .frac_bits = 5, .delta_bits = 3};
    struct errmsg e;
    struct network *net;
    struct integer_network *n;
    assert_int_equal(chain_new(&net, sizes, 1, &c, 1, &e), STATUS_OK);
    net->layers[0].coded.delta[5] = 3;
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    integer_network_free(n);
    net->layers[0].coded.delta[5] = 4;
    assert_int_equal(deploy(net, &n, &e), STATUS_VERDICT);
    assert_non_null(strstr(e.text, "layer 0, neuron 1, weight 2"));
    network_free(net);
}

/* What batch norm says a sum becomes, on the grid 2^-H. */
static double normed(const struct layer *a, int o, double total, int f, int H)
{
    const int grid = f + a->code.frac_bits;
    const double g = (double)a->gamma[o] / sqrt((double)a->var[o] + (double)NORM_EPS);
    return ldexp(g * (ldexp(total, -grid) - (double)a->mean[o]) + (double)a->beta[o], H);
}

static int cut_of(const struct integer_network *n)
{
    const int surplus = integer_total_bits(n->W, n->f, n->sizes, n->n_layers) - REQUANTISE_T_BITS;
    return surplus > 0 ? surplus : 0;
}

/* y of random sums is batch norm's, to a half, and what the rounding of m and b and the cut of t can cost. */
static void requantisation_is_batch_norm(void **state)
{
    (void)state;
    enum { TRIALS = 1000, SUMS = 20 };
    const int32_t most = INT32_MAX - 1;
    struct rng r;
    struct errmsg e;
    int checked = 0, cuts = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct code c = random_integer_code(&r);
        int sizes[NETWORK_MAX_LAYERS + 1];
        struct network *net;
        struct integer_network *n;
        const int n_layers = random_sizes(&r, sizes, 3, 300);
        c.scheme = SCHEME_FIXED_POINT;
        code_canonical(&c);
        random_formats(&r, &c, n_layers, false);
        assert_int_equal(chain_new(&net, sizes, n_layers, &c, 1, &e), STATUS_OK);
        network_shake(&r, net);
        assert_int_equal(deploy(net, &n, &e), STATUS_OK);
        assert_true(n->logit_fraction >= 0 && n->logit_fraction <= 12);
        const int cut = cut_of(n), bits = integer_total_bits(n->W, n->f, n->sizes, n->n_layers);
        for (int l = 0; l < n_layers; l++) {
            const int o = (int)rng_below(&r, (uint64_t)sizes[l + 1]), H = l < n_layers - 1 ? n->f : n->logit_fraction;
            const struct requantise *q = &n->layers[l].q[o];
            const double sum = normed(&net->layers[l], o, 1, n->f, H) - normed(&net->layers[l], o, 0, n->f, H);
            const double slope = ldexp(sum, cut), middle = ldexp((double)net->layers[l].mean[o], n->f + n->layers[l].f - cut);
            assert_true(q->shift >= REQUANTISE_LEAST_SHIFT && q->shift <= REQUANTISE_GREATEST_SHIFT);
            assert_true(fits(q->multiplier, 18));
            if (fabs(ldexp(slope, q->shift)) > 131071 || abs(q->bias) > most)
                continue; /* saturated, see below */
            for (int k = 0; k < SUMS; k++, checked++) {
                const int size = bits - 1 - (int)rng_below(&r, (uint64_t)bits - 1);
                const int64_t total = (int64_t)rng_below(&r, UINT64_C(1) << size) - (INT64_C(1) << (size - 1));
                const int64_t t = total >> cut;
                const double ideal = normed(&net->layers[l], o, (double)total, n->f, H);
                if (fabs(ideal) > 1e9)
                    continue;
                const double slack = 0.5 + ldexp(fabs((double)t - middle) * 0.5 + 128, -q->shift) +
                                     (cut > 0 ? 0.5 * fabs(slope) : 0) + 1e-6 * fabs(ideal);
                const double y = (double)requantise_apply(q, t, -most, most);
                if (fabs(y - ideal) > slack + 1e-6)
                    fail_msg("layer %d, neuron %d, total %lld: y is %g, not %g", l, o, (long long)total, y, ideal);
                cuts += cut > 0;
            }
        }
        integer_network_free(n);
        network_free(net);
    }
    assert_true(checked > 10000 && cuts > 1000);
}

/* The shift is the greatest for which both numbers fit: a step more would not. */
static void the_shift_is_the_greatest(void **state)
{
    (void)state;
    static const int sizes[] = {9, 50, 50};
    struct rng r;
    struct errmsg e;
    struct network *net;
    struct integer_network *n;
    const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 5};
    int below = 0;
    rng_init(&r, test_seed(), RNG_TEST);
    assert_int_equal(chain_new(&net, sizes, 2, &c, 1, &e), STATUS_OK);
    network_shake(&r, net);
    for (int o = 0; o < 50; o++) /* from steep to flat, from far to near */
        net->layers[0].gamma[o] *= (float)ldexp(1, 8 - o), net->layers[0].beta[o] *= (float)ldexp(1, o % 25 - 12);
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    for (int o = 0; o < 50; o++) {
        const struct requantise *q = &n->layers[0].q[o];
        const double slope = normed(&net->layers[0], o, 1, 5, 5) - normed(&net->layers[0], o, 0, 5, 5);
        const double origin = normed(&net->layers[0], o, 0, 5, 5) + 0.5;
        const double m = ldexp(slope, q->shift + 1), b = ldexp(origin, q->shift + 1 - REQUANTISE_BIAS_SHIFT);
        below += q->shift < REQUANTISE_GREATEST_SHIFT;
        if (q->shift < REQUANTISE_GREATEST_SHIFT)
            assert_true(fabs(m) > 131070 || fabs(b) > 2147480000.0);
    }
    assert_true(below > 10 && below < 50);
    integer_network_free(n);
    network_free(net);
}

/* One neuron with this batch norm, W = 8, f = 5, a hidden one or a logit. */
static struct requantise requantise_with(float gamma, float beta, float mean, float var, bool hidden)
{
    static const int sizes[] = {4, 1, 1};
    const struct code c = {.scheme = SCHEME_FIXED_POINT, .weight_bits = 8, .frac_bits = 5};
    struct errmsg e;
    struct network *net;
    struct integer_network *n;
    struct requantise q;
    assert_int_equal(chain_new(&net, sizes, hidden ? 2 : 1, &c, 1, &e), STATUS_OK);
    struct layer *a = &net->layers[0];
    a->gamma[0] = gamma;
    a->beta[0] = beta;
    a->mean[0] = mean;
    a->var[0] = var;
    assert_int_equal(deploy(net, &n, &e), STATUS_OK);
    q = n->layers[0].q[0];
    assert_true(q.shift >= REQUANTISE_LEAST_SHIFT && q.shift <= REQUANTISE_GREATEST_SHIFT && fits(q.multiplier, 18));
    integer_network_free(n);
    network_free(net);
    return q;
}

static int32_t hidden_of(struct requantise q, int64_t t)
{
    return requantise_apply(&q, t, -32, 32);
}

static void requantisation_at_its_edges(void **state)
{
    (void)state;
    /* gamma 0: always beta, as finely as the bias allows. */
    struct requantise q = requantise_with(0, 0.25f, 3, 2, true);
    assert_int_equal(q.multiplier, 0);
    for (int64_t t = -1000; t <= 1000; t += 250)
        assert_int_equal(hidden_of(q, t), 8);
    /* Nothing at all: the half of the rounding alone. */
    q = requantise_with(0, 0, 0, 0, true);
    assert_int_equal(hidden_of(q, 12345), 0);
    /* A negative slope: greater sums, smaller y. 1/2 = 16 steps at the mean, which is 1024 on the grid of 2f. */
    q = requantise_with(-1, 0.5f, 1, 1, true);
    assert_true(q.multiplier < 0);
    assert_int_equal(hidden_of(q, 1024), 16);
    assert_int_equal(hidden_of(q, 1024 + 320), 6);
    assert_int_equal(hidden_of(q, 1024 - 320), 26);
    assert_int_equal(hidden_of(q, 100000), -32);
    assert_int_equal(hidden_of(q, -100000), 32);
    /* Ties go up: 16 steps of total are half a step of y (g is a little below 1 because of the 10^-5). */
    q = requantise_with(1, 0, 0, 1, true);
    assert_int_equal(hidden_of(q, 17), 1);
    assert_int_equal(hidden_of(q, 15), 0);
    assert_int_equal(hidden_of(q, -15), 0);
    assert_int_equal(hidden_of(q, -17), -1);
    /* Too steep for any multiplier: saturated, but at the mean it is still beta. */
    q = requantise_with(1e6f, -0.5f, 2, 0, true);
    assert_int_equal(q.multiplier, 131071);
    assert_int_equal(q.shift, REQUANTISE_LEAST_SHIFT);
    assert_int_equal(hidden_of(q, 2048), -16);
    assert_int_equal(hidden_of(q, 2049), 32);
    assert_int_equal(hidden_of(q, 2047), -32);
    q = requantise_with(-1e30f, 0, 0, 0, true);
    assert_int_equal(q.multiplier, -131072);
    /* Too far for any bias. */
    q = requantise_with(1, 1e12f, 0, 1, true);
    assert_int_equal(q.bias, INT32_MAX);
    assert_int_equal(hidden_of(q, 0), 32);
    q = requantise_with(1, -3e38f, 0, 1, false);
    assert_int_equal(q.bias, INT32_MIN);
    assert_int_equal(requantise_apply(&q, 0, -(1 << 23), (1 << 23) - 1), -(1 << 23));
    /* Logits: 12 bits of fraction here, 2 where a slope of 512 · 2^-10 · 2^h must fit 18 bits at shift 9, none where
     * nothing fits. */
    q = requantise_with(1, 0.75f, 0, 1, false);
    assert_int_equal(requantise_apply(&q, 0, -(1 << 23), (1 << 23) - 1), 3 << 10);
    q = requantise_with(60000, 0.75f, 0, 1, false);
    assert_int_equal(requantise_apply(&q, 0, -(1 << 23), (1 << 23) - 1), 3);
    q = requantise_with(1e6f, 5, 0, 1, false);
    assert_int_equal(requantise_apply(&q, 0, -(1 << 23), (1 << 23) - 1), 5);
}

static void widths_are_those_of_the_text(void **state)
{
    (void)state;
    static const int sizes[] = {784, 96, 64, 10}, one[] = {1, 1}, power[] = {7, 8, 3};
    assert_int_equal(integer_activation_bits(8, 5), 7);
    assert_int_equal(integer_activation_bits(8, 6), 8);
    assert_int_equal(integer_activation_bits(8, 7), 8);
    assert_int_equal(integer_activation_bits(16, 0), 2);
    assert_int_equal(integer_total_bits(8, 5, sizes, 3), 8 + 7 - 1 + 10);
    assert_int_equal(integer_total_bits(16, 15, sizes, 3), 16 + 16 - 1 + 10);
    assert_int_equal(integer_total_bits(2, 0, one, 1), 2 + 2 - 1 + 1);
    assert_int_equal(integer_total_bits(8, 5, power, 2), 8 + 7 - 1 + 4); /* clog2(9), not of 8 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_give_the_weights),
        cmocka_unit_test(a_float_network_is_not_deployed),
        cmocka_unit_test(wrong_codes_are_refused),
        cmocka_unit_test(requantisation_is_batch_norm),
        cmocka_unit_test(the_shift_is_the_greatest),
        cmocka_unit_test(requantisation_at_its_edges),
        cmocka_unit_test(widths_are_those_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
