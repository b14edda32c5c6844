#include "models/nn/kernels/loss.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

double loss_softmax(const float *logits, int ld, int B, int classes, const uint8_t *labels, double smoothing, float *d,
                    int *n_right)
{
    const float most = (float)(1 - smoothing), least = (float)(smoothing / classes);
    double loss = 0;
    int right = 0;
    assert(B > 0 && classes > 0);
    for (int b = 0; b < B; b++) {
        const float *row = logits + (size_t)b * (size_t)ld;
        int best = 0;
        for (int c = 1; c < classes; c++)
            if (row[c] > row[best])
                best = c;
        right += best == labels[b];
        const float greatest = row[best];
        float aim = most * row[labels[b]], sum = 0; /* of powers, the greatest's of which is 1 */
        for (int c = 0; c < classes && smoothing > 0; c++)
            aim += least * row[c];
        float *to = d != NULL ? d + (size_t)b * (size_t)ld : NULL;
        int c = 0;
        do {
            const float power = expf(row[c] - greatest);
            sum += power;
            if (to != NULL)
                to[c] = power;
        } while (++c < classes);
        loss += (double)(logf(sum) + greatest - aim);
        if (to == NULL)
            continue;
        for (c = 0; c < classes; c++)
            to[c] = (to[c] / sum - (c == labels[b] ? most : 0.0f) - least) / (float)B;
        for (c = classes; c < ld; c++)
            to[c] = 0.0f;
    }
    *n_right = right;
    return loss / B;
}
