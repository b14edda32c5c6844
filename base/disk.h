/* How much room a disk has, for messages of what failed without saying why. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

/* disk_blame: adds a line to the message if the disk of one of the folders (up to NULL) is full or nearly so. `said`:
 * what the failed program printed: where it speaks of a full disk, the folder with the least room is named in any case.
 */
void disk_blame(const char *const *folders, const char *said, struct errmsg *e);
