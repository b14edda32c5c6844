/* How far our estimates are from Vivado: published designs, and reports that were imported. */
#pragma once

#include "explorer/report/table.h"

#include <sqlite3.h>
#include <stdbool.h>

/* calibration_tables: rows: design, source, metric, vivado, ours, error_percent ((ours / vivado − 1) · 100; NULL where
 * vivado is 0), published designs first, then reports in the order of their import. summary: for each metric and for
 * all of them, n, median and mean of the errors' sizes, the median error and the worst with its design. db: query_open,
 * NULL: the published ones alone. report: only the imported report of that row id, without published ones; 0: all. Both
 * are the caller's (table_free). */
enum status calibration_tables(sqlite3 *db, long long report, struct table **rows, struct table **summary,
                               struct errmsg *e);
