/* Runs a network as it was trained, with running batch-norm statistics and the weights
 * that are stored. */
#pragma once

#include "models/nn/data/dataset.h"
#include "models/nn/kernels/convolution.h"
#include "models/nn/train/forward.h"

struct evaluator {
    const struct network *net;
    int block;                         /* images at a time */
    struct norm_shape shape[NETWORK_MAX_LAYERS];
    float *w[NETWORK_MAX_LAYERS];      /* rebuilt weights */
    float *rstd[NETWORK_MAX_LAYERS];
    float *x[NETWORK_MAX_LAYERS + 1];  /* x[l]: inputs of layer l, block rows; the last: logits */
    struct convolution_room room;
    int8_t *x8[NETWORK_MAX_LAYERS];    /* instead of x[l] where forward_int8 says so */
    struct product *product[NETWORK_MAX_LAYERS]; /* where that may be so, else NULL */
};

/* evaluator_new: buffers for net, which must outlive the evaluator. evaluator_load: takes over the coded weights and
 * the statistics that net has now. */
enum status evaluator_new(struct evaluator *ev, const struct network *net, int block, struct errmsg *e);
void evaluator_load(struct evaluator *ev);
void evaluator_free(struct evaluator *ev);

/* evaluator_run: computes x[0] or x8[0] to x[upto] or x8[upto] for n ≤ block images of a set: those of order, or
 * first, first + 1, … if order is NULL. */
void evaluator_run(struct evaluator *ev, const struct images *set, int first, const int32_t *order, int n, int upto);

/* evaluator_accuracy: the fraction of n images that are classified right: those of order, or the first n if it is
 * NULL. */
double evaluator_accuracy(struct evaluator *ev, const struct images *set, const int32_t *order, int n);

/* evaluator_activations: the inputs of layer l (0: the images themselves) for images
 * first..first+n-1 of the test set, as the W-bit integers (value · 2^f, saturated) that
 * an operator would be fed: n · sizes[l] of them into x. Batch norm uses its running
 * statistics. The images are quantised to nearest; later layers follow the network's
 * mode (in mode paper they come from float images, as that network was trained). Not
 * for float codes: STATUS_INPUT. */
enum status evaluator_activations(const struct network *net, const struct dataset *data, int first, int n, int l,
                                int32_t *x, struct errmsg *e);
