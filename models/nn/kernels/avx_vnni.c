#include "models/nn/kernels/avx_vnni.h"

#include <cpuid.h>
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

/* A block of the product: ROWS · 2 sums of 8 outputs fill twelve of the sixteen registers. */
enum { ROWS = 6, OUTPUTS = 16, GROUP = 4 };

bool avx_vnni_is_there(void)
{
    unsigned a = 0, b, c, d;
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1) != 0;
}

/* Blocks of OUTPUTS rows; in a block the GROUP elements of each row, then the next GROUP of each. */
void avx_vnni_pack(const int8_t *w8, int I, int O, int8_t *packed, int32_t *correction)
{
    const size_t row = (size_t)I;
    for (int block = 0; block < O; block += OUTPUTS)
        for (int i = 0; i < I; i += GROUP)
            for (int o = block; o < block + OUTPUTS; o++, packed += GROUP)
                memcpy(packed, w8 + (size_t)o * row + (size_t)i, GROUP);
    for (int o = 0; o < O; o++) {
        int32_t sum = 0;
        for (int i = 0; i < I; i++)
            sum += w8[(size_t)o * row + (size_t)i];
        correction[o] = 128 * sum;
    }
}

#define TARGET __attribute__((target("avx2,avxvnni")))

TARGET static inline __attribute__((always_inline)) __m256i four_of(const int8_t *x)
{
    int32_t four;
    memcpy(&four, x, sizeof four);
    return _mm256_xor_si256(_mm256_set1_epi32(four), _mm256_set1_epi8(-128));
}

TARGET static inline __attribute__((always_inline)) void store(float *z, __m256i sum, __m256i less, __m256 scale)
{
    _mm256_storeu_ps(z, _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_sub_epi32(sum, less)), scale));
}

/* The sums have names, because GCC keeps an array of them in memory. The instruction multiplies unsigned by signed
 * bytes, so x goes in as x + 128, and 128 · w comes off at the end. Row r is x[r], and goes to z[r]. */
TARGET static void block(const int8_t *const x[ROWS], const int8_t *packed, const int32_t *correction, float scale,
                         float *const z[ROWS], int I)
{
    const int8_t *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3], *x4 = x[4], *x5 = x[5];
    __m256i a0 = _mm256_setzero_si256(), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, b0 = a0, b1 = a0, b2 = a0,
            b3 = a0, b4 = a0, b5 = a0;
    for (int i = 0; i < I; i += GROUP, packed += (ptrdiff_t)GROUP * OUTPUTS) {
        const __m256i w0 = _mm256_loadu_si256((const void *)packed),
                      w1 = _mm256_loadu_si256((const void *)(packed + 32));
        __m256i four = four_of(x0 + i);
        a0 = _mm256_dpbusd_avx_epi32(a0, four, w0);
        b0 = _mm256_dpbusd_avx_epi32(b0, four, w1);
        four = four_of(x1 + i);
        a1 = _mm256_dpbusd_avx_epi32(a1, four, w0);
        b1 = _mm256_dpbusd_avx_epi32(b1, four, w1);
        four = four_of(x2 + i);
        a2 = _mm256_dpbusd_avx_epi32(a2, four, w0);
        b2 = _mm256_dpbusd_avx_epi32(b2, four, w1);
        four = four_of(x3 + i);
        a3 = _mm256_dpbusd_avx_epi32(a3, four, w0);
        b3 = _mm256_dpbusd_avx_epi32(b3, four, w1);
        four = four_of(x4 + i);
        a4 = _mm256_dpbusd_avx_epi32(a4, four, w0);
        b4 = _mm256_dpbusd_avx_epi32(b4, four, w1);
        four = four_of(x5 + i);
        a5 = _mm256_dpbusd_avx_epi32(a5, four, w0);
        b5 = _mm256_dpbusd_avx_epi32(b5, four, w1);
    }
    const __m256i less_a = _mm256_loadu_si256((const void *)correction),
                  less_b = _mm256_loadu_si256((const void *)(correction + 8));
    const __m256 unit = _mm256_set1_ps(scale);
    const __m256i a[ROWS] = {a0, a1, a2, a3, a4, a5}, b[ROWS] = {b0, b1, b2, b3, b4, b5};
    for (int r = 0; r < ROWS; r++) {
        store(z[r], a[r], less_a, unit);
        store(z[r] + 8, b[r], less_b, unit);
    }
}

void avx_vnni_forward(const int8_t *x, const int8_t *packed, const int32_t *correction, float scale, float *z, int B,
                      int I, int O)
{
    for (int o = 0; o < O; o += OUTPUTS)
        for (int b = 0; b < B; b += ROWS) {
            const int8_t *from[ROWS];
            float *to[ROWS];
            for (int r = 0; r < ROWS; r++) {
                const size_t row = (size_t)(b + r < B ? b + r : B - 1); /* the last one again: the same result */
                from[r] = x + row * (size_t)I;
                to[r] = z + row * (size_t)O + (size_t)o;
            }
            block(from, packed + (size_t)o * (size_t)I, correction + o, scale, to, I);
        }
}
