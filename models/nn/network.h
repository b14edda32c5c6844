/* A trained multi-layer perceptron: float master weights, batch norm, weight code. */
#ifndef DELTASWEEP_NETWORK_H
#define DELTASWEEP_NETWORK_H

#include "models/nn/code.h"
#include "models/nn/codec.h"

#include <stddef.h>
#include <stdint.h>

enum { NETWORK_MAX_LAYERS = 16, NETWORK_MAX_WIDTH = 65536 };

/* One linear layer with its batch norm; HardTanh follows on all but the last. */
struct layer {
    int O, I;
    float *w;                          /* O · I master weights */
    float *gamma, *beta, *mean, *var;  /* O each: scale, shift, running statistics */
};

struct network {
    int n_layers;
    int sizes[NETWORK_MAX_LAYERS + 1]; /* sizes[l] inputs of layer l */
    struct code code;
    struct layer layers[NETWORK_MAX_LAYERS];
};

enum status network_new(struct network **out, const int *sizes, int n_layers, const struct code *code,
                        uint64_t seed, struct errmsg *e);
void network_free(struct network *n);

int64_t network_weights(const int *sizes, int n_layers);
int64_t network_storage_bits(const struct code *c, const int *sizes, int n_layers);

/* network_pack / network_unpack: the network as bytes (magic, version, lengths, a
 * CRC; little endian), what the database keeps. Unpack checks everything and never
 * reads past n_bytes. *bytes is owned by the caller (free). */
enum status network_pack(const struct network *n, uint8_t **bytes, size_t *n_bytes, struct errmsg *e);
enum status network_unpack(const uint8_t *bytes, size_t n_bytes, struct network **out, struct errmsg *e);

#endif
