/* SHA-256 over labelled fields: the key of a job or of a cache entry. */
#pragma once

#include "base/status.h"

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX_BYTES = 65 }; /* 64 hexadecimal digits and a 0 */

struct digest {
    struct sha256_ctx context;
};

void digest_init(struct digest *d);
/* Each field goes in with its label and length, so that no two lists of fields collide. */
void digest_bytes(struct digest *d, const char *label, const void *bytes, size_t n_bytes);
void digest_text(struct digest *d, const char *label, const char *text);
void digest_int(struct digest *d, const char *label, long long value);
void digest_real(struct digest *d, const char *label, double value);
/* digest_file: the file's content, under its label (not its path). */
enum status digest_file(struct digest *d, const char *label, const char *path, struct errmsg *e);
/* digest_stream: the same of what is left to read of an open file; false if it cannot be read. */
bool digest_stream(struct digest *d, const char *label, int fd);
/* digest_hex: ends the digest. */
void digest_hex(struct digest *d, char hex[DIGEST_HEX_BYTES]);
