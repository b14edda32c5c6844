#include "models/nn/train/optimiser.h"
#include "models/nn/layout/simd.h"

#include <math.h>

#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPS 1e-8
#define SGD_MOMENTUM 0.9

NN_CLONES static void adam_loop(float *restrict p, const float *restrict g, float *restrict m, float *restrict v,
                                size_t n, float rate, float keep, float root, float lo, float hi)
{
    const float b1 = (float)ADAM_BETA1, b2 = (float)ADAM_BETA2, c1 = (float)(1 - ADAM_BETA1),
                c2 = (float)(1 - ADAM_BETA2), eps = (float)ADAM_EPS;
    for (size_t i = 0; i < n; i++) {
        const float gi = ((p[i] >= lo) & (p[i] <= hi)) ? g[i] : 0.0f;
        m[i] = b1 * m[i] + c1 * gi;
        v[i] = b2 * v[i] + c2 * gi * gi;
        p[i] = p[i] * keep - rate * m[i] / (sqrtf(v[i]) * root + eps);
    }
}

void optimiser_adam(float *p, const float *g, float *m, float *v, size_t n, double lr, double decay, long t, float lo,
                    float hi)
{
    const double rate = lr / (1 - pow(ADAM_BETA1, (double)t)), root = 1 / sqrt(1 - pow(ADAM_BETA2, (double)t));
    adam_loop(p, g, m, v, n, (float)rate, (float)(1 - lr * decay), (float)root, lo, hi);
}

NN_CLONES void optimiser_sgd(float *p, const float *g, float *m, size_t n, double lr, double decay, float lo, float hi)
{
    const float rate = (float)lr, keep = (float)(1 - lr * decay), momentum = (float)SGD_MOMENTUM;
    for (size_t i = 0; i < n; i++) {
        const float gi = ((p[i] >= lo) & (p[i] <= hi)) ? g[i] : 0.0f;
        m[i] = momentum * m[i] + gi;
        p[i] = p[i] * keep - rate * m[i];
    }
}
