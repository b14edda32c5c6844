#include "explorer/search/walk.h"

#include "base/rng.h"

enum { ROUNDS = 6 };

void walk_start(struct walk *w, const struct search_problem *problem, uint64_t seed)
{
    *w = (struct walk){.problem = problem, .n = 1, .key = seed, .bits = 1};
    for (int v = 0; v < problem->n_variables && w->n > 0; v++) {
        const uint64_t values = (uint64_t)problem->n_values[v];
        w->n = values > 0 && w->n <= (UINT64_C(1) << 62) / values ? w->n * values : 0;
    }
    while (w->bits < 31 && (UINT64_C(1) << (2 * w->bits)) < w->n)
        w->bits++;
}

static uint64_t scramble(uint64_t key, uint64_t round, uint64_t x)
{
    uint64_t state = key ^ (round << 56) ^ x;
    state = rng_splitmix64(&state);
    return rng_splitmix64(&state);
}

/* A Feistel network is a permutation of the numbers of 2 · bits bits. Those that are not below n go through it again
 * until they are: then it is one of the numbers below n. */
static uint64_t permuted(const struct walk *w, uint64_t x)
{
    const uint64_t mask = (UINT64_C(1) << w->bits) - 1;
    do {
        uint64_t left = x >> w->bits, right = x & mask;
        for (uint64_t round = 0; round < ROUNDS; round++) {
            const uint64_t next = left ^ (scramble(w->key, round, right) & mask);
            left = right;
            right = next;
        }
        x = left << w->bits | right;
    } while (x >= w->n);
    return x;
}

bool walk_next(struct walk *w, int *choice)
{
    const struct search_problem *p = w->problem;
    const uint64_t at = w->at++;
    if (w->n == 0) {
        for (int v = 0; v < p->n_variables; v++)
            choice[v] = (int)(scramble(w->key, (uint64_t)v, at) % (uint64_t)p->n_values[v]);
        return true;
    }
    if (at >= w->n)
        return false;
    uint64_t x = permuted(w, at);
    for (int v = 0; v < p->n_variables; v++) {
        choice[v] = (int)(x % (uint64_t)p->n_values[v]);
        x /= (uint64_t)p->n_values[v];
    }
    return true;
}
