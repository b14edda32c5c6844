/* Networks as bytes: what the database and our own files keep. */
#ifndef DELTASWEEP_PACK_H
#define DELTASWEEP_PACK_H

#include "models/nn/network/network.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* pack_write / pack_read: the network as bytes (magic, version, lengths, a
 * CRC; little endian), what the database keeps: the coded weights (float weights for a
 * float code) and batch norm, compressed. The masters are not kept: after unpack, w is
 * network_rebuilt. Unpack checks everything, never reads past n_bytes and never
 * allocates more than the bytes can hold. *bytes is owned by the caller (free).
 * Failures of unpack are STATUS_ENVIRONMENT: a database that is not ours or damaged. */
enum status pack_write(const struct network *n, uint8_t **bytes, size_t *n_bytes, struct errmsg *e);
bool pack_is_whole(const uint8_t *bytes, size_t n_bytes); /* header and checksum are right */
enum status pack_read(const uint8_t *bytes, size_t n_bytes, struct network **out, struct errmsg *e);

#endif
