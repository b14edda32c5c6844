/* The pieces of a training step, forward and backward, on whole batches.
 * B images, I inputs, O outputs. Activations are row-major, one image a row, rows ld
 * floats apart: a multiple of NN_LANES whose surplus columns are finite and ignored.
 * Weights are O · I without gaps; per-neuron vectors have ld elements. */
#ifndef DELTASWEEP_LAYERS_H
#define DELTASWEEP_LAYERS_H

#include "models/nn/data/dataset.h"
#include "models/nn/code/fixed.h"

#include <stdbool.h>
#include <stdint.h>

/* Linear layer, through CBLAS. z = x · wᵀ; dw = dzᵀ · x; dx = dz · w. */
void linear_forward(const float *x, int x_ld, const float *w, float *z, int z_ld, int B, int I, int O);
void linear_backward_weights(const float *dz, int z_ld, const float *x, int x_ld, float *dw, int B, int I, int O);
void linear_backward_inputs(const float *dz, int z_ld, const float *w, float *dx, int x_ld, int B, int I, int O);

/* What surrounds a batch norm. y = clip(after(norm(before(z)))): `before` quantises the
 * sums, `after` the normalised ones, clip is HardTanh. Gradients go straight through a
 * quantisation, and are zero where its clamp or HardTanh acted. */
struct norm_shape {
    bool before_on, after_on, clip;
    struct fixed before, after;
};

/* The values whose gradient passes: an interval, bounds included. norm_passes: of the norm's outputs;
 * norm_passes_sums: of its inputs. */
struct interval {
    float lo, hi;
};
struct interval norm_passes(const struct norm_shape *s);
struct interval norm_passes_sums(const struct norm_shape *s);

/* norm_statistics: mean and biased variance of before(z) over the batch, for each column. */
void norm_statistics(const struct norm_shape *s, const float *z, int ld, int B, float *mean, float *var);

/* norm_forward: y (may be z) from z; rstd = 1 / sqrt(var + eps). */
void norm_forward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                  const float *gamma, const float *beta, float *y);

/* norm_forward_int8: the same of an inner layer, whose outputs y are then integers, in steps of `after`, of at
 * most 8 bits. */
void norm_forward_int8(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                       const float *gamma, const float *beta, int8_t *y);

/* norm_backward: d holds the gradient of y, and gets that of z; mean and rstd are the
 * batch's own. dgamma and dbeta are overwritten. */
void norm_backward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                   const float *gamma, const float *beta, float *d, float *dgamma, float *dbeta);

/* loss_softmax: mean cross-entropy of B rows of classes logits with labels of which `smoothing` is spread evenly
 * over all classes, its gradient into d (rows ld apart, surplus 0) and the number of rows whose greatest logit (the first of
 * equals) is the label's. d may be logits, or NULL. */
double loss_softmax(const float *logits, int ld, int B, int classes, const uint8_t *labels, double smoothing, float *d,
                    int *n_right);

/* images_to_float: B images of I features, picked by order[0..B), to x: pixel / 255 · 2 - 1, or the value as it is,
 * quantised if q is not NULL. order may be NULL: first, first + 1, … */
void images_to_float(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                     float *x, int x_ld);

/* images_to_int8: the same as integers: steps of q, which has at most 8 bits and rounds to nearest; pixel - 128 if q is
 * NULL (see struct activations in product.h), which values are not for. */
void images_to_int8(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                    int8_t *x, int x_ld);

#endif
