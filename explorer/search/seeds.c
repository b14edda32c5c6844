#include "explorer/search/seeds.h"

#include <math.h>
#include <stdlib.h>

bool seeds_open(struct seeds *s, int n_seeds)
{
    *s = (struct seeds){.n_seeds = n_seeds,
                        .sums = calloc((size_t)n_seeds, sizeof *s->sums),
                        .pairs = calloc((size_t)n_seeds, sizeof *s->pairs)};
    return s->sums != NULL && s->pairs != NULL;
}

void seeds_close(struct seeds *s)
{
    free(s->accuracies);
    free(s->sums);
    free(s->pairs);
    *s = (struct seeds){0};
}

static double *at(const struct seeds *s, int training, int seed)
{
    return &s->accuracies[(size_t)training * (size_t)s->n_seeds + (size_t)seed];
}

static bool make_room(struct seeds *s, int training)
{
    if (training < s->room)
        return true;
    const int room = 2 * training + 64;
    double *more = realloc(s->accuracies, (size_t)room * (size_t)s->n_seeds * sizeof *more);
    if (more == NULL)
        return false;
    s->accuracies = more;
    for (; s->room < room; s->room++)
        for (int seed = 0; seed < s->n_seeds; seed++)
            *at(s, s->room, seed) = NAN;
    return true;
}

static void pair(struct seeds *s, int training, int seed)
{
    if (seed == 0 || !seeds_has(s, training, 0) || !seeds_has(s, training, seed))
        return;
    s->sums[seed] += *at(s, training, seed) - *at(s, training, 0);
    s->pairs[seed]++;
}

bool seeds_add(struct seeds *s, int training, int seed, double accuracy)
{
    if (!make_room(s, training))
        return false;
    if (seeds_has(s, training, seed))
        return true;
    *at(s, training, seed) = accuracy;
    if (seed > 0)
        pair(s, training, seed);
    else
        for (int other = 1; other < s->n_seeds; other++)
            pair(s, training, other);
    return true;
}

bool seeds_has(const struct seeds *s, int training, int seed)
{
    return training < s->room && !isnan(*at(s, training, seed));
}

double seeds_ease(const struct seeds *s, int seed)
{
    return s->pairs[seed] > 0 ? s->sums[seed] / s->pairs[seed] : 0;
}

double seeds_mean(const struct seeds *s, int training)
{
    double sum = 0;
    int n = 0;
    for (int seed = 0; seed < s->n_seeds; seed++)
        if (seeds_has(s, training, seed)) {
            sum += *at(s, training, seed) - seeds_ease(s, seed);
            n++;
        }
    return n > 0 ? sum / n : NAN;
}
