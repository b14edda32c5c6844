/* Pseudo-random numbers: xoshiro256** seeded by splitmix64 (D. Blackman and S. Vigna,
 * "Scrambled linear pseudorandom number generators", 2021; both public domain). */
#pragma once

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

/* Streams of one seed that must not influence each other. */
enum rng_stream {
    RNG_INIT = 1,
    RNG_SPLIT = 2,
    RNG_SHUFFLE = 3,
    RNG_TEST = 4,
    RNG_MIRROR = 5,
    RNG_ROUNDING = 6,
    RNG_SEARCH = 7,
    RNG_FOREST = 8
};

static inline uint64_t rng_splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline void rng_init(struct rng *r, uint64_t seed, enum rng_stream stream)
{
    uint64_t state = (uint64_t)stream;
    state = rng_splitmix64(&state) ^ seed;
    for (int i = 0; i < 4; i++)
        r->s[i] = rng_splitmix64(&state);
}

static inline uint64_t rng_rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t *s = r->s;
    const uint64_t result = rng_rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rng_rotate(s[3], 45);
    return result;
}

/* rng_below: uniform in 0..n-1, n > 0, without bias: draws of the incomplete last
 * interval are thrown away. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t x;
    do
        x = rng_next(r);
    while (x >= limit);
    return x % n;
}

/* rng_unit: uniform in [0, 1), 53 bits. */
static inline double rng_unit(struct rng *r) { return (double)(rng_next(r) >> 11) * 0x1p-53; }

/* rng_shuffle: Fisher-Yates over n indices. */
static inline void rng_shuffle(struct rng *r, int32_t *x, int n)
{
    for (int i = n - 1; i > 0; i--) {
        const int j = (int)rng_below(r, (uint64_t)i + 1);
        const int32_t t = x[i];
        x[i] = x[j];
        x[j] = t;
    }
}
