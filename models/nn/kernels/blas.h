/* OpenBLAS. It is loaded when it is first needed: commands that do not train need neither its memory nor the time that
 * it takes to start. It has one thread, also where the shell asks for more: jobs run side by side, and sums have the
 * same order everywhere. */
#pragma once

#include "base/status.h"

#include <cblas.h>
#undef I /* of complex.h, which cblas.h pulls in */

#include <stdbool.h>

/* blas_load: loads it, once; call kernels_load instead. STATUS_MISSING if it is not installed, STATUS_ENVIRONMENT if
 * there is no memory for it. The other functions load it, too, but end the program where that fails. */
enum status blas_load(struct errmsg *e);

/* As in CBLAS, row-major: C = alpha · op(A) · op(B) + beta · C. */
void blas_sgemm(enum CBLAS_TRANSPOSE a_transposed, enum CBLAS_TRANSPOSE b_transposed, int M, int N, int K, float alpha,
                const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

/* x = op(A)⁻¹ · x for a lower triangle A of n rows without gaps. */
void blas_solve_lower(enum CBLAS_TRANSPOSE transposed, int n, const double *a, double *x);

/* blas_cholesky: the lower triangle, row-major without gaps, of a matrix becomes its Cholesky factor; false if the
 * matrix is not positive definite. */
bool blas_cholesky(int n, double *a);

/* blas_build: what the library says of how it was built. blas_cores: the processor whose kernels it takes. */
const char *blas_build(void);
const char *blas_cores(void);
