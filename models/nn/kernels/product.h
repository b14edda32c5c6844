/* The matrix products of a linear layer, or of a convolution as one, whose activations and weights are integers
 * of at most 8 bits times a unit: forward exact in 8-bit dot products, backward in bfloat16, where the
 * processor has them; both in single precision where it does not. Layers of other numbers: models/nn/kernels/linear.h.
 * B rows (images, or images times positions), I inputs, O outputs. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Fast ways to compute, which not every processor has.
 * int8: forward in 8-bit dot products, the exact sum rounded once: bit for bit what single precision gives as long as
 * all its partial sums stay below 2^24 (I ≤ 1024 is enough); by oneDNN on AVX-512 VNNI.
 * avx_vnni: the same on AVX-VNNI by a kernel of our own, because Debian's oneDNN has none; false where int8 is true.
 * bfloat16: backward with x and w, which it holds exactly, and dz rounded to its 8 bits, to nearest even; sums in
 * single precision. */
struct product_paths {
    bool int8, avx_vnni, bfloat16;
};

/* product_paths: the ways that this processor and this build have. */
struct product_paths product_paths(void);

/* product_text: the same in words, with the library's version: "8 bit by oneDNN 2.6.3, bfloat16 by oneDNN 2.6.3". */
enum { PRODUCT_TEXT_BYTES = 96 };
void product_text(char out[PRODUCT_TEXT_BYTES]);

/* Activations. An element n has the value n · unit, or that of an unquantised pixel p = n + 128, which is
 * p / 255 · 2 - 1 = (2 n + 1) / 255; unit is 1 then. */
struct activations {
    const int8_t *at; /* rows of x_ld, see product_new; surplus columns are ignored */
    float unit;       /* a power of two */
    bool pixels;
};

/* product_new: a product for up to B rows. Rows of activations and of dx are x_ld ≥ I elements apart, rows of z and
 * dz z_ld ≥ O; both are multiples of NN_LANES. backward: product_backward will be called. paths: the ways that may be
 * taken, some of product_paths(). */
struct product;
enum status product_new(struct product **out, int B, int I, int O, int x_ld, int z_ld, struct product_paths paths,
                        bool backward, struct errmsg *e);
void product_free(struct product *p);

/* product_load: takes over the weights w (O · I): integers of 8 bits times unit, a power of two. */
void product_load(struct product *p, const float *w, float unit);

/* product_forward: z = x · wᵀ for B rows; surplus columns of z get 0. */
void product_forward(struct product *p, const struct activations *x, float *z, int B);

/* product_backward: dw = dzᵀ · x (O · I without gaps) and, unless dx is NULL, dx = dz · w with surplus columns 0.
 * Surplus columns of dz are ignored. */
void product_backward(struct product *p, const float *dz, const struct activations *x, float *dw, float *dx, int B);
