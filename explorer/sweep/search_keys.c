#include "explorer/sweep/search_keys.h"

#include "db/columns.h"
#include "explorer/search/methods.h"
#include "explorer/sweep/rule.h"
#include "models/point/forecast.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCURACY "validation_accuracy"

enum { MAX_NAMES = AXIS_COUNT + 32, MAX_BATCH = 4096 };

void search_wish_free(struct search_wish *w)
{
    for (int i = 0; w != NULL && i < w->n_rules; i++)
        free(w->rules[i]);
    free(w);
}

enum status search_keys_method(const struct reading *r, struct node *n)
{
    const char *names[SEARCH_MAX_METHODS + 1] = {"grid"};
    const int methods = search_method_names(names + 1);
    struct errmsg why = {""};
    search_wish_free(r->s->search);
    r->s->search = NULL;
    if (strcmp(n->text, names[0]) == 0)
        return STATUS_OK;
    const struct search_method *method = search_method_find(n->text);
    if (method == NULL)
        return reading_placed(r, n, values_refuse_word(n->text, names, methods + 1, &why), &why);
    r->s->search = calloc(1, sizeof *r->s->search);
    if (r->s->search == NULL)
        return reading_no_memory(r);
    *r->s->search =
        (struct search_wish){.method = method, .points = INFINITY, .trainings = INFINITY, .hours = INFINITY};
    return STATUS_OK;
}

/* --------------------------------------------------------------------- objectives */

/* objective_names: all that an objective may be. */
static int objective_names(const char *names[MAX_NAMES])
{
    int n = 0;
    names[n++] = ACCURACY;
    for (int i = 0; forecast_name(i) != NULL && n < MAX_NAMES; i++)
        names[n++] = forecast_name(i);
    for (int a = 0; a < AXIS_COUNT && n < MAX_NAMES; a++)
        if (axis_at((enum axis_id)a)->kind != AXIS_WORDS && axis_at((enum axis_id)a)->kind != AXIS_NETWORKS)
            names[n++] = axis_at((enum axis_id)a)->name;
    return n;
}

/* refuse_objective: says why a name is none, and what is meant. */
static enum status refuse_objective(const struct reading *r, const struct node *n, const char *name)
{
    const char *names[MAX_NAMES];
    const int n_names = objective_names(names);
    char estimated[96];
    struct errmsg why = {""};
    const int a = axis_find(name);
    if (strstr(name, "accuracy") != NULL)
        return reading_bad(r, n,
                           "`%.64s` cannot be an objective: a search chooses on the validation images, and the test "
                           "images then say how good the choice is; write `max " ACCURACY "`",
                           name);
    if (a >= 0)
        return reading_bad(r, n, "`%.64s` has words or networks, and an objective is a number (`min weights`)", name);
    snprintf(estimated, sizeof estimated, "estimated_%.64s", name);
    for (int i = 0; i < n_names; i++)
        if (strcmp(names[i], estimated) == 0)
            return reading_bad(r, n, "`%.64s` is known after synthesis alone, and a search needs it before: write `%s`",
                               name, estimated);
    if (column_find(name) != NULL)
        return reading_bad(
            r, n,
            "`%.64s` is known after the work alone, and a search needs it before. It takes " ACCURACY
            ", axes that are numbers, and what is known without work: weight_storage_bits, estimated_lut, "
            "… (docs/search.md)",
            name);
    return reading_placed(r, n, values_refuse_word(name, names, n_names, &why), &why);
}

static bool find_objective(const char *name, struct objective *o)
{
    const char *names[MAX_NAMES];
    const int n = objective_names(names);
    int i = 0;
    while (i < n && strcmp(names[i], name) != 0)
        i++;
    if (i == n)
        return false;
    snprintf(o->name, sizeof o->name, "%s", name);
    o->source = OBJECTIVE_AXIS;
    o->number = axis_find(name);
    if (i == 0)
        o->source = OBJECTIVE_ACCURACY;
    for (int k = 0; forecast_name(k) != NULL; k++)
        if (strcmp(forecast_name(k), name) == 0) {
            o->source = OBJECTIVE_FORECAST;
            o->number = k;
        }
    return true;
}

/* read_objective: "max validation_accuracy". */
static enum status read_objective(const struct reading *r, const struct node *n, struct search_wish *w)
{
    char word[8] = "", name[64] = "";
    struct objective *o = &w->objectives[w->n_objectives];
    int used = 0;
    if (sscanf(n->text, "%7s %63s %n", word, name, &used) != 2 || n->text[used] != '\0' ||
        (strcmp(word, "max") != 0 && strcmp(word, "min") != 0))
        return reading_bad(r, n, "an objective is `max` or `min` and a name: `max " ACCURACY "`, `min estimated_lut`");
    if (!find_objective(name, o))
        return refuse_objective(r, n, name);
    o->maximise = strcmp(word, "max") == 0;
    if (o->source == OBJECTIVE_ACCURACY && !o->maximise)
        return reading_bad(r, n, "the accuracy is to be large: write `max " ACCURACY "`");
    for (int i = 0; i < w->n_objectives; i++)
        if (strcmp(w->objectives[i].name, name) == 0)
            return reading_bad(r, n, "`%s` is an objective already", name);
    w->n_objectives++;
    return STATUS_OK;
}

enum status search_keys_objectives(const struct reading *r, struct node *n)
{
    enum status st = STATUS_OK;
    for (struct node *item = n->first; item != NULL && st == STATUS_OK; item = item->next) {
        if ((st = reading_expect(r, item, NODE_SCALAR)) != STATUS_OK)
            return st;
        if (r->s->search->n_objectives == SEARCH_MAX_OBJECTIVES)
            return reading_bad(r, item, "more than %d objectives", SEARCH_MAX_OBJECTIVES);
        st = read_objective(r, item, r->s->search);
    }
    return st;
}

/* --------------------------------------------------------------------- constraints */

/* read_rule: `fits` leaves what the estimate knows to be too large; what is within its error stays. */
static enum status read_rule(const struct reading *r, const struct node *n, struct search_wish *w)
{
    const char *sql = strcmp(n->text, "fits") == 0 ? "estimated_fits IS NOT 0" : n->text;
    struct errmsg why = {""};
    struct rule *rule = NULL;
    if (w->n_rules == SEARCH_MAX_RULES)
        return reading_bad(r, n, "more than %d constraints (AND joins them)", SEARCH_MAX_RULES);
    const enum status st = rule_new(sql, &rule, &why);
    rule_free(rule);
    if (st != STATUS_OK)
        return reading_placed(r, n, st, &why);
    w->rules[w->n_rules] = strdup(sql);
    return w->rules[w->n_rules++] == NULL ? reading_no_memory(r) : STATUS_OK;
}

enum status search_keys_constraints(const struct reading *r, struct node *n)
{
    enum status st = STATUS_OK;
    for (struct node *item = n->first; item != NULL && st == STATUS_OK; item = item->next)
        if ((st = reading_expect(r, item, NODE_SCALAR)) == STATUS_OK)
            st = read_rule(r, item, r->s->search);
    return st;
}

/* --------------------------------------------------------------------- numbers */

static enum status read_whole(const struct reading *r, const struct node *n, long long lo, long long hi, long long *out)
{
    char *end = NULL;
    *out = strtoll(n->text, &end, 10);
    if (end == n->text || *end != '\0' || *out < lo || *out > hi)
        return reading_bad(r, n, "`%.64s` is not a whole number from %lld to %lld", n->text, lo, hi);
    return STATUS_OK;
}

static enum status read_positive(const struct reading *r, const struct node *n, double *out)
{
    char *end = NULL;
    *out = strtod(n->text, &end);
    if (end == n->text || *end != '\0' || !isfinite(*out) || *out <= 0)
        return reading_bad(r, n, "`%.64s` is not a number above 0", n->text);
    return STATUS_OK;
}

enum status search_keys_seed(const struct reading *r, struct node *n)
{
    long long v = 0;
    const enum status st = read_whole(r, n, 0, SWEEP_LAST_SEED, &v);
    r->s->search->seed = (uint64_t)v;
    return st;
}

enum status search_keys_rungs(const struct reading *r, struct node *n)
{
    long long v = 0;
    const enum status st = read_whole(r, n, 1, SEARCH_MAX_RUNGS, &v);
    r->s->search->rungs = (int)v;
    return st;
}

enum status search_keys_batch(const struct reading *r, struct node *n)
{
    long long v = 0;
    const enum status st = read_whole(r, n, 1, MAX_BATCH, &v);
    r->s->search->batch = (int)v;
    return st;
}

enum status search_keys_points(const struct reading *r, struct node *n)
{
    long long v = 0;
    const enum status st = read_whole(r, n, 1, INT_MAX, &v);
    r->s->search->points = (double)v;
    return st;
}

enum status search_keys_trainings(const struct reading *r, struct node *n)
{
    return read_positive(r, n, &r->s->search->trainings);
}

enum status search_keys_hours(const struct reading *r, struct node *n)
{
    return read_positive(r, n, &r->s->search->hours);
}

static enum status need_method(const struct reading *r, const struct node *n)
{
    const char *names[SEARCH_MAX_METHODS];
    char all[256];
    values_list_words(all, sizeof all, names, search_method_names(names));
    return reading_bad(r, n, "a search needs a method, `method: %s` (one of grid, %s)", names[0], all);
}

enum status search_keys_check(const struct reading *r, const struct node *n)
{
    const struct search_wish *w = r->s->search;
    const struct axis_values *modes = &r->s->axes[AXIS_MODE];
    bool accuracy = false;
    if (yaml_node_child(n, "method") == NULL)
        return need_method(r, n);
    if (w == NULL)
        return n->n == 1 ? STATUS_OK
                         : reading_bad(r, n,
                                       "`method: grid` tries every combination, and takes no other key of a search "
                                       "(what it is to leave out stands in `where`)");
    for (int i = 0; i < w->n_objectives; i++)
        accuracy = accuracy || w->objectives[i].source == OBJECTIVE_ACCURACY;
    if (!accuracy)
        return reading_bad(r, n,
                           "a search needs objectives, and `max " ACCURACY "` must be one of them: "
                           "objectives: [max " ACCURACY ", min weight_storage_bits]");
    if (isinf(w->points) && isinf(w->trainings) && isinf(w->hours))
        return reading_bad(r, n,
                           "a search needs a budget, which says when it ends: budget: {trainings: 100} (or points, or "
                           "hours)");
    for (int i = 0; i < modes->n; i++)
        if ((int)modes->values[i].number == TRAIN_PAPER)
            return reading_bad(
                r, n, "a search chooses on validation images, and `mode: paper` keeps none; leave the mode out");
    return STATUS_OK;
}
