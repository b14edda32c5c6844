/* The format of a database: the number of migrations (db/migrations) that made its tables. */
#pragma once

#include "base/status.h"

#include <sqlite3.h>

/* migrate_newest: the format that this program reads and writes. */
int migrate_newest(void);

/* migrate: brings a database of format `from` (0: it is empty) to the newest format and makes its views (db/views.h)
 * again, in one transaction: it succeeds, or the database stays as it was. Views that a user added stay. Turns foreign
 * keys on. path is for messages. */
enum status migrate(sqlite3 *db, const char *path, int from, struct errmsg *e);
