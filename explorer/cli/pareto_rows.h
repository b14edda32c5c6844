/* The rows that `pareto` compares, with no more columns than it needs: a million rows of all would take gigabytes. */
#pragma once

#include "explorer/cli/objectives.h"
#include "explorer/cli/options.h"
#include "explorer/report/table.h"

#include <sqlite3.h>

/* pareto_rows: of the view, sweep and condition that are asked for: what names a row, the objectives with their intervals, and
 * the columns of the list `shown`, or all axes where it is NULL. STATUS_USAGE if there is no such column. */
enum status pareto_rows(sqlite3 *db, const struct shared_options *asked, const struct objectives *o, const char *shown,
                        struct table **out, struct errmsg *e);
