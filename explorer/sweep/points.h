/* Which points no RTL computes. expand.h makes the points. */
#pragma once

#include "models/point/point.h"

/* points_lacking: writes one line for each reason why points have no RTL, with their number; "" if all have RTL. */
void points_lacking(const struct point *points, int n, char *out, size_t room);
