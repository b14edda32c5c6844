/* What a method has seen: choices, each once, their trainings, and what was bought of these. */
#pragma once

#include "explorer/search/method.h"
#include "explorer/search/seeds.h"

struct noted_choice {
    struct search_candidate candidate;
    int next; /* the next feasible choice of the same training, or -1 */
};

/* What is known of a training with one seed. */
struct noted_seed {
    int rung;                          /* the last that was bought, or -1 */
    double accuracy[SEARCH_MAX_RUNGS]; /* of each rung that was bought; else NAN. */
};

struct noted_training {
    int first;                /* its first feasible choice, or -1 */
    double seconds;           /* s, a guess of all its epochs with one seed */
    bool failed;              /* with some seed */
    struct noted_seed *seeds; /* n_seeds, or NULL while nothing was bought */
};

struct notes {
    const struct search_problem *problem;
    int n_choices, n_trainings, n_bought; /* n_bought: trainings of which anything was bought */
    struct noted_choice *choices;
    int *values; /* n_choices · n_variables */
    struct noted_training *trainings;
    struct seeds whole; /* the accuracies of whole trainings */
    bool over; /* the budget is spent */
    int room, training_room, n_slots;
    int *slots; /* hash table of choices */
};

/* What is to be bought. */
struct wish {
    int training, rung, seed;
};

/* notes_open: problem is borrowed. Close what was opened, also after an error. */
enum status notes_open(struct notes *n, const struct search_problem *problem, struct errmsg *e);
void notes_close(struct notes *n);

/* notes_look: *at = the number of a choice. It is looked at if it is new. */
enum status notes_look(struct notes *n, const int *choice, int *at, struct errmsg *e);

/* notes_buy: buys up to batch at once, until the budget is spent. */
enum status notes_buy(struct notes *n, const struct wish *wishes, int n_wishes, struct errmsg *e);

/* notes_seconds: s, a guess of what was bought of a training with a seed. */
double notes_seconds(const struct notes *n, int training, int seed);

/* notes_accuracy: the mean over the seeds that were trained to their end (seeds_mean); NAN if there is none, or one
 * failed. */
double notes_accuracy(const struct notes *n, int training);

/* notes_choice: the values of a choice. */
const int *notes_choice(const struct notes *n, int at);
