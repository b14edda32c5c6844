/* Temporary folders that do not outlive their process for long. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

struct scratch {
    char path[PATH_MAX]; /* "": there is none */
    int lock_fd;         /* locked while in use: a folder without a lock was left by a killed process */
};

/* scratch_folder: where temporary folders are made: $TMPDIR, or /tmp. */
const char *scratch_folder(void);

/* scratch_open: makes an empty folder deltasweep-<name>-… in scratch_folder. A process's first call first removes
 * the folders that killed processes left there. End with scratch_close in every case. */
enum status scratch_open(struct scratch *s, const char *name, struct errmsg *e);

/* scratch_remove_left: removes these folders, whatever their names; how many. `dry`: only counts. */
int scratch_remove_left(bool dry);

/* scratch_close: removes the folder and all that is in it. */
void scratch_close(struct scratch *s);
