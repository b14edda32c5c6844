/* What varies among rows of a view, as columns that a forest can read. */
#pragma once

#include "explorer/report/forest.h"
#include "explorer/report/importance.h"

struct factor {
    char name[IMPORTANCE_NAME_BYTES];
    struct forest_column column; /* owns its codes */
    bool words;                  /* its values have no order */
    bool several;                /* axes that always change together */
};

struct factors {
    int n;
    struct factor *at;
    char same[120];   /* axes with a single value, "a, b, c, …"; "": none */
    char passed[120]; /* axes that vary in t and are none of a training, if only those are asked for */
};

/* factors_of: of the axes among the columns of t, in the given rows. trainings: only those of a training. A text with a
 * part for each layer ("784-64-10", "4-2-2") is a factor for each part, if all rows have as many parts. out:
 * factors_free, also after a failure. */
enum status factors_of(const struct table *t, const int *rows, int n_rows, bool trainings, struct factors *out,
                       struct errmsg *e);
void factors_free(struct factors *f);

/* factors_association: Cramér's V of two factors without its bias (W. Bergsma, 2013): 0 when the values of one say
 * nothing about those of the other, 1 when they say all. -1: out of memory. */
double factors_association(const struct factor *a, const struct factor *b, int n_rows);
