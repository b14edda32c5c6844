/* Runs a network as it was trained, with running batch-norm statistics and the weights
 * that are stored. */
#ifndef DELTASWEEP_EVALUATE_H
#define DELTASWEEP_EVALUATE_H

#include "models/nn/kernels/convolution.h"
#include "models/nn/data/dataset.h"
#include "models/nn/kernels/layers.h"
#include "models/nn/network/network.h"
#include "models/nn/kernels/product.h"

#define NORM_EPS 1e-5f /* added to the variance; PyTorch's default */

/* network_norm_shape: what surrounds the batch norm of layer l in net's mode. */
struct norm_shape network_norm_shape(const struct network *net, int l);

/* network_input_format: how images are quantised in net's mode: false (as floats) or
 * true with q filled: to the activation_bits that the deployed network is fed. */
bool network_input_format(const struct network *net, struct fixed *q);

/* network_int8: the inputs and weights of layer l, the layer's inputs being images of set for l = 0, are integers of at
 * most 8 bits, as struct activations has them. */
bool network_int8(const struct network *net, int l, const struct images *set);

/* network_activation: the activations at of layer l, as network_int8 says. */
struct activations network_activation(const struct network *net, int l, const int8_t *at);

/* network_weight_unit: what one step of a rebuilt weight of layer l stands for. */
float network_weight_unit(const struct network *net, int l);

struct evaluator {
    const struct network *net;
    int block;                         /* images at a time */
    struct norm_shape shape[NETWORK_MAX_LAYERS];
    float *w[NETWORK_MAX_LAYERS];      /* rebuilt weights */
    float *rstd[NETWORK_MAX_LAYERS];
    float *x[NETWORK_MAX_LAYERS + 1];  /* x[l]: inputs of layer l, block rows; the last: logits */
    struct convolution_room room;
    int8_t *x8[NETWORK_MAX_LAYERS];    /* instead of x[l] where network_int8 says so */
    struct product *product[NETWORK_MAX_LAYERS]; /* where that may be so, else NULL */
};

/* evaluator_new: buffers for net, which must outlive it; evaluator_load: takes over
 * net's coded weights and statistics, as they are now. */
enum status evaluator_new(struct evaluator *ev, const struct network *net, int block, struct errmsg *e);
void evaluator_load(struct evaluator *ev);
void evaluator_free(struct evaluator *ev);

/* evaluator_run: computes x[0] or x8[0] to x[upto] or x8[upto] for n ≤ block images of a set, picked by order (or
 * first, first + 1, …, order NULL). */
void evaluator_run(struct evaluator *ev, const struct images *set, int first, const int32_t *order, int n, int upto);

/* evaluator_accuracy: the fraction of n images (picked by order, or the first n) that
 * are classified right. */
double evaluator_accuracy(struct evaluator *ev, const struct images *set, const int32_t *order, int n);

#endif
