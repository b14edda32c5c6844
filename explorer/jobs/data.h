/* The data set of a plan. */
#pragma once

#include "explorer/jobs/plan.h"

/* data_load: fills p->data with the sweep's data set, and checks that each point can be trained with it. A point that
 * cannot is STATUS_INPUT (STATUS_USAGE for a command line). */
enum status data_load(struct plan *p, struct errmsg *e);

/* data_check: the same for a plan that has its data set; fills in p->notes. */
enum status data_check(struct plan *p, struct errmsg *e);
