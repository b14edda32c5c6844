/* How long the rest of a run takes: each kind of job has its own guessed costs, and its own
 * error in them, learned from the jobs of that kind that are done. One factor for all would
 * make hours of a few small trainings and one slow build. */
#ifndef DELTASWEEP_PACE_H
#define DELTASWEEP_PACE_H

#include "explorer/jobs/plan.h"

struct pace {
    struct {
        double left, done; /* s, guessed */
        double seconds;    /* s, that the done part really took */
    } kinds[JOB_KIND_COUNT];
};

/* pace_add: a job, or the part of one, of that guessed cost is to be done (again). */
void pace_add(struct pace *p, enum job_kind kind, double cost);
/* pace_did: it is done and took seconds. */
void pace_did(struct pace *p, enum job_kind kind, double cost, double seconds);
/* pace_drop: it will not be done. */
void pace_drop(struct pace *p, enum job_kind kind, double cost);
/* pace_left: s to go with that many workers; negative while nothing is known. */
double pace_left(const struct pace *p, int workers);

#endif
