/* One step of Adam or of SGD with momentum on one tensor. */
#pragma once

#include <stddef.h>

/* optimiser_adam: Adam (D. P. Kingma and J. Ba, 2015) as PyTorch has it: betas 0.9 and 0.999, eps 1e-8 added after
 * the root. t counts steps from 1. p: n parameters; g: their gradients; m, v: the moments, 0 at first. A gradient
 * counts as 0 where p is outside [lo, hi]: there the clamp to Q(W, f) acted. decay: the decoupled weight decay (I.
 * Loshchilov and F. Hutter, 2019): besides the step, p shrinks by lr · decay · p; the moments do not see it. */
void optimiser_adam(float *p, const float *g, float *m, float *v, size_t n, double lr, double decay, long t, float lo,
               float hi);

/* optimiser_sgd: SGD with momentum 0.9: m = 0.9 m + g; p = p - lr · decay · p - lr m. */
void optimiser_sgd(float *p, const float *g, float *m, size_t n, double lr, double decay, float lo, float hi);
