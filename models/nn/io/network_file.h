/* Networks in files: our own (any name, NET.dsn by custom: the bytes of pack_write), safetensors, folders of .npy. */
#ifndef DELTASWEEP_NETWORK_FILE_H
#define DELTASWEEP_NETWORK_FILE_H

#include "base/digest.h"
#include "models/nn/network/network.h"

/* network_file_load: a network of this topology from path: a folder or a name that ends in .safetensors through
 * exchange_import, with code; anything else as network_file_save wrote it, with its own code. STATUS_MISSING: there is nothing
 * of that name; STATUS_INPUT: damaged, or of another topology (the message names both). */
enum status network_file_load(const char *path, const struct topology *shape, const struct code *code, struct network **out,
                         struct errmsg *e);

/* network_file_save: writes n to path: a folder if it ends in '/', weights for PyTorch if in .safetensors, else all of it in
 * our own format. A file that is there is replaced, a folder must be new or empty. After a failure there is what was
 * there before. */
enum status network_file_save(const struct network *n, const char *path, struct errmsg *e);

/* network_file_save_check: whether a file of that name could be written now, to be asked before hours of training. */
enum status network_file_save_check(const char *path, struct errmsg *e);

/* network_file_digest: of the content of what network_file_load would read. STATUS_MISSING as there. */
enum status network_file_digest(const char *path, char hex[DIGEST_HEX_BYTES], struct errmsg *e);

#endif
