/* A point of the database as a sweep of that one point. */
#pragma once

#include "explorer/sweep/sweep.h"

#include <sqlite3.h>

/* stored_sweep: of the point whose digest begins with prefix; db is one of query_open. STATUS_USAGE if there is no such
 * point, or several. The sweep is as of sweep_of_command(command), so that options can still change it. */
enum status stored_sweep(sqlite3 *db, const char *prefix, const char *command, struct sweep **out, struct errmsg *e);
