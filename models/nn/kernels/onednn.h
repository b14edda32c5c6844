/* Matrix products by oneDNN, in the number formats that BLAS does not have. Only where the library was there
 * when the program was built (DELTASWEEP_ONEDNN). */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* onednn_load: loads it, once; call kernels_load instead, see there. The other functions load it, too, but end the
 * program where that fails. One thread: it sets OpenMP to one for the whole process. */
enum status onednn_load(struct errmsg *e);

/* Whether oneDNN has exact 8-bit products (AVX-512 VNNI: the older instructions that it falls back to
 * saturate 16-bit sums) and bfloat16 ones (AVX-512 BF16) on this processor. */
bool onednn_has_int8(void);
bool onednn_has_bfloat16(void);

/* onednn_text: the library's name and version. */
void onednn_text(char *out, size_t room);

/* dst (M · N floats) = scale · a (M · K) · b (K · N), added to what dst holds if `add`. a and b are int8_t, or
 * bfloat16 if not int8, row-major without gaps, or column-major if transposed. */
struct onednn_shape {
    bool int8;
    int M, N, K;
    bool a_transposed, b_transposed;
    float scale;
    bool add;
};

/* A product prepared for one shape: oneDNN compiles code for it. */
struct onednn;
enum status onednn_new(struct onednn **out, const struct onednn_shape *shape, struct errmsg *e);
void onednn_free(struct onednn *p);
const struct onednn_shape *onednn_get_shape(const struct onednn *p);
/* onednn_run: false: out of memory, and dst is undefined. */
bool onednn_run(struct onednn *p, const void *a, const void *b, float *dst);
