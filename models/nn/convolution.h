/* Convolutions as matrix products, and pooling. B images; activations position by position, the
 * channels of a position together (NHWC), without gaps inside an image, images x_ld floats apart;
 * sums in rows, one a position of the output, rows nn_padded(O) floats apart. */
#ifndef DELTASWEEP_CONVOLUTION_H
#define DELTASWEEP_CONVOLUTION_H

#include "models/nn/topology.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a convolution works: a few images at a time, so that their columns stay in a core's cache. */
struct convolution_room {
    float *image;    /* one image with the zeros around it */
    float *columns;  /* of a block of images: kernel² · channels of every position */
    float *gradient; /* the gradient of columns; NULL unless asked for */
};

/* convolution_room_new: room for any convolution of t, NULL pointers if there is none; gradients:
 * for convolution_backward, too. convolution_room_free also after a failure. */
enum status convolution_room_new(struct convolution_room *room, const struct topology *t, bool gradients,
                                 struct errmsg *e);
void convolution_room_free(struct convolution_room *room);

/* im2col: B · out_height · out_width rows of I columns, nn_padded(I) apart: what the kernel sees
 * at each position, 0 outside the image. Surplus columns become finite. image: room->image; columns
 * has NN_LANES floats more than its rows. */
void im2col(const struct layer_shape *a, const float *x, int x_ld, int B, float *image, float *columns);

/* col2im: the transpose: dx, overwritten, is for every feature the sum of the columns that im2col
 * copies it to. */
void col2im(const struct layer_shape *a, const float *columns, int B, float *image, float *dx, int x_ld);

/* convolution_forward: z = im2col(x) · wᵀ. */
void convolution_forward(const struct layer_shape *a, const float *x, int x_ld, const float *w, float *z, int B,
                         struct convolution_room *room);

/* convolution_backward: the gradients of w and, unless dx is NULL, of x, both overwritten; d is that of z. */
void convolution_backward(const struct layer_shape *a, const float *x, int x_ld, const float *w, const float *d,
                          float *dw, float *dx, int B, struct convolution_room *room);

/* outputs_are_dense: the rows of outputs of a layer are the next one's activations as they are:
 * no pooling, no padding between positions. */
bool outputs_are_dense(const struct layer_shape *a);

/* pool_forward: rows y (nn_padded(O) apart) to the greatest of each pool × pool positions, the
 * channels of the next layer without gaps. winner, unless NULL, B · pooled positions · O: the number
 * of the first greatest, row by row. Rows and columns beyond the last whole pool are left out. pool 1
 * copies. pool_backward: dy, overwritten, is dx at the winners and 0 elsewhere. */
void pool_forward(const struct layer_shape *a, const float *y, int B, float *x, int x_ld, int32_t *winner);
void pool_backward(const struct layer_shape *a, const float *dx, int x_ld, int B, const int32_t *winner, float *dy);

/* images_mirror, images_mirror_int8: swap left and right of the images that are flagged; height × width positions of
 * channels. */
void images_mirror(float *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width);
void images_mirror_int8(int8_t *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width);

#endif
