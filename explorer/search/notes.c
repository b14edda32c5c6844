#include "explorer/search/notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
}

/* grow: room for at least n elements of a size. */
static bool grow(void **array, int *room, int n, size_t size)
{
    if (n <= *room)
        return true;
    const int more = n > 2 * *room ? n : 2 * *room;
    void *p = realloc(*array, (size_t)more * size);
    if (p == NULL)
        return false;
    *array = p;
    *room = more;
    return true;
}

enum status notes_open(struct notes *n, const struct search_problem *problem, struct errmsg *e)
{
    *n = (struct notes){.problem = problem, .n_slots = 1024};
    n->slots = malloc((size_t)n->n_slots * sizeof *n->slots);
    if (!seeds_open(&n->whole, problem->n_seeds) || n->slots == NULL)
        return no_memory(e);
    memset(n->slots, -1, (size_t)n->n_slots * sizeof *n->slots);
    return STATUS_OK;
}

void notes_close(struct notes *n)
{
    for (int t = 0; t < n->n_trainings; t++)
        free(n->trainings[t].seeds);
    seeds_close(&n->whole);
    free(n->trainings);
    free(n->choices);
    free(n->values);
    free(n->slots);
    *n = (struct notes){0};
}

const int *notes_choice(const struct notes *n, int at)
{
    return n->values + (size_t)at * (size_t)n->problem->n_variables;
}

/* slot_of: the slot of a choice, or the free one for it. */
static int *slot_of(const struct notes *n, const int *choice)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (int v = 0; v < n->problem->n_variables; v++)
        hash = (hash ^ (uint64_t)choice[v]) * UINT64_C(0x100000001b3);
    uint64_t i = (hash ^ (hash >> 32)) & (uint64_t)(n->n_slots - 1);
    while (n->slots[i] >= 0 &&
           memcmp(notes_choice(n, n->slots[i]), choice, (size_t)n->problem->n_variables * sizeof *choice) != 0)
        i = (i + 1) & (uint64_t)(n->n_slots - 1);
    return &n->slots[i];
}

static bool grow_slots(struct notes *n)
{
    if (2 * n->n_choices < n->n_slots)
        return true;
    int *slots = malloc(2 * (size_t)n->n_slots * sizeof *slots);
    if (slots == NULL)
        return false;
    free(n->slots);
    n->slots = slots;
    n->n_slots *= 2;
    memset(slots, -1, (size_t)n->n_slots * sizeof *slots);
    for (int i = 0; i < n->n_choices; i++)
        *slot_of(n, notes_choice(n, i)) = i;
    return true;
}

static bool note_training(struct notes *n, int training, double seconds)
{
    void *trainings = n->trainings;
    if (!grow(&trainings, &n->training_room, training + 1, sizeof *n->trainings))
        return false;
    n->trainings = trainings;
    for (; n->n_trainings <= training; n->n_trainings++)
        n->trainings[n->n_trainings] = (struct noted_training){.first = -1};
    n->trainings[training].seconds = seconds;
    return true;
}

enum status notes_look(struct notes *n, const int *choice, int *at, struct errmsg *e)
{
    const size_t bytes = (size_t)n->problem->n_variables * sizeof *choice;
    if (!grow_slots(n))
        return no_memory(e);
    int *slot = slot_of(n, choice);
    if (*slot >= 0) {
        *at = *slot;
        return STATUS_OK;
    }
    int room = n->room;
    void *choices = n->choices, *values = n->values;
    const bool grown = grow(&choices, &room, n->n_choices + 1, sizeof *n->choices);
    n->choices = choices;
    if (grown && room != n->room)
        values = realloc(values, (size_t)room * bytes + 1);
    if (!grown || values == NULL)
        return no_memory(e);
    n->values = values;
    n->room = room;

    struct noted_choice *c = &n->choices[n->n_choices];
    *c = (struct noted_choice){.next = -1};
    const enum status s = n->problem->look(n->problem->context, choice, &c->candidate, e);
    if (s != STATUS_OK)
        return s;
    if (c->candidate.feasible) {
        if (!note_training(n, c->candidate.training, c->candidate.seconds))
            return no_memory(e);
        c->next = n->trainings[c->candidate.training].first;
        n->trainings[c->candidate.training].first = n->n_choices;
    }
    memcpy(n->values + (size_t)n->n_choices * (size_t)n->problem->n_variables, choice, bytes);
    *at = *slot = n->n_choices++;
    return STATUS_OK;
}

/* note_answer: what was learned about a training with one seed. */
static bool note_answer(struct notes *n, const struct wish *w, double accuracy)
{
    struct noted_training *t = &n->trainings[w->training];
    struct noted_seed *s = &t->seeds[w->seed];
    s->rung = w->rung > s->rung ? w->rung : s->rung;
    s->accuracy[w->rung] = accuracy;
    t->failed |= isnan(accuracy);
    return w->rung < n->problem->n_rungs - 1 || seeds_add(&n->whole, w->training, w->seed, accuracy);
}

static bool note_seeds(struct notes *n, int training)
{
    struct noted_training *t = &n->trainings[training];
    if (t->seeds != NULL)
        return true;
    t->seeds = malloc((size_t)n->problem->n_seeds * sizeof *t->seeds);
    if (t->seeds == NULL)
        return false;
    for (int s = 0; s < n->problem->n_seeds; s++) {
        t->seeds[s] = (struct noted_seed){.rung = -1};
        for (int r = 0; r < SEARCH_MAX_RUNGS; r++)
            t->seeds[s].accuracy[r] = NAN;
    }
    n->n_bought++;
    return true;
}

enum status notes_buy(struct notes *n, const struct wish *wishes, int n_wishes, struct errmsg *e)
{
    const struct search_problem *p = n->problem;
    enum status s = STATUS_OK;
    const int most = p->batch > 0 ? p->batch : 1;
    struct search_purchase *purchases = malloc((size_t)most * sizeof *purchases);
    double *accuracies = malloc((size_t)most * sizeof *accuracies);
    if (purchases == NULL || accuracies == NULL) {
        s = no_memory(e);
        goto done;
    }
    for (int first = 0; first < n_wishes && s == STATUS_OK && !n->over; first += most) {
        const int count = n_wishes - first < most ? n_wishes - first : most;
        for (int i = 0; i < count && s == STATUS_OK; i++) {
            const struct wish *w = &wishes[first + i];
            purchases[i] = (struct search_purchase){notes_choice(n, n->trainings[w->training].first), w->rung, w->seed};
            accuracies[i] = NAN;
            if (!note_seeds(n, w->training))
                s = no_memory(e);
        }
        if (s == STATUS_OK)
            s = p->buy(p->context, purchases, count, accuracies, &n->over, e);
        for (int i = 0; i < count && s == STATUS_OK && !n->over; i++)
            if (!note_answer(n, &wishes[first + i], accuracies[i]))
                s = no_memory(e);
    }
done:
    free(purchases);
    free(accuracies);
    return s;
}

double notes_seconds(const struct notes *n, int training, int seed)
{
    const struct noted_training *t = &n->trainings[training];
    const int rung = t->seeds != NULL ? t->seeds[seed].rung : -1;
    return rung < 0 ? 0 : t->seconds * pow(3, rung - (n->problem->n_rungs - 1));
}

double notes_accuracy(const struct notes *n, int training)
{
    return n->trainings[training].failed ? NAN : seeds_mean(&n->whole, training);
}
