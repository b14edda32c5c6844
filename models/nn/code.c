#include "models/nn/code.h"

#include <string.h>

static const char *const scheme_names[SCHEME_COUNT] = {"float", "fixed-point", "fixed-reference", "consecutive",
                                                       "consecutive-open"};
static const char *const reference_names[REFERENCE_COUNT] = {"first", "mean", "zero"};
static const char *const span_names[SPAN_COUNT] = {"layer", "row"};
static const char *const codec_names[CODEC_COUNT] = {"exact", "paper"};
static const char *const rounding_names[] = {"cut", "nearest"};
enum { ROUNDING_COUNT = sizeof rounding_names / sizeof *rounding_names };

static int parse(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *scheme_name(enum scheme v) { return scheme_names[v]; }
const char *reference_name(enum reference v) { return reference_names[v]; }
const char *span_name(enum span v) { return span_names[v]; }
const char *codec_name(enum codec v) { return codec_names[v]; }
const char *rounding_name(enum rounding v) { return rounding_names[v]; }

int scheme_parse(const char *name) { return parse(scheme_names, SCHEME_COUNT, name); }
int reference_parse(const char *name) { return parse(reference_names, REFERENCE_COUNT, name); }
int span_parse(const char *name) { return parse(span_names, SPAN_COUNT, name); }
int codec_parse(const char *name) { return parse(codec_names, CODEC_COUNT, name); }
int rounding_parse(const char *name) { return parse(rounding_names, ROUNDING_COUNT, name); }

bool scheme_is_delta(enum scheme s)
{
    return s == SCHEME_FIXED_REFERENCE || s == SCHEME_CONSECUTIVE || s == SCHEME_CONSECUTIVE_OPEN;
}

bool scheme_has_reference(enum scheme s) { return s == SCHEME_FIXED_REFERENCE; }

bool scheme_is_consecutive(enum scheme s) { return s == SCHEME_CONSECUTIVE || s == SCHEME_CONSECUTIVE_OPEN; }

void code_canonical(struct code *c)
{
    if (!scheme_has_reference(c->scheme))
        c->reference = REFERENCE_FIRST;
    if (!scheme_is_delta(c->scheme)) {
        c->span = SPAN_LAYER;
        c->codec = CODEC_EXACT;
        c->delta_bits = 0;
        c->delta_offset = 0;
    }
    /* A reference of zero is the same number for every span and is not stored. */
    if (c->scheme == SCHEME_FIXED_REFERENCE && c->reference == REFERENCE_ZERO)
        c->span = SPAN_LAYER;
    if (c->scheme == SCHEME_FLOAT) {
        c->rounding = ROUNDING_CUT;
        c->weight_bits = 0;
        c->frac_bits = 0;
    }
}

enum status code_check(const struct code *c, struct errmsg *e)
{
    if (c->scheme == SCHEME_FLOAT)
        return STATUS_OK;
    if (c->weight_bits < 2 || c->weight_bits > 16)
        return fail(e, STATUS_INPUT, "weight_bits is %d; it must be 2 to 16", c->weight_bits);
    if (c->frac_bits < 0 || c->frac_bits >= c->weight_bits)
        return fail(e, STATUS_INPUT, "frac_bits is %d; it must be 0 to %d (less than weight_bits, which is %d)",
                    c->frac_bits, c->weight_bits - 1, c->weight_bits);
    if (!scheme_is_delta(c->scheme))
        return STATUS_OK;
    if (c->delta_bits < 1 || c->delta_bits > c->weight_bits)
        return fail(e, STATUS_INPUT, "delta_bits is %d; it must be 1 to %d (weight_bits)", c->delta_bits,
                    c->weight_bits);
    if (c->delta_offset < 0)
        return fail(e, STATUS_INPUT, "delta_offset is %d; it must not be negative", c->delta_offset);
    if (c->delta_offset > c->weight_bits - c->delta_bits)
        return fail(e, STATUS_INPUT,
                    "delta_offset is %d; with delta_bits %d it must be 0 to %d, so that both fit weight_bits (%d)",
                    c->delta_offset, c->delta_bits, c->weight_bits - c->delta_bits, c->weight_bits);
    return STATUS_OK;
}

int code_delta_width(const struct code *c)
{
    return c->codec == CODEC_PAPER ? c->delta_bits + c->delta_offset : c->delta_bits;
}

int code_delta_shift(const struct code *c) { return c->codec == CODEC_PAPER ? 0 : c->delta_offset; }

int code_stored_width(const struct code *c)
{
    return scheme_is_delta(c->scheme) ? code_delta_width(c) : c->weight_bits;
}

bool code_keeps_references(const struct code *c)
{
    return scheme_is_delta(c->scheme) && !(scheme_has_reference(c->scheme) && c->reference == REFERENCE_ZERO);
}
