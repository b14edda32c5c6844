/* The shape of a network: a chain of linear layers, or of convolutions and then linear
 * layers. Activations are kept position by position, the channels of a position together
 * (NHWC); columns of a convolution's weights are in the order (ky, kx, channel). */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NETWORK_MAX_LAYERS = 16,
    NETWORK_MAX_WIDTH = 65536, /* features of one image between two layers */
    NETWORK_MAX_POOL = 16,
    TOPOLOGY_TEXT_BYTES = 256,
};

/* One layer with weights: a matrix of O rows (outputs, or output channels) and I columns
 * (inputs, or kernel² · channels). */
struct layer_shape {
    int O, I;
    int kernel, stride;          /* of a convolution, zeros around it so that stride 1 keeps the size; kernel 0: linear */
    int pool;                    /* max pooling of pool × pool positions after the activation; 1: none */
    int channels, height, width; /* of its input; linear: all features, 1, 1 */
    int out_height, out_width;   /* positions of its output, before pooling; linear: 1, 1 */
};

struct topology {
    int n_layers;
    int channels, height, width;       /* of an image; a chain of linear layers: its features, 1, 1 */
    int sizes[NETWORK_MAX_LAYERS + 1]; /* features into layer l; the last: classes */
    struct layer_shape layers[NETWORK_MAX_LAYERS];
};

/* topology_chain: fills and returns *t, linear layers of sizes[0..n_layers]. Wrong sizes are
 * left to topology_check. */
const struct topology *topology_chain(const int *sizes, int n_layers, struct topology *t);

/* topology_parse: reads the words of a sweep file: a number of inputs ("784") or an image ("28x28", "32x32x3":
 * height, width, channels), then layers: "96" is a linear layer, "16c3" 16 channels of 3 × 3, "16c3s2" the same with
 * stride 2, "p2" max pooling of 2 × 2. STATUS_INPUT names the word, and *wrong is its number (-1: not one word
 * alone). */
enum status topology_parse(const char *const *words, int n, struct topology *t, int *wrong, struct errmsg *e);

/* topology_text: the words again, joined with "-": "784-96-64-10", "28x28x1-16c3-p2-10". */
void topology_text(const struct topology *t, char out[TOPOLOGY_TEXT_BYTES]);

/* topology_check: STATUS_INPUT when there are no layers, too many, or one of a bad width. */
enum status topology_check(const struct topology *t, struct errmsg *e);

/* topology_is_chain: linear layers only: what the accelerator's RTL computes. */
bool topology_is_chain(const struct topology *t);

/* layer_positions: the positions of the output of a layer before pooling; 1 for a linear layer. */
static inline size_t layer_positions(const struct layer_shape *a)
{
    return (size_t)a->out_height * (size_t)a->out_width;
}

/* topology_weights: the weights of all layers. */
int64_t topology_weights(const struct topology *t);
/* topology_macs: multiplications for one image: one for each weight, and for each weight of a convolution one at each
 * position. */
int64_t topology_macs(const struct topology *t);
