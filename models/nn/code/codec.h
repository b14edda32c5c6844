/* Encodes a layer's weights as a code says, and rebuilds them. This is the integer
 * definition that training, deployment, SystemC and RTL share. */
#pragma once

#include "models/nn/code/coded_layer.h"

#include <stddef.h>
#include <stdint.h>

/* codec_encode: encodes w (O · I floats). Not for SCHEME_FLOAT. Reference `first` is the first weight of the span,
 * rounded as the code says. `mean` and `median` are those of the float weights of the span, `learned` is the element
 * of masters for the span (masters is NULL for every other reference); these three are always rounded to nearest,
 * because the cut would make a mean near 0 to 0. All references saturate to W bits. Rounding `stochastic` is to
 * nearest here: only training steps round at random. */
void codec_encode(const struct code *c, const float *w, const float *masters, struct coded_layer *out);

/* codec_lift: what is added to a mean or median before it becomes a reference. An exact delta of one bit has the
 * codes -1 and 0; a reference that is half a step higher has its two values on both sides of the mean. For every
 * other code 0. */
float codec_lift(const struct code *c);

/* codec_masters: the values with which learned references begin, one for each span: its mean plus codec_lift. */
void codec_masters(const struct code *c, const float *w, int O, int I, float *masters);

/* codec_decode: rebuilds the W-bit integer weights (value · 2^f), O · I of them. A
 * delta scheme's running sum is exact; each rebuilt weight is then saturated to W bits.
 * codec_decode_float: the same as values. */
void codec_decode(const struct code *c, const struct coded_layer *layer, int32_t *w);
void codec_decode_float(const struct code *c, const struct coded_layer *layer, float *w);

/* codec_error: Σ (rebuilt - w)² over the weights of a layer that codec_encode has encoded. */
double codec_error(const struct code *c, const struct coded_layer *layer, const float *w);

/* What a training step knows of a layer besides its weights; {0} for most codes. */
struct codec_training {
    const float *masters; /* as of codec_encode */
    uint64_t key;         /* chooses the random numbers of rounding `stochastic`; each layer and step has another key;
                             0: round to nearest */
    float *inside;        /* O · I, or NULL: 1 where the clamp to Q(W, f) did not act on the weight, else 0 */
    float *reach;         /* O · I, or NULL: 1 where no clamp acted on its delta, else 0 */
};

/* codec_apply: encodes and decodes as a training step needs it: rebuilt[i] is the float value that weight i then has.
 * For SCHEME_FLOAT rebuilt = w and both masks are 1. scratch: a coded_layer of the same shape, overwritten (unused
 * for float); afterwards it holds the references of a delta scheme. */
void codec_apply(const struct code *c, const float *w, int O, int I, const struct codec_training *t,
                 struct coded_layer *scratch, float *rebuilt);

/* The gradients of the parameters that a code itself has, from g, the gradient of the rebuilt weights. They are
 * called right after codec_apply of the same weights, with its scratch and reach as it left them. docs/arithmetic.md
 * derives them.
 * codec_reference_gradients: the gradient of each reference, one for each span: the sum of g over the weights whose
 * delta was clamped.
 * codec_step_gradient: the gradient of the natural logarithm of the step 2^-f (S. K. Esser et al., "Learned step size
 * quantization", 2020, without their scale). */
void codec_reference_gradients(const struct code *c, int O, int I, const float *g, const float *reach, float *out);
double codec_step_gradient(const struct code *c, const float *w, int O, int I, const struct coded_layer *scratch,
                           const float *rebuilt, const float *reach, const float *g);

/* codec_storage_bits: the memory that the weights of a layer take: stored deltas or weights, and references; 32 bits
 * for each weight of a float code. */
int64_t codec_storage_bits(const struct code *c, int O, int I);

/* codec_entropy_bits: bits that an ideal variable-length code of the layer's stored deltas (or weights, for
 * fixed-point) would take: their number times the entropy of their distribution in this layer, of order zero,
 * and the references at W bits. The table of such a code is not counted. */
double codec_entropy_bits(const struct code *c, const struct coded_layer *layer);
