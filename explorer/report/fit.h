/* Whether points fit a device, before anything is trained, simulated or synthesised. */
#pragma once

#include "explorer/sweep/expand.h"
#include "explorer/report/table.h"

/* fit_on: the point moved to another device; what its accelerator keeps in block RAM depends on it. */
enum status fit_on(const struct point *p, const struct device *d, struct point *out, struct errmsg *e);

/* fit_table: a row for each point on its device, from its configuration alone; fit_columns.def has the columns. Clocks
 * are those of models/fpga/design/schedule, logic is that of models/fpga/cost/estimate; what an operator or a float
 * network does not have is NULL. *may_fit: how many points are not ruled out. *out: table_free. */
enum status fit_table(const struct points *points, struct table **out, int *may_fit, struct errmsg *e);

/* fit_accuracies: fills in the accuracy of each row whose training (whatever the hardware) the database has, its 95 %
 * interval, and of how many seeds it is the mean. db comes from query_open. */
enum status fit_accuracies(struct table *t, sqlite3 *db, struct errmsg *e);

/* fit_without_value: the first column that the SQL expression names and that has no value in any row of t; NULL if there
 * is none. *of_trainings: whether fit_accuracies would fill it in. */
const char *fit_without_value(const struct table *t, const char *sql, bool *of_trainings);

enum { FIT_MOST_COLUMNS = 128 };
/* fit_shown: the columns of such a table that people look at and that have a value in some row: of one point on several
 * devices (single) or of several points, of which only axes in which they differ. Returns how many. */
int fit_shown(const struct table *t, bool single, int shown[FIT_MOST_COLUMNS]);
