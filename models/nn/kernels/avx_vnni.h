/* The 8-bit forward product for processors with AVX-VNNI but without AVX-512. Only on x86-64 (DELTASWEEP_AVX_VNNI). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* avx_vnni_is_there: whether this processor has AVX-VNNI. */
bool avx_vnni_is_there(void);

/* avx_vnni_pack: the weights w8 (O rows of I elements, multiples of 16 and of 4) in the order that the product reads
 * them, into packed (O · I), and 128 times the sum of each row into correction (O). */
void avx_vnni_pack(const int8_t *w8, int I, int O, int8_t *packed, int32_t *correction);

/* avx_vnni_forward: z (B rows of O) = scale · x (B rows of I) · wᵀ: the exact sum, rounded once. */
void avx_vnni_forward(const int8_t *x, const int8_t *packed, const int32_t *correction, float scale, float *z, int B,
                      int I, int O);
