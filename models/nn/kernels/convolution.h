/* Convolutions as matrix products. B images; activations position by position, the channels of a position together
 * (NHWC), without gaps inside an image, images x_ld floats apart; sums in rows, one for each position of the output,
 * rows nn_padded(O) floats apart. */
#pragma once

#include "models/nn/kernels/product.h"
#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a convolution works: a block of a few images at a time, so that all of it stays in a core's cache. */
struct convolution_room {
    float *image;    /* one image with the zeros around it */
    float *columns;  /* kernel² · channels of every position */
    int8_t *image8, *columns8;
    float *sums;     /* rows of outputs, or their gradient */
    float *gradient; /* of columns; NULL unless asked for, as is weights */
    float *weights;  /* the gradient of weights, of one block */
};

/* convolution_block: how many images a block has. */
int convolution_block(const struct layer_shape *a);

/* convolution_product_rows: how many rows the matrix product of a layer has at most: those of a block, or B for a
 * linear layer. */
int convolution_product_rows(const struct layer_shape *a, int B);

/* convolution_room_new: room for a block of any convolution of t; its pointers are NULL if t has no convolution.
 * gradients: also for convolution_backward. Call convolution_room_free also after a failure. */
enum status convolution_room_new(struct convolution_room *room, const struct topology *t, bool gradients,
                                 struct errmsg *e);
void convolution_room_free(struct convolution_room *room);

/* convolution_im2col: B · out_height · out_width rows of I columns, nn_padded(I) apart: what the kernel sees at each
 * position, 0 outside the image. Surplus columns become finite. image: room->image. columns has room for NN_LANES
 * floats more than its rows. */
void convolution_im2col(const struct layer_shape *a, const float *x, int x_ld, int B, float *image, float *columns);
void convolution_im2col_int8(const struct layer_shape *a, const int8_t *x, int x_ld, int B, int8_t *image, int8_t *columns);

/* convolution_col2im: the transpose of im2col: dx (overwritten) gets for each feature the sum of all columns to which
 * im2col copies it. */
void convolution_col2im(const struct layer_shape *a, const float *columns, int B, float *image, float *dx, int x_ld);

/* convolution_forward: z = convolution_im2col(x) · wᵀ, B images of at most a block. */
void convolution_forward(const struct layer_shape *a, const float *x, int x_ld, const float *w, float *z, int B,
                         struct convolution_room *room);

/* convolution_backward: the gradients of w and, unless dx is NULL, of x, for at most a block. dz is the gradient of
 * z. dw is added to if `add`, else overwritten; dx is overwritten. */
void convolution_backward(const struct layer_shape *a, const float *x, int x_ld, const float *w, const float *dz,
                          bool add, float *dw, float *dx, int B, struct convolution_room *room);

/* The same for integers of 8 bits (not for unquantised pixels, which have no 0). p: a product of nn_padded(I) and
 * nn_padded(O) that is loaded with w. */
void convolution_forward_int8(const struct layer_shape *a, struct product *p, const struct activations *x, int x_ld,
                              float *z, int B, struct convolution_room *room);
void convolution_backward_int8(const struct layer_shape *a, struct product *p, const struct activations *x, int x_ld,
                               const float *dz, bool add, float *dw, float *dx, int B, struct convolution_room *room);
