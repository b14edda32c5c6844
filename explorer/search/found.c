#include "explorer/search/found.h"

#include "base/intern.h"
#include "base/rng.h"
#include "explorer/report/hypervolume.h"
#include "explorer/report/pareto.h"
#include "explorer/search/seeds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct found {
    const struct search_problem *problem;
    double lo[SEARCH_MAX_OBJECTIVES], hi[SEARCH_MAX_OBJECTIVES]; /* of the costs */
    double feasible, seconds;
    struct seeds known;
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for what the search has found");
}

/* widen: the ranges, so that c is within them. */
static void widen(struct found *f, const struct search_candidate *c)
{
    for (int k = 0; k < f->problem->n_objectives; k++) {
        f->lo[k] = fmin(f->lo[k], c->costs[k]);
        f->hi[k] = fmax(f->hi[k], c->costs[k]);
    }
}

/* draw: learns the ranges; goes on beyond FOUND_DRAWN while nothing is feasible. */
static enum status draw(struct found *f, struct space *x, struct errmsg *e)
{
    enum { PATIENCE = 50 };
    const struct search_problem *p = f->problem;
    struct rng r;
    int feasible = 0;
    rng_init(&r, 2, RNG_SEARCH);
    for (int i = 0; i < FOUND_DRAWN * PATIENCE && (i < FOUND_DRAWN || feasible == 0); i++) {
        int choice[SPACE_MAX_VARIABLES];
        struct search_candidate c;
        for (int v = 0; v < p->n_variables; v++)
            choice[v] = (int)rng_below(&r, (uint64_t)p->n_values[v]);
        const enum status st = space_probe(x, choice, &c, e);
        if (st != STATUS_OK)
            return st;
        if (c.feasible)
            widen(f, &c);
        f->seconds += c.feasible ? c.seconds : 0;
        feasible += c.feasible;
    }
    f->feasible = (double)feasible / FOUND_DRAWN;
    f->seconds /= feasible > 0 ? feasible : 1;
    if (feasible == 0)
        return fail(e, STATUS_INPUT, "search: none of %d combinations that were drawn is feasible; the last one: %s",
                    FOUND_DRAWN * PATIENCE, space_reason(x));
    return STATUS_OK;
}

enum status found_new(struct space *x, const struct search_problem *p, struct found **out, struct errmsg *e)
{
    struct found *f = calloc(1, sizeof *f);
    *out = NULL;
    if (f == NULL)
        return no_memory(e);
    f->problem = p;
    for (int k = 0; k < p->n_objectives; k++) {
        f->lo[k] = INFINITY;
        f->hi[k] = -INFINITY;
    }
    const enum status st = seeds_open(&f->known, p->n_seeds) ? draw(f, x, e) : no_memory(e);
    f->lo[p->accuracy] = -1; /* a cost is an accuracy below 0 */
    f->hi[p->accuracy] = 0;
    if (st != STATUS_OK)
        found_free(f);
    else
        *out = f;
    return st;
}

void found_free(struct found *f)
{
    if (f == NULL)
        return;
    seeds_close(&f->known);
    free(f);
}

double found_feasible(const struct found *f)
{
    return f->feasible;
}

double found_seconds(const struct found *f)
{
    return f->seconds;
}

enum status found_trained(struct found *f, struct space *x, const int *choice, int seed, double accuracy,
                          struct errmsg *e)
{
    struct search_candidate c;
    const enum status st = space_look(x, choice, &c, e);
    if (st != STATUS_OK)
        return st;
    return seeds_add(&f->known, c.training, seed, accuracy) ? STATUS_OK : no_memory(e);
}

/* The choices whose training is known, with their costs. */
struct rated {
    int n, *choice; /* as space_choice has it */
    double *costs;  /* n · K */
    bool *on;       /* the front */
};

static void rated_free(struct rated *r)
{
    free(r->choice);
    free(r->costs);
    free(r->on);
}

/* rate: all of them, and their front. r is zeros before. */
static enum status rate(const struct found *f, const struct space *x, struct rated *r, struct errmsg *e)
{
    const int K = f->problem->n_objectives, looked = space_looked(x);
    const bool maximise[SEARCH_MAX_OBJECTIVES] = {false};
    int n = 0;
    for (int i = 0; i < looked; i++) {
        const struct search_candidate c = space_candidate(x, i);
        n += c.feasible && !isnan(seeds_mean(&f->known, c.training));
    }
    r->choice = calloc((size_t)n + 1, sizeof *r->choice);
    r->costs = calloc((size_t)n * (size_t)K + 1, sizeof *r->costs);
    r->on = calloc((size_t)n + 1, sizeof *r->on);
    if (r->choice == NULL || r->costs == NULL || r->on == NULL)
        return no_memory(e);
    for (int i = 0; i < looked && r->n < n; i++) {
        struct search_candidate c = space_candidate(x, i);
        const double accuracy = c.feasible ? seeds_mean(&f->known, c.training) : NAN;
        if (isnan(accuracy))
            continue;
        c.costs[f->problem->accuracy] = -accuracy;
        r->choice[r->n] = i;
        memcpy(&r->costs[(size_t)r->n++ * (size_t)K], c.costs, (size_t)K * sizeof *c.costs);
    }
    return pareto_front(r->costs, r->n, K, maximise, r->on, e);
}

/* cover: the share of the box that the front covers. */
static enum status cover(const struct found *f, const struct rated *r, double *share, struct errmsg *e)
{
    const int K = f->problem->n_objectives;
    double reference[SEARCH_MAX_OBJECTIVES];
    double *scaled = calloc((size_t)r->n * (size_t)K + 1, sizeof *scaled);
    int n = 0;
    if (scaled == NULL)
        return no_memory(e);
    for (int k = 0; k < K; k++)
        reference[k] = 1;
    for (int i = 0; i < r->n; i++) {
        if (!r->on[i])
            continue;
        for (int k = 0; k < K; k++) {
            const double range = f->hi[k] - f->lo[k], v = r->costs[(size_t)i * (size_t)K + (size_t)k];
            scaled[(size_t)n * (size_t)K + (size_t)k] = range > 0 ? fmax(0, (v - f->lo[k]) / range) : 0;
        }
        n++;
    }
    const enum status st = hypervolume(scaled, n, K, reference, share, e);
    free(scaled);
    return st;
}

/* points_on: calls visit for each point on the front once, with the number of a choice that is it: choices that differ
 * only in what a code or an engine does not use are one point. */
static enum status points_on(struct space *x, const struct rated *all,
                             void (*visit)(void *context, int choice, const struct point *p), void *context,
                             struct errmsg *e)
{
    struct intern seen;
    enum status st = STATUS_OK;
    intern_init(&seen, DIGEST_HEX_BYTES);
    for (int i = 0; i < all->n && st == STATUS_OK; i++) {
        int choice[SPACE_MAX_VARIABLES];
        struct point p;
        bool fresh = false;
        if (!all->on[i])
            continue;
        space_choice(x, all->choice[i], choice);
        if ((st = space_point(x, choice, &p, e)) == STATUS_OK && intern_add(&seen, p.digest, &fresh) < 0)
            st = no_memory(e);
        if (st == STATUS_OK && fresh)
            visit(context, all->choice[i], &p);
    }
    intern_free(&seen);
    return st;
}

static void count_point(void *context, int choice, const struct point *p)
{
    (void)choice, (void)p;
    ++*(int *)context;
}

enum status found_measure(struct found *f, struct space *x, struct round *r, struct errmsg *e)
{
    struct rated all = {0};
    enum status st = rate(f, x, &all, e);
    r->front = 0;
    r->hypervolume = 0;
    if (st == STATUS_OK)
        st = points_on(x, &all, count_point, &r->front, e);
    if (st == STATUS_OK)
        st = cover(f, &all, &r->hypervolume, e);
    rated_free(&all);
    return st;
}

/* What is wanted of the front. */
struct wish_list {
    const struct found *found;
    const struct space *space;
    const struct sweep *sweep;
    struct point *points;
    struct wanted *wanted;
    int n_points, n_wanted;
};

/* want: a point, with each seed with which its training is known. */
static void want(void *context, int choice, const struct point *p)
{
    struct wish_list *l = context;
    const int training = space_candidate(l->space, choice).training;
    struct point *at = &l->points[l->n_points++];
    *at = *p;
    for (int seed = 0; seed < l->sweep->n_seeds; seed++)
        if (seeds_has(&l->found->known, training, seed))
            l->wanted[l->n_wanted++] = (struct wanted){.point = at, .seed = l->sweep->seeds[seed]};
}

enum status found_front(struct found *f, struct space *x, const struct sweep *s, struct point **points,
                        struct wanted **wanted, int *n, struct errmsg *e)
{
    struct rated all = {0};
    int front = 0;
    enum status st = rate(f, x, &all, e);
    for (int i = 0; i < all.n && st == STATUS_OK; i++)
        front += all.on[i];
    *points = calloc((size_t)front + 1, sizeof **points);
    *wanted = calloc((size_t)front * (size_t)s->n_seeds + 1, sizeof **wanted);
    struct wish_list list = {.found = f, .space = x, .sweep = s, .points = *points, .wanted = *wanted};
    if (st == STATUS_OK && (list.points == NULL || list.wanted == NULL))
        st = no_memory(e);
    if (st == STATUS_OK)
        st = points_on(x, &all, want, &list, e);
    *n = list.n_wanted;
    rated_free(&all);
    return st;
}
