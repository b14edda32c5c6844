/* The key `search` of a sweep file: how to choose among the combinations, where not all of them are tried. */
#pragma once

#include "explorer/search/method.h"
#include "explorer/sweep/reading.h"

enum { SEARCH_MAX_RULES = 16 };

struct objective {
    char name[64]; /* validation_accuracy, a figure of models/point/forecast.def, or an axis */
    bool maximise;
    enum { OBJECTIVE_ACCURACY, OBJECTIVE_FORECAST, OBJECTIVE_AXIS } source;
    int number; /* of the figure or axis */
};

struct search_wish {
    const struct search_method *method;
    struct objective objectives[SEARCH_MAX_OBJECTIVES]; /* one of them is the accuracy */
    int n_objectives;
    char *rules[SEARCH_MAX_RULES]; /* SQL expressions that must be true, see rule.h; owned */
    int n_rules;
    double points, trainings, hours; /* the budget; INFINITY: no such bound */
    uint64_t seed;
    int rungs, batch; /* 0: as the method has it */
};
void search_wish_free(struct search_wish *w);

/* search_keys_method: reads the method of a mapping `search` into r->s->search, which stays NULL for a grid. The other
 * functions read the keys that their names end with. search_keys_check: checks what depends on several keys; n is the
 * mapping. */
enum status search_keys_method(const struct reading *r, struct node *n);
enum status search_keys_objectives(const struct reading *r, struct node *n);
enum status search_keys_constraints(const struct reading *r, struct node *n);
enum status search_keys_seed(const struct reading *r, struct node *n);
enum status search_keys_rungs(const struct reading *r, struct node *n);
enum status search_keys_batch(const struct reading *r, struct node *n);
enum status search_keys_points(const struct reading *r, struct node *n);
enum status search_keys_trainings(const struct reading *r, struct node *n);
enum status search_keys_hours(const struct reading *r, struct node *n);
enum status search_keys_check(const struct reading *r, const struct node *n);
