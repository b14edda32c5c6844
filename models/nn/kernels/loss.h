/* The loss that training minimises. */
#pragma once

#include <stdint.h>

/* loss_softmax: the mean cross-entropy of B rows of `classes` logits. Each label has 1 - smoothing for its own class,
 * and `smoothing` spread evenly over all classes. d gets the gradient (rows ld apart, surplus 0); it may be logits,
 * or NULL. *n_right: the number of rows whose greatest logit (the first of equals) is that of the label. */
double loss_softmax(const float *logits, int ld, int B, int classes, const uint8_t *labels, double smoothing, float *d,
                    int *n_right);
