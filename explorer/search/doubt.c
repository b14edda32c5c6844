#include "explorer/search/doubt.h"

#include "explorer/search/gain.h"

#include <math.h>
#include <stddef.h>

/* An interval is so many standard errors wide to each side. */
static const double WIDTH = 2;

/* seeds_done: how many seeds were trained to their end; they are the first ones. */
static int seeds_done(const struct notes *n, int training)
{
    int done = 0;
    const struct noted_seed *seeds = n->trainings[training].seeds;
    while (seeds != NULL && done < n->problem->n_seeds && seeds[done].rung == n->problem->n_rungs - 1)
        done++;
    return done;
}

/* distance: from the accuracy of a training to the least with which it would be on the front of the others; INFINITY
 * if it is there with any accuracy. */
static enum status distance(const struct notes *n, double *accuracies, double worst, int training, double *out,
                            struct errmsg *e)
{
    struct gain g;
    double expected, least = INFINITY;
    const double own = accuracies[training];
    accuracies[training] = NAN;
    enum status s = gain_open(&g, n, accuracies, worst, e);
    if (s == STATUS_OK)
        s = gain_expected(&g, training, own, 1e-6, &expected, &least, e);
    gain_close(&g);
    accuracies[training] = own;
    *out = least > worst ? fabs(own - least) : INFINITY;
    return s;
}

enum status doubt_next(const struct notes *n, double *accuracies, double worst_accuracy, double seed_sd, int *training,
                       int *seed, struct errmsg *e)
{
    enum status s = STATUS_OK;
    double nearest = INFINITY;
    *training = -1;
    *seed = n->problem->n_seeds;
    for (int t = 0; t < n->n_trainings && s == STATUS_OK; t++) {
        const int done = seeds_done(n, t);
        double far = INFINITY;
        if (isnan(accuracies[t]) || done == 0 || done > *seed || done == n->problem->n_seeds)
            continue;
        s = distance(n, accuracies, worst_accuracy, t, &far, e);
        if (far < WIDTH * seed_sd / sqrt(done) && (done < *seed || far < nearest)) {
            *training = t;
            *seed = done;
            nearest = far;
        }
    }
    return s;
}

double doubt_seconds(const struct notes *n)
{
    double seconds = 0;
    for (int t = 0; t < n->n_trainings; t++)
        for (int s = 1; s < n->problem->n_seeds; s++)
            seconds += notes_seconds(n, t, s);
    return seconds;
}
