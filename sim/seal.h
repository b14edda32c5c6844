/* Marks a finished file in a cache entry, so that a damaged file (after a full disk or a crash) is noticed before it is
 * loaded or linked. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

/* seal_write: writes the digest of folder/name into folder/name.sha256. */
enum status seal_write(const char *folder, const char *name, struct errmsg *e);

/* seal_intact: whether folder/name still is as seal_write saw it. */
bool seal_intact(const char *folder, const char *name);
