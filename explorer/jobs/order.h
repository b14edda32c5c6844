/* In which order the jobs of a plan start. */
#pragma once

#include "explorer/jobs/plan.h"

/* order_jobs: sets `turn` of each job, 0 for the first. Trainings come first, a seed of all points before the next
 * seed: accuracies are what most sweeps are about, and they come early. Then one hardware after another, the most
 * expensive first, each with its build, its checks and its synthesis: so points become complete one by one. Where these
 * do not decide, long jobs come first. STATUS_ENVIRONMENT without memory. */
enum status order_jobs(struct plan *p, struct errmsg *e);
