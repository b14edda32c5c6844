/* What synthesis (Yosys) and static timing (OpenSTA) find of one operator or of a whole accelerator. */
#pragma once

#include "models/fpga/device/resources.h"

#include <stdbool.h>

struct synth_result {
    struct resources cells;
    bool timing_known;         /* false: no OpenSTA; the six figures below are NAN */
    double critical_path_ns;   /* estimate with routing, speed grade -1, all paths: port or register to register or
                                  port */
    double fmax_mhz;           /* 1000 / critical_path_ns */
    double critical_path_2_ns, fmax_2_mhz; /* the same netlist at speed grade -2 */
    double fmax_mhz_low, fmax_mhz_high;    /* of fmax_mhz: the error band of docs/estimates.md */
    char path_from[128], path_to[128];     /* ends of the critical path at grade -1 */
    double power_mw;           /* static and dynamic, at fmax_mhz; NAN if that is not known */
    double seconds;            /* of the run that filled the cache */
    bool from_cache;
};
