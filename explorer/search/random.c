/* Random search: feasible choices in a random order, each training once, whole, with all its seeds. */
#include "explorer/search/notes.h"
#include "explorer/search/walk.h"

#include <stdlib.h>

/* Looks in a row that find no new training, before the search takes it that there is none. */
enum { MOST_MISSES = 1000000 };

static enum status next_training(struct notes *n, struct walk *w, int *choice, int *training, struct errmsg *e)
{
    *training = -1;
    for (int misses = 0; misses < MOST_MISSES && walk_next(w, choice); misses++) {
        const int before = n->n_choices;
        int at;
        const enum status s = notes_look(n, choice, &at, e);
        if (s != STATUS_OK)
            return s;
        const struct search_candidate *c = &n->choices[at].candidate;
        if (at == before && c->feasible && n->choices[at].next < 0) {
            *training = c->training;
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

static enum status run(const struct search_problem *p, uint64_t seed, struct errmsg *e)
{
    struct notes n;
    struct walk w;
    enum status s = notes_open(&n, p, e);
    int *choice = malloc((size_t)p->n_variables * sizeof *choice + 1);
    const int room = p->batch + p->n_seeds;
    struct wish *wishes = malloc((size_t)room * sizeof *wishes);
    if (choice == NULL || wishes == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for a search");
        goto done;
    }
    walk_start(&w, p, seed);
    for (bool more = true; more && s == STATUS_OK && !n.over;) {
        int n_wishes = 0;
        while (n_wishes < p->batch && s == STATUS_OK && more) {
            int training;
            s = next_training(&n, &w, choice, &training, e);
            more = training >= 0;
            for (int i = 0; i < p->n_seeds && more; i++)
                wishes[n_wishes++] = (struct wish){training, p->n_rungs - 1, i};
        }
        if (s == STATUS_OK)
            s = notes_buy(&n, wishes, n_wishes, e);
    }
done:
    free(choice);
    free(wishes);
    notes_close(&n);
    return s;
}

const struct search_method search_random = {
    .name = "random",
    .what = "tries combinations in a random order, each training with all its epochs and seeds",
    .run = run,
};
