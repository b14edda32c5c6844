/* When the write-ahead log of a database is copied into the database itself. */
#pragma once

#include <sqlite3.h>

/* SQLite tries to at every commit once the log has 1000 pages. As long as a reader looks at an older state, most of the
 * log stays, and each try looks through all of it: the writer would slow down more and more. After a try that leaves
 * something, the next one waits until the log has grown by half. */
struct checkpoint {
    int due;   /* pages of the log */
    int tries; /* so far */
};

/* checkpoint_begin: db does so from now on, with c, which must live as long as db. Log files are cut to 64 MB when they
 * begin anew. */
void checkpoint_begin(struct checkpoint *c, sqlite3 *db);
