/* A choice of rows of a table in memory, by SQL expressions. */
#pragma once

#include "explorer/report/table.h"

/* select_rows: the rows of t for which the SQL expression where holds (NULL: all), in the order of the SQL list order,
 * "test_accuracy DESC, fill" (NULL: as they are). name is what messages call the table. An expression that is wrong is
 * STATUS_USAGE; nothing can be written or opened by it. *out: table_free. */
enum status select_rows(const struct table *t, const char *name, const char *where, const char *order,
                        struct table **out, struct errmsg *e);
