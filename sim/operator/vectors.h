/* Requests to an operator, many in one block. */
#pragma once

#include "models/nn/integer/mac.h"

struct vector_set {
    int n, N;
    int32_t *bias, *initial; /* n each */
    int32_t *weights, *data; /* n · N each */
};

enum status vector_set_new(struct vector_set *out, int n, int N, struct errmsg *e);
void vector_set_free(struct vector_set *s);

/* vector_set_random: fills vectors [first, first + n) with uniform numbers of each port's full range. */
void vector_set_random(struct vector_set *s, const struct mac_config *c, int first, int n, uint64_t seed);

/* vector_set_extreme: fills them with all minima, all maxima, alternating signs, sums that saturate both ways, and
 * vectors in which one lane alone is not 0. */
void vector_set_extreme(struct vector_set *s, const struct mac_config *c, int first, int n);
