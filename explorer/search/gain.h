/* What a training is worth. All costs of its points are known but the accuracy, so the hypervolume that they would add
 * is a function of this one number. Where the accuracy is expected with a normal distribution, the expected gain is a
 * sum over the steps of the front: exact, no sampling. */
#pragma once

#include "explorer/search/notes.h"

/* The front of the finished trainings, from the best accuracy down. */
struct gain_step {
    double accuracy;
    int training;
    int n_covered;         /* rows of `covered` that this training and the better ones have */
    double covered_volume; /* of these, in the known objectives alone */
};

struct gain {
    const struct notes *notes;
    int K; /* known objectives */
    double reference[SEARCH_MAX_OBJECTIVES],
        scale[SEARCH_MAX_OBJECTIVES]; /* of each known objective; ranges become 1 */
    double worst_accuracy;            /* of the reference */
    int n_steps, n_rows;
    struct gain_step *steps;
    double *covered; /* rows of K costs */
};

/* gain_open: over the trainings that are finished (accuracies: of each training, NAN where none is known). Close what
 * was opened, also after an error. */
enum status gain_open(struct gain *g, const struct notes *notes, const double *accuracies, double worst_accuracy,
                      struct errmsg *e);
void gain_close(struct gain *g);

/* gain_expected: of a training whose accuracy is normal (mean, sd; sd > 0), as a share of the box of all known costs
 * times accuracy. *least = the accuracy from which on it adds anything. */
enum status gain_expected(const struct gain *g, int training, double mean, double sd, double *expected, double *least,
                          struct errmsg *e);
