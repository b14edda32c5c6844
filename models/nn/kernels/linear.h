/* Linear layers through CBLAS, forward and backward, on a whole batch: z = x · wᵀ; dw = dzᵀ · x; dx = dz · w.
 * B images, I inputs, O outputs. Rows of x and dx are x_ld floats apart, rows of z and dz z_ld (models/nn/layout/simd.h);
 * weights are O · I without gaps. */
#pragma once

void linear_forward(const float *x, int x_ld, const float *w, float *z, int z_ld, int B, int I, int O);
void linear_backward_weights(const float *dz, int z_ld, const float *x, int x_ld, float *dw, int B, int I, int O);
void linear_backward_inputs(const float *dz, int z_ld, const float *w, float *dx, int x_ld, int B, int I, int O);
