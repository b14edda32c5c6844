/* Batch norm of a linear layer, forward and backward, on a whole batch of B images, with the quantisers and the
 * HardTanh around it. Rows are ld floats apart (models/nn/layout/simd.h); vectors of one number a neuron have ld
 * elements. */
#pragma once

#include "models/nn/code/fixed.h"

#include <stdbool.h>
#include <stdint.h>

/* What surrounds a batch norm: y = clip(after(norm(before(z)))). `before` quantises the sums, `after` the normalised
 * ones, clip is HardTanh. Gradients go straight through a quantisation; they are zero where its clamp or HardTanh
 * acted. */
struct norm_shape {
    bool before_on, after_on, clip;
    struct fixed before, after;
};

/* An interval of values whose gradient passes, bounds included. norm_passes: for the outputs of the norm.
 * norm_passes_sums: for its inputs. */
struct interval {
    float lo, hi;
};
struct interval norm_passes(const struct norm_shape *s);
struct interval norm_passes_sums(const struct norm_shape *s);

/* norm_statistics: mean and biased variance of before(z) over the batch, for each column. */
void norm_statistics(const struct norm_shape *s, const float *z, int ld, int B, float *mean, float *var);

/* norm_forward: y from z; both may be the same array. rstd = 1 / sqrt(var + eps). */
void norm_forward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                  const float *gamma, const float *beta, float *y);

/* norm_forward_int8: the same for an inner layer whose outputs y are integers: steps of `after`, of at most 8 bits. */
void norm_forward_int8(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                       const float *gamma, const float *beta, int8_t *y);

/* norm_backward: d holds the gradient of y and gets that of z. mean and rstd are those of this batch. dgamma and
 * dbeta are overwritten. */
void norm_backward(const struct norm_shape *s, const float *z, int ld, int B, const float *mean, const float *rstd,
                   const float *gamma, const float *beta, float *d, float *dgamma, float *dbeta);
