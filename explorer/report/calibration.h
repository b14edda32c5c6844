/* How far the estimates are from Vivado's figures, for published designs and for imported reports. */
#pragma once

#include "explorer/report/table.h"

#include <sqlite3.h>
#include <stdbool.h>

/* calibration_tables: rows: design, source, metric, vivado, ours, error_percent ((ours / vivado − 1) · 100; NULL where
 * vivado is 0), published designs first, then reports in the order of their import. summary: for each metric and for
 * all of them, n, median and mean of the errors' sizes, the median error and the worst with its design. db comes from
 * query_open; NULL: the published designs alone. report: only the imported report with that row id; 0: all. Both tables
 * are the caller's (table_free). */
enum status calibration_tables(sqlite3 *db, long long report, struct table **rows, struct table **summary,
                               struct errmsg *e);
