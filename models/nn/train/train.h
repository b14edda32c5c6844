/* Training with the weight code in the loop. */
#ifndef DELTASWEEP_TRAIN_H
#define DELTASWEEP_TRAIN_H

#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"

#include <stdbool.h>

enum optimiser { OPTIMISER_ADAM, OPTIMISER_SGD };
enum lr_decay { LR_DECAY_NONE, LR_DECAY_COSINE, LR_DECAY_LINEAR, LR_DECAY_COUNT };

/* Where the gradient of a rebuilt weight reaches its master. PAPER: where the clamp to Q(W, f) did not act, also
 * through the clamp of the delta. PASS: everywhere. ZERO: only where neither clamp acted. */
enum clamp_gradient { CLAMP_GRADIENT_PAPER, CLAMP_GRADIENT_PASS, CLAMP_GRADIENT_ZERO, CLAMP_GRADIENT_COUNT };

/* How backward products of layers whose numbers have at most 8 bits are computed (models/nn/kernels/product.h). SINGLE: in
 * single precision. BFLOAT16: with the gradients of a layer's sums rounded to bfloat16 (8 significant bits) before they
 * are multiplied; weights and activations fit it exactly, and sums stay in single precision. AUTO: as BFLOAT16 where the
 * processor has such products, else SINGLE. */
enum gradients { GRADIENTS_AUTO, GRADIENTS_SINGLE, GRADIENTS_BFLOAT16, GRADIENTS_COUNT };

struct train_config {
    enum train_mode mode;
    int epochs, batch;
    enum optimiser optimiser;
    double lr;
    enum lr_decay decay; /* of the learning rate, over all steps after the warm-up: to 0 */
    double warmup;       /* epochs in which the learning rate rises from 0 to lr, before its decay; 0: none */
    double weight_decay; /* of the weights, decoupled: w -= lr · weight_decay · w (I. Loshchilov and F. Hutter, 2019); 0: none */
    double smoothing;    /* of the labels: so much of each is spread over all classes (C. Szegedy et al., 2016); 0: none */
    enum clamp_gradient clamp_gradient;
    double average; /* decay of the moving average of the weights, a step; what is evaluated and deployed; 0: none */
    int patience;   /* stop after so many epochs without a better validation accuracy, and take the best; 0: never */
    enum gradients gradients;
    bool shuffle;   /* a new order every epoch; default: standard yes, paper no */
    bool mirror;    /* training images are mirrored left to right with probability 1/2; image sets only */
};

/* Accuracies are fractions; one that was not measured is NAN. train_accuracy is the
 * running one: each batch as it was met, before its step. Mode paper: the test set
 * after every epoch, no validation set. Mode standard: the last 5,000 images of a
 * seeded shuffle of the training set (a tenth if there are fewer than 10,000) are held
 * out for validation, reported every epoch; the test set once, after the last. Batch
 * norm evaluates with PyTorch's running statistics in mode paper; in mode standard with
 * the statistics of 10,000 training images under the weights as they are then.
 * seconds: of one epoch its training alone; of the result everything. */
struct epoch_metrics {
    int epoch; /* from 1 */
    double loss, train_accuracy, validation_accuracy, test_accuracy, seconds;
};

struct train_result {
    int n_epochs;
    int best_epoch; /* whose network it is and whose accuracies they are: the last, or as patience found */
    struct epoch_metrics *epochs; /* owned, see train_result_free */
    double train_accuracy, validation_accuracy, test_accuracy, seconds;
    int resumed_epochs;       /* that a checkpoint had already */
    char note[512];           /* why a checkpoint was not used or not written; empty: there is nothing to say */
    double deployed_accuracy; /* of the test set through deploy and infer; NAN where deploy says STATUS_VERDICT */
};

/* What to train. */
struct train_request {
    const struct dataset *data;
    const struct topology *shape;
    const struct code *code;
    const struct train_config *config;
    const struct network *start; /* the run begins with its weights and batch norm, or NULL: with random ones; of the
                                    same topology, borrowed */
    uint64_t seed; /* of weights, split, order and rounding */
    int (*on_epoch)(void *context, const struct epoch_metrics *m); /* called after every epoch, or NULL */
    void *context;
    const char *checkpoint;    /* a file to which the run is written after epochs, and from which it goes on if it is
                                  there and of this run; taken away when the run is done; NULL: none */
    double checkpoint_seconds; /* at least this long between two of them; one more when on_epoch stops the run */
};

/* train_check: STATUS_INPUT for what train_run would refuse: a network, code or recipe that makes no sense, or not
 * with this data set. */
enum status train_check(const struct train_request *q, struct errmsg *e);

/* train_run: trains a new network; with no epochs (then a start is needed) it only encodes, evaluates and deploys one: in
 * mode standard with the batch norm of the start or with statistics measured anew, whichever knows more of the
 * validation images. Deterministic: same arguments, same machine, same bits. One thread: it sets OpenBLAS to one for the
 * whole process. A nonzero return of on_epoch stops it with STATUS_INTERRUPTED, unless that was its last epoch. Loss or
 * weights that are no longer finite stop it with STATUS_VERDICT. *net is owned by the caller, NULL unless STATUS_OK; *result is always
 * to be freed, and holds the epochs that were finished. */
enum status train_run(const struct train_request *q, struct network **net, struct train_result *result,
                      struct errmsg *e);
void train_result_free(struct train_result *r);

/* network_activations: the inputs of layer l (0: the images themselves) for images
 * first..first+n-1 of the test set, as the W-bit integers (value · 2^f, saturated) that
 * an operator would be fed: n · sizes[l] of them into x. Batch norm uses its running
 * statistics. The images are quantised to nearest; later layers follow the network's
 * mode (in mode paper they come from float images, as that network was trained). Not
 * for float codes: STATUS_INPUT. */
enum status network_activations(const struct network *net, const struct dataset *data, int first, int n, int l,
                                int32_t *x, struct errmsg *e);

const char *train_mode_name(enum train_mode v);
const char *optimiser_name(enum optimiser v);
const char *lr_decay_name(enum lr_decay v);
const char *clamp_gradient_name(enum clamp_gradient v); /* paper, pass, zero */
const char *gradients_name(enum gradients v); /* auto, single, bfloat16 */

#endif
