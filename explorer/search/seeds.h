/* The accuracies of whole trainings over their seeds, compared fairly. A seed also chooses the validation images, so
 * one seed is easier than another for all trainings alike; a training with one seed must not win over one with three
 * because its seed is an easy one. The ease of a seed is how much higher than with seed 0 the accuracies are, on
 * average over the trainings that have both. */
#pragma once

#include <stdbool.h>

struct seeds {
    int n_seeds, room;  /* room: trainings */
    double *accuracies; /* room · n_seeds; NAN: not trained */
    double *sums;       /* n_seeds: of the differences to seed 0, */
    int *pairs;         /* and how many there are */
};

/* seeds_open: false without memory. Close it also then. */
bool seeds_open(struct seeds *s, int n_seeds);
void seeds_close(struct seeds *s);

/* seeds_add: a training is done with a seed; nothing happens the second time. false without memory. */
bool seeds_add(struct seeds *s, int training, int seed, double accuracy);

/* seeds_has: whether seeds_add was called for these. */
bool seeds_has(const struct seeds *s, int training, int seed);

/* seeds_ease: see above; 0 for seed 0, and as long as no training has both. */
double seeds_ease(const struct seeds *s, int seed);

/* seeds_mean: of a training, over the seeds that it has, each less its ease; NAN: it has none. */
double seeds_mean(const struct seeds *s, int training);
