/* The files that the program writes for its user. A file or folder appears whole under its name, or not at all: it is
 * written beside its place under a name that nobody can foresee, goes to the disk, and is then renamed. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *f;               /* write here; what goes wrong shows in output_close. NULL after output_close */
    bool folder;           /* the output is a folder: `beside` is to be filled */
    char beside[PATH_MAX]; /* what is renamed; "": a pipe or a device is written to */
    char place[PATH_MAX];  /* where path leads */
    const char *path;      /* borrowed */
    int lock_fd;           /* locked while in use: what has no lock was left by a killed process */
};

/* output_open: begins the file path. It keeps the permissions of a file that is replaced. What a link of the user's
 * leads to is replaced; a link that another user made in a folder that others may write is refused, and so is a file of
 * another user there, unless a group shares it (trust_shared). A pipe or a device is written to, and what the shell
 * opened (/dev/stdout, /dev/fd/3): such a file keeps what is before and behind. An SQLite database is never replaced:
 * that is a mistaken name, and the results in it would be lost. STATUS_ENVIRONMENT if it cannot be written; then
 * nothing is left behind. After STATUS_OK, end with output_close. */
enum status output_open(struct output *o, const char *path, struct errmsg *e);

/* output_private: the same for a new file that nobody but this user may read or write. */
enum status output_private(struct output *o, const char *path, struct errmsg *e);

/* output_folder: begins the folder path, which is new or an empty folder. `beside` is the folder to fill, in which
 * nobody else may write. */
enum status output_folder(struct output *o, const char *path, struct errmsg *e);

/* output_close: puts what was written into its place, if it was all written and good is STATUS_OK; else removes it.
 * Returns good, or STATUS_ENVIRONMENT. A signal that came meanwhile is delivered at its end. */
enum status output_close(struct output *o, enum status good, struct errmsg *e);

/* output_check: STATUS_ENVIRONMENT if path is, or leads over, a link that another user made in a folder that others may
 * write, or if a file of another user that no group shares, or a second name of a file, is there. For what is written
 * in place: logs, traces, databases. */
enum status output_check(const char *path, struct errmsg *e);

/* output_left: whether a name is that of something that output_open or output_folder makes beside its place, and how
 * long the part before that is. */
bool output_left(const char *name, size_t *n);

/* output_remove_left: removes the files and folders beside `place` (NULL: of all places in the folder) that killed
 * processes left; how many. `dry`: only counts. */
int output_remove_left(const char *folder, const char *place, bool dry);
