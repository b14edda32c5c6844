/* Weights from and to other programs, with the names and layouts of PyTorch's state_dict. docs/data.md. */
#pragma once

#include "models/nn/network/network.h"

enum { EXCHANGE_NAME_BYTES = 128 };

/* What a file calls the modules of each layer. */
struct exchange_names {
    struct exchange_name {
        char layer[EXCHANGE_NAME_BYTES], norm[EXCHANGE_NAME_BYTES]; /* as in state_dict, without ".weight" */
        bool has_bias, has_norm, affine;                            /* affine: the norm has weight and bias */
    } layers[NETWORK_MAX_LAYERS];
    int order;                          /* what told the order: enum exchange_order of exchange_modules.h */
    int n_left_out;                     /* tensors of quantisers, which no layer needs */
    char left_out[EXCHANGE_NAME_BYTES]; /* the first of them */
};

/* exchange_import: fills the masters of net, and its batch norm, with what a .safetensors file, an .npz archive, or a folder
 * of .npy files (NAME.npy) holds, and encodes them (network_encode).
 *   Layers: every `*.weight` of 4 dimensions (O x C x height x width) is a convolution, every one of 2 (O x I) a linear
 *   layer. Shapes tell which is which layer; among equal shapes the numbers in their names (fc2 before fc10), then the
 *   order of the file, if that is not just the alphabet's. `order` names all modules of layers between commas, in the
 *   order of the layers, and may name all batch norms too; NULL or "": it is found. The first linear
 *   layer after a convolution is taken to see its inputs channel by channel (C, H, W), as PyTorch's Flatten does.
 *   Batch norms: modules with running_mean and running_var, weight and bias if affine, ordered in the same way; one for
 *   each layer, one for each but the last, or none at all. A layer without has one that changes nothing.
 *   A layer's own bias goes into the running mean (mean - bias).
 * *names, if not NULL, is what the file calls the layers. STATUS_INPUT names file, tensor, its shape and the expected
 * one, or the layers whose order nothing tells; STATUS_MISSING if there is no such file. After a failure net holds parts
 * of the file: it is to be freed. */
enum status exchange_import(struct network *net, const char *path, const char *order, struct exchange_names *names,
                            struct errmsg *e);

/* exchange_names_text: which tensor is which layer, with shapes, and what told it: one line into out. */
void exchange_names_text(const struct exchange_names *names, const struct topology *t, char *out, size_t room);

/* exchange_read_names: the names alone that exchange_import would give for a network of this shape. */
enum status exchange_read_names(const char *path, const char *order, const struct topology *shape,
                                struct exchange_names *names, struct errmsg *e);

/* exchange_sequential: the names in an nn.Sequential of the layers in their order: Linear or Conv2d without a bias, batch
 * norm, Hardtanh but for the last layer, MaxPool2d where the network pools, Flatten behind the convolutions. */
void exchange_sequential(const struct topology *t, struct exchange_names *names);

/* exchange_export: writes the weights that net computes with (network_rebuilt) and its batch norm, by these names, or
 * those of exchange_sequential if names is NULL. A layer that has no norm among the names has it in its weights and its
 * bias; a bias before a norm is 0. For codes whose references the weights do not show (mean, median, learned) it also
 * writes references.N, and for codes that choose their format formats.N (frac_bits, delta_offset), so that an import
 * gives the same codes: into the metadata of a file (TENSORS_NOTE), so that load_state_dict takes all tensors, and as
 * arrays into a folder. A path that ends in .safetensors is a file; any other is a folder, which is made if it is not
 * there and must hold no .npy files. */
enum status exchange_export(const struct network *net, const char *path, const struct exchange_names *names,
                            struct errmsg *e);

/* exchange_column: the column of the PyTorch matrix that is column i of layer l here; for a convolution the place
 * among the weights of one output. */
size_t exchange_column(const struct topology *t, int l, size_t i);
