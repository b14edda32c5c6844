/* The delay library of each speed grade, from the family's one library. */
#pragma once

#include "base/status.h"
#include "models/fpga/device/family.h"

/* speed_library: the Liberty text of a grade; *text is the caller's to free. -1 is the file as it is; for -2 every
 * delay is scaled by the factor of its cell, and the net that is part of it by that of nets: docs/estimates.md.
 * STATUS_ENVIRONMENT if the file is not there or a figure in it cannot be read. */
enum status speed_library(const struct family *family, enum speed_grade grade, char **text, struct errmsg *e);

/* speed_scale: the same for the text of a library (one that the tests wrote). */
enum status speed_scale(const struct family *family, const char *speed1, char **text, struct errmsg *e);

/* speed_net_ns: the routed net to one sink. */
double speed_net_ns(const struct family *family, enum speed_grade grade);

const char *speed_name(enum speed_grade grade); /* "-1", "-2" */
