/* A trained network: float master weights, batch norm, weight code. */
#ifndef DELTASWEEP_NETWORK_H
#define DELTASWEEP_NETWORK_H

#include "models/nn/code/code.h"
#include "models/nn/code/codec.h"
#include "models/nn/layout/topology.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NORM_EPS 1e-5f /* added to the variance; PyTorch's default */

/* How a network was trained, which is also how it computes (models/nn/train/forward.h).
 * TRAIN_PAPER: float inputs; sums are quantised before batch norm, the last layer too after it.
 * TRAIN_STANDARD: as deployed: quantised inputs, a wide accumulator. */
enum train_mode { TRAIN_STANDARD, TRAIN_PAPER };

const char *train_mode_name(enum train_mode v); /* "standard", "paper" */

/* One linear layer or convolution with its batch norm (one an output or channel); HardTanh follows on all
 * but the last, then the pooling of a convolution. */
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

/* network_choose: where the code's step is not `fixed`, gives layer l the place values that its master weights ask
 * for: the finest frac_bits, 15 at most, at which none of them is clamped to Q(W, f), and the delta_offset whose rebuilt
 * weights have the least squared error (of equals the least). Step `learned`, whose offset is given, begins at the same
 * step of a delta: its frac_bits make up for the offset. Learned references are taken as they are. layers[l].coded is overwritten. */
void network_choose(struct network *n, int l);

/* network_encode: layers[].coded becomes the code of the master weights. train_run does
 * this at its end: read `coded`, never encode a trained network's w again (a mean
 * reference of rebuilt weights is another mean, and so gives other codes). */
void network_encode(struct network *n);

/* network_rebuilt: the weights of layer l that the network computes with: codec_decode
 * of its code times 2^-f; the masters for float codes. O · I of them into w. */
void network_rebuilt(const struct network *n, int l, float *w);

/* network_begin: n begins with the weights and the batch norm of from, a network of the same topology; coded anew,
 * but from the same code with the very numbers that from has. */
void network_begin(struct network *n, const struct network *from);

/* network_copy: everything of from into to, a network of the same topology and code. */
void network_copy(struct network *to, const struct network *from);

int64_t network_storage_bits(const struct code *c, const struct topology *shape);

#endif
