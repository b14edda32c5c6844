/* Networks in files: the own format of deltasweep (any name, usually NET.dsn: the bytes of pack_write), safetensors,
 * or a folder of .npy files. */
#pragma once

#include "base/digest.h"
#include "models/nn/network/network.h"

/* network_file_load: reads a network of this topology. A folder, or a name that ends in .safetensors, goes through
 * exchange_import and gets `code`; any other file is one that network_file_save wrote, and has its own code.
 * STATUS_MISSING if there is nothing of that name; STATUS_INPUT if it is damaged or of another topology (the message
 * names both). */
enum status network_file_load(const char *path, const struct topology *shape, const struct code *code, struct network **out,
                         struct errmsg *e);

/* network_file_save: writes n to path: a folder of .npy files if path ends in '/', weights for PyTorch if it ends in
 * .safetensors, else everything in the own format. An existing file is replaced; a folder must be new or empty. A
 * failure leaves what was there before. */
enum status network_file_save(const struct network *n, const char *path, struct errmsg *e);

/* network_file_save_check: whether network_file_save could write to path now. Ask it before hours of training. */
enum status network_file_save_check(const char *path, struct errmsg *e);

/* network_file_digest: the digest of the content that network_file_load would read. STATUS_MISSING as there. */
enum status network_file_digest(const char *path, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
