/* Which points no RTL computes, and which axes none of them uses. expand.h makes the points. */
#pragma once

#include "explorer/sweep/sweep.h"

#include "models/point/point.h"

/* points_lacking: writes one line for each reason why points have no RTL, with their number; "" if all have RTL. */
void points_lacking(const struct point *points, int n, char *out, size_t room);

/* points_unused: writes one line that names the axes which the sweep gives and no point uses (delta_bits beside
 * fixed-point alone): their values change nothing. "" if there are none. */
void points_unused(const struct sweep *s, const struct point *points, int n, char *out, size_t room);
