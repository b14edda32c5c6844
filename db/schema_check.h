/* What a database may do by itself. deltasweep makes tables, indexes and views; whatever else there is in a file came
 * from somebody else, and may compute or write whenever a row is read or written. */
#pragma once

#include "base/status.h"

#include <sqlite3.h>

/* schema_distrust: from now on no trigger of the file runs, its views and checks call no function that has effects, and
 * nobody writes to its schema directly. */
void schema_distrust(sqlite3 *db);

/* schema_check: STATUS_ENVIRONMENT if the database has a trigger, a virtual table or a generated column. */
enum status schema_check(sqlite3 *db, const char *path, struct errmsg *e);

/* schema_check_same: the same of the attached database `other`, the file at path, and if a table of `main` is something
 * else there: a view, or one with other columns. */
enum status schema_check_same(sqlite3 *db, const char *path, struct errmsg *e);
