/* Inference in integers: the bit-exact definition of what the accelerator computes. */
#pragma once

#include "models/nn/data/dataset.h"
#include "models/nn/integer/integer_network.h"

struct verdict {
    int32_t class;
    int32_t logit; /* of that class: the greatest, LOGIT_BITS bits */
};

/* infer_quantise: the X-bit activation of each pixel value, as the accelerator gets it. */
void infer_quantise(const struct integer_network *n, int32_t table[256]);

/* infer_inputs: images first to first + count - 1 of a set as the X-bit activations that the network gets: pixels
 * through the table of infer_quantise, values quantised to nearest and saturated. x: count rows of sizes[0], ld
 * apart. */
void infer_inputs(const struct integer_network *n, const struct images *set, int first, int count, int16_t *x,
                  size_t ld);

/* infer: n_images rows of sizes[0] activations (each of X bits) to verdicts. activations (may be NULL): for each
 * image the outputs of layer 0, 1, … (hidden layers, then all logits), one after the other. infer_naive is the same
 * in plain loops, and infer is tested against it. STATUS_ENVIRONMENT out of memory. */
enum status infer(const struct integer_network *n, const int32_t *x, int n_images, struct verdict *out,
                  int32_t *activations, struct errmsg *e);
enum status infer_naive(const struct integer_network *n, const int32_t *x, int n_images, struct verdict *out,
                        int32_t *activations, struct errmsg *e);

/* infer_set: the verdicts of the first n_images of a set; *right: how many of them are the label. STATUS_INPUT if the
 * images do not have sizes[0] features, or if there are fewer. */
enum status infer_set(const struct integer_network *n, const struct images *set, int features, int n_images,
                      struct verdict *out, int *right, struct errmsg *e);
