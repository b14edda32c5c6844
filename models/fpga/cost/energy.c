#include "models/fpga/cost/energy.h"

#include <math.h>

struct energy energy_of(const struct family *family, const struct resources *r, double clock_mhz,
                        double seconds_per_inference)
{
    struct energy e = {NAN, NAN, NAN, NAN, NAN};
    if (!isfinite(clock_mhz) || !isfinite(seconds_per_inference) || clock_mhz <= 0.0 || seconds_per_inference <= 0.0)
        return e;
    const double fj_per_clock = family->logic_fj * ((double)r->lut + r->ff) + family->dsp_fj * r->dsp +
                                family->bram18_fj * (r->bram18 + 2.0 * r->bram36);
    e.static_mw = family->static_mw;
    e.dynamic_mw = fj_per_clock * clock_mhz * 1e-6; /* fJ · MHz = nW */
    e.static_uj = e.static_mw * seconds_per_inference * 1e3;
    e.dynamic_uj = e.dynamic_mw * seconds_per_inference * 1e3;
    e.total_uj = e.static_uj + e.dynamic_uj;
    return e;
}
