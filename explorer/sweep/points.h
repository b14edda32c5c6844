/* The hardware of points. expand.h makes the points of a sweep. */
#pragma once

#include "models/point/point.h"

/* points_lacking: a line for each reason for which points have no RTL, with how many; "" if all have. */
void points_lacking(const struct point *points, int n, char *out, size_t room);
