/* Measures the three levels of simulation on one core: the whole test set in bulk through an accelerator of
 * 784-96-64-10 with 32 lanes, 100 of its images in lock-step, and the closed-form schedule. The weights are untrained:
 * the clocks do not depend on them. Per second of processor time. bench_accel [DATASET] */
#include "models/nn/integer/deploy.h"
#include "base/clock.h"
#include "models/nn/data/dataset.h"
#include "sim/accelerator/check.h"
#include "models/fpga/design/schedule.h"
#include "tests/support/chain.h"

#include <stdio.h>

static double schedules_per_second(struct accelerator a)
{
    enum { CALLS = 1000000 };
    int64_t sum = 0;
    const double started = clock_monotonic_s();
    for (int k = 0; k < CALLS; k++) {
        struct schedule s;
        a.P = 1 + k % 64;
        schedule_of(&a, &s);
        sum += s.cycles_per_inference;
    }
    const double seconds = clock_monotonic_s() - started;
    return sum > 0 ? CALLS / seconds : 0; /* the sum is used, so that the calls are made */
}

int main(int argc, char **argv)
{
    static const int sizes[] = {784, 96, 64, 10};
    const struct code code = {.scheme = SCHEME_FIXED_REFERENCE,
                              .reference = REFERENCE_MEAN,
                              .span = SPAN_ROW,
                              .rounding = ROUNDING_NEAREST,
                              .weight_bits = 8,
                              .frac_bits = 6,
                              .delta_bits = 4};
    const struct accelerator_wish wish = {.P = 32, .dsp_lanes = 16, .memory = WEIGHT_MEMORY_BLOCK};
    struct dataset *d = NULL;
    struct network *net = NULL;
    struct integer_network *n = NULL;
    struct accelerator a;
    struct accelerator_result r = {0};
    struct errmsg e = {""};
    enum status s;

    if ((s = dataset_load(argc > 1 ? argv[1] : "fashion-mnist", &d, &e)) == STATUS_OK &&
        (s = chain_accelerator(sizes, 3, &code, &wish, 10, &a, &e)) == STATUS_OK &&
        (s = chain_new(&net, sizes, 3, &code, 1, &e)) == STATUS_OK && (s = deploy(net, &n, &e)) == STATUS_OK)
        s = accelerator_sim_check(&a, n, &d->test, d->test.n, d->test.n < 100 ? d->test.n : 100, 1, &r, &e);
    if (s == STATUS_OK) {
        printf("bulk: %lld images, %lld clocks in %.1f s, %.2f M clocks/s; simulator built in %.1f s\n",
               (long long)r.images, (long long)r.clocks, (double)r.clocks / r.clocks_per_second,
               r.clocks_per_second / 1e6, r.build_seconds);
        printf("lock-step: %lld clocks, %.2f M clocks/s\n", (long long)r.lockstep_clocks,
               r.lockstep_clocks_per_second / 1e6);
        printf("schedule: %.1f M calls/s\n", schedules_per_second(a) / 1e6);
        printf("%lld clocks per inference, %lld of latency, schedule %s, %lld mismatches %s\n",
               (long long)r.cycles_per_inference, (long long)r.cycles_latency,
               r.schedule_agrees ? "agrees" : "DISAGREES", (long long)r.mismatches, r.first_where);
    } else {
        fprintf(stderr, "bench_accel: %s\n", e.text);
    }
    integer_network_free(n);
    network_free(net);
    dataset_free(d);
    return s == STATUS_OK && r.mismatches == 0 && r.schedule_agrees ? 0 : status_exit_code(STATUS_VERDICT);
}
