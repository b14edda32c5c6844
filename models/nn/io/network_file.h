/* Networks in files: the own format of deltasweep (any name, usually NET.dsn: the bytes of pack_write), safetensors,
 * a folder of .npy files or, only to read, an .npz archive. */
#pragma once

#include "base/digest.h"
#include "models/nn/io/exchange.h"

/* network_file_is_own: whether network_file_load would read path as a file of deltasweep's own. */
bool network_file_is_own(const char *path);

/* network_file_load: reads a network of this topology. A folder, or a name that ends in .safetensors or .npz, goes
 * through exchange_import with `order` and `names`, and gets `code`; any other file is one that network_file_save wrote, and has
 * its own code and order. STATUS_MISSING if there is nothing of that name; STATUS_INPUT if it is damaged, of another
 * format or of another topology (the message names both). */
enum status network_file_load(const char *path, const char *order, const struct topology *shape,
                              const struct code *code, struct network **out, struct exchange_names *names,
                              struct errmsg *e);

/* network_file_save: writes n to path: a folder of .npy files if path ends in '/', weights for PyTorch if it ends in
 * .safetensors (both by these names, see exchange_export), else everything in the own format. An existing file is replaced; a folder must be new or empty. A
 * failure leaves what was there before. */
enum status network_file_save(const struct network *n, const char *path, const struct exchange_names *names,
                              struct errmsg *e);

/* network_file_save_check: whether network_file_save could write to path now. Ask it before hours of training. */
enum status network_file_save_check(const char *path, struct errmsg *e);

/* network_file_digest: the digest of what network_file_load would read: the content, and the order if one is given.
 * STATUS_MISSING as there. */
enum status network_file_digest(const char *path, const char *order, char hex[DIGEST_HEX_BYTES], struct errmsg *e);
