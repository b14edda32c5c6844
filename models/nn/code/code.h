/* The weight code of a design point: the definition of which numbers are stored for the weights of a layer. Words and
 * formulas: docs/arithmetic.md. */
#pragma once

#include "base/status.h"
#include "models/nn/code/fixed.h"
#include "models/nn/code/scheme.h"
#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stddef.h>

enum reference {
    REFERENCE_FIRST,
    REFERENCE_MEAN,
    REFERENCE_ZERO,
    REFERENCE_MEDIAN,  /* with an even number of weights: the lower of the two in the middle */
    REFERENCE_LEARNED, /* trained with its own gradient */
    REFERENCE_COUNT
};
enum span { SPAN_LAYER, SPAN_ROW, SPAN_BUCKET, SPAN_COUNT };
/* TERNARY: deltas -1, 0, 1, in two bits. */
enum codec { CODEC_EXACT, CODEC_PAPER, CODEC_TERNARY, CODEC_COUNT };
/* Where the place values of a layer (frac_bits and delta_offset) come from. FIXED: they are given. AUTO: training
 * chooses them for each layer from the range of its weights. LEARNED: each layer has a step size that is trained with
 * its own gradient and rounded to a power of two; it gives frac_bits, and delta_offset stays as given. */
enum step { STEP_FIXED, STEP_AUTO, STEP_LEARNED, STEP_COUNT };

enum { CODE_MOST_FRAC_BITS = 15 }; /* of a layer: below 2^-(W-1) its weights are all small numbers */

struct code {
    enum scheme scheme;
    enum reference reference; /* fixed-reference only */
    enum span span;           /* delta schemes only, as are codec, delta_bits, delta_offset and bucket */
    enum codec codec;
    enum rounding rounding;   /* not of float */
    int weight_bits, frac_bits;
    int delta_bits, delta_offset;
    int bucket;               /* weights of a span, along a row; SPAN_BUCKET only */
    enum step step;           /* not of float */
    int n_formats;            /* layers whose format differs from the fields above: all of them, or 0 */
    struct layer_format {
        int frac_bits, delta_bits, delta_offset;
    } formats[NETWORK_MAX_LAYERS];
};

/* code_of_layer: the code of layer l alone. If c has formats, frac_bits, delta_bits and delta_offset are those of l;
 * the result has no formats and step `fixed`. Where the step of c is another one, training changes frac_bits and
 * delta_offset of the layer. The frac_bits of c itself are those of the activations. */
struct code code_of_layer(const struct code *c, int l);

/* code_canonical: sets every field that the scheme does not use to 0 (its first
 * value), so that equal codes compare equal field by field. */
void code_canonical(struct code *c);

/* code_check: STATUS_INPUT if the code makes no sense (W outside 2..16, f outside
 * 0..W-1, D outside 1..W, o < 0, o + D > W); the message names the axis, its value
 * and the bound. The frac_bits of a layer's own format may be 0..15: small weights have all their bits
 * behind the point. */
enum status code_check(const struct code *c, struct errmsg *e);

/* code_chooses_offset: whether step `auto` gives each layer an offset of its own. Codec `paper` keeps the given
 * offset, because the width of what is stored depends on it. */
bool code_chooses_offset(const struct code *c);

/* How the O · I weights of a layer are cut into spans. A line is the whole layer or one row of it. Each line has
 * per_line spans of `length` weights; the last span of a line has the weights that are left. */
struct spans {
    size_t n, per_line, line, length;
};

/* code_spans: the spans of a canonical code; a code without deltas has one span. spans_begin: the flat index of the
 * first weight of span s. spans_size: how many weights span s has. spans_find: the span of the weight with the flat
 * index `at`. */
struct spans code_spans(const struct code *c, int O, int I);

static inline size_t spans_begin(struct spans p, size_t s)
{
    return s / p.per_line * p.line + s % p.per_line * p.length;
}

static inline size_t spans_size(struct spans p, size_t s)
{
    const size_t left = p.line - s % p.per_line * p.length;
    return left < p.length ? left : p.length;
}

static inline size_t spans_find(struct spans p, size_t at)
{
    return at / p.line * p.per_line + at % p.line / p.length;
}

/* code_delta_width: bits that one stored delta takes: D for codec exact, D + o for codec paper with o > 0 (its
 * clamped deltas are not multiples of 2^o). */
int code_delta_width(const struct code *c);

/* code_delta_shift: a stored delta d stands for d · 2^shift: o for exact, 0 for paper. */
int code_delta_shift(const struct code *c);

/* code_stored_width: bits that a canonical code stores for a weight: W for fixed-point, else code_delta_width.
 * code_keeps_references: whether a canonical code stores references; a reference of zero is not stored. */
int code_stored_width(const struct code *c);
bool code_keeps_references(const struct code *c);

/* Names as in a sweep file ("fixed-reference"). */
const char *reference_name(enum reference v);
const char *span_name(enum span v);
const char *codec_name(enum codec v);
const char *rounding_name(enum rounding v);
const char *step_name(enum step v);
