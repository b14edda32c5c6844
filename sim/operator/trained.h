/* Requests to an operator as a trained network makes them. */
#ifndef DELTASWEEP_SIM_OPERATOR_TRAINED_H
#define DELTASWEEP_SIM_OPERATOR_TRAINED_H

#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"
#include "sim/operator/check.h"

/* trained_layer: the layer whose rows an operator of N inputs computes: the first linear one
 * with N inputs, else the first linear layer of all, its rows cut into pieces of N (the last
 * piece padded with zeros). */
int trained_layer(const struct network *net, int N);

/* vector_set_trained: fills vectors [first, first + n) of s with pieces of rows, spread
 * over the whole layer, each with the layer's inputs for another test image. Biases are
 * 0. The weights are the network's stored codes and INITIAL_WEIGHT is what they start
 * from: the span's reference, or the running sum before the piece. (Only under
 * consecutive-open can that sum leave W bits; it is then saturated, so that such a
 * request is a valid one, but not the network's own dot product.) c must be the
 * operator of net's code (operator_of). */
enum status vector_set_trained(struct vector_set *s, const struct mac_config *c, const struct network *net,
                               const struct dataset *data, int first, int n, struct errmsg *e);

#endif
