/* Energy of one inference, first order: static power, and a charge for each cell and clock. */
#pragma once

#include "models/fpga/device/family.h"

struct energy {
    double static_uj, dynamic_uj; /* of one inference, µJ */
    double total_uj;              /* their sum */
    double static_mw, dynamic_mw; /* power while it computes */
};

/* energy_of: the energy of a design with the cells r that runs at clock_mhz and takes seconds_per_inference. The
 * figures are NAN if clock or time is NAN. The constants are those of the family, for one part at room temperature; the
 * family's row gives the source of each, or says that it is an assumption. */
struct energy energy_of(const struct family *family, const struct resources *r, double clock_mhz,
                        double seconds_per_inference);
