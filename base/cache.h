/* Finished work on disk, under ${XDG_CACHE_HOME:-~/.cache}/deltasweep/<kind>/<digest>/.
 * An entry appears whole or not at all, and only one process at a time makes it. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

struct cache_entry {
    bool found;            /* the entry is there, in path */
    char path[PATH_MAX];   /* the finished entry (a folder) */
    char draft[PATH_MAX];  /* found == false: an empty folder to fill, then cache_publish */
    int lock_fd;
};

/* cache_root: the cache's folder, made if need be. */
enum status cache_root(char path[PATH_MAX], struct errmsg *e);

/* cache_open: looks the entry up; if it is not there, waits for the lock of that
 * entry, looks again, and makes a draft folder. End with cache_close in every case. */
enum status cache_open(struct cache_entry *entry, const char *kind, const char *digest, struct errmsg *e);

/* cache_remake: an entry that was found turned out to be damaged. Takes its lock, removes it
 * and makes a draft folder: afterwards as cache_open with found == false. */
enum status cache_remake(struct cache_entry *entry, struct errmsg *e);

/* cache_publish: the draft becomes the entry (one rename). */
enum status cache_publish(struct cache_entry *entry, struct errmsg *e);

/* cache_close: releases the lock; a draft that was not published is removed. */
void cache_close(struct cache_entry *entry);

/* cache_file: where a file that is no entry is kept, as <kind>/<name>; the folder is made if need be. */
enum status cache_file(char path[PATH_MAX], const char *kind, const char *name, struct errmsg *e);

/* share_path: where a file that ships with the program is (rtl/…, sim/…, examples/…):
 * under $DELTASWEEP_SHARE if set, else in ../share/deltasweep of the program's own folder
 * if that is there (installed), else the source tree that the program was built from. */
enum status share_path(char path[PATH_MAX], const char *name, struct errmsg *e);
