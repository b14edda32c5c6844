/* The schemes: what is stored for a weight. Words and formulas: docs/arithmetic.md. */
#pragma once

#include <stdbool.h>

enum scheme {
    SCHEME_FLOAT,            /* the weight itself, in single precision */
    SCHEME_FIXED_POINT,      /* the weight in W bits */
    SCHEME_FIXED_REFERENCE,  /* its difference from the reference of its span */
    SCHEME_CONSECUTIVE,      /* its difference from the rebuilt weight before it: closed loop */
    SCHEME_CONSECUTIVE_OPEN, /* its difference from the weight before it, as in the paper: errors add up */
    SCHEME_COUNT
};

const char *scheme_name(enum scheme s);    /* as in a sweep file: "fixed-reference" */
bool scheme_is_delta(enum scheme s);       /* it stores deltas */
bool scheme_has_reference(enum scheme s);  /* it uses the axis `reference` */
bool scheme_is_consecutive(enum scheme s); /* its deltas are to the weight before */
