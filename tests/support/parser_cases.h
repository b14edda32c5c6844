/* What every parser of bytes must survive: each truncation, and random damage, in a block of its own size, so that a
 * sanitizer sees a read past its end. */
#pragma once

#include "base/status.h"
#include "base/rng.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call of the parser, which uses what it was given: its status, and a message if that is bad. */
typedef enum status parser_call(const uint8_t *bytes, size_t n, struct errmsg *e);

static inline enum status parser_on_copy(parser_call *call, const uint8_t *bytes, size_t n, struct errmsg *e)
{
    uint8_t *exact = calloc(n > 0 ? n : 1, 1);
    if (exact == NULL)
        return STATUS_ENVIRONMENT;
    memcpy(exact, bytes, n);
    e->text[0] = '\0';
    const enum status s = call(exact, n, e);
    free(exact);
    return s;
}

/* parser_truncations: no part of a good file but the whole of it is good; at least `least` bytes of it are. Every
 * failure is STATUS_INPUT with a message. Returns false, and says which length, if not. */
static inline bool parser_truncations(parser_call *call, const uint8_t *bytes, size_t n, size_t least)
{
    struct errmsg e;
    for (size_t k = 0; k <= n; k++) {
        const enum status s = parser_on_copy(call, bytes, k, &e), expected = k >= least ? STATUS_OK : STATUS_INPUT;
        if (s == expected && (s == STATUS_OK || e.text[0] != '\0'))
            continue;
        printf("cut to %zu of %zu bytes: status %d, \"%s\"\n", k, n, s, e.text);
        return false;
    }
    return true;
}

/* parser_damages: bytes replaced, put in and taken out at random, mostly in the first `head`. */
static inline bool parser_damages(parser_call *call, const uint8_t *bytes, size_t n, size_t head, int trials)
{
    struct rng r;
    struct errmsg e;
    uint8_t *copy = malloc(n + 8);
    bool good = copy != NULL;
    rng_init(&r, 20261122, RNG_TEST);
    for (int t = 0; t < trials && good; t++) {
        size_t length = n;
        memcpy(copy, bytes, n);
        for (uint64_t k = 1 + rng_below(&r, 4); k > 0 && length > 0; k--) {
            const size_t at = (size_t)rng_below(&r, rng_below(&r, 4) && head < length ? head : length);
            const uint64_t what = rng_below(&r, 4);
            if (what == 0 && length < n + 8) {
                memmove(copy + at + 1, copy + at, length++ - at);
                copy[at] = copy[rng_below(&r, length)];
            } else if (what == 1) {
                memmove(copy + at, copy + at + 1, --length - at);
            } else if (what == 2) {
                copy[at] = bytes[rng_below(&r, n)];
            } else {
                copy[at] = (uint8_t)rng_next(&r);
            }
        }
        const enum status s = parser_on_copy(call, copy, length, &e);
        good = s == STATUS_OK || (s == STATUS_INPUT && e.text[0] != '\0');
        if (!good)
            printf("trial %d: status %d, \"%s\"\n", t, s, e.text);
    }
    free(copy);
    return good;
}
