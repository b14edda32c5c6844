/* What an accelerator takes, in microseconds and without any tool: an estimate, not synthesis. */
#pragma once

#include "models/fpga/device/resources.h"
#include "models/fpga/design/accelerator.h"

/* LUTs and registers are sums over the modules of rtl/accelerator/accelerator.v with a few constants that were fitted
 * to our own synthesis runs; docs/estimates.md has the errors. DSPs and block RAM are exact. */
struct estimate {
    int lut, lutram, ff, dsp, bram18;
    double fmax_mhz; /* speed grade -1 */
};

/* estimate_of: a passes accelerator_check. */
void estimate_of(const struct accelerator *a, struct estimate *out);

/* What the estimate says of a device: no or yes where its error band leaves no doubt. */
enum estimated_fit { ESTIMATED_NO, ESTIMATED_YES, ESTIMATED_OPEN };

/* estimate_fit: what est says of a device; *fit is of est itself, or of `least` (accelerator_least) where that is too much
 * already. DSPs and block RAM are those of `least`, which are exact. */
enum estimated_fit estimate_fit(const struct estimate *est, const struct resources *least, const struct device *d,
                                struct fit *fit);
