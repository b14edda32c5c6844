/* The requests that a trained network makes to an operator. */
#pragma once

#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"
#include "sim/operator/vectors.h"

/* trained_layer: the layer whose rows an operator of N inputs computes. It is the first linear layer with N inputs, or
 * else the first linear layer. The rows of the latter are cut into pieces of N; zeros fill up the last piece. */
int trained_layer(const struct network *net, int N);

/* vector_set_trained: fills vectors [first, first + n) of s with pieces of rows, spread over the whole layer. Each
 * piece gets the layer's inputs for another test image. Biases are 0. The weights are the codes that the network
 * stores, and INITIAL_WEIGHT is the number that they start from: the span's reference, or the running sum before the
 * piece. Only under consecutive-open can that sum leave W bits. It is then saturated: the request is valid, but it is
 * not the network's own dot product. c must be the operator for net's code (operator_of). */
enum status vector_set_trained(struct vector_set *s, const struct mac_config *c, const struct network *net,
                               const struct dataset *data, int first, int n, struct errmsg *e);
