/* A small data set in IDX files, for tests: 8 × 8 pixels, 4 classes that differ in which
 * quarter of the image is bright, and noise. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { TINY_SIDE = 8, TINY_CLASSES = 4 };

static inline void tiny_put32(FILE *f, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        fputc((int)(v >> shift & 255), f);
}

/* tiny_set: the two files of one set. */
static inline bool tiny_set(const char *folder, const char *prefix, int n, unsigned seed)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-images-idx3-ubyte", folder, prefix);
    FILE *images = fopen(path, "wb");
    snprintf(path, sizeof path, "%s/%s-labels-idx1-ubyte", folder, prefix);
    FILE *labels = fopen(path, "wb");
    bool good = images != NULL && labels != NULL;
    if (good) {
        tiny_put32(images, 0x803), tiny_put32(images, (uint32_t)n);
        tiny_put32(images, TINY_SIDE), tiny_put32(images, TINY_SIDE);
        tiny_put32(labels, 0x801), tiny_put32(labels, (uint32_t)n);
        for (int i = 0; i < n; i++) {
            const int label = rand_r(&seed) % TINY_CLASSES;
            fputc(label, labels);
            for (int p = 0; p < TINY_SIDE * TINY_SIDE; p++) {
                const int quarter = 2 * (p / TINY_SIDE >= TINY_SIDE / 2) + (p % TINY_SIDE >= TINY_SIDE / 2);
                fputc(rand_r(&seed) % 160 + (quarter == label ? 90 : 0), images);
            }
        }
    }
    if (images != NULL)
        good = fclose(images) == 0 && good;
    if (labels != NULL)
        good = fclose(labels) == 0 && good;
    return good;
}

/* tiny_data: both sets, into an existing folder. */
static inline bool tiny_data(const char *folder, int n_train, int n_test, unsigned seed)
{
    return tiny_set(folder, "train", n_train, seed) && tiny_set(folder, "t10k", n_test, seed + 1);
}
