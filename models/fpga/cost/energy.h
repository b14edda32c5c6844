/* Energy of one inference, first order: static power, and a charge for each cell and clock. */
#ifndef DELTASWEEP_ENERGY_H
#define DELTASWEEP_ENERGY_H

#include "models/fpga/device/resources.h"

struct energy {
    double static_uj, dynamic_uj; /* of one inference, µJ */
    double total_uj;              /* their sum */
    double static_mw, dynamic_mw; /* power while it computes */
};

/* energy_of: r running at clock_mhz, seconds_per_inference each. Figures are NAN if clock or time is. The constants are
 * those of an XC7S15 at speed grade -2 and 25 °C; each stands in energy.c with its source, or as an assumption. */
struct energy energy_of(const struct resources *r, double clock_mhz, double seconds_per_inference);

#endif
