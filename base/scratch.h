/* Temporary folders that do not outlive their process for long. */
#pragma once

#include "base/status.h"

#include <limits.h>

struct scratch {
    char path[PATH_MAX]; /* "": there is none */
    int lock_fd;         /* held while the folder is in use: so that what a killed process left is known */
};

/* scratch_open: an empty folder deltasweep-<name>-… in $TMPDIR, or /tmp. Takes away those of this name that
 * killed processes have left. End with scratch_close in every case. */
enum status scratch_open(struct scratch *s, const char *name, struct errmsg *e);

/* scratch_close: removes the folder and all that is in it. */
void scratch_close(struct scratch *s);
