/* How much each axis matters for an objective, and where the data cannot say.
 *
 * A forest of regression trees is fitted, and asked about rows that it has not seen. Half of what its error grows when an
 * axis gets the value of another row is the axis's total share of the variance, as in a functional ANOVA
 * (B. Gregorutti, B. Michel, P. Saint-Pierre, Statistics and Computing 2017). A sweep is rarely a complete grid, and a
 * forest says anything about points that do not exist. So an axis only changes between rows that agree in all axes that
 * it goes together with (C. Strobl and others, BMC Bioinformatics 2008). What a forest cannot predict counts for
 * nothing: noise gives shares about 0. */
#pragma once

#include "base/status.h"
#include "explorer/report/table.h"

enum { IMPORTANCE_NAME_BYTES = 128, IMPORTANCE_NOTE_BYTES = 320, IMPORTANCE_LEAST_ROWS = 12 };

/* What varies: an axis; a layer's part of one ("delta_bits, layer 2"); several axes that always change together
 * ("weight_bits with frac_bits"). All shares are of the variance of the objective, and errors are half widths of 95 %
 * intervals. */
struct importance_factor {
    char name[IMPORTANCE_NAME_BYTES];
    double share, share_error;        /* with all that it does together with others; NAN: the data cannot say */
    double alone, alone_error;        /* what it tells where no other axis is known; NAN: the data cannot say */
    char note[IMPORTANCE_NOTE_BYTES]; /* what the figures do not say, or why there are none; "": nothing */
};

/* Two factors that act together: the part of the variance that neither has without the other. */
struct importance_pair {
    int a, b; /* numbers of factors */
    double share, error;
};

struct importance {
    char silent[IMPORTANCE_NOTE_BYTES]; /* why nothing can be said, and then there are no factors; "": something can */
    int n_rows;                         /* that were used: with a value, each training once */
    double explained, explained_error;  /* by all factors together, of rows that were not seen; NAN: not known */
    int n_factors;
    struct importance_factor *factors; /* owned; greatest share first */
    int n_pairs;
    struct importance_pair *pairs; /* owned; those beyond their error and half a per cent, greatest first */
    int n_remarks;
    char (*remarks)[IMPORTANCE_NOTE_BYTES]; /* owned; a line each: axes that are left out, rows that are */
};

struct importance_options {
    int most_rows; /* of more rows so many are drawn by chance, always the same; 0: 2000 */
    int trees;     /* of a forest; 0: 100 */
    bool pairs;    /* also what two factors do together */
};

/* importance_of: t has rows of `designs`, `trainings` or `results` with all columns of the view; objective is a column of
 * t. The same table gives the same figures. Bad data is no error: out->silent and the remarks say what cannot be said.
 * STATUS_USAGE if the objective holds words. out: importance_free, also after a failure. */
enum status importance_of(const struct table *t, int objective, const struct importance_options *o,
                          struct importance *out, struct errmsg *e);
void importance_free(struct importance *i);
