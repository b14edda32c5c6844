/* Networks as bytes, as the database and files of the own format keep them. */
#pragma once

#include "models/nn/network/network.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* pack_write: the network as bytes (magic, version, lengths, weights, a CRC; little endian): the coded weights (float
 * weights for a float code) and batch norm, compressed. The masters are not kept. *bytes is owned by the caller
 * (free).
 * pack_read: the network of such bytes; w is network_rebuilt. It checks everything, never reads past n_bytes and
 * never allocates more than the bytes can hold. STATUS_ENVIRONMENT if they are damaged, or no such bytes. */
enum status pack_write(const struct network *n, uint8_t **bytes, size_t *n_bytes, struct errmsg *e);
bool pack_is_whole(const uint8_t *bytes, size_t n_bytes); /* whether header and checksum are right */
enum status pack_read(const uint8_t *bytes, size_t n_bytes, struct network **out, struct errmsg *e);
