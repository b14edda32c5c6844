/* The closed-form schedule: cases worked by hand, and against a clock-by-clock walk through the rules. */
#include "models/fpga/design/schedule.h"

#include "base/clock.h"
#include "base/rng.h"
#include "tests/support/toy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* layers: sizes ended by 0. */
static struct accelerator accelerator_with(const int *sizes, int P, int D, bool reference)
{
    struct accelerator a = {.W = 8, .f = 5, .D = D, .reference = reference, .P = P};
    while (sizes[a.n_layers + 1] != 0)
        a.n_layers++;
    memcpy(a.sizes, sizes, ((size_t)a.n_layers + 1) * sizeof *sizes);
    return a;
}

static void one_neuron_of_one_input(void **state)
{
    (void)state;
    const struct accelerator a = accelerator_with((int[]){1, 1, 0}, 1, 8, false);
    struct schedule s;
    assert_int_equal(accelerator_latency(&a), 18);
    schedule_of(&a, &s);
    assert_int_equal(s.bank_free, 1);       /* the beat is in clock 0 */
    assert_int_equal(s.lanes_free, 2);      /* one idle clock */
    assert_int_equal(s.result, 0 + 18 + 2); /* L, arg max and the queue */
    assert_int_equal(s.load_to_beat, 2);
    assert_int_equal(s.cycles_latency, 2 + 20);
    assert_int_equal(s.cycles_per_inference, 6); /* 4 images in 20 + 2 clocks: the places for results */
    assert_true(s.efficiency == 1.0 / 6);
}

static void two_layers_two_lanes(void **state)
{
    (void)state;
    const struct accelerator a = accelerator_with((int[]){4, 3, 2, 0}, 2, 4, true);
    struct schedule s;
    int64_t result[7];
    assert_int_equal(accelerator_latency(&a), 20);
    schedule_of(&a, &s);
    /* Beats 0-3, idle 4, beats 5-8; neurons 0 and 1 are at 3 + 20 and one later, the last one at 28, so that its
     * reader, beat 2 of the next layer, is in 28: beats 26-28. */
    assert_int_equal(s.bank_free, 9);
    assert_int_equal(s.lanes_free, 30);
    assert_int_equal(s.result, 28 + 20 + 1 + 2);
    assert_int_equal(s.cycles_per_inference, 30);
    assert_int_equal(s.cycles_latency, 3 + 2 + 51);
    assert_true(s.efficiency == (12 + 6) / (2 * 30.0));
    schedule_stream(&a, 7, result);
    for (int k = 0; k < 7; k++)
        assert_int_equal(result[k], 56 + 30 * k);
}

/* A pass of fewer inputs than lanes waits for the drain: P clocks from last beat to last beat, and P + 1 between
 * first beats where there is nothing to wait for. */
static void lanes_drain_before_the_next_pass(void **state)
{
    (void)state;
    struct schedule s;
    struct accelerator a = accelerator_with((int[]){2, 12, 0}, 5, 4, true);
    schedule_of(&a, &s);
    assert_int_equal(s.bank_free, 12);  /* beats 0, 1, 5, 6, 10, 11 */
    assert_int_equal(s.lanes_free, 13); /* two neurons in the last pass: gone before the next image's first pass ends */
    a.sizes[1] = 13;
    schedule_of(&a, &s);
    assert_int_equal(s.lanes_free, 13);
    a.sizes[1] = 14;
    schedule_of(&a, &s);
    assert_int_equal(s.lanes_free, 14); /* four neurons, two inputs: two idle clocks */
    a.sizes[1] = 15;
    schedule_of(&a, &s);
    assert_int_equal(s.lanes_free, 15);
    for (int I = 3; I <= 6; I++) { /* the gate: P - I is 2, 1, 0, -1 */
        a = accelerator_with((int[]){I, 10, 0}, 5, 4, true);
        schedule_of(&a, &s);
        assert_int_equal(s.bank_free, 2 * I + (I == 3 ? 2 : 1));
    }
}

/* The wait for activations vanishes when the layer before has passes enough. */
static void activations_gate_the_next_layer(void **state)
{
    (void)state;
    struct schedule s;
    const int L = 20; /* of D = 4 with references */
    for (int passes = 1; passes <= 12; passes++) {
        const struct accelerator a = accelerator_with((int[]){3, 2 * passes, 1, 0}, 2, 4, true);
        assert_int_equal(accelerator_latency(&a), L);
        schedule_of(&a, &s);
        const int first = 4 * passes - 1, wait = L - 1 - 2 * (passes - 1); /* 19, 17, … 1, -1: 1 clock from 10 on */
        assert_int_equal(s.bank_free, first);
        assert_int_equal(s.lanes_free, first + (passes < 10 ? wait : 1) + 2 * passes + 1);
    }
}

/* A stream is held back by the lanes or by the places for results. */
static void lanes_or_places_bind(void **state)
{
    (void)state;
    struct schedule s;
    struct accelerator a = accelerator_with((int[]){50, 5, 0}, 5, 4, true);
    schedule_of(&a, &s);
    assert_int_equal(s.cycles_per_inference, 51); /* lanes: 50 beats and an idle clock */
    a.sizes[0] = 25;
    schedule_of(&a, &s); /* a place: 24 + 20 + 4 + 2 = 50 clocks and 2, for 4 images */
    assert_int_equal(s.result, 50);
    assert_int_equal(s.cycles_per_inference, 26);
    a.sizes[0] = 8;
    schedule_of(&a, &s); /* 33, 35 / 4 = 8.75; lanes 9 */
    assert_int_equal(s.cycles_per_inference, 9);
    a.sizes[0] = 7;
    schedule_of(&a, &s); /* 32, 34 / 4 = 8.5; lanes 8 */
    assert_int_equal(s.cycles_per_inference, 9);
}

/* walk: the clocks in which n results are taken, pixels always valid, results always taken: the rules, a clock at a
 * time, as someone would who never saw models/fpga/design/schedule.c. */
static void walk(const struct accelerator *a, int n, int64_t *result)
{
    int64_t ready[64], bank_free[64] = {0}; /* of each image */
    int loading = 0, in_load = 0, started = 0, released = 0, layer = 0, pass = 0, input = 0, taken = 0;
    int64_t idle = 0, first_clock = -1;
    assert_true(n <= 64);
    for (int64_t clock = 0; taken < n; clock++) {
        while (taken < started && taken < released && result[taken] <= clock)
            taken++;
        if (loading < n &&
            (loading < 2 || (loading - 2 < started && bank_free[loading - 2] > 0 && bank_free[loading - 2] <= clock))) {
            first_clock = first_clock < 0 ? clock : first_clock;
            if (++in_load == a->sizes[0]) {
                ready[loading++] = clock + LOAD_TO_BEAT;
                in_load = 0;
            }
        }
        if (idle > 0) {
            idle--;
            continue;
        }
        if (layer == 0 && pass == 0 && input == 0) {
            const bool place = started < RESULT_PLACES || (started - RESULT_PLACES < taken &&
                                                           result[started - RESULT_PLACES] + TAKE_TO_BEAT <= clock);
            if (started == n || started >= loading || ready[started] > clock || !place)
                continue;
            started++;
        }
        const int I = a->sizes[layer], O = a->sizes[layer + 1], passes = (O + a->P - 1) / a->P;
        if (++input < I)
            continue;
        input = 0;
        if (++pass < passes) {
            idle = a->P - I > 1 ? a->P - I : 1;
            continue;
        }
        pass = 0;
        if (layer == 0)
            bank_free[started - 1] = clock + BEAT_TO_BANK;
        const int last_neurons = O - (passes - 1) * a->P, L = accelerator_latency(a);
        if (++layer < a->n_layers) {
            const int wait = L - 1 - (passes - 1) * a->P;
            idle = wait > 1 ? wait : 1;
            continue;
        }
        layer = 0;
        idle = last_neurons - a->sizes[0] > 1 ? last_neurons - a->sizes[0] : 1;
        result[released++] = clock + L + last_neurons - 1 + RESULT_TO_VALID;
    }
    assert_int_equal(first_clock, 0);
}

static struct accelerator random_accelerator(struct rng *r)
{
    const int most = rng_below(r, 2) ? 6 : 60;
    struct accelerator a = {.n_layers = 1 + (int)rng_below(r, 4), .W = 8, .f = 5, .P = 1 + (int)rng_below(r, 40)};
    for (int l = 0; l <= a.n_layers; l++)
        a.sizes[l] = 1 + (int)rng_below(r, (uint64_t)most);
    a.D = 1 + (int)rng_below(r, 8);
    a.consecutive = rng_below(r, 3) == 0;
    a.reference = a.consecutive || rng_below(r, 2);
    a.dsp_lanes = (int)rng_below(r, (uint64_t)a.P + 1);
    return a;
}

static void the_closed_form_is_the_walk(void **state)
{
    (void)state;
    enum { IMAGES = 24, TRIALS = 5000 };
    struct rng r;
    struct errmsg e;
    int by_lanes = 0, uneven = 0;
    const uint64_t seed = test_seed();
    rng_init(&r, seed, RNG_TEST);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct accelerator a = random_accelerator(&r);
        struct schedule s;
        int64_t walked[IMAGES], streamed[IMAGES];
        assert_int_equal(accelerator_check(&a, &e), STATUS_OK);
        schedule_of(&a, &s);
        walk(&a, IMAGES, walked);
        schedule_stream(&a, IMAGES, streamed);
        for (int k = 0; k < IMAGES; k++)
            if (walked[k] != streamed[k])
                fail_msg("seed %llu trial %d image %d: clock %lld, the schedule says %lld", (unsigned long long)seed,
                         trial, k, (long long)walked[k], (long long)streamed[k]);
        assert_int_equal(walked[0], s.cycles_latency);
        const int64_t four = walked[IMAGES - 1] - walked[IMAGES - 1 - RESULT_PLACES];
        assert_int_equal((four + RESULT_PLACES - 1) / RESULT_PLACES, s.cycles_per_inference);
        /* From the first image on: a short run shows the same interval. */
        assert_int_equal(walked[RESULT_PLACES] - walked[0], four);
        assert_true(s.efficiency > 0 && s.efficiency <= 1);
        by_lanes += s.cycles_per_inference == s.lanes_free;
        uneven += four % RESULT_PLACES != 0;
    }
    assert_true(by_lanes > TRIALS / 2 && by_lanes < TRIALS && uneven > TRIALS / 100);
}

static void it_takes_microseconds(void **state)
{
    (void)state;
    enum { CALLS = 100000 };
    struct accelerator a = accelerator_with((int[]){784, 96, 64, 10, 0}, 32, 4, true);
    int64_t sum = 0;
    const double started = clock_monotonic_s();
    for (int k = 0; k < CALLS; k++) {
        struct schedule s;
        a.P = 1 + k % 64;
        schedule_of(&a, &s);
        sum += s.cycles_per_inference;
    }
    const double seconds = clock_monotonic_s() - started;
    print_message("%.0f schedules a second (%lld)\n", CALLS / seconds, (long long)sum);
    assert_true(seconds < 1e-5 * CALLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_neuron_of_one_input),
        cmocka_unit_test(two_layers_two_lanes),
        cmocka_unit_test(lanes_drain_before_the_next_pass),
        cmocka_unit_test(activations_gate_the_next_layer),
        cmocka_unit_test(lanes_or_places_bind),
        cmocka_unit_test(the_closed_form_is_the_walk),
        cmocka_unit_test(it_takes_microseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
