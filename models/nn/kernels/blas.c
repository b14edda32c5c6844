#include "models/nn/kernels/blas.h"

#include "models/nn/kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

/* The library itself (40 MB of address space), its buffer for products (128 MB, of which pages are used as need be),
 * and room for what is beside them. */
enum { NEEDED_MB = 192 };

/* LAPACK's Cholesky factor, column-major, which OpenBLAS has, too. */
typedef void cholesky_function(const char *part, const int *n, double *a, const int *lda, int *info);

static struct {
    bool ready;
    void *library;
    __typeof__(&cblas_sgemm) sgemm;
    __typeof__(&cblas_dtrsv) dtrsv;
    cholesky_function *dpotrf;
    __typeof__(&openblas_get_config) config;
    __typeof__(&openblas_get_corename) cores;
} blas;

/* find: the functions of the library; ISO C has no way from an object's address to a function's but through memory. */
static enum status find(struct errmsg *e)
{
    const struct {
        const char *name;
        void *to;
    } functions[] = {{"cblas_sgemm", &blas.sgemm},
                     {"cblas_dtrsv", &blas.dtrsv},
                     {"dpotrf_", &blas.dpotrf},
                     {"openblas_get_config", &blas.config},
                     {"openblas_get_corename", &blas.cores}};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *function = kernels_function(blas.library, functions[i].name, e);
        if (function == NULL)
            return STATUS_MISSING;
        memcpy(functions[i].to, &function, sizeof function);
    }
    return STATUS_OK;
}

/* warm_up: has the library allocate its buffer, while it is known that there is room. Later, without memory, it would
 * ask for it in an endless loop. */
static void warm_up(void)
{
    enum { N = 64 };
    static const float a[N * N];
    static float c[N * N];
    blas.sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, N, N, N, 1, a, N, a, N, 0, c, N);
}

enum status blas_load(struct errmsg *e)
{
    if (blas.ready)
        return STATUS_OK;
    /* Read once, when the library is loaded. Threads that it has started before a fork are not in the child. */
    if (setenv("OPENBLAS_NUM_THREADS", "1", 1) != 0)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    enum status s = kernels_open("libopenblas.so.0", "libopenblas0", NEEDED_MB * 1024UL * 1024UL, &blas.library, e);
    if (s != STATUS_OK || (s = find(e)) != STATUS_OK)
        return s;
    warm_up();
    blas.ready = true;
    return STATUS_OK;
}

static void load(void)
{
    struct errmsg e = {""};
    if (!blas.ready)
        kernels_must(blas_load(&e), &e);
}

void blas_sgemm(enum CBLAS_TRANSPOSE a_transposed, enum CBLAS_TRANSPOSE b_transposed, int M, int N, int K, float alpha,
                const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
    load();
    blas.sgemm(CblasRowMajor, a_transposed, b_transposed, M, N, K, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas_solve_lower(enum CBLAS_TRANSPOSE transposed, int n, const double *a, double *x)
{
    load();
    blas.dtrsv(CblasRowMajor, CblasLower, transposed, CblasNonUnit, n, a, n, x, 1);
}

bool blas_cholesky(int n, double *a)
{
    int info = 0;
    load();
    blas.dpotrf("U", &n, a, &n, &info); /* its upper triangle by columns is the lower one by rows */
    return info == 0;
}

const char *blas_build(void)
{
    load();
    return blas.config();
}

const char *blas_cores(void)
{
    load();
    return blas.cores();
}
