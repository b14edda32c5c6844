/* Training with the weight code in the loop. */
#pragma once

#include "models/nn/data/dataset.h"
#include "models/nn/network/network.h"
#include "models/nn/train/recipe.h"

#include <stdbool.h>

/* Accuracies are fractions; one that was not measured is NAN. train_accuracy is the running one: of each batch before
 * its step. Mode paper: the test set after every epoch, and no validation set. Mode standard: the last 5,000 images
 * of a seeded shuffle of the training set (a tenth if there are fewer than 10,000) are held out for validation, which
 * is reported every epoch; the test set is used once, after the last epoch. Batch norm evaluates with PyTorch's
 * running statistics in mode paper, and in mode standard with the statistics of 10,000 training images under the
 * present weights. seconds: an epoch counts its training alone, the result everything. */
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

/* train_check: STATUS_INPUT for what train_run would refuse: a network, code or recipe that makes no sense by itself
 * or with this data set. */
enum status train_check(const struct train_request *q, struct errmsg *e);

/* train_run: trains a new network. Without epochs (a start is needed then) it only encodes, evaluates and deploys the
 * start; in mode standard with its batch norm or with statistics measured anew, whichever classifies more of the
 * validation images right. Deterministic: the same arguments on the same machine give the same bits. One thread: it
 * sets OpenBLAS to one thread for the whole process. If on_epoch returns other than 0, the run stops with
 * STATUS_INTERRUPTED, unless that was its last epoch. Loss or weights that are no longer finite stop it with
 * STATUS_VERDICT. *net is owned by the caller, NULL unless STATUS_OK; *result must always be freed, and holds the
 * epochs that were finished. */
enum status train_run(const struct train_request *q, struct network **net, struct train_result *result,
                      struct errmsg *e);
void train_result_free(struct train_result *r);
