/* Estimates cells and clock of an accelerator within microseconds and without any tool. This is not synthesis. */
#pragma once

#include "models/fpga/device/resources.h"
#include "models/fpga/design/accelerator.h"

/* LUTs and registers are sums over the modules of rtl/accelerator/accelerator.v with a few constants that were fitted
 * to synthesis runs of this project; docs/estimates.md has the errors. DSPs and block RAM are exact. */
struct estimate {
    int lut, lutram, ff, dsp, bram18;
    double fmax_mhz; /* speed grade -1 */
};

/* estimate_of: the estimate for a, which must pass accelerator_check. */
void estimate_of(const struct accelerator *a, struct estimate *out);

/* Whether a design fits a device by its estimate: NO or YES if that holds over the whole error band, else OPEN. */
enum estimated_fit { ESTIMATED_NO, ESTIMATED_YES, ESTIMATED_OPEN };

/* estimate_fit: whether an accelerator fits d. *fit is computed from est, or from `least` (accelerator_least) if that
 * alone does not fit. DSPs and block RAM are those of `least`, which are exact. */
enum estimated_fit estimate_fit(const struct estimate *est, const struct resources *least, const struct device *d,
                                struct fullness *fit);
