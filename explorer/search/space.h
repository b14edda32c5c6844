/* The combinations of a sweep that is searched, as choices: one number for each variable. A variable is an axis with
 * several values, one pair of braces in a value, or the device. A choice need not be enumerated to be looked at. */
#pragma once

#include "base/digest.h"
#include "explorer/search/method.h"
#include "explorer/sweep/search_keys.h"
#include "models/nn/data/dataset.h"

enum { SPACE_MAX_VARIABLES = 96 };

struct space;

/* space_new: of a sweep with a search, whose networks are trained on data. Both are borrowed. STATUS_INPUT where the
 * sweep leaves nothing to choose. */
enum status space_new(const struct sweep *s, const struct dataset *data, struct space **out, struct errmsg *e);
void space_free(struct space *x);

/* space_variables: how many there are; n_values[v] is how many values variable v has. space_name: what it is, with its
 * values: "delta_bits: 2, 3, 4". space_size: the choices there are. */
int space_variables(const struct space *x, const int **n_values);
void space_name(const struct space *x, int variable, char *out, size_t room);
double space_size(const struct space *x);

/* space_identify: adds to d all that decides what a choice means. */
void space_identify(const struct space *x, struct digest *d);

/* space_point: the point of a choice, with its digest. STATUS_INPUT, with the reason, where it makes no sense. */
enum status space_point(struct space *x, const int *choice, struct point *p, struct errmsg *why);

/* space_look: see struct search_problem. STATUS_INPUT only for a constraint that cannot be computed. */
enum status space_look(struct space *x, const int *choice, struct search_candidate *out, struct errmsg *e);

/* space_probe: feasible, costs and seconds of a choice that is not looked at: it gets no training. */
enum status space_probe(struct space *x, const int *choice, struct search_candidate *out, struct errmsg *e);

/* space_looked: how many choices were looked at; space_choice and space_candidate: of one of them, from 0.
 * space_reason: why the last choice that was not feasible was not. */
int space_looked(const struct space *x);
void space_choice(const struct space *x, int i, int *choice);
struct search_candidate space_candidate(const struct space *x, int i);
const char *space_reason(const struct space *x);

/* space_features: how many numbers describe a training; space_describe fills them in, see struct search_problem. */
int space_features(const struct space *x);
void space_describe(struct space *x, int training, double *out);
