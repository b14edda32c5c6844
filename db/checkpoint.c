#include "db/checkpoint.h"

#include <stddef.h>

enum { USUAL = 1000 }; /* pages */

/* after_commit: SQLite calls it; the log has so many pages. Nothing that goes wrong here loses anything: the log stays. */
static int after_commit(void *context, sqlite3 *db, const char *name, int pages)
{
    struct checkpoint *c = context;
    int all = 0, copied = 0;
    if (pages < USUAL)
        c->due = USUAL; /* it began anew */
    if (pages < c->due)
        return SQLITE_OK;
    c->tries++;
    const int rc = sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, &all, &copied);
    c->due = rc == SQLITE_OK && copied == all ? USUAL : pages + pages / 2;
    return SQLITE_OK;
}

void checkpoint_begin(struct checkpoint *c, sqlite3 *db)
{
    *c = (struct checkpoint){.due = USUAL};
    sqlite3_wal_hook(db, after_commit, c);
    sqlite3_exec(db, "PRAGMA journal_size_limit = 67108864", NULL, NULL, NULL);
}
