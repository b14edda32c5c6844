/* What a search has found: the accuracies of whole trainings, the front of all choices whose training is known, and how
 * good that front is. */
#pragma once

#include "explorer/jobs/plan.h"
#include "explorer/search/ledger.h"
#include "explorer/search/space.h"

enum { FOUND_DRAWN = 2000 }; /* choices that show how far the costs reach, and how many are feasible */

struct found;

/* found_new: draws choices to learn how far the objectives reach. STATUS_INPUT if none is feasible. */
enum status found_new(struct space *x, const struct search_problem *p, struct found **out, struct errmsg *e);
void found_free(struct found *f);

/* found_feasible: the share of the choices that is feasible, of those drawn. */
double found_feasible(const struct found *f);

/* found_seconds: a guess of the time of a training, s: the mean of the feasible ones that were drawn. */
double found_seconds(const struct found *f);

/* found_trained: the whole training of a choice with seed number `seed` is done. */
enum status found_trained(struct found *f, struct space *x, const int *choice, int seed, double accuracy,
                          struct errmsg *e);

/* found_measure: fills in the front of r, in points, and its hypervolume: the share of the box between the best and the
 * worst of all objectives that the front covers. The box is that of the choices that were drawn, and of the accuracies
 * 0 to 1. */
enum status found_measure(struct found *f, struct space *x, struct round *r, struct errmsg *e);

/* found_front: the points on the front, each once, and for each seed of theirs what is wanted (all of it); *n are
 * wanted. Both lists are the caller's (free). */
enum status found_front(struct found *f, struct space *x, const struct sweep *s, struct point **points,
                        struct wanted **wanted, int *n, struct errmsg *e);
