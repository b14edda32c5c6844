/* What a user should know of the points of a sweep: which ones no RTL computes, and which axes none of them uses. */
#pragma once

#include "explorer/sweep/expand.h"

/* What is noted of points while they are made (expand.h): points_seen_new: of none yet; the caller's (free), NULL
 * without memory. points_see: notes a point. */
struct points_seen *points_seen_new(void);
void points_see(struct points_seen *seen, const struct point *p);

/* points_lacking: writes one line for each reason why points have no RTL, with their number; "" if all have RTL. */
void points_lacking(const struct points *p, char *out, size_t room);

/* points_unused: writes one line that names the axes which the sweep gives and no point uses (delta_bits beside
 * fixed-point alone): their values change nothing. "" if there are none. */
void points_unused(const struct points *p, char *out, size_t room);
