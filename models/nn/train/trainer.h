/* The state of a training run. trainer.c makes it, trainer_batch.c and trainer_convolution.c compute one batch,
 * trainer_codes.c what the weight code needs, trainer_update.c the update of the parameters; train.c runs it. */
#pragma once

#include "models/nn/kernels/convolution.h"
#include "models/nn/train/evaluator.h"
#include "base/rng.h"
#include "models/nn/train/train.h"

/* A parameter tensor's gradient and moments, and its moving average (struct train_config.average; else NULL). */
struct tensor {
    float *g, *m, *v, *average;
};

/* What one layer needs in training besides its parameters. */
struct layer_state {
    struct norm_shape shape;
    struct coded_layer scratch;
    struct product *product;  /* NULL: the layer's inputs or weights are not integers of 8 bits */
    float *rebuilt;           /* O · I: the weights the step computes with */
    float *z;                 /* rows · ld: the sums */
    float *d;                 /* of a linear layer: the gradient of the outputs, then of the sums */
    float *dx;                /* the gradient of x[l + 1]: of a linear layer d */
    uint8_t *winner;          /* of a convolution, as is the rest: see pooled_norm_forward */
    float *normal;
    double *sum, *squares;    /* ld of a batch, from which its statistics follow */
    float *mean, *var, *rstd; /* of this batch */
    struct tensor w, gamma, beta;
    struct tensor reference;  /* of REFERENCE_LEARNED */
    struct tensor point;
    float *learned_point;     /* of STEP_LEARNED: one number, which rounds to the layer's frac_bits; else NULL */
    float *reach;             /* O · I: of codec_apply, where a gradient needs it; else NULL */
};

struct trainer {
    const struct dataset *data;
    const struct train_config *config;
    struct network *net;
    struct layer_state layers[NETWORK_MAX_LAYERS];
    float *x[NETWORK_MAX_LAYERS + 1]; /* x[l]: inputs of layer l; the last: logits; B rows */
    struct convolution_room room;
    int8_t *x8[NETWORK_MAX_LAYERS];   /* instead of x[l], which is NULL, where layer l has a product */
    uint8_t *labels;                  /* of this batch */
    uint8_t *mirrored;                /* of this batch: flags; NULL: no mirroring */
    int32_t *order;                   /* training images as they will be met, then the held-out ones */
    int n_train, n_held_out, batch;
    long steps, total_steps;
    struct rng shuffle, mirror;
    uint64_t seed;
    bool measuring;                   /* no step follows: stochastic rounding is to nearest, as what is stored */
    struct evaluator evaluator;
};

/* trainer_held_out: how many images of the training set are held out for validation. */
int trainer_held_out(const struct train_config *config, const struct dataset *data);

/* trainer_new: a new network and everything that its training needs. trainer_free also
 * after a failed trainer_new. */
enum status trainer_new(struct trainer *t, const struct train_request *q, struct errmsg *e);
void trainer_free(struct trainer *t);

/* trainer_tensor_new: gradient and moments of n numbers, all 0. False: out of memory. */
bool trainer_tensor_new(struct tensor *x, size_t n);

/* trainer_new_codes: room for masks and for what learned references and steps need. trainer_begin_epoch: chooses the
 * formats of step `auto`. trainer_code_gradients: the gradients of references and steps, from those of the weights.
 * trainer_follow_points: after an update, sets the formats to the learned points. */
enum status trainer_new_codes(struct trainer *t, int l, struct errmsg *e);
void trainer_begin_epoch(struct trainer *t, int epoch);
void trainer_code_gradients(struct trainer *t);
void trainer_follow_points(struct trainer *t);

/* trainer_rebuild: writes the weights that this step computes with to layers[l].rebuilt. */
void trainer_rebuild(struct trainer *t, int l);

/* trainer_forward: computes B images, picked by order, through the network; their logits are in the last x. mirrored:
 * flags of the images whose left and right are swapped, or NULL. momentum: the part of the statistics of the batch
 * that the running ones take over. */
void trainer_forward(struct trainer *t, const int32_t *order, const uint8_t *mirrored, int B, float momentum);

/* What trainer_forward and trainer_backward do for convolution l. trainer_convolve: its sums and their statistics.
 * trainer_convolve_norm: norm, activation and pooling. trainer_convolve_backward: its gradients. */
void trainer_convolve(struct trainer *t, int l, int B);
void trainer_convolve_norm(struct trainer *t, int l, int B);
void trainer_convolve_backward(struct trainer *t, int l, int B);

/* trainer_backward: computes all gradients, from that of the logits in d of the last layer. */
void trainer_backward(struct trainer *t, int B);

/* trainer_update: one step of the optimiser and of the moving averages. */
void trainer_update(struct trainer *t);

/* A tensor that training changes. Whoever adds one to a layer adds it to trainer_parameters; optimiser, averages and
 * checkpoints then know it. */
struct parameter {
    float **p;        /* the field of struct layer that holds it */
    struct tensor *x;
    size_t n;
    bool decays;      /* a weight: weight decay is for it */
    float lo, hi;     /* the gradient of a number outside is 0 */
    const float *reach; /* what gradients are multiplied with, or NULL */
    double rate;      /* of the learning rate */
};
enum { LAYER_PARAMETERS = 8 }; /* at most */

/* trainer_parameters: fills out with those of layer l, and returns how many there are. */
int trainer_parameters(struct trainer *t, int l, struct parameter out[LAYER_PARAMETERS]);

/* trainer_new_averages: room for the averages, if the recipe has any. trainer_swap_averages: exchanges the parameters
 * of the network and their averages; does nothing without averages. */
enum status trainer_new_averages(struct trainer *t, struct errmsg *e);
void trainer_swap_averages(struct trainer *t);
