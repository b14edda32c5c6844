/* What training makes small. */
#ifndef DELTASWEEP_LOSS_H
#define DELTASWEEP_LOSS_H

#include <stdint.h>

/* loss_softmax: mean cross-entropy of B rows of classes logits with labels of which `smoothing` is spread evenly
 * over all classes, its gradient into d (rows ld apart, surplus 0) and the number of rows whose greatest logit (the first of
 * equals) is the label's. d may be logits, or NULL. */
double loss_softmax(const float *logits, int ld, int B, int classes, const uint8_t *labels, double smoothing, float *d,
                    int *n_right);

#endif
