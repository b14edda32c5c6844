/* How long the rest of a run takes. Costs of jobs are guesses, and each kind of job has its own error in them, which is
 * learned from the jobs of that kind that are done. One factor for all kinds would turn a few slow trainings into hours
 * for one build. */
#pragma once

#include "explorer/jobs/kind.h"

struct pace {
    struct {
        double left, done; /* s, guessed */
        double seconds;    /* s, that the done part really took */
    } kinds[JOB_KIND_COUNT];
};

/* pace_add: a job, or the part of one, of that guessed cost is to be done (again). */
void pace_add(struct pace *p, enum job_kind_id kind, double cost);
/* pace_did: it is done and took seconds. */
void pace_did(struct pace *p, enum job_kind_id kind, double cost, double seconds);
/* pace_drop: it will not be done. */
void pace_drop(struct pace *p, enum job_kind_id kind, double cost);
/* pace_left: s to go with that many workers; negative while nothing is known. */
double pace_left(const struct pace *p, int workers);
