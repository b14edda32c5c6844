#include "models/fpga/device/family.h"
#include "models/fpga/cost/energy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_close(double got, double expected)
{
    if (!(fabs(got - expected) <= 1e-9 * fabs(expected)))
        fail_msg("%.12g, expected %.12g", got, expected);
}

/* The design that the constants come from: 589 LUTs, 1,174 registers, 100 MHz: 10 mW beside 20 mW of static power. */
static void the_source_is_given_back(void **state)
{
    (void)state;
    const struct resources r = {.lut = 589, .ff = 1174};
    const struct energy e = energy_of(&series7, &r, 100.0, 1e-3);
    assert_true(e.static_mw == 20.0 && fabs(e.dynamic_mw - 10.0) < 0.1);
    assert_close(e.static_uj, 20.0);
    assert_close(e.dynamic_uj, e.dynamic_mw);
    assert_close(e.total_uj, e.static_uj + e.dynamic_uj);
}

/* Power grows with the clock, energy of an inference with its time; block RAM counts by halves. */
static void energy_scales(void **state)
{
    (void)state;
    const struct resources r = {.lut = 3000, .ff = 4000, .dsp = 10, .bram18 = 2, .bram36 = 7};
    const struct resources halves = {.lut = 3000, .ff = 4000, .dsp = 10, .bram18 = 16};
    const struct resources no_dsp = {.lut = 3000, .ff = 4000, .bram18 = 2, .bram36 = 7};
    const struct energy e = energy_of(&series7, &r, 100.0, 1e-5), fast = energy_of(&series7, &r, 200.0, 0.5e-5);
    assert_close(fast.dynamic_mw, 2 * e.dynamic_mw);
    assert_close(fast.dynamic_uj, e.dynamic_uj);
    assert_close(fast.static_uj, 0.5 * e.static_uj);
    assert_close(energy_of(&series7, &halves, 100.0, 1e-5).total_uj, e.total_uj);
    assert_true(energy_of(&series7, &no_dsp, 100.0, 1e-5).dynamic_uj < e.dynamic_uj);
    assert_close(e.dynamic_mw, (57.0 * 7000 + 5260.0 * 10 + 20000.0 * 16) * 1e-4);
}

static void unknown_times_give_no_energy(void **state)
{
    (void)state;
    static const double bad[] = {NAN, 0.0, -1.0, INFINITY};
    const struct resources r = {.lut = 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct energy clock = energy_of(&series7, &r, bad[i], 1e-3), time = energy_of(&series7, &r, 100.0, bad[i]);
        assert_true(isnan(clock.total_uj) && isnan(clock.static_mw) && isnan(clock.dynamic_mw));
        assert_true(isnan(time.total_uj) && isnan(time.static_uj) && isnan(time.dynamic_uj));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_source_is_given_back),
        cmocka_unit_test(energy_scales),
        cmocka_unit_test(unknown_times_give_no_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
