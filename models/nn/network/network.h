/* A trained network: float master weights, batch norm, weight code. */
#pragma once

#include "models/nn/code/code.h"
#include "models/nn/code/codec.h"
#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NORM_EPS 1e-5f /* added to the variance; PyTorch's default */

/* How a network was trained, which is also how it computes (models/nn/train/forward.h).
 * TRAIN_PAPER: float inputs; sums are quantised before batch norm and again after it, also in the last layer.
 * TRAIN_STANDARD: as deployed: quantised inputs, a wide accumulator. */
enum train_mode { TRAIN_STANDARD, TRAIN_PAPER };

const char *train_mode_name(enum train_mode v); /* "standard", "paper" */

/* One linear layer or convolution with its batch norm (one for each output or channel). HardTanh follows on all
 * layers but the last, and then the pooling of a convolution. */
struct layer {
    int O, I;
    struct layer_shape shape;
    struct code code;                  /* of this layer: code_of_layer, and what training chose (struct code.step) */
    float *w;                          /* O · I master weights; after pack_read the rebuilt ones */
    float *reference;                  /* masters of REFERENCE_LEARNED, coded.n_spans; else NULL */
    float *gamma, *beta, *mean, *var;  /* O each (zeros up to the next 16): scale, shift, running statistics */
    struct coded_layer coded;          /* what is stored, see network_encode; empty for float codes */
};

struct network {
    struct topology shape;
    struct code code;
    enum train_mode mode;
    struct layer layers[NETWORK_MAX_LAYERS];
};

/* network_new: random weights, uniform in ±1/sqrt(inputs) as a PyTorch linear layer,
 * batch norm neutral; already encoded. Equal seeds give equal networks. */
enum status network_new(struct network **out, const struct topology *shape, const struct code *code, uint64_t seed,
                        struct errmsg *e);
void network_free(struct network *n);

/* network_choose: chooses the place values of layer l from its master weights, unless the step of the code is
 * `fixed`: the finest frac_bits, at most 15, at which no weight is clamped to Q(W, f); and the delta_offset whose
 * rebuilt weights have the least squared error (the smallest of equals). Step `learned` keeps the given offset and
 * changes frac_bits by the difference, so that a delta has the same step. Learned references stay as they are.
 * layers[l].coded is overwritten. */
void network_choose(struct network *n, int l);

/* network_encode: layers[].coded becomes the code of the master weights. train_run does this at its end. Read
 * `coded`, and never encode the w of a trained network again: the mean of rebuilt weights is another reference and
 * gives other codes. */
void network_encode(struct network *n);

/* network_rebuilt: the weights of layer l that the network computes with: codec_decode
 * of its code times 2^-f; the masters for float codes. O · I of them into w. */
void network_rebuilt(const struct network *n, int l, float *w);

/* network_begin: gives n the weights and the batch norm of `from`, a network of the same topology. If both have the
 * same code, n gets the codes of `from` as they are; else the weights are encoded anew. */
void network_begin(struct network *n, const struct network *from);

/* network_copy: copies everything of `from` into `to`, a network of the same topology and code. */
void network_copy(struct network *to, const struct network *from);

/* network_storage_bits: the memory that the weights of all layers take (codec_storage_bits). */
int64_t network_storage_bits(const struct code *c, const struct topology *shape);
