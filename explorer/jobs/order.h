/* In which order the jobs of a plan start. */
#pragma once

#include "explorer/jobs/plan.h"

/* order_jobs: sets `turn` of each job, 0 for the first. A higher `priority` comes first. Jobs of one priority follow the
 * points in their order, each with all that it needs: its training with the first seed, its simulator, its check and its
 * synthesis. So the first points are complete early. Then comes the second seed of all points, and so on. Towards the end
 * a long job moves forward, so that the workers do not wait for it alone: it starts while there is still work for all
 * workers for as long as it takes. STATUS_ENVIRONMENT without memory. */
enum status order_jobs(struct plan *p, int workers, struct errmsg *e);
