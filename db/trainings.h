/* The column `training` of points that an older format recorded. */
#pragma once

#include "base/status.h"

#include <sqlite3.h>

/* trainings_name: names the training of every point that has no such name, from its other columns: as record_point
 * names it. A point with loaded weights gets a name of its own, because only the name of their file is recorded; the
 * next run of its sweep corrects that. path is for messages. */
enum status trainings_name(sqlite3 *db, const char *path, struct errmsg *e);
