/* Where the front is not certain: trainings of which their seeds do not yet tell whether they are on it. */
#pragma once

#include "explorer/search/notes.h"

/* doubt_next: the finished training that needs another seed most: its distance from where it would join or leave the
 * front is within two standard errors of its accuracy, and it has the fewest seeds; *seed = the next one. -1: there is
 * none. accuracies: of each training, NAN where it is not finished. seed_sd: standard deviation over seeds. */
enum status doubt_next(const struct notes *n, double *accuracies, double worst_accuracy, double seed_sd, int *training,
                       int *seed, struct errmsg *e);

/* doubt_seconds: s, what all seeds but the first took. */
double doubt_seconds(const struct notes *n);
