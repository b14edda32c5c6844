/* Static timing of a netlist through OpenSTA, with the delays of a speed grade. */
#pragma once

#include "models/fpga/device/speed.h"

struct timing {
    double critical_path_ns;          /* the worst of all paths, set-up time included; > 0 */
    char path_from[128], path_to[128]; /* register (its wire's name) or port; cut if longer */
};

/* timing_parse: what rtl/synth/timing.tcl prints. Anything but one complete answer is
 * STATUS_ENVIRONMENT, with OpenSTA's own words if it has any. text is its standard
 * output, errors its standard error. */
enum status timing_parse(const char *text, const char *errors, struct timing *out, struct errmsg *e);

/* timing_run: the worst path of the flat netlist timing.v in folder, top module and
 * clock port given. Leaves timing.lib (the library) and timing_setup.tcl there. A cell that
 * the library lacks is an error that names it. STATUS_MISSING without OpenSTA. */
enum status timing_run(const struct family *family, const char *folder, const char *module, const char *clock,
                       enum speed_grade grade, struct timing *out, struct errmsg *e);
