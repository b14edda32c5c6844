/* What the lock-step program reads on its standard input: one header, then the arrays of a vector_set (bias, initial,
 * weights, data), whose numbers have 32 bits in this machine's byte order. */
#pragma once

#include <stdint.h>

#define VECTORFILE_MAGIC "DSVECT01"

struct vectorfile_header {
    char magic[8]; /* VECTORFILE_MAGIC, without the 0 */
    int32_t variant, multiplier, W, D, shift, N, P, wrap; /* struct mac_config */
    int64_t n;     /* vectors */
    uint64_t seed; /* of the gaps, held requests, stalls and resets between and in the vectors */
};
