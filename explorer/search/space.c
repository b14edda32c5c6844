#include "explorer/search/space.h"

#include "base/intern.h"
#include "base/rng.h"
#include "base/stop.h"
#include "explorer/jobs/kinds/hardware.h"
#include "explorer/jobs/kinds/train.h"
#include "explorer/search/features.h"
#include "explorer/sweep/combination.h"
#include "explorer/sweep/rule.h"
#include "models/nn/train/trainer.h"
#include "models/point/forecast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICE = AXIS_COUNT };

struct variable {
    int axis;  /* or DEVICE */
    int value; /* the value with braces; -1: the variable is which value of the axis */
    int word;  /* of its pattern */
};

/* What was found out about a choice. Its costs stand in `costs`. */
struct looked {
    int training;
    bool feasible;
    float seconds;
};

struct space {
    const struct sweep *sweep;
    const struct dataset *data;
    const struct search_wish *wish;
    struct variable variables[SPACE_MAX_VARIABLES];
    int n_values[SPACE_MAX_VARIABLES], n_variables;

    /* A choice as a sweep of its own: values with braces are replaced by the one that was chosen. */
    struct sweep one;
    struct axis_value picked[AXIS_COUNT];
    struct topology network;

    struct rule *rules[SEARCH_MAX_RULES + 1];
    int n_rules, tests; /* tests: that the rules may still do, see rule_allow */

    struct intern choices; /* that were looked at: n_variables of uint16_t */
    struct looked *looked; /* of each choice, and its costs */
    double *costs;
    int room;
    struct intern trainings;        /* by what training depends on, see training_key */
    int *choice_of, room_trainings; /* of each training: the choice with which it was first seen */
    struct features features;
    char reason[256];
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for the search");
}

/* ---------------------------------------------------------------------- variables */

static enum status add_variable(struct space *x, int axis, int value, int word, int n, struct errmsg *e)
{
    if (n < 2)
        return STATUS_OK;
    if (x->n_variables == SPACE_MAX_VARIABLES)
        return fail(e, sweep_wrong(x->sweep), "%s: more than %d axes and braces to choose from", x->sweep->file,
                    SPACE_MAX_VARIABLES);
    x->variables[x->n_variables] = (struct variable){axis, value, word};
    x->n_values[x->n_variables++] = n;
    return STATUS_OK;
}

static enum status add_variables(struct space *x, struct errmsg *e)
{
    enum status st = STATUS_OK;
    for (int a = 0; a < AXIS_COUNT && st == STATUS_OK; a++) {
        const struct axis_values *v = &x->sweep->axes[a];
        st = add_variable(x, a, -1, 0, v->n, e);
        for (int i = 0; v->patterns != NULL && i < v->n; i++)
            for (int w = 0; v->patterns[i] != NULL && w < v->patterns[i]->n_words && st == STATUS_OK; w++)
                st = add_variable(x, a, i, w, pattern_choices(v->patterns[i], w), e);
    }
    if (st == STATUS_OK)
        st = add_variable(x, DEVICE, -1, 0, x->sweep->n_devices, e);
    if (st == STATUS_OK && x->n_variables == 0)
        st = fail(e, sweep_wrong(x->sweep), "%s: search: there is nothing to choose: every axis has one value",
                  x->sweep->file);
    return st;
}

int space_variables(const struct space *x, const int **n_values)
{
    *n_values = x->n_values;
    return x->n_variables;
}

double space_size(const struct space *x)
{
    double n = 1;
    for (int v = 0; v < x->n_variables; v++)
        n *= x->n_values[v];
    return n;
}

/* value_text: value number i of a variable. */
static void value_text(const struct space *x, const struct variable *v, int i, char out[AXIS_TEXT_BYTES])
{
    if (v->axis == DEVICE) {
        snprintf(out, AXIS_TEXT_BYTES, "%s", x->sweep->devices[i]->name);
        return;
    }
    const struct axis_values *values = &x->sweep->axes[v->axis];
    if (v->value >= 0)
        snprintf(out, AXIS_TEXT_BYTES, "%d", values->patterns[v->value]->words[v->word].numbers[i]);
    else if (isnan(values->values[i].number))
        snprintf(out, AXIS_TEXT_BYTES, "default");
    else
        axis_text((enum axis_id)v->axis, &values->values[i], out);
}

void space_name(const struct space *x, int variable, char *out, size_t room)
{
    enum { SHOWN = 6 };
    const struct variable *v = &x->variables[variable];
    const int n = x->n_values[variable];
    size_t used =
        (size_t)snprintf(out, room, "%s", v->axis == DEVICE ? "device" : axis_at((enum axis_id)v->axis)->name);
    if (v->value >= 0 && used < room)
        used += (size_t)snprintf(out + used, room - used, ", place %d", v->word + 1);
    for (int i = 0; i < n && used < room; i++) {
        char text[AXIS_TEXT_BYTES];
        if (n > SHOWN && i == SHOWN - 2) { /* the last one after the dots */
            used += (size_t)snprintf(out + used, room - used, ", …");
            i = n - 1;
        }
        value_text(x, v, i, text);
        if (used < room)
            used += (size_t)snprintf(out + used, room - used, "%s%s", i == 0 ? ": " : ", ", text);
    }
}

void space_identify(const struct space *x, struct digest *d)
{
    char text[AXIS_TEXT_BYTES];
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct variable first = {a, -1, 0};
        value_text(x, &first, 0, text);
        digest_text(d, axis_at((enum axis_id)a)->name, text);
    }
    for (int v = 0; v < x->n_variables; v++)
        for (int i = 0; i < x->n_values[v]; i++) {
            value_text(x, &x->variables[v], i, text);
            digest_text(d, "value", text);
        }
    digest_text(d, "device", x->sweep->devices[0]->name);
    digest_text(d, "loaded", x->sweep->load_digest);
}

/* ------------------------------------------------------------------------- a choice */

/* A choice in the terms of x->one. */
struct picked {
    struct combination at;
    int value[AXIS_COUNT + 1]; /* of each axis the number of its value in the sweep */
};

/* pick: makes x->one and *out what the choice says. */
static enum status pick(struct space *x, const int *choice, struct picked *out, struct errmsg *why)
{
    int words[AXIS_COUNT][PATTERN_MAX_WORDS] = {{0}};
    enum status st = STATUS_OK;
    memset(out, 0, sizeof *out);
    for (int v = 0; v < x->n_variables; v++) { /* which value of an axis comes before its braces */
        const struct variable *of = &x->variables[v];
        if (of->value < 0)
            out->value[of->axis] = choice[v];
        else if (out->value[of->axis] == of->value)
            words[of->axis][of->word] = choice[v];
    }
    memcpy(out->at.at, out->value, sizeof out->at.at);
    for (int a = 0; a < AXIS_COUNT && st == STATUS_OK; a++) {
        const struct axis_values *v = &x->sweep->axes[a];
        if (v->patterns == NULL)
            continue;
        x->picked[a] = v->values[out->value[a]];
        if (v->patterns[out->value[a]] != NULL)
            st = values_pick((enum axis_id)a, v->patterns[out->value[a]], words[a], &x->network, &x->picked[a], why);
        out->at.at[a] = 0;
    }
    return st;
}

/* make: p as far as the choice makes sense. */
static enum status make(struct space *x, const int *choice, struct picked *picked, struct point *p, struct errmsg *why)
{
    const enum status st = pick(x, choice, picked, why);
    if (st == STATUS_OK)
        return combination_whole(&x->one, &picked->at, p, why);
    combination_point(x->sweep, &(struct combination){{0}}, p); /* a network that there is not: any stands for it */
    return st;
}

enum status space_point(struct space *x, const int *choice, struct point *p, struct errmsg *why)
{
    struct picked picked;
    const enum status st = make(x, choice, &picked, p, why);
    if (st == STATUS_OK)
        point_digest(p);
    return st;
}

/* training_key: what the training of p depends on, a number for each variable. Choices that differ only in what their
 * code does not use have the same. */
static void training_key(const struct space *x, const struct point *p, const struct picked *picked, const int *choice,
                         int *key)
{
    for (int v = 0; v < x->n_variables; v++) {
        const struct variable *of = &x->variables[v];
        const enum axis_id a = (enum axis_id)of->axis;
        key[v] = -1;
        if (of->axis == DEVICE || axis_at(a)->group == GROUP_HARDWARE || !axis_used(p, a) ||
            (of->value >= 0 && picked->value[a] != of->value))
            continue;
        const enum axis_kind kind = axis_at(a)->kind;
        key[v] = choice[v];
        if (kind == AXIS_WORDS || kind == AXIS_NUMBERS || kind == AXIS_FLAGS)
            key[v] = (int)axis_get(p, a).number; /* as the code has it: some codes fix what the axis says */
    }
}

/* ---------------------------------------------------------------------------- a look */

/* note: keeps the reason why a choice is not feasible. */
static bool note(struct space *x, const char *reason)
{
    snprintf(x->reason, sizeof x->reason, "%.255s", reason);
    return false;
}

/* costs: of each objective; false if one is not known. */
static bool costs(struct space *x, const struct forecast *f, double *out)
{
    const struct point *p = f->point;
    char why[160];
    for (int k = 0; k < x->wish->n_objectives; k++) {
        const struct objective *o = &x->wish->objectives[k];
        double v = NAN;
        if (o->source == OBJECTIVE_FORECAST)
            v = forecast_value(f, o->number);
        else if (o->source == OBJECTIVE_AXIS && axis_used(p, (enum axis_id)o->number))
            v = axis_get(p, (enum axis_id)o->number).number;
        out[k] = o->maximise ? -v : v;
        if (isnan(v) && o->source != OBJECTIVE_ACCURACY) {
            snprintf(why, sizeof why,
                     "it has no %s (an operator has no estimates, and neither has a network without RTL)", o->name);
            return note(x, why);
        }
    }
    return true;
}

/* trains: whether p can be trained on the data set. */
static bool trains(struct space *x, const struct point *p)
{
    struct errmsg why = {""};
    struct train_config c = p->train;
    c.epochs = c.epochs == 0 ? 1 : c.epochs; /* loaded weights may stay as they are */
    const struct train_request q = {.data = x->data, .shape = &p->shape, .code = &p->code, .config = &c};
    if (trainer_held_out(&c, x->data) == 0)
        return note(x, "the data set has too few images to keep some for validation");
    return train_check(&q, &why) == STATUS_OK || note(x, why.text);
}

/* name_file: a wrong rule, with the file and the key that it stands in. */
static enum status name_file(const struct space *x, int rule, enum status st, const struct errmsg *why,
                             struct errmsg *e)
{
    const int first = x->sweep->where != NULL;
    if (st != STATUS_INPUT)
        return st == STATUS_OK ? STATUS_OK : fail(e, st, "%s", why->text);
    return rule < first ? fail(e, sweep_wrong(x->sweep), "%s: where: %s", x->sweep->file, why->text)
                        : fail(e, sweep_wrong(x->sweep), "%s: search.constraints[%d]: %s", x->sweep->file, rule - first,
                               why->text);
}

static enum status obeys(struct space *x, const struct picked *picked, const struct forecast *f, bool *all,
                         struct errmsg *e)
{
    enum { TESTS = 4096 };
    enum status st = STATUS_OK;
    *all = true;
    if (x->tests-- <= 0) {
        x->tests = TESTS;
        for (int i = 0; i < x->n_rules; i++)
            rule_allow(x->rules[i], TESTS);
    }
    for (int i = 0; i < x->n_rules && *all && st == STATUS_OK; i++) {
        struct errmsg why = {""};
        st = name_file(x, i, rule_test(x->rules[i], &x->one, &picked->at, f, all, &why), &why, e);
        if (!*all)
            note(x, "a constraint or `where` is not true for it");
    }
    return st;
}

/* judge: whether a choice is feasible, and its costs. */
static enum status judge(struct space *x, const int *choice, struct picked *picked, struct point *p, bool *feasible,
                         double *cost, struct errmsg *e)
{
    struct errmsg why = {""};
    struct forecast f;
    *feasible = make(x, choice, picked, p, &why) == STATUS_OK || note(x, why.text);
    if (!*feasible)
        return STATUS_OK;
    forecast_of(p, &f);
    *feasible = costs(x, &f, cost) && trains(x, p);
    if (*feasible && x->sweep->skip_unfit && !hardware_may_fit(p))
        *feasible = note(x, "it cannot fit (skip_unfit)");
    return *feasible ? obeys(x, picked, &f, feasible, e) : STATUS_OK;
}

enum status space_probe(struct space *x, const int *choice, struct search_candidate *out, struct errmsg *e)
{
    struct picked picked;
    struct point p;
    const enum status st = stop_check(e);
    *out = (struct search_candidate){.training = -1};
    if (st != STATUS_OK)
        return st;
    const enum status judged = judge(x, choice, &picked, &p, &out->feasible, out->costs, e);
    out->seconds = training_cost(&p, x->data->train.n, p.train.epochs);
    return judged;
}

/* look: what is found out about a choice that is new. */
static enum status look(struct space *x, const int *choice, struct looked *out, double *cost, struct errmsg *e)
{
    int key[SPACE_MAX_VARIABLES];
    struct picked picked;
    struct point p;
    bool fresh = false;
    *out = (struct looked){.training = 0};
    const enum status st = judge(x, choice, &picked, &p, &out->feasible, cost, e);
    if (st != STATUS_OK)
        return st;
    training_key(x, &p, &picked, choice, key);
    out->training = intern_add(&x->trainings, key, &fresh);
    if (out->training < 0)
        return no_memory(e);
    if (fresh && out->training >= x->room_trainings) {
        const int room = x->room_trainings == 0 ? 256 : 2 * x->room_trainings;
        int *grown = realloc(x->choice_of, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return no_memory(e);
        x->choice_of = grown;
        x->room_trainings = room;
    }
    if (fresh)
        x->choice_of[out->training] = x->choices.n - 1;
    out->seconds = (float)training_cost(&p, x->data->train.n, p.train.epochs);
    return STATUS_OK;
}

/* room_for_one: for what is found out about one more choice. */
static bool room_for_one(struct space *x)
{
    if (x->choices.n < x->room)
        return true;
    const int room = x->room == 0 ? 256 : 2 * x->room;
    struct looked *looked = realloc(x->looked, (size_t)room * sizeof *looked);
    if (looked != NULL)
        x->looked = looked;
    double *cost = realloc(x->costs, (size_t)room * (size_t)x->wish->n_objectives * sizeof *cost);
    if (cost != NULL)
        x->costs = cost;
    if (looked == NULL || cost == NULL)
        return false;
    x->room = room;
    return true;
}

enum status space_look(struct space *x, const int *choice, struct search_candidate *out, struct errmsg *e)
{
    uint16_t key[SPACE_MAX_VARIABLES];
    bool fresh = false;
    enum status st = stop_check(e);
    for (int v = 0; v < x->n_variables; v++)
        key[v] = (uint16_t)choice[v];
    if (st != STATUS_OK)
        return st;
    if (!room_for_one(x))
        return no_memory(e);
    const int i = intern_add(&x->choices, key, &fresh);
    if (i < 0)
        return no_memory(e);
    if (fresh)
        st = look(x, choice, &x->looked[i], &x->costs[(size_t)i * (size_t)x->wish->n_objectives], e);
    *out = space_candidate(x, i);
    return st;
}

int space_looked(const struct space *x)
{
    return x->choices.n;
}

void space_choice(const struct space *x, int i, int *choice)
{
    const unsigned char *key = x->choices.keys + (size_t)i * x->choices.key_bytes;
    for (int v = 0; v < x->n_variables; v++) {
        uint16_t number;
        memcpy(&number, key + (size_t)v * sizeof number, sizeof number);
        choice[v] = number;
    }
}

struct search_candidate space_candidate(const struct space *x, int i)
{
    const struct looked *l = &x->looked[i];
    struct search_candidate c = {.feasible = l->feasible, .training = l->training, .seconds = (double)l->seconds};
    for (int k = 0; k < x->wish->n_objectives && l->feasible; k++)
        c.costs[k] = x->costs[(size_t)i * (size_t)x->wish->n_objectives + (size_t)k];
    return c;
}

const char *space_reason(const struct space *x)
{
    return x->reason;
}

/* -------------------------------------------------------------------------- features */

int space_features(const struct space *x)
{
    return x->features.n;
}

void space_describe(struct space *x, int training, double *out)
{
    int choice[SPACE_MAX_VARIABLES];
    struct errmsg why = {""};
    struct picked picked;
    struct point p;
    space_choice(x, x->choice_of[training], choice);
    make(x, choice, &picked, &p, &why);
    features_of(&x->features, &p, out);
}

/* see_ranges: of the features, from the ends of every variable and from choices drawn at random. */
static void see_ranges(struct space *x)
{
    enum { DRAWN = 1000 };
    struct rng r;
    rng_init(&r, 1, RNG_SEARCH);
    features_list(x->sweep, &x->features);
    for (int i = 0; i < DRAWN + 2; i++) {
        int choice[SPACE_MAX_VARIABLES];
        struct errmsg why = {""};
        struct picked picked;
        struct point p;
        for (int v = 0; v < x->n_variables; v++)
            choice[v] = i < 2 ? i * (x->n_values[v] - 1) : (int)rng_below(&r, (uint64_t)x->n_values[v]);
        make(x, choice, &picked, &p, &why);
        features_see(&x->features, &p);
    }
}

/* ------------------------------------------------------------------------- the space */

static enum status add_rules(struct space *x, struct errmsg *e)
{
    const int first = x->sweep->where != NULL, n = first + x->wish->n_rules;
    for (int i = 0; i < n; i++) {
        struct errmsg why = {""};
        const enum status st = rule_new(i < first ? x->sweep->where : x->wish->rules[i - first], &x->rules[i], &why);
        if (st != STATUS_OK)
            return name_file(x, i, st, &why, e);
        x->n_rules++;
    }
    return STATUS_OK;
}

enum status space_new(const struct sweep *s, const struct dataset *data, struct space **out, struct errmsg *e)
{
    struct space *x = calloc(1, sizeof *x);
    *out = NULL;
    if (x == NULL)
        return no_memory(e);
    x->sweep = s;
    x->data = data;
    x->wish = s->search;
    x->one = *s;
    for (int a = 0; a < AXIS_COUNT; a++)
        if (s->axes[a].patterns != NULL)
            x->one.axes[a] = (struct axis_values){.n = 1, .values = &x->picked[a]};
    enum status st = add_variables(x, e);
    if (st == STATUS_OK)
        st = add_rules(x, e);
    if (st != STATUS_OK) {
        space_free(x);
        return st;
    }
    intern_init(&x->choices, (size_t)x->n_variables * sizeof(uint16_t));
    intern_init(&x->trainings, (size_t)x->n_variables * sizeof(int));
    see_ranges(x);
    *out = x;
    return STATUS_OK;
}

void space_free(struct space *x)
{
    if (x == NULL)
        return;
    for (int i = 0; i < x->n_rules; i++)
        rule_free(x->rules[i]);
    intern_free(&x->choices);
    intern_free(&x->trainings);
    free(x->looked);
    free(x->costs);
    free(x->choice_of);
    free(x);
}
