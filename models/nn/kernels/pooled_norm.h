/* What follows the sums of a convolution, in one pass over them: batch norm per channel, quantisation,
 * HardTanh and pooling; and the way back. Words as in norm.h and convolution.h: z holds rows of
 * nn_padded(O) sums, one a position; pooled positions come without gaps (x, dx: images x_ld apart) or, of
 * what only these functions read, nn_padded(O) apart. */
#pragma once

#include "models/nn/kernels/norm.h"
#include "models/nn/layout/topology.h"

struct pooled_norm {
    const struct layer_shape *layer;
    const struct norm_shape *shape;           /* its clip is on: no convolution is a last layer */
    const float *mean, *rstd, *gamma, *beta; /* nn_padded(O) each */
};

/* pooled_norm_positions: the positions of one image after pooling. */
size_t pooled_norm_positions(const struct layer_shape *a);

/* pooled_norm_add_rows: for each column, adds before(z) - shift of all rows to sum, and its squares to squares. */
void pooled_norm_add_rows(const struct norm_shape *s, const float *z, int ld, int rows, const float *shift, double *sum,
                   double *squares);

/* pooled_norm_forward: turns the sums of B images into activations: floats to x or, if x is NULL, integers of the
 * quantiser `after`, which has at most 8 bits, to x8. winner (B · pooled positions, nn_padded(O) apart): the number,
 * row by row, of the first greatest position of its pool; normal: the normalised sum at that position. Both are
 * NULL if they are not wanted. Positions beyond the last whole pool are left out. */
void pooled_norm_forward(const struct pooled_norm *n, const float *z, int B, float *x, int8_t *x8, int x_ld,
                         uint8_t *winner, float *normal);

/* pooled_norm_sums: dx, the gradient of x for B images, becomes that of the norm's output at the winners;
 * dgamma and dbeta are overwritten with its sums. */
void pooled_norm_sums(const struct pooled_norm *n, float *dx, int x_ld, int B, const float *normal, float *dgamma,
                      float *dbeta);

/* pooled_norm_backward: the gradient of z (overwritten) for B images of a batch that has `rows` positions in all. dx,
 * dgamma and dbeta are as pooled_norm_sums left them. */
void pooled_norm_backward(const struct pooled_norm *n, const float *z, const float *dx, int x_ld, int B,
                          const uint8_t *winner, const float *dgamma, const float *dbeta, int64_t rows, float *dz);
