/* The locks of the cache: of the folder or file X, the file X.lock. A lock is the kernel's, so it ends with the process
 * that holds it; its file is removed by the last holder. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

#define CACHE_LOCK ".lock"   /* after the name of what is locked */
#define CACHE_DRAFT ".draft" /* after the name of what is being made */

/* cache_lock: waits for the lock of path; `alone`: no other process has it. *fd is -1 after STATUS_ENVIRONMENT. */
enum status cache_lock(const char *path, bool alone, int *fd, struct errmsg *e);

/* cache_try_lock: the lock of path, alone; -1 if another process has it, or if it cannot be made. */
int cache_try_lock(const char *path);

/* cache_is_locked: whether a process has the lock of path; looking changes nothing. */
bool cache_is_locked(const char *path);

/* cache_unlock: gives it back (-1: there is none), and removes its file if nobody else has it. */
void cache_unlock(const char *path, int fd);

/* cache_sweep: removes from a kind's folder what dead processes left: drafts, locks, unfinished files. How many;
 * `dry`: only counts. */
int cache_sweep(const char *folder, bool dry);
