/* A model of the accuracy of trainings: a Gaussian process (C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for
 * Machine Learning", 2006). Every observation counts, also of the first rungs. The covariance of two observations is
 *     s s' (Matérn-5/2 of the features, one length for each · c(u − u') + own part, of one training alone · o(u − u'))
 *     + an offset for each rung + noise,
 * where u counts rungs from the last one, s = exp(spread · u) lets early rungs differ more, and c and o fall
 * exponentially. Half of the own part is that of one seed. Lengths and variances are those that are most probable,
 * given the observations and a wide prior. */
#pragma once

#include "base/status.h"
#include "explorer/search/method.h"

enum { SURROGATE_MAX_FEATURES = 512, SURROGATE_MAX_OBSERVATIONS = 1500 };

/* One observation. */
struct observation {
    const double *x; /* features, borrowed */
    int training, seed, rung;
    double accuracy;
};

struct surrogate;

/* surrogate_new: for trainings with d features and a number of rungs. Free with surrogate_free. */
enum status surrogate_new(int d, int n_rungs, struct surrogate **out, struct errmsg *e);
void surrogate_free(struct surrogate *g);

/* surrogate_fit: to n observations (copied; 1 to SURROGATE_MAX_OBSERVATIONS). learn: lengths and variances are looked
 * for, from the last ones on; else they stay. */
enum status surrogate_fit(struct surrogate *g, const struct observation *all, int n, bool learn, struct errmsg *e);

/* surrogate_predict: mean and standard deviation of the accuracy that a training will have after its last rung, with a
 * seed. room: one double for each observation. */
void surrogate_predict(const struct surrogate *g, const double *x, int training, int seed, double *room, double *mean,
                       double *sd);

/* surrogate_seed_sd: standard deviation of the accuracy of one training over its seeds, as the model thinks. */
double surrogate_seed_sd(const struct surrogate *g);

/* surrogate_likeness: how alike two trainings are to the model, 0 to 1. */
double surrogate_likeness(const struct surrogate *g, const double *x, const double *y);
