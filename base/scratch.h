/* Temporary folders that do not outlive their process for long. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

/* What the folders are for: the names of all that this program makes. */
enum scratch_use {
    SCRATCH_TOOL,     /* TMPDIR of a tool */
    SCRATCH_MEMORIES, /* contents of an accelerator's memories */
    SCRATCH_TRACE,    /* a waveform */
    SCRATCH_DOCTOR,   /* trials */
    SCRATCH_USES
};

struct scratch {
    char path[PATH_MAX]; /* "": there is none */
    int lock_fd;         /* locked while in use: a folder without a lock was left by a killed process */
};

/* scratch_folder: where temporary folders are made: $TMPDIR, or /tmp. */
const char *scratch_folder(void);

/* scratch_open: makes an empty folder deltasweep-scratch-<use>-… in scratch_folder. A process's first call first
 * removes the folders that killed processes left there. End with scratch_close in every case. */
enum status scratch_open(struct scratch *s, enum scratch_use use, struct errmsg *e);

/* scratch_remove_left: removes these folders, whatever their use; how many. `dry`: only counts. */
int scratch_remove_left(bool dry);

/* scratch_close: removes the folder and all that is in it. */
void scratch_close(struct scratch *s);
