/* NSGA-II: K. Deb, A. Pratap, S. Agarwal, T. Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II",
 * IEEE Trans. Evol. Comput. 6(2), 2002. Choices are lists of whole numbers here: a child takes each value from one of
 * its parents, and a changed value is a neighbour or any other. Constraints are known before a training, so a child
 * that is not feasible is drawn again and never trained; a failed training gives its choice no descendants. */
#include "base/rng.h"
#include "explorer/search/notes.h"
#include "explorer/search/walk.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* MOST_DRAWS: of a child, until it is a feasible choice that was not tried before. MOST_MISSES: looks in a row, of the
 * first generation. */
enum { POPULATION = 20, MOST_DRAWS = 200, MOST_MISSES = 1000000 };
static const double CROSSOVER = 0.9;

struct individual {
    int at; /* its choice */
    int rank;
    double crowding;
    double costs[SEARCH_MAX_OBJECTIVES];
};

struct genetic {
    struct notes notes;
    struct rng rng;
    struct walk walk;
    int n;                                   /* individuals alive */
    struct individual alive[2 * POPULATION]; /* parents first, then children */
    unsigned char *tried;                    /* of each choice, whether it was an individual */
    int tried_room;
    int *choice;
};

static bool dominates(const struct individual *a, const struct individual *b, int K)
{
    bool better = false;
    for (int k = 0; k < K; k++) {
        if (a->costs[k] > b->costs[k])
            return false;
        better |= a->costs[k] < b->costs[k];
    }
    return better;
}

/* set_ranks: 0 for the front, 1 for the front of the rest, and so on. */
static void set_ranks(struct individual *x, int n, int K)
{
    int n_left = n;
    for (int i = 0; i < n; i++)
        x[i].rank = -1;
    for (int rank = 0; n_left > 0; rank++) {
        for (int i = 0; i < n; i++) {
            bool beaten = x[i].rank >= 0 && x[i].rank < rank;
            for (int j = 0; j < n && !beaten; j++)
                beaten = (x[j].rank < 0 || x[j].rank == rank) && dominates(&x[j], &x[i], K);
            if (!beaten) {
                x[i].rank = rank;
                n_left--;
            }
        }
    }
}

static int by_cost(const void *a, const void *b, void *k)
{
    const struct individual *const *x = a, *const *y = b;
    const double p = (*x)->costs[*(int *)k], q = (*y)->costs[*(int *)k];
    return p != q ? (p > q) - (p < q) : ((*x)->at > (*y)->at) - ((*x)->at < (*y)->at);
}

/* set_crowding: for each of a rank, how far apart its neighbours are, summed over the objectives. */
static void set_crowding(struct individual *x, int n, int K, int rank)
{
    struct individual *of[2 * POPULATION];
    int m = 0;
    for (int i = 0; i < n; i++)
        if (x[i].rank == rank) {
            x[i].crowding = 0;
            of[m++] = &x[i];
        }
    for (int k = 0; k < K && m > 0; k++) {
        qsort_r((void *)of, (size_t)m, sizeof(void *), by_cost, &k);
        const double range = of[m - 1]->costs[k] - of[0]->costs[k];
        of[0]->crowding = of[m - 1]->crowding = INFINITY;
        for (int i = 1; i < m - 1 && range > 0; i++)
            of[i]->crowding += (of[i + 1]->costs[k] - of[i - 1]->costs[k]) / range;
    }
}

static int by_fitness(const void *a, const void *b)
{
    const struct individual *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->crowding != y->crowding)
        return x->crowding > y->crowding ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* select_parents: the best of parents and children live on. */
static void select_parents(struct genetic *g)
{
    const int K = g->notes.problem->n_objectives;
    set_ranks(g->alive, g->n, K);
    for (int i = 0; i < g->n; i++)
        set_crowding(g->alive, g->n, K, i);
    qsort(g->alive, (size_t)g->n, sizeof *g->alive, by_fitness);
    g->n = g->n < POPULATION ? g->n : POPULATION;
}

/* parent: the better of two. They are sorted. */
static const int *parent(struct genetic *g, int n_parents)
{
    const int a = (int)rng_below(&g->rng, (uint64_t)n_parents), b = (int)rng_below(&g->rng, (uint64_t)n_parents);
    return notes_choice(&g->notes, g->alive[a < b ? a : b].at);
}

static void mutate(struct genetic *g)
{
    const struct search_problem *p = g->notes.problem;
    for (int v = 0; v < p->n_variables; v++) {
        const int values = p->n_values[v];
        if (values < 2 || rng_below(&g->rng, (uint64_t)p->n_variables) != 0)
            continue;
        if (rng_below(&g->rng, 2) == 0) {
            const int step = rng_below(&g->rng, 2) == 0 ? -1 : 1;
            const int next = g->choice[v] + step;
            g->choice[v] = next < 0 || next >= values ? g->choice[v] - step : next;
        } else {
            g->choice[v] = (g->choice[v] + 1 + (int)rng_below(&g->rng, (uint64_t)values - 1)) % values;
        }
    }
}

static void cross(struct genetic *g, int n_parents)
{
    const struct search_problem *p = g->notes.problem;
    const int *mother = parent(g, n_parents), *father = parent(g, n_parents);
    const bool crosses = rng_unit(&g->rng) < CROSSOVER;
    for (int v = 0; v < p->n_variables; v++)
        g->choice[v] = crosses && rng_below(&g->rng, 2) == 0 ? father[v] : mother[v];
}

/* take: makes the choice an individual, if it is feasible and new. */
static enum status take(struct genetic *g, bool *taken, struct errmsg *e)
{
    int at;
    *taken = false;
    const enum status s = notes_look(&g->notes, g->choice, &at, e);
    if (s != STATUS_OK)
        return s;
    if (g->tried_room < g->notes.n_choices) {
        const int room = 2 * g->notes.n_choices + 64;
        unsigned char *tried = realloc(g->tried, (size_t)room);
        if (tried == NULL)
            return fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
        memset(tried + g->tried_room, 0, (size_t)(room - g->tried_room));
        g->tried = tried;
        g->tried_room = room;
    }
    const struct search_candidate *c = &g->notes.choices[at].candidate;
    if (g->tried[at] || !c->feasible)
        return STATUS_OK;
    g->tried[at] = 1;
    *taken = true;
    struct individual *x = &g->alive[g->n++];
    *x = (struct individual){.at = at};
    memcpy(x->costs, c->costs, sizeof x->costs);
    return STATUS_OK;
}

/* breed: children, or strangers where there are no parents or these have no new children. */
static enum status breed(struct genetic *g, struct errmsg *e)
{
    enum status s = STATUS_OK;
    const int n_parents = g->n;
    bool more = true;
    while (g->n < n_parents + POPULATION && more && s == STATUS_OK) {
        bool taken = false;
        for (int draw = 0; draw < MOST_DRAWS && n_parents > 0 && !taken && s == STATUS_OK; draw++) {
            cross(g, n_parents);
            mutate(g);
            s = take(g, &taken, e);
        }
        for (int miss = 0; !taken && more && s == STATUS_OK; miss++) {
            more = miss < MOST_MISSES && walk_next(&g->walk, g->choice);
            if (more)
                s = take(g, &taken, e);
        }
    }
    return s;
}

/* train: the individuals from first on; those whose training failed die. */
static enum status train(struct genetic *g, int first, struct errmsg *e)
{
    const struct search_problem *p = g->notes.problem;
    struct wish *wishes = malloc(((size_t)POPULATION * (size_t)p->n_seeds + 1) * sizeof *wishes);
    int n_wishes = 0, kept = first;
    if (wishes == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
    for (int i = first; i < g->n; i++)
        for (int seed = 0; seed < p->n_seeds; seed++)
            wishes[n_wishes++] =
                (struct wish){g->notes.choices[g->alive[i].at].candidate.training, p->n_rungs - 1, seed};
    const enum status s = notes_buy(&g->notes, wishes, n_wishes, e);
    free(wishes);
    for (int i = first; i < g->n && s == STATUS_OK && !g->notes.over; i++) {
        const double accuracy = notes_accuracy(&g->notes, g->notes.choices[g->alive[i].at].candidate.training);
        g->alive[kept] = g->alive[i];
        g->alive[kept].costs[p->accuracy] = -accuracy;
        kept += !isnan(accuracy);
    }
    g->n = kept;
    return s;
}

static enum status run(const struct search_problem *p, uint64_t seed, struct errmsg *e)
{
    struct genetic *g = calloc(1, sizeof *g);
    if (g == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
    enum status s = notes_open(&g->notes, p, e);
    g->choice = malloc((size_t)p->n_variables * sizeof *g->choice + 1);
    if (s == STATUS_OK && g->choice == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
    rng_init(&g->rng, seed, RNG_SEARCH);
    walk_start(&g->walk, p, seed);
    for (bool more = true; more && s == STATUS_OK && !g->notes.over;) {
        const int first = g->n;
        s = breed(g, e);
        more = g->n > first;
        if (s == STATUS_OK)
            s = train(g, first, e);
        select_parents(g);
    }
    notes_close(&g->notes);
    free(g->tried);
    free(g->choice);
    free(g);
    return s;
}

const struct search_method search_nsga2 = {
    .name = "nsga2",
    .what = "breeds combinations from those on the front; each training with all its epochs and seeds",
    .run = run,
};
