#include "models/fpga/cost/energy.h"

#include <math.h>

/* Static power of an XC7S15-2, typical, 25 °C. Source: Vivado's power report in es-ude/elastic-ai.hw-measurements. */
static const double STATIC_MW = 20.0;

/* Dynamic energy per clock of each LUT and each flip-flop, clock tree and routing included, pads not. Source: the same
 * report, 10 mW at 100 MHz in 589 + 1,174 cells; the report of the XC7S50-1 says the same, of the XC7A35T-1L (0.95 V)
 * 38 fJ, that of a CPU (kiranjayasena-netizen/systemverilog-fpga-cpu, XC7A35T-1) 23 fJ: a quiet design needs less. */
static const double LOGIC_FJ = 57.0;

/* Dynamic energy per clock of a RAMB18 that is enabled in every clock. Source: the report of that CPU, 4 mW at 100 MHz
 * for two. (120 idle RAMB36 take 9 mW in the report of nova-studios-hw/novagpu-ts1t, XC7A100T-1: 0.4 pJ a half.) */
static const double RAMB18_FJ = 20000.0;

/* Dynamic energy per clock of a DSP48E1. Source: the report of novagpu-ts1t, 10 mW at 100 MHz for 19. Its activity is
 * not known: that it fits lanes that multiply in every clock is an assumption. */
static const double DSP_FJ = 5260.0;

struct energy energy_of(const struct resources *r, double clock_mhz, double seconds_per_inference)
{
    struct energy e = {NAN, NAN, NAN, NAN, NAN};
    if (!isfinite(clock_mhz) || !isfinite(seconds_per_inference) || clock_mhz <= 0.0 || seconds_per_inference <= 0.0)
        return e;
    const double fj_per_clock = LOGIC_FJ * ((double)r->lut + r->ff) + DSP_FJ * r->dsp +
                                RAMB18_FJ * (r->bram18 + 2.0 * r->bram36);
    e.static_mw = STATIC_MW;
    e.dynamic_mw = fj_per_clock * clock_mhz * 1e-6; /* fJ · MHz = nW */
    e.static_uj = e.static_mw * seconds_per_inference * 1e3;
    e.dynamic_uj = e.dynamic_mw * seconds_per_inference * 1e3;
    e.total_uj = e.static_uj + e.dynamic_uj;
    return e;
}
