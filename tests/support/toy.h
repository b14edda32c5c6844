/* Small image sets for tests: each class is a random pattern, each image its pattern
 * with noise. */
#pragma once

#include "models/nn/data/dataset.h"
#include "base/rng.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOY_FEATURES = 24, TOY_CLASSES = 4 };

/* The seed of every random case; TEST_SEED=n takes another one. */
static inline uint64_t test_seed(void)
{
    const char *text = getenv("TEST_SEED");
    const uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 20261122;
    printf("seed %llu\n", (unsigned long long)seed);
    return seed;
}

static inline void toy_fill(struct rng *r, struct images *x, int n, uint8_t pattern[TOY_CLASSES][TOY_FEATURES],
                            bool shuffled_labels)
{
    x->n = n;
    x->pixels = malloc((size_t)n * TOY_FEATURES);
    x->labels = malloc((size_t)n);
    for (int i = 0; i < n; i++) {
        const int class = (int)rng_below(r, TOY_CLASSES);
        for (int k = 0; k < TOY_FEATURES; k++)
            x->pixels[i * TOY_FEATURES + k] = (uint8_t)((pattern[class][k] + 2 * (int)rng_below(r, 256)) / 3);
        x->labels[i] = (uint8_t)(shuffled_labels ? (int)rng_below(r, TOY_CLASSES) : class);
    }
}

static inline struct dataset *toy_new(uint64_t seed, int n_train, int n_test, bool shuffled_labels)
{
    struct dataset *d = calloc(1, sizeof *d);
    uint8_t pattern[TOY_CLASSES][TOY_FEATURES];
    struct rng r;
    rng_init(&r, seed, RNG_TEST);
    for (int c = 0; c < TOY_CLASSES; c++)
        for (int k = 0; k < TOY_FEATURES; k++)
            pattern[c][k] = (uint8_t)rng_below(&r, 256);
    snprintf(d->name, sizeof d->name, "toy");
    d->features = TOY_FEATURES;
    d->classes = TOY_CLASSES;
    toy_fill(&r, &d->train, n_train, pattern, shuffled_labels);
    toy_fill(&r, &d->test, n_test, pattern, shuffled_labels);
    return d;
}

/* toy_as_values: the same set with its pixels as the floats that a network sees, times a factor. */
static inline struct dataset *toy_as_values(const struct dataset *pixels, float factor)
{
    struct dataset *d = calloc(1, sizeof *d);
    *d = *pixels;
    for (int k = 0; k < 2; k++) {
        struct images *to = k == 0 ? &d->train : &d->test;
        const uint8_t *from = to->pixels, *labels = to->labels;
        const size_t n = (size_t)to->n * TOY_FEATURES;
        to->values = malloc(n * sizeof *to->values);
        to->labels = malloc((size_t)to->n);
        to->pixels = NULL;
        for (int i = 0; i < to->n; i++)
            to->labels[i] = labels[i];
        for (size_t i = 0; i < n; i++)
            to->values[i] = ((float)from[i] / 255.0f * 2.0f - 1.0f) * factor;
    }
    return d;
}
