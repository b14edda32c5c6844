/* How the numbers of a data set fit the inputs of an integer network. */
#pragma once

#include "models/nn/code/fixed.h"
#include "models/nn/data/dataset.h"

#include <stdbool.h>
#include <stddef.h>

struct spread {
    float least, greatest; /* of the training set */
    double saturated;      /* the fraction of its numbers that is beyond the range of inputs */
    double vanished;       /* of those that are not 0: the fraction that becomes 0 */
    int varying, few;      /* features that are not always the same; of them, those that have one value as inputs, or
                              up to three where the format has many */
    bool uneven;           /* the ranges of varying features differ by more than 8 times */
};

/* spread_measure: of the training set, with inputs of the format q. Pixels have the right range by definition: all of
 * their spread is 0. STATUS_ENVIRONMENT without memory. */
enum status spread_measure(const struct dataset *d, const struct fixed *q, struct spread *out, struct errmsg *e);

/* spread_is_bad: whether so much saturates or vanishes that a user should know: more than 1 % of all numbers, or more
 * than 2 % of the features. */
bool spread_is_bad(const struct spread *s);

/* spread_text: what is wrong: "100.00 % of the inputs are beyond -2 to 1.969 and saturate". Returns text. */
const char *spread_text(const struct spread *s, const struct fixed *q, char *text, size_t text_bytes);
