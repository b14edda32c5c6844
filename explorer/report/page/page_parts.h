/* What the files of the report page share. */
#pragma once

#include "base/json.h"
#include "base/status.h"
#include "explorer/report/table.h"

/* page_template: the page without its data, ends with a 0; made by the build. */
extern const char page_template[];

/* page_put_table: the rows of t as columns, a member of the object that is open in j:
 *   "KEY": {"rows": n, "columns": {"NAME": COLUMN, …}}
 * and a COLUMN is {"same": value}, {"words": [distinct values, sorted], "of": [index of each row, -1: NULL]}, or
 * {"list": [value, …]}. A column without any value is left out. rows: the n rows to take; NULL: all of them. */
enum status page_put_table(const struct table *t, const int *rows, int n, const char *key, struct json *j,
                           struct errmsg *e);

/* page_put_columns: "columns": {NAME: what the page says of it} for each column of t that has a value: title, unit,
 * description, group, kind, better direction, bounds of its interval. designs NULL: of columns that no view has. */
void page_put_columns(const struct table *t, struct json *j);

/* page_put_budgets: "budgets": what a design takes of its part: the columns of count and share, and the budget of each
 * part that the designs t name. */
enum status page_put_budgets(const struct table *t, struct json *j, struct errmsg *e);

/* page_objectives: the columns of which the page shows the front at first; ends with NULL. */
extern const char *const page_objectives[];

/* page_put_importance: "importance": for each of these objectives that the designs t have, how much each axis matters,
 * or why the data cannot say. */
enum status page_put_importance(const struct table *t, struct json *j, struct errmsg *e);
