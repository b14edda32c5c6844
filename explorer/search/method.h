/* Methods of search. A method sees choices (one value for each variable of a sweep), looks at what is known of them
 * without any work, and buys trainings in batches. It is a deterministic function of its seed and of what it is told:
 * the same seed and the same answers give the same purchases, so a search that was killed goes on by being done again,
 * and what the database has already is answered at once. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { SEARCH_MAX_OBJECTIVES = 8, SEARCH_MAX_RUNGS = 8 };

/* What is known of a choice without training. */
struct search_candidate {
    bool feasible;    /* it makes sense, and all constraints hold; if not, only training and features may be asked for */
    int training;     /* number of its training, from 0 in the order in which trainings were first seen; choices that
                         differ in hardware alone share one */
    double costs[SEARCH_MAX_OBJECTIVES]; /* less is better, whatever the sweep says; NAN for the accuracy */
    double seconds;   /* s, a guess of all epochs of its training */
};

/* Rung r of n: the first epochs of the training, a third of those of rung r + 1; the last rung is the whole training.
 * A later rung goes on where an earlier one stopped. */
struct search_purchase {
    const int *choice; /* n_variables; borrowed */
    int rung;
    int seed;          /* number of the seed in the sweep's list */
};

struct search_problem {
    int n_variables;
    const int *n_values;   /* of each variable */
    int n_objectives, accuracy; /* accuracy: number of the objective that a training gives */
    int n_rungs, n_seeds;
    int batch;             /* purchases at once; a method may buy fewer */
    int n_features;        /* numbers that describe a training to a model, each some 0 to 1 */

    /* look: never fails for a choice that makes no sense: that is not feasible. */
    enum status (*look)(void *context, const int *choice, struct search_candidate *out, struct errmsg *e);
    /* features: of the training of a choice that was looked at, n_features numbers. */
    void (*features)(void *context, int training, double *out);
    /* buy: accuracies (n of them) for purchases, in their order: of the validation images after the last epoch of the rung, a
     * fraction; NAN: the training failed. *over becomes true when the budget is spent; the method then ends. What was
     * bought before costs nothing again. A method is not told how long a training took: that differs from run to run. */
    enum status (*buy)(void *context, const struct search_purchase *purchases, int n, double *accuracies, bool *over,
                       struct errmsg *e);
    /* tell: a line for people at the end: what the method did and did not do. NULL: nobody listens. */
    void (*tell)(void *context, const char *text);
    void *context;
};

struct search_method {
    const char *name;
    const char *what; /* for the help: one line */
    enum status (*run)(const struct search_problem *problem, uint64_t seed, struct errmsg *e);
    int rungs;        /* that it takes unless the sweep says; 0: 1, whole trainings */
};

/* The methods; a sweep without one tries its whole grid. */
#define SEARCH_METHODS(METHOD)                                                                                         \
    METHOD(search_random)                                                                                              \
    METHOD(search_nsga2)                                                                                               \
    METHOD(search_front)

#define SEARCH_METHOD_ROW(row) extern const struct search_method row;
SEARCH_METHODS(SEARCH_METHOD_ROW)
#undef SEARCH_METHOD_ROW
