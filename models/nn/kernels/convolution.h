/* Convolutions as matrix products, and pooling. B images; activations position by position, the
 * channels of a position together (NHWC), without gaps inside an image, images x_ld floats apart;
 * sums in rows, one a position of the output, rows nn_padded(O) floats apart. */
#ifndef DELTASWEEP_CONVOLUTION_H
#define DELTASWEEP_CONVOLUTION_H

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

/* convolution_block: images of a block. */
int convolution_block(const struct layer_shape *a);

/* convolution_product_rows: rows that the product of a layer is for: of a block; of a linear layer B. */
int convolution_product_rows(const struct layer_shape *a, int B);

/* convolution_room_new: room for a block of any convolution of t, NULL pointers if there is none; gradients:
 * for convolution_backward, too. convolution_room_free also after a failure. */
enum status convolution_room_new(struct convolution_room *room, const struct topology *t, bool gradients,
                                 struct errmsg *e);
void convolution_room_free(struct convolution_room *room);

/* convolution_im2col: B · out_height · out_width rows of I columns, nn_padded(I) apart: what the kernel sees
 * at each position, 0 outside the image. Surplus columns become finite. image: room->image; columns
 * has NN_LANES floats more than its rows. */
void convolution_im2col(const struct layer_shape *a, const float *x, int x_ld, int B, float *image, float *columns);
void convolution_im2col_int8(const struct layer_shape *a, const int8_t *x, int x_ld, int B, int8_t *image, int8_t *columns);

/* convolution_col2im: the transpose: dx, overwritten, is for every feature the sum of the columns that convolution_im2col
 * copies it to. */
void convolution_col2im(const struct layer_shape *a, const float *columns, int B, float *image, float *dx, int x_ld);

/* convolution_forward: z = convolution_im2col(x) · wᵀ, B images of at most a block. */
void convolution_forward(const struct layer_shape *a, const float *x, int x_ld, const float *w, float *z, int B,
                         struct convolution_room *room);

/* convolution_backward: the gradients of w, added to dw if `add`, and, unless dx is NULL, of x, overwritten;
 * dz is that of z; at most a block. */
void convolution_backward(const struct layer_shape *a, const float *x, int x_ld, const float *w, const float *dz,
                          bool add, float *dw, float *dx, int B, struct convolution_room *room);

/* The same of integers of 8 bits (not of unquantised pixels, which have no 0), through a product of nn_padded(I)
 * and nn_padded(O) that is loaded with w. */
void convolution_forward_int8(const struct layer_shape *a, struct product *p, const struct activations *x, int x_ld,
                              float *z, int B, struct convolution_room *room);
void convolution_backward_int8(const struct layer_shape *a, struct product *p, const struct activations *x, int x_ld,
                               const float *dz, bool add, float *dw, float *dx, int B, struct convolution_room *room);

#endif
