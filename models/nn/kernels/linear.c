#include "models/nn/kernels/linear.h"

#include "models/nn/kernels/blas.h"

void linear_forward(const float *x, int x_ld, const float *w, float *z, int z_ld, int B, int I, int O)
{
    blas_sgemm(CblasNoTrans, CblasTrans, B, O, I, 1.0f, x, x_ld, w, I, 0.0f, z, z_ld);
}

void linear_backward_weights(const float *dz, int z_ld, const float *x, int x_ld, float *dw, int B, int I, int O)
{
    blas_sgemm(CblasTrans, CblasNoTrans, O, I, B, 1.0f, dz, z_ld, x, x_ld, 0.0f, dw, I);
}

void linear_backward_inputs(const float *dz, int z_ld, const float *w, float *dx, int x_ld, int B, int I, int O)
{
    blas_sgemm(CblasNoTrans, CblasNoTrans, B, I, O, 1.0f, dz, z_ld, w, I, 0.0f, dx, x_ld);
}
