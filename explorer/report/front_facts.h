/* What a front is worth as a whole: its hypervolume, and its knee. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

enum { FRONT_FACTS_OBJECTIVES = 8 }; /* most of K for a hypervolume */

struct front_facts {
    int front; /* rows that are on it */
    /* The row that has the least sum of its objectives, each brought to 0 for the best and 1 for the worst value of the
     * front; of equal ones the first. Of two objectives it is the row farthest from the chord between the ends of the
     * front (I. Das, "On characterizing the `knee` of the Pareto curve based on Normal-Boundary Intersection", Structural
     * Optimization 18, 1999). -1: the front has less than three unlike rows, or, with two objectives, none before the chord. */
    int knee;
    /* The volume between the front and the reference, in the units of the objectives multiplied, and its share of the box
     * between the reference and the best value of each objective. NAN: the reference is not worse than the best in
     * every objective, K is over the limit, or there are more rows than can be done in some seconds (too_long). */
    double volume, share;
    bool too_long;
    double reference[FRONT_FACTS_OBJECTIVES];
};

/* front_facts: of n rows (values: n · K), of which those with `on` are the front. reference (K) NULL: the worst value of each
 * objective among the n rows, so that a row which has it adds nothing. */
enum status front_facts(const double *values, int n, int K, const bool *maximise, const bool *on, const double *reference,
                        struct front_facts *out, struct errmsg *e);
