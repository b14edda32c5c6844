/* What the tensors of a file are: modules in PyTorch's sense, and which of them is which layer of a network. */
#pragma once

#include "models/nn/io/exchange.h"
#include "models/nn/io/tensors.h"

/* What PyTorch calls a module: the tensors whose names are equal up to the last point. */
struct module {
    const char *name;
    size_t length; /* of its name, which goes on in the tensor's */
    bool early;    /* the first word of its name is that of a convolution, too */
    const struct named_array *matrix, *weight, *bias, *mean, *var; /* weight: of one dimension */
};

struct modules {
    const char *path;
    const struct topology *shape;
    const struct tensors *tensors; /* borrowed */
    struct module *list;           /* n of them; owned */
    int n;
    const struct named_array *references[NETWORK_MAX_LAYERS], *formats[NETWORK_MAX_LAYERS];
    const struct module *layers[NETWORK_MAX_LAYERS], *norms[NETWORK_MAX_LAYERS]; /* norms: NULL if there is none */
    int n_left_out;                                                              /* tensors of quantisers */
    const char *left_out;                                                        /* the first one's name */
    const char *scale; /* one of them that is a scale; NULL: none */
    enum exchange_order { ORDER_BY_SHAPE, ORDER_BY_NUMBER, ORDER_OF_FILE, ORDER_GIVEN } order; /* what decided */
};

/* modules_match: sorts the tensors of the file at path into modules, and these into layers and batch norms of a network
 * of this shape. `order` names the modules, between commas, in the order of the layers; NULL or "": the shapes decide,
 * then the numbers in the names, then the order in the file if it has one of its own. STATUS_INPUT if none of them
 * does, and if a tensor belongs to no module or there are too many or few of a kind. *m: modules_free, also after a
 * failure. */
enum status modules_match(struct modules *m, const char *path, const struct tensors *tensors,
                          const struct topology *shape, const char *order, struct errmsg *e);
void modules_free(struct modules *m);

/* modules_matrix_shape: the shape that the matrix of layer l has in PyTorch; returns its dimensions, 2 or 4. */
int modules_matrix_shape(const struct topology *t, int l, size_t shape[4]);

/* modules_has_shape: whether a tensor is of this shape. */
bool modules_has_shape(const struct named_array *t, int n_dimensions, const size_t *shape);
