/* Operators with parameters drawn at random over their whole ranges, in bulk and in lock-step. DELTASWEEP_SEED gives
 * other ones. */
#include "tests/support/sim_common.h"

enum { OPERATORS = 24, VECTORS = 600, LOCKSTEP = 200 };

static uint64_t state;

static int between(int lo, int hi)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return lo + (int)(state % (uint64_t)(hi - lo + 1));
}

static struct mac_config random_operator(void)
{
    struct mac_config c = {.variant = (enum mac_variant)between(0, 2),
                           .multiplier = (enum multiplier)between(0, 1),
                           .W = between(2, 16),
                           .N = between(0, 1) ? between(1, 20) : between(1, 300)};
    if (c.variant != MAC_PLAIN) {
        c.D = between(1, c.W);
        c.shift = between(0, c.W - c.D);
        c.wrap = c.variant == MAC_CONSECUTIVE ? between(0, 1) : 0;
    }
    c.P = between(1, c.N < 20 ? c.N : 20);
    return c;
}

static void random_operators_are_right(void **unused)
{
    (void)unused;
    const char *given = getenv("DELTASWEEP_SEED");
    const uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : 1;
    print_message("DELTASWEEP_SEED=%llu\n", (unsigned long long)seed);
    state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    for (int k = 0; k < OPERATORS; k++) {
        const struct mac_config c = random_operator();
        struct operator_result r;
        struct errmsg e = {""};
        struct vector_set s = make_vectors(&c, VECTORS / 2, VECTORS / 2, seed);
        if (operator_sim_check(&c, &s, LOCKSTEP, NULL, &r, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        print_message("%-15s %s W %2d D %2d shift %2d N %3d P %2d: %d clocks, %lld mismatches, built in %.1f s\n",
                      mac_variant_name(c.variant), multiplier_name(c.multiplier), c.W, c.D, c.shift, c.N, c.P,
                      r.cycles_per_dot, (long long)r.mismatches, r.build_seconds);
        assert_int_equal(r.mismatches, 0);
        assert_int_equal(r.cycles_per_dot, mac_cycles(&c));
        assert_true(r.lockstep_clocks > LOCKSTEP * mac_cycles(&c));
        vector_set_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_operators_are_right)};
    return cmocka_run_group_tests(tests, use_build_cache, NULL);
}
