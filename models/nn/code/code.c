#include "models/nn/code/code.h"

#include <string.h>

static const char *const reference_names[REFERENCE_COUNT] = {"first", "mean", "zero", "median", "learned"};
static const char *const span_names[SPAN_COUNT] = {"layer", "row", "bucket"};
static const char *const codec_names[CODEC_COUNT] = {"exact", "paper", "ternary"};
static const char *const rounding_names[] = {"cut", "nearest", "stochastic"};
static const char *const step_names[STEP_COUNT] = {"fixed", "auto", "learned"};

enum { TERNARY_BITS = 2 };

const char *reference_name(enum reference v)
{
    return reference_names[v];
}
const char *span_name(enum span v)
{
    return span_names[v];
}
const char *codec_name(enum codec v)
{
    return codec_names[v];
}
const char *rounding_name(enum rounding v)
{
    return rounding_names[v];
}
const char *step_name(enum step v)
{
    return step_names[v];
}

struct code code_of_layer(const struct code *c, int l)
{
    struct code of = *c;
    if (l < c->n_formats) {
        of.frac_bits = c->formats[l].frac_bits;
        of.delta_bits = c->formats[l].delta_bits;
        of.delta_offset = c->formats[l].delta_offset;
    }
    of.step = STEP_FIXED;
    of.n_formats = 0;
    memset(of.formats, 0, sizeof of.formats);
    return of;
}

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
    if (c->span != SPAN_BUCKET)
        c->bucket = 0;
    if (c->codec == CODEC_TERNARY)
        c->delta_bits = TERNARY_BITS;
    if (c->scheme == SCHEME_FLOAT)
        *c = (struct code){.scheme = SCHEME_FLOAT};
    if (code_chooses_offset(c))
        c->delta_offset = 0;
    bool same = true;
    for (int l = 0; l < NETWORK_MAX_LAYERS; l++) {
        struct layer_format *f = &c->formats[l];
        if (l >= c->n_formats) {
            *f = (struct layer_format){0};
            continue;
        }
        if (!scheme_is_delta(c->scheme))
            f->delta_bits = f->delta_offset = 0;
        else if (c->codec == CODEC_TERNARY)
            f->delta_bits = TERNARY_BITS;
        if (c->step != STEP_FIXED) /* they follow from the weights */
            f->frac_bits = c->frac_bits;
        if (code_chooses_offset(c))
            f->delta_offset = 0;
        same = same && f->frac_bits == c->frac_bits && f->delta_bits == c->delta_bits &&
               f->delta_offset == c->delta_offset;
    }
    if (same && c->n_formats > 0) {
        c->n_formats = 0;
        memset(c->formats, 0, sizeof c->formats);
    }
}

/* check_deltas: D and o of a delta scheme. */
static enum status check_deltas(const struct code *c, struct errmsg *e)
{
    const int D = c->codec == CODEC_TERNARY ? TERNARY_BITS : c->delta_bits;
    if (D < 1 || D > c->weight_bits)
        return fail(e, STATUS_INPUT, "delta_bits is %d; it must be 1 to %d (weight_bits)", D, c->weight_bits);
    if (c->delta_offset < 0)
        return fail(e, STATUS_INPUT, "delta_offset is %d; it must not be negative", c->delta_offset);
    if (c->delta_offset > c->weight_bits - D)
        return fail(e, STATUS_INPUT,
                    "delta_offset is %d; with delta_bits %d it must be 0 to %d, so that both fit weight_bits (%d)",
                    c->delta_offset, D, c->weight_bits - D, c->weight_bits);
    if (c->span == SPAN_BUCKET && c->bucket < 1)
        return fail(e, STATUS_INPUT, "bucket is %d; span bucket needs the number of its weights, at least 1",
                    c->bucket);
    return STATUS_OK;
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
    if (c->n_formats < 0 || c->n_formats > NETWORK_MAX_LAYERS)
        return fail(e, STATUS_INPUT, "%d formats of layers; a network has at most %d layers", c->n_formats,
                    NETWORK_MAX_LAYERS);
    /* With formats D and o of the whole code are the greatest, of different layers perhaps. */
    enum status s = scheme_is_delta(c->scheme) && c->n_formats == 0 ? check_deltas(c, e) : STATUS_OK;
    for (int l = 0; l < c->n_formats && s == STATUS_OK; l++) {
        const struct code of = code_of_layer(c, l);
        struct errmsg why = {""};
        if (of.frac_bits < 0 || of.frac_bits > CODE_MOST_FRAC_BITS)
            return fail(e, STATUS_INPUT, "frac_bits of layer %d is %d; it must be 0 to %d", l, of.frac_bits,
                        CODE_MOST_FRAC_BITS);
        if (scheme_is_delta(c->scheme) && (s = check_deltas(&of, &why)) != STATUS_OK)
            return fail(e, s, "layer %d: %s", l, why.text);
    }
    return s;
}

struct spans code_spans(const struct code *c, int O, int I)
{
    const bool by_row = scheme_is_delta(c->scheme) && c->span != SPAN_LAYER;
    const size_t lines = by_row ? (size_t)O : 1, line = (size_t)I * (by_row ? 1 : (size_t)O);
    struct spans p = {.n = lines, .per_line = 1, .line = line, .length = line};
    if (by_row && c->span == SPAN_BUCKET && c->bucket < I) {
        p.length = (size_t)c->bucket;
        p.per_line = (line - 1) / p.length + 1;
        p.n *= p.per_line;
    }
    return p;
}

bool code_chooses_offset(const struct code *c)
{
    return c->step == STEP_AUTO && scheme_is_delta(c->scheme) && c->codec != CODEC_PAPER;
}

int code_delta_width(const struct code *c)
{
    return c->codec == CODEC_PAPER ? c->delta_bits + c->delta_offset : c->delta_bits;
}

int code_delta_shift(const struct code *c)
{
    return c->codec == CODEC_PAPER ? 0 : c->delta_offset;
}

int code_stored_width(const struct code *c)
{
    return scheme_is_delta(c->scheme) ? code_delta_width(c) : c->weight_bits;
}

bool code_keeps_references(const struct code *c)
{
    return scheme_is_delta(c->scheme) && !(scheme_has_reference(c->scheme) && c->reference == REFERENCE_ZERO);
}
