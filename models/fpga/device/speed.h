/* The delay library of each speed grade, from the one source rtl/synth/xc7_speed1.lib. */
#ifndef DELTASWEEP_SPEED_H
#define DELTASWEEP_SPEED_H

#include "base/status.h"

enum speed_grade { SPEED_1, SPEED_2 };

/* speed_library: the Liberty text of a grade; *text is the caller's to free. -1 is the file as it is; for -2 every
 * delay is scaled by the factor of its cell, and the net that is part of it by that of nets: docs/estimates.md.
 * STATUS_ENVIRONMENT if the file is not there or a figure in it cannot be read. */
enum status speed_library(enum speed_grade grade, char **text, struct errmsg *e);

/* speed_scale: the same for the text of a library (one that the tests wrote). */
enum status speed_scale(const char *speed1, char **text, struct errmsg *e);

/* speed_net_ns: the routed net to one sink. */
double speed_net_ns(enum speed_grade grade);

const char *speed_name(enum speed_grade grade); /* "-1", "-2" */

#endif
