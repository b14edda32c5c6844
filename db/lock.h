/* Locks on the file of a database, beside SQLite's own. The kernel ends them with their process, however that ends, so
 * that no clock, no number of a process that is used again and no crash can leave one behind. They are seen by all
 * processes of one machine, also in containers. */
#pragma once

#include "base/status.h"
#include "db/patience.h"

#include <stdint.h>

/* lock_open: opens the file, makes it if need be (*created), and takes its lock: shared with others that write, or
 * alone. What others hold is waited for. A file that another process removed meanwhile is made again. *fd is the
 * caller's to close, which ends the lock; -1 after a failure. */
enum status lock_open(const char *path, bool alone, struct patience *patience, int *fd, bool *created,
                      struct errmsg *e);

/* lock_change: from shared to alone, or back. Others may come between; what was known of the file may be no longer so.
 * lock_try: the same without waiting; false, and the lock that was held is lost, if others are in the way. lock_drop:
 * holds none. */
bool lock_try(int fd, bool alone);
void lock_drop(int fd);
enum status lock_change(int fd, const char *path, bool alone, struct patience *patience, struct errmsg *e);

/* lock_wait: a part of such a wait, see patience_wait; false with the message of a wait that is over. */
bool lock_wait(const char *path, struct patience *patience, struct errmsg *e);

/* lock_mark: marks the number (from 0) as one whose process lives, until fd is closed; false if another one has it.
 * lock_marked: whether another open file has marked it. fd may be open for reading only. */
bool lock_mark(int fd, int64_t number);
bool lock_marked(int fd, int64_t number);
