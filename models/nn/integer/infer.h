/* Inference in integers: the bit-exact definition of what the accelerator computes. */
#ifndef DELTASWEEP_INFER_H
#define DELTASWEEP_INFER_H

#include "models/nn/data/dataset.h"
#include "models/nn/integer/integer_network.h"

struct verdict {
    int32_t class;
    int32_t logit; /* of that class: the greatest, LOGIT_BITS bits */
};

/* infer_quantise: the X-bit activation of each pixel value: what the accelerator is fed. */
void infer_quantise(const struct integer_network *n, int32_t table[256]);

/* infer_inputs: images first to first + count - 1 of a set as the X-bit activations that the network is fed: pixels by
 * that table, values quantised to nearest and saturated. count rows of sizes[0], ld apart, into x. */
void infer_inputs(const struct integer_network *n, const struct images *set, int first, int count, int16_t *x,
                  size_t ld);

/* infer: n_images rows of sizes[0] activations (each of X bits) to verdicts. activations (may be NULL): for
 * each image the outputs of layer 0, 1, … (hidden layers, then all logits), one after the other. A naive loop
 * stands beside the fast one and is tested against it. STATUS_ENVIRONMENT out of memory. */
enum status infer(const struct integer_network *n, const int32_t *x, int n_images, struct verdict *out,
                  int32_t *activations, struct errmsg *e);
enum status infer_naive(const struct integer_network *n, const int32_t *x, int n_images, struct verdict *out,
                        int32_t *activations, struct errmsg *e);

/* infer_set: the verdicts of the first n_images of a set, and how many are right. STATUS_INPUT
 * if the images have not sizes[0] features or are fewer. */
enum status infer_set(const struct integer_network *n, const struct images *set, int features, int n_images,
                      struct verdict *out, int *right, struct errmsg *e);

#endif
