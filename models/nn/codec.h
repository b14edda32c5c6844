/* Encodes a layer's weights as a code says, and rebuilds them. This is the integer
 * definition that training, deployment, SystemC and RTL share. */
#ifndef DELTASWEEP_CODEC_H
#define DELTASWEEP_CODEC_H

#include "models/nn/code.h"

#include <stddef.h>
#include <stdint.h>

/* A coded layer: O rows of I weights, row-major. For fixed-point, delta holds the
 * W-bit weights themselves and reference is unused (0). For a delta scheme,
 * reference[s] is the W-bit number stored once for span s (one span: SPAN_LAYER, O
 * spans: SPAN_ROW), and delta[i] what is stored for weight i. The first weight of a
 * span under `consecutive*`, and under reference `first`, is the reference itself:
 * its delta is 0 and is not stored. */
struct coded_layer {
    int O, I, n_spans;
    int32_t *reference; /* n_spans */
    int32_t *delta;     /* O · I */
};

enum status coded_layer_new(struct coded_layer *out, const struct code *c, int O, int I, struct errmsg *e);
void coded_layer_free(struct coded_layer *layer);

/* codec_encode: w (O · I floats) to its code. Not for SCHEME_FLOAT. The reference
 * `first` is the span's first weight by the code's rounding; `mean` is the mean of the
 * span's float weights, always rounded to nearest (a mean is near 0, and the cut would
 * make it 0); both saturate to W bits. */
void codec_encode(const struct code *c, const float *w, struct coded_layer *out);

/* codec_decode: rebuilds the W-bit integer weights (value · 2^f), O · I of them. A
 * delta scheme's running sum is exact; each rebuilt weight is then saturated to W bits.
 * codec_decode_float: the same as values. */
void codec_decode(const struct code *c, const struct coded_layer *layer, int32_t *w);
void codec_decode_float(const struct code *c, const struct coded_layer *layer, float *w);

/* codec_apply: what a training step uses: rebuilt[i] is the float value of weight i
 * after encode and decode, and pass[i] is 1.0f where the gradient passes, 0.0f where
 * the clamp to Q(W, f) acted. For SCHEME_FLOAT rebuilt = w and pass = 1. pass may be
 * NULL. scratch: a coded_layer of the same shape, overwritten (unused for float). */
void codec_apply(const struct code *c, const float *w, int O, int I, struct coded_layer *scratch,
                 float *rebuilt, float *pass);

/* codec_storage_bits: what the layer's weights take in memory: stored deltas or
 * weights and references; 32 a weight for float. */
int64_t codec_storage_bits(const struct code *c, int O, int I);

#endif
