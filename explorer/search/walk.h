/* All choices of a problem, each once, in a random order, without a list of them. */
#pragma once

#include "explorer/search/method.h"

struct walk {
    const struct search_problem *problem;
    uint64_t n; /* choices; 0: too many to count, so that choices are drawn, and may come again */
    uint64_t at, key;
    int bits; /* half of those of a number that is at least n */
};

void walk_start(struct walk *w, const struct search_problem *problem, uint64_t seed);

/* walk_next: the next choice (n_variables); false when all have been seen. */
bool walk_next(struct walk *w, int *choice);
