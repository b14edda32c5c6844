/* How a network computes forward in its mode: which numbers are quantised, to what, and which of them are integers of
 * 8 bits. Training, evaluation and deployment follow these. */
#pragma once

#include "models/nn/kernels/norm.h"
#include "models/nn/kernels/product.h"
#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"

#include <stdbool.h>

/* forward_norm_shape: what surrounds the batch norm of layer l in net's mode. */
struct norm_shape forward_norm_shape(const struct network *net, int l);

/* forward_input_format: how images are quantised in the mode of net. False: they stay floats. True: to *q, which has
 * the activation_bits that the deployed network gets. */
bool forward_input_format(const struct network *net, struct fixed *q);

/* forward_has_8_bits: the network's weights and activations are integers of at most 8 bits. */
bool forward_has_8_bits(const struct network *net);

/* forward_int8: whether the inputs and the weights of layer l are integers of at most 8 bits, as struct activations
 * has them. The inputs of layer 0 are images of set. */
bool forward_int8(const struct network *net, int l, const struct images *set);

/* forward_activations: describes the integers at `at` as inputs of layer l, where forward_int8 is true. */
struct activations forward_activations(const struct network *net, int l, const int8_t *at);

/* forward_weight_unit: the value of one step of a rebuilt weight of layer l. */
float forward_weight_unit(const struct network *net, int l);
