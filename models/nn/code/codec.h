/* Encodes a layer's weights as a code says, and rebuilds them. This is the integer
 * definition that training, deployment, SystemC and RTL share. */
#ifndef DELTASWEEP_CODEC_H
#define DELTASWEEP_CODEC_H

#include "models/nn/code/coded_layer.h"

#include <stddef.h>
#include <stdint.h>

/* codec_encode: w (O · I floats) to its code. Not for SCHEME_FLOAT. The reference
 * `first` is the span's first weight by the code's rounding; `mean` and `median` are those of the
 * span's float weights, `learned` is the span's element of masters (NULL for every other reference), all three
 * always rounded to nearest (a mean is near 0, and the cut would make it 0); all saturate to W bits. Rounding
 * `stochastic` is to nearest here: it is of training steps alone. */
void codec_encode(const struct code *c, const float *w, const float *masters, struct coded_layer *out);

/* codec_lift: what is added to a mean or median before it becomes a reference, and where a learned one begins:
 * half a step of the two codes -1 and 0 that an exact delta of one bit has, so that both values lie around it; else 0. */
float codec_lift(const struct code *c);

/* codec_masters: where learned references begin: the means of the spans, lifted; one a span. */
void codec_masters(const struct code *c, const float *w, int O, int I, float *masters);

/* codec_decode: rebuilds the W-bit integer weights (value · 2^f), O · I of them. A
 * delta scheme's running sum is exact; each rebuilt weight is then saturated to W bits.
 * codec_decode_float: the same as values. */
void codec_decode(const struct code *c, const struct coded_layer *layer, int32_t *w);
void codec_decode_float(const struct code *c, const struct coded_layer *layer, float *w);

/* codec_error: the squared error of the rebuilt weights, Σ (rebuilt - w)², of a layer that codec_encode has made. */
double codec_error(const struct code *c, const struct coded_layer *layer, const float *w);

/* What a training step knows of a layer besides its weights; {0} for most codes. */
struct codec_training {
    const float *masters; /* as of codec_encode */
    uint64_t key;         /* of the random numbers of rounding `stochastic`, another one for each layer and step;
                             0: round to nearest */
    float *inside;        /* O · I, or NULL: 1 where the clamp to Q(W, f) did not act on the weight, else 0 */
    float *reach;         /* O · I, or NULL: 1 where no clamp acted on its delta, else 0 */
};

/* codec_apply: what a training step uses: rebuilt[i] is the float value of weight i
 * after encode and decode. For SCHEME_FLOAT rebuilt = w and both masks are 1.
 * scratch: a coded_layer of the same shape, overwritten (unused for float); afterwards the
 * references of a delta scheme are there. */
void codec_apply(const struct code *c, const float *w, int O, int I, const struct codec_training *t,
                 struct coded_layer *scratch, float *rebuilt);

/* The gradients of a code's own parameters, from that of the rebuilt weights, g, right after codec_apply of the same
 * weights; docs/arithmetic.md derives them. reach: as codec_apply gave it.
 * codec_reference_gradients: of the references, one a span: the sum of g over the weights whose delta was clamped.
 * codec_step_gradient: of the natural logarithm of the step 2^-f (S. K. Esser et al., "Learned step size
 * quantization", 2020, without their scale). scratch: as codec_apply left it. */
void codec_reference_gradients(const struct code *c, int O, int I, const float *g, const float *reach, float *out);
double codec_step_gradient(const struct code *c, const float *w, int O, int I, const struct coded_layer *scratch,
                           const float *rebuilt, const float *reach, const float *g);

/* codec_storage_bits: what the layer's weights take in memory: stored deltas or
 * weights and references; 32 a weight for float. */
int64_t codec_storage_bits(const struct code *c, int O, int I);

/* codec_entropy_bits: bits that an ideal variable-length code of the layer's stored deltas (or weights, for
 * fixed-point) would take: their number times the entropy of their distribution in this layer, of order zero,
 * and the references at W bits. The table of such a code is not counted. */
double codec_entropy_bits(const struct code *c, const struct coded_layer *layer);

#endif
