/* The hardware of points. expand.h makes the points of a sweep. */
#ifndef DELTASWEEP_POINTS_H
#define DELTASWEEP_POINTS_H

#include "models/point/point.h"

/* points_lacking: a line for each reason for which points have no RTL, with how many; "" if all have. */
void points_lacking(const struct point *points, int n, char *out, size_t room);

/* point_make_hardware: the operator or accelerator that p->wish asks for, of p's network, code and device; without what
 * no RTL computes (float codes, convolutions, …). STATUS_INPUT for a wish that makes no sense. */
enum status point_make_hardware(struct point *p, struct errmsg *e);

/* point_without_rtl: whether p has an integer code, and no hardware: *why says what the RTL lacks. */
bool point_without_rtl(const struct point *p, struct errmsg *why);

#endif
