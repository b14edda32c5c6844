/* The header of a packed network: what stands before its weights. */
#pragma once

#include "models/nn/network/network.h"

#include <stdbool.h>

struct pack_header {
    enum train_mode mode;
    struct topology shape;
    struct code code;
    struct pack_layer {
        struct code code;  /* of the layer: what training chose is in it */
        uint64_t n_spans;  /* references that are kept; of a float code none */
    } layers[NETWORK_MAX_LAYERS];
    uint64_t payload_bytes; /* before compression */
};

enum { PACK_HEADER_MOST_BYTES = 2048 };

/* pack_header_of: the header of n. */
void pack_header_of(const struct network *n, struct pack_header *h);

/* pack_header_write: writes the header to out; returns how many bytes it has. */
size_t pack_header_write(const struct pack_header *h, uint8_t out[PACK_HEADER_MOST_BYTES]);

/* pack_header_read: *used is the number of bytes that the header has. False if the bytes are not a header, or if no
 * network can be made of what it says. */
bool pack_header_read(const uint8_t *bytes, size_t n_bytes, struct pack_header *h, size_t *used);

static inline void put_unsigned(uint8_t *to, uint64_t x, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(x >> (8 * i));
}

static inline uint64_t get_unsigned(const uint8_t *from, int bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < bytes; i++)
        x |= (uint64_t)from[i] << (8 * i);
    return x;
}
