/* Images of a data set as the inputs of a network. Rows are x_ld numbers apart (models/nn/layout/simd.h). */
#pragma once

#include "models/nn/code/fixed.h"
#include "models/nn/data/dataset.h"

#include <stdint.h>

/* images_to_float: writes B images of I features to x: those of order[0..B), or first, first + 1, … if order is NULL.
 * A pixel becomes pixel / 255 · 2 - 1, a value stays as it is; both are quantised if q is not NULL. */
void images_to_float(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                     float *x, int x_ld);

/* images_to_int8: the same as integers of 8 bits. With q, which has at most 8 bits and rounds to nearest, they are
 * steps of q. If q is NULL, they are pixel - 128 (see struct activations in product.h); values need a q. */
void images_to_int8(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                    int8_t *x, int x_ld);

/* images_mirror, images_mirror_int8: swap left and right of the flagged images, each of height × width positions of
 * channels. */
void images_mirror(float *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width);
void images_mirror_int8(int8_t *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width);
