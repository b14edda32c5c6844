/* A point of the database as a sweep of that one point. */
#pragma once

#include "explorer/sweep/sweep.h"

#include <sqlite3.h>

/* stored_sweep: the sweep of the one point whose digest begins with prefix; db comes from query_open. STATUS_USAGE if
 * there is no such point, or if there are several. It is a sweep as sweep_of_command(command) makes one, so that
 * options can still change it. Where they leave the point or its training as it is, expand_sweep gives it the names that
 * the row has, and a loaded file need not be there. */
enum status stored_sweep(sqlite3 *db, const char *prefix, const char *command, struct sweep **out, struct errmsg *e);
