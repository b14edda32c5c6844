/* Images of a data set as the inputs of a network. Rows are x_ld numbers apart (models/nn/layout/simd.h). */
#ifndef DELTASWEEP_IMAGES_H
#define DELTASWEEP_IMAGES_H

#include "models/nn/code/fixed.h"
#include "models/nn/data/dataset.h"

#include <stdint.h>

/* images_to_float: B images of I features, picked by order[0..B), to x: pixel / 255 · 2 - 1, or the value as it is,
 * quantised if q is not NULL. order may be NULL: first, first + 1, … */
void images_to_float(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                     float *x, int x_ld);

/* images_to_int8: the same as integers: steps of q, which has at most 8 bits and rounds to nearest; pixel - 128 if q is
 * NULL (see struct activations in product.h), which values are not for. */
void images_to_int8(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                    int8_t *x, int x_ld);

/* images_mirror, images_mirror_int8: swap left and right of the images that are flagged; height × width positions of
 * channels. */
void images_mirror(float *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width);
void images_mirror_int8(int8_t *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width);

#endif
