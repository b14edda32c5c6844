/* The SQLite file that keeps everything: opening it, to write or to read. Several processes may write at a time. */
#pragma once

#include "base/status.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    STORE_APPLICATION_ID = 0x64737770, /* "dswp" */
};

/* A connection that writes. */
struct store;

/* How long a lock that another program holds is waited for: with zeros as long as it takes. */
struct store_wait {
    const volatile sig_atomic_t *stop; /* once nonzero, no wait goes on; NULL: nobody asks */
    bool limited;
    double timeout_s; /* s, if limited */
};

/* store_open: opens path for writing, makes it if it is not there or empty, and brings an
 * older format up to date (db/migrate.h). STATUS_ENVIRONMENT when the file is not a database, another program's, from a
 * newer deltasweep, or not writable. This and all later writing waits where another program holds a lock, and says so
 * (store_tell): SQLite's, that of store_open_alone, or, where the format is older, that of any other writer. wait: NULL
 * for as long as it takes. Of many small transactions each is short: others write between them.
 * store_open_alone: the same, and all other writers stay out until store_close. */
enum status store_open(const char *path, const struct store_wait *wait, struct store **out, struct errmsg *e);
enum status store_open_alone(const char *path, const struct store_wait *wait, struct store **out, struct errmsg *e);
void store_close(struct store *s);

/* store_mark: marks a number as this process's, until store_close or the end of the process, however it ends; false if
 * another process has marked it. store_marked: whether another open store on this machine has. */
bool store_mark(struct store *s, int64_t number);
bool store_marked(const struct store *s, int64_t number);

/* store_tell: who is told in a line that the store waits for a lock. Without it the line goes to standard error. */
void store_tell(struct store *s, void (*say)(void *context, const char *line), void *context);

/* store_check_there: STATUS_ENVIRONMENT if the file was deleted, moved or replaced since it was opened: whatever is
 * written would not be where it is looked for. */
enum status store_check_there(struct store *s, struct errmsg *e);

/* store_handle: the connection, owned by s. */
sqlite3 *store_handle(struct store *s);
const char *store_path(const struct store *s);

/* store_statement: sql prepared, and kept prepared for the next call with the same text. Reset it with sqlite3_reset
 * when done; store_close finalizes it. NULL if it cannot be prepared, see store_fail. */
sqlite3_stmt *store_statement(struct store *s, const char *sql);

/* store_open_readonly: opens an existing database to read, also while a sweep runs.
 * Never makes a file; a missing one is STATUS_ENVIRONMENT and the message says which
 * command makes one; an older format too, and which command brings it up to date. *out is closed with sqlite3_close. */
enum status store_open_readonly(const char *path, sqlite3 **out, struct errmsg *e);

/* store_fail: the message for the connection's last error while doing what, with its
 * remedy (disk full, locked, read-only, damaged); STATUS_ENVIRONMENT. */
enum status store_fail(sqlite3 *db, const char *path, const char *what, struct errmsg *e);

/* store_detach: in a forked worker: lets go of the locks that the parent holds. The
 * store must not be used there after it. */
void store_detach(struct store *s);
