#include "models/nn/kernels/images.h"
#include "models/nn/layout/simd.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

NN_INLINE float quantised(struct fixed q, float x)
{
    return fixed_round(q, x) * q.step;
}

/* A shuffled order defeats the hardware's prefetcher: an image is asked for so many images ahead. */
enum { AHEAD = 8, LINE_BYTES = 64 };

static void prefetch(const uint8_t *image, int I)
{
    for (int i = 0; i < I; i += LINE_BYTES)
        __builtin_prefetch(image + i);
}

NN_CLONES static void row_to_float(const uint8_t *restrict pixels, int I, float *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = (float)pixels[i] / 255.0f * 2.0f - 1.0f;
}

NN_CLONES static void row_quantised(const uint8_t *restrict pixels, int I, struct fixed q, float *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = quantised(q, (float)pixels[i] / 255.0f * 2.0f - 1.0f);
}

NN_CLONES static void values_quantised(const float *restrict values, int I, struct fixed q, float *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = quantised(q, values[i]);
}

static void values_to_float(const struct images *set, int first, const int32_t *order, int B, int I,
                            const struct fixed *q, float *x, int x_ld)
{
    for (int b = 0; b < B; b++) {
        const float *from = set->values + (size_t)(order != NULL ? order[b] : first + b) * (size_t)I;
        if (q != NULL)
            values_quantised(from, I, *q, x + (size_t)b * (size_t)x_ld);
        else
            memcpy(x + (size_t)b * (size_t)x_ld, from, (size_t)I * sizeof *x);
    }
}

void images_to_float(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                     float *x, int x_ld)
{
    const uint8_t *pixels = set->pixels;
    if (pixels == NULL) {
        values_to_float(set, first, order, B, I, q, x, x_ld);
        return;
    }
    for (int b = 0; b < B; b++) {
        const uint8_t *image = pixels + (size_t)(order != NULL ? order[b] : first + b) * (size_t)I;
        if (order != NULL && b + AHEAD < B)
            prefetch(pixels + (size_t)order[b + AHEAD] * (size_t)I, I);
        if (q != NULL)
            row_quantised(image, I, *q, x + (size_t)b * (size_t)x_ld);
        else
            row_to_float(image, I, x + (size_t)b * (size_t)x_ld);
    }
}

NN_CLONES static void row_less_128(const uint8_t *restrict pixels, int I, int8_t *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = (int8_t)(pixels[i] ^ 0x80);
}

/* The steps (2 p - 255) · 2^f / 255 are never halfway between integers, because 255 is odd, but at least 1 / 510 away
 * from there, which single precision cannot miss. Added to 1.5 · 2^23 they are rounded, and stand in the low bits.
 * Only the greatest of all may leave the range. */
NN_INLINE int32_t pixel_steps(uint8_t pixel, float scale, float hi)
{
    float steps = (float)pixel * (2.0f * scale / 255.0f) - scale;
    steps = (steps < hi ? steps : hi) + 0x1.8p23f;
    int32_t bits;
    memcpy(&bits, &steps, sizeof bits);
    return bits;
}

NN_CLONES static void row_quantised_int8(const uint8_t *restrict pixels, int I, float scale, float hi,
                                         int8_t *restrict x)
{
    const int whole = I / NN_LANES * NN_LANES;
    for (int c = 0; c < whole; c += NN_LANES) {
        int32_t n[NN_LANES];
        for (int i = 0; i < NN_LANES; i++)
            n[i] = pixel_steps(pixels[c + i], scale, hi);
        for (int i = 0; i < NN_LANES; i++)
            x[c + i] = (int8_t)n[i];
    }
    for (int i = whole; i < I; i++)
        x[i] = (int8_t)pixel_steps(pixels[i], scale, hi);
}

NN_CLONES static void values_quantised_int8(const float *restrict values, int I, struct fixed q, int8_t *restrict x)
{
    for (int i = 0; i < I; i++)
        x[i] = (int8_t)fixed_quantise(q, values[i]);
}

void images_to_int8(const struct images *set, int first, const int32_t *order, int B, int I, const struct fixed *q,
                    int8_t *x, int x_ld)
{
    assert(q != NULL ? q->hi <= INT8_MAX && q->push > 0 : set->pixels != NULL);
    for (int b = 0; b < B; b++) {
        const size_t at = (size_t)(order != NULL ? order[b] : first + b) * (size_t)I;
        int8_t *to = x + (size_t)b * (size_t)x_ld;
        if (set->pixels == NULL) {
            if (q != NULL)
                values_quantised_int8(set->values + at, I, *q, to);
            continue;
        }
        if (order != NULL && b + AHEAD < B)
            prefetch(set->pixels + (size_t)order[b + AHEAD] * (size_t)I, I);
        if (q != NULL)
            row_quantised_int8(set->pixels + at, I, q->scale, q->hi, to);
        else
            row_less_128(set->pixels + at, I, to);
    }
}

/* Elements of `bytes`, a constant where this is inlined. */
NN_INLINE void mirror(void *x, size_t bytes, int x_ld, int B, const uint8_t *flags, int channels, int height, int width)
{
    const size_t C = (size_t)channels;
    uint8_t kept[sizeof(float)];
    for (int b = 0; b < B; b++)
        for (int y = 0; y < height && flags[b]; y++) {
            uint8_t *row = (uint8_t *)x + ((size_t)b * (size_t)x_ld + (size_t)y * (size_t)width * C) * bytes;
            for (size_t i = 0, j = (size_t)width - 1; i < j; i++, j--)
                for (size_t c = 0; c < C; c++) {
                    uint8_t *left = row + (i * C + c) * bytes, *right = row + (j * C + c) * bytes;
                    memcpy(kept, left, bytes);
                    memcpy(left, right, bytes);
                    memcpy(right, kept, bytes);
                }
        }
}

void images_mirror(float *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width)
{
    mirror(x, sizeof *x, x_ld, B, flags, channels, height, width);
}

void images_mirror_int8(int8_t *x, int x_ld, int B, const uint8_t *flags, int channels, int height, int width)
{
    mirror(x, sizeof *x, x_ld, B, flags, channels, height, width);
}
