/* Energy of one inference, first order: static power, and a charge for each cell and clock. */
#pragma once

#include "models/fpga/device/family.h"

struct energy {
    double static_uj, dynamic_uj; /* of one inference, µJ */
    double total_uj;              /* their sum */
    double static_mw, dynamic_mw; /* power while it computes */
};

/* energy_of: r running at clock_mhz, seconds_per_inference each. Figures are NAN if clock or time is. The constants are
 * the family's, of one part at room temperature; each stands in its row with its source, or as an assumption. */
struct energy energy_of(const struct family *family, const struct resources *r, double clock_mhz,
                        double seconds_per_inference);
