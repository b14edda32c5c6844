/* Marks a finished file of a cache entry, so that a damaged one (a full disk, a crash of
 * the machine) is noticed before it is loaded or linked. */
#ifndef DELTASWEEP_SEAL_H
#define DELTASWEEP_SEAL_H

#include "base/status.h"

#include <stdbool.h>

/* seal_write: folder/name.sha256 with the digest of folder/name. */
enum status seal_write(const char *folder, const char *name, struct errmsg *e);

/* seal_intact: whether folder/name is what seal_write saw. */
bool seal_intact(const char *folder, const char *name);

#endif
