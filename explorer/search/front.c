/* The search for a front. What is bought is a training, and all but its accuracy is known before. A model (surrogate.h)
 * predicts the accuracy of each, also from the first rungs of others, and gain.h says what hypervolume that is worth.
 * The trainings that promise the most for each second that they still take get their next rung: so each is begun with
 * few epochs and goes on only while it promises enough. One that adds nothing even with its optimistic accuracy is not
 * trained. At the end more seeds go where the front is not certain. */
#include "base/rng.h"
#include "explorer/search/doubt.h"
#include "explorer/search/gain.h"
#include "explorer/search/notes.h"
#include "explorer/search/surrogate.h"
#include "explorer/search/walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* EXPLORE: so often one of the trainings that the model knows least is begun. BEGIN: trainings that begin with their
 * first rung before there is a model. SPACE_LOOKS: a space of so many choices is looked at whole. SAMPLE: trainings of
 * a larger one, to which the NEIGHBOURS of the front come in each round, until there are MOST_NEAR times as many.
 * MOST_MISSES: looks in a row that find no new training. */
enum {
    EXPLORE = 5,
    BEGIN = 8,
    SPACE_LOOKS = 200000,
    SAMPLE = 4000,
    NEIGHBOURS = 32,
    MOST_NEAR = 4,
    MOST_MISSES = 1000000
};
/* Optimistic is this many standard deviations above the mean. */
static const double OPTIMISM = 3;
/* A training went wrong whose accuracy is so many quartile ranges below the median. */
static const double WRONG = 3;
/* Of all seconds, so many go at most to more seeds, while there are trainings that promise something. */
static const double SEED_SHARE = 0.25;
/* The parameters of the model are looked for again when there are so many more observations. */
static const double RELEARN = 1.2;

struct frontier {
    struct notes notes;
    struct walk walk;
    struct rng rng;
    struct surrogate *model;
    int *choice;
    double *features;    /* of each training */
    unsigned char *idle; /* of each training: even its optimistic accuracy adds nothing, as the model thought last */
    int n_featured, feature_room;
    int n_chosen;  /* trainings that choose() chose */
    int n_learned; /* observations when the parameters were looked for */
};

/* What one training promises. */
struct promise {
    int training, rung;     /* the rung to buy */
    double mean, sd, least; /* of its accuracy; from which accuracy on it adds anything */
    double rate;            /* expected gain for each second */
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
}

static bool make_room(struct frontier *f, int room)
{
    const size_t d = (size_t)f->notes.problem->n_features;
    double *features = realloc(f->features, (size_t)room * d * sizeof *features + 1);
    if (features == NULL)
        return false;
    f->features = features;
    unsigned char *idle = realloc(f->idle, (size_t)room);
    if (idle == NULL)
        return false;
    f->idle = idle;
    f->feature_room = room;
    return true;
}

/* set_features: of the trainings that are new. */
static enum status set_features(struct frontier *f, struct errmsg *e)
{
    const struct search_problem *p = f->notes.problem;
    if (f->notes.n_trainings > f->feature_room && !make_room(f, 2 * f->notes.n_trainings))
        return no_memory(e);
    for (; f->n_featured < f->notes.n_trainings; f->n_featured++) {
        p->features(p->context, f->n_featured, f->features + (size_t)f->n_featured * (size_t)p->n_features);
        f->idle[f->n_featured] = 0;
    }
    return STATUS_OK;
}

static const double *features_of(const struct frontier *f, int training)
{
    return f->features + (size_t)training * (size_t)f->notes.problem->n_features;
}

/* look_around: the whole space, or a sample of it. */
static enum status look_around(struct frontier *f, struct errmsg *e)
{
    enum status s = STATUS_OK;
    const bool whole = f->walk.n > 0 && f->walk.n <= SPACE_LOOKS;
    for (int misses = 0; s == STATUS_OK && misses < MOST_MISSES && walk_next(&f->walk, f->choice); misses++) {
        const int before = f->notes.n_trainings;
        int at;
        s = notes_look(&f->notes, f->choice, &at, e);
        if (f->notes.n_trainings > before)
            misses = 0;
        if (!whole && f->notes.n_trainings >= SAMPLE)
            break;
    }
    return s == STATUS_OK ? set_features(f, e) : s;
}

static double remaining_seconds(const struct frontier *f, int training)
{
    return fmax(f->notes.trainings[training].seconds - notes_seconds(&f->notes, training, 0), 1e-3);
}

/* ------------------------------------------------------------------ before there is a model */

static double distance(const struct frontier *f, int a, int b)
{
    const double *x = features_of(f, a), *y = features_of(f, b);
    double square = 0;
    for (int i = 0; i < f->notes.problem->n_features; i++)
        square += (x[i] - y[i]) * (x[i] - y[i]);
    return square;
}

static bool is_wished(const struct wish *wishes, int n, int training)
{
    for (int i = 0; i < n; i++)
        if (wishes[i].training == training)
            return true;
    return false;
}

/* cheapest: the training with the least of a known objective. */
static int cheapest(const struct frontier *f, int k)
{
    int best = -1;
    double least = INFINITY;
    for (int i = 0; i < f->notes.n_choices; i++) {
        const struct search_candidate *c = &f->notes.choices[i].candidate;
        if (c->feasible && c->costs[k] < least) {
            least = c->costs[k];
            best = c->training;
        }
    }
    return best;
}

/* farthest: of a random half of the trainings, the one that is farthest from those in wishes. */
static int farthest(struct frontier *f, const struct wish *wishes, int n)
{
    int best = -1;
    double most = -1;
    for (int t = 0; t < f->notes.n_trainings; t++) {
        double nearest = rng_unit(&f->rng) * 1e-6 + (n == 0);
        const bool skipped = rng_below(&f->rng, 2) == 0 && best >= 0;
        if (skipped || f->notes.trainings[t].first < 0 || is_wished(wishes, n, t))
            continue;
        double least = INFINITY;
        for (int i = 0; i < n; i++)
            least = fmin(least, distance(f, t, wishes[i].training));
        nearest += n > 0 ? least : 0;
        if (nearest > most) {
            most = nearest;
            best = t;
        }
    }
    return best;
}

/* begin: whole trainings at the ends of the front, where each known objective is best; and first rungs of others that
 * are unlike each other. */
static enum status begin(struct frontier *f, struct errmsg *e)
{
    const struct search_problem *p = f->notes.problem;
    struct wish wishes[BEGIN + SEARCH_MAX_OBJECTIVES];
    int n = 0;
    for (int k = 0; k < p->n_objectives; k++) {
        const int t = k == p->accuracy ? -1 : cheapest(f, k);
        if (t >= 0 && !is_wished(wishes, n, t))
            wishes[n++] = (struct wish){t, p->n_rungs - 1, 0};
    }
    for (int i = 0; i < BEGIN; i++) {
        const int t = farthest(f, wishes, n);
        if (t >= 0)
            wishes[n++] = (struct wish){t, 0, 0};
    }
    return notes_buy(&f->notes, wishes, n, e);
}

/* ---------------------------------------------------------------------------- with a model */

/* observe: all that was bought, whole trainings first if there is more than the model takes. */
static int observe(const struct frontier *f, struct observation *out)
{
    const struct notes *n = &f->notes;
    int count = 0;
    for (int rung = n->problem->n_rungs - 1; rung >= 0; rung--)
        for (int t = 0; t < n->n_trainings; t++)
            for (int s = 0; s < n->problem->n_seeds && n->trainings[t].seeds != NULL; s++) {
                const double accuracy = n->trainings[t].seeds[s].accuracy[rung];
                if (!isnan(accuracy) && count < SURROGATE_MAX_OBSERVATIONS)
                    out[count++] = (struct observation){features_of(f, t), t, s, rung,
                                                        accuracy - seeds_ease(&n->whole, s)};
            }
    return count;
}

static enum status model(struct frontier *f, bool *known, struct errmsg *e)
{
    struct observation *all = malloc(SURROGATE_MAX_OBSERVATIONS * sizeof *all);
    if (all == NULL)
        return no_memory(e);
    const int n = observe(f, all);
    const bool learn = n >= RELEARN * f->n_learned;
    const enum status s = n > 0 ? surrogate_fit(f->model, all, n, learn, e) : STATUS_OK;
    if (learn && f->idle != NULL) {
        f->n_learned = n;
        memset(f->idle, 0, (size_t)f->n_featured);
    }
    *known = n > 0;
    free(all);
    return s;
}

/* soundness: the share of trainings like this one that do not fail. */
static double soundness(const struct frontier *f, int training)
{
    double sound = 1, failed = 0;
    for (int t = 0; t < f->notes.n_trainings; t++) {
        const struct noted_training *other = &f->notes.trainings[t];
        if (other->seeds == NULL)
            continue;
        const double like = surrogate_likeness(f->model, features_of(f, training), features_of(f, t));
        *(other->failed ? &failed : &sound) += like;
    }
    return sound / (sound + failed);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* finished: accuracies of the finished trainings; NAN for the others. room: as many doubles. Returns the accuracy that
 * is worth nothing: the worst, or so many quartile ranges below the median that the training went wrong. */
static double finished(const struct frontier *f, double *accuracies, double *room)
{
    int n = 0;
    for (int t = 0; t < f->notes.n_trainings; t++) {
        accuracies[t] = f->notes.trainings[t].first >= 0 ? notes_accuracy(&f->notes, t) : NAN;
        if (!isnan(accuracies[t]))
            room[n++] = accuracies[t];
    }
    if (n == 0)
        return 0;
    qsort(room, (size_t)n, sizeof *room, by_value);
    return fmax(room[0], room[n / 2] - WRONG * (room[3 * n / 4] - room[n / 4]));
}

/* promise_of: of a training that is not finished. */
static enum status promise_of(struct frontier *f, const struct gain *g, bool any_failed, double *room,
                              struct promise *out, struct errmsg *e)
{
    double expected;
    surrogate_predict(f->model, features_of(f, out->training), out->training, 0, room, &out->mean, &out->sd);
    const enum status s = gain_expected(g, out->training, out->mean, out->sd, &expected, &out->least, e);
    if (any_failed)
        expected *= soundness(f, out->training);
    f->idle[out->training] = !(out->least < out->mean + OPTIMISM * out->sd && out->least < 1);
    out->rate = expected / remaining_seconds(f, out->training);
    return s;
}

/* open_trainings: those that are neither finished nor failed nor idle, each with the rung that it would get next. */
static int open_trainings(const struct frontier *f, struct promise *out, bool *any_failed)
{
    int n = 0;
    *any_failed = false;
    for (int t = 0; t < f->notes.n_trainings; t++) {
        const struct noted_training *of = &f->notes.trainings[t];
        const int rung = of->seeds != NULL ? of->seeds[0].rung : -1;
        *any_failed |= of->failed;
        if (of->first >= 0 && !of->failed && !f->idle[t] && rung < f->notes.problem->n_rungs - 1)
            out[n++] = (struct promise){.training = t, .rung = rung + 1};
    }
    return n;
}

/* least_known: of the trainings that are not begun and would add something with an accuracy as good as the best, the
 * one of which the model knows least; `otherwise` if there is none. */
static int least_known(const struct frontier *f, const struct promise *open, int n, double best_accuracy, int otherwise)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (open[i].rung == 0 && !f->idle[open[i].training] && open[i].least < best_accuracy &&
            (best < 0 || open[i].sd > open[best].sd))
            best = i;
    return best >= 0 ? best : otherwise;
}

/* choose: up to batch trainings, one after the other. Each that is chosen counts as finished, with the accuracy that is
 * expected of it, so that the next one is another part of the front. */
static enum status choose(struct frontier *f, struct wish *wishes, int *n_wishes, struct errmsg *e)
{
    const struct search_problem *p = f->notes.problem;
    const size_t n = (size_t)f->notes.n_trainings;
    enum status s = STATUS_OK;
    bool any_failed;
    double *accuracies = malloc((2 * n + SURROGATE_MAX_OBSERVATIONS) * sizeof *accuracies);
    struct promise *open = malloc((n + 1) * sizeof *open);
    *n_wishes = 0;
    if (accuracies == NULL || open == NULL) {
        s = no_memory(e);
        goto done;
    }
    const double worst = finished(f, accuracies, accuracies + n);
    int n_open = open_trainings(f, open, &any_failed);
    while (*n_wishes < p->batch && s == STATUS_OK && n_open > 0) {
        struct gain g;
        int best = -1;
        s = gain_open(&g, &f->notes, accuracies, worst, e);
        for (int i = 0; i < n_open && s == STATUS_OK; i++) {
            s = promise_of(f, &g, any_failed, accuracies + n, &open[i], e);
            if (!f->idle[open[i].training] && (best < 0 || open[i].rate > open[best].rate))
                best = i;
        }
        if (s == STATUS_OK && f->n_chosen++ % EXPLORE == 0)
            best = least_known(f, open, n_open, g.n_steps > 0 ? g.steps[0].accuracy : 1, best);
        gain_close(&g);
        if (best < 0)
            break;
        accuracies[open[best].training] = open[best].mean;
        wishes[(*n_wishes)++] = (struct wish){open[best].training, open[best].rung, 0};
        open[best] = open[--n_open];
    }
done:
    free(accuracies);
    free(open);
    return s;
}

/* ------------------------------------------------------------------------------------ seeds */

/* seconds_spent: s, on all trainings. */
static double seconds_spent(const struct notes *n)
{
    double seconds = doubt_seconds(n);
    for (int t = 0; t < n->n_trainings; t++)
        seconds += notes_seconds(n, t, 0);
    return seconds;
}

/* doubt: one more seed where the front is not certain: in its share of the time, or where nothing else promises
 * anything. */
static enum status doubt(struct frontier *f, struct wish *wish, int *n_wishes, struct errmsg *e)
{
    const struct notes *n = &f->notes;
    const bool due = *n_wishes == 0 || doubt_seconds(n) < SEED_SHARE * seconds_spent(n);
    int training = -1, seed = 0;
    if (n->problem->n_seeds < 2 || !due)
        return STATUS_OK;
    double *accuracies = malloc((size_t)(2 * n->n_trainings + 1) * sizeof *accuracies);
    if (accuracies == NULL)
        return no_memory(e);
    const double worst = finished(f, accuracies, accuracies + n->n_trainings);
    const enum status s = doubt_next(n, accuracies, worst, surrogate_seed_sd(f->model), &training, &seed, e);
    free(accuracies);
    if (training >= 0)
        wish[(*n_wishes)++] = (struct wish){training, n->problem->n_rungs - 1, seed};
    return s;
}

/* ------------------------------------------------------------------------------ large spaces */

/* look_near: looks at neighbours of the front: one or two of its values are others. */
static enum status look_near(struct frontier *f, struct errmsg *e)
{
    const struct search_problem *p = f->notes.problem;
    struct gain g = {0};
    enum status s = STATUS_OK;
    if ((f->walk.n > 0 && f->walk.n <= SPACE_LOOKS) || f->notes.n_trainings >= MOST_NEAR * SAMPLE)
        return STATUS_OK;
    double *accuracies = malloc((size_t)(2 * f->notes.n_trainings + 1) * sizeof *accuracies);
    if (accuracies == NULL)
        return no_memory(e);
    const double worst = finished(f, accuracies, accuracies + f->notes.n_trainings);
    s = gain_open(&g, &f->notes, accuracies, worst, e);
    for (int i = 0; i < NEIGHBOURS && s == STATUS_OK && g.n_steps > 0; i++) {
        const int training = g.steps[rng_below(&f->rng, (uint64_t)g.n_steps)].training;
        int at = f->notes.trainings[training].first;
        memcpy(f->choice, notes_choice(&f->notes, at), (size_t)p->n_variables * sizeof *f->choice);
        for (int change = 0; change < 1 + i % 2; change++) {
            const uint64_t v = rng_below(&f->rng, (uint64_t)p->n_variables);
            f->choice[v] = (int)rng_below(&f->rng, (uint64_t)p->n_values[v]);
        }
        s = notes_look(&f->notes, f->choice, &at, e);
    }
    gain_close(&g);
    free(accuracies);
    return s == STATUS_OK ? set_features(f, e) : s;
}

/* ------------------------------------------------------------------------------------ search */

/* tell: what became of the trainings that were looked at. */
static void tell(const struct frontier *f)
{
    const struct notes *n = &f->notes;
    int whole = 0, begun = 0, idle = 0, left = 0;
    char text[512];
    for (int t = 0; t < n->n_trainings; t++) {
        const struct noted_training *of = &n->trainings[t];
        const int rung = of->seeds != NULL ? of->seeds[0].rung : -1;
        whole += rung == n->problem->n_rungs - 1;
        begun += rung >= 0 && rung < n->problem->n_rungs - 1;
        idle += of->first >= 0 && rung < 0 && f->idle[t];
        left += of->first >= 0 && rung < 0 && !f->idle[t];
    }
    snprintf(text, sizeof text,
             "%d trainings were done whole and %d in part; %d were not begun because they would add nothing to the "
             "front even if their accuracy were %g standard deviations above what is expected; %d might add something",
             whole, begun, idle, OPTIMISM, left);
    if (n->problem->tell != NULL)
        n->problem->tell(n->problem->context, text);
}

/* search_rounds: until the budget is spent or nothing promises anything. */
static enum status search_rounds(struct frontier *f, struct wish *wishes, struct errmsg *e)
{
    enum status s = STATUS_OK;
    for (int n_wishes = 1; s == STATUS_OK && n_wishes > 0 && !f->notes.over;) {
        bool known = false;
        n_wishes = 0;
        s = look_near(f, e);
        if (s == STATUS_OK)
            s = model(f, &known, e);
        if (s == STATUS_OK && known)
            s = choose(f, wishes, &n_wishes, e);
        if (s == STATUS_OK && known)
            s = doubt(f, wishes, &n_wishes, e);
        if (s == STATUS_OK)
            s = notes_buy(&f->notes, wishes, n_wishes, e);
    }
    return s;
}

static enum status run(const struct search_problem *p, uint64_t seed, struct errmsg *e)
{
    struct frontier f = {.choice = malloc((size_t)p->n_variables * sizeof *f.choice + 1)};
    struct wish *wishes = malloc((size_t)(p->batch + 2) * sizeof *wishes);
    enum status s = notes_open(&f.notes, p, e);
    if (s == STATUS_OK)
        s = surrogate_new(p->n_features, p->n_rungs, &f.model, e);
    if (f.choice == NULL || wishes == NULL)
        s = no_memory(e);
    rng_init(&f.rng, seed, RNG_SEARCH);
    walk_start(&f.walk, p, seed);
    if (s == STATUS_OK)
        s = look_around(&f, e);
    if (s == STATUS_OK)
        s = begin(&f, e);
    if (s == STATUS_OK)
        s = search_rounds(&f, wishes, e);
    if (s == STATUS_OK)
        tell(&f);
    surrogate_free(f.model);
    notes_close(&f.notes);
    free(f.features);
    free(f.idle);
    free(f.choice);
    free(wishes);
    return s;
}

const struct search_method search_front = {
    .name = "front",
    .what = "predicts accuracies, and trains in rungs what promises the most hypervolume for each second",
    .run = run,
    .rungs = 3,
};
