/* Temporary folders that do not outlive their process for long. */
#pragma once

#include "base/status.h"

#include <limits.h>

struct scratch {
    char path[PATH_MAX]; /* "": there is none */
    int lock_fd;         /* locked while in use: a folder without a lock was left by a killed process */
};

/* scratch_open: makes an empty folder deltasweep-<name>-… in $TMPDIR, or /tmp. It first removes the folders of this
 * name that killed processes left. End with scratch_close in every case. */
enum status scratch_open(struct scratch *s, const char *name, struct errmsg *e);

/* scratch_close: removes the folder and all that is in it. */
void scratch_close(struct scratch *s);
