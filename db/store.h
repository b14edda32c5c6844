/* The SQLite file that keeps everything: opening it, for one writer or for readers. */
#pragma once

#include "base/status.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>

enum {
    STORE_APPLICATION_ID = 0x64737770, /* "dswp" */
    STORE_PATIENCE_MS = 1000, /* a wait for another program's lock that is longer is told, */
    STORE_AGAIN_MS = 60000,   /* and told again after so long */
};

/* The one process that writes. */
struct store;

/* store_open: opens path for writing, makes it if it is not there or empty, brings an
 * older format up to date (db/migrate.h), and keeps every other writer out until store_close. STATUS_ENVIRONMENT
 * when the file is not a database, another program's, from a newer deltasweep, not writable, locked, or in use by
 * another run. Where another program holds SQLite's lock, this and
 * all later writing waits, and says so (store_tell). stop (may be NULL): once nonzero, waiting for a lock ends. */
enum status store_open(const char *path, const volatile sig_atomic_t *stop, struct store **out, struct errmsg *e);
void store_close(struct store *s);

/* store_tell: who is told in a line that the store waits for a lock. Without it the line goes to standard error. */
void store_tell(struct store *s, void (*say)(void *context, const char *line), void *context);

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

/* store_in_use: whether a deltasweep that writes has the file open, on any machine. */
bool store_in_use(const char *path);

/* store_fail: the message for the connection's last error while doing what, with its
 * remedy (disk full, locked, read-only, damaged); STATUS_ENVIRONMENT. */
enum status store_fail(sqlite3 *db, const char *path, const char *what, struct errmsg *e);

/* store_detach: in a forked worker: lets go of the lock that the parent holds. The
 * store must not be used there after it. */
void store_detach(struct store *s);
