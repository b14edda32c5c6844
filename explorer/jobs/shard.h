/* A shard: the part of a sweep that one of several machines does. */
#pragma once

#include "explorer/jobs/plan.h"

/* shard_keep: leaves shard i of n (1 <= i <= n) in the plan: its runs, their points, and all jobs that these need. The
 * trainings stand in the order of the points, the seeds of a point beside each other, and are cut into n pieces of
 * about equal expected time; a run goes where its training is. So no training is in two shards. A build or a synthesis
 * is in each shard that has a point with this hardware; points with equal hardware mostly stand beside each other. The
 * cut follows from the sweep and n alone, whatever tools a machine has. A shard may be empty. STATUS_ENVIRONMENT
 * without memory. */
enum status shard_keep(struct plan *p, int i, int n, struct errmsg *e);
