/* Files of published points: CSV with the names of columns in its first line. */
#pragma once

#include "explorer/report/table.h"

/* points_parse: reads text[0..n_bytes), the content of `file`, as a table with a row for each point: `name` and
 * `source`, which are never empty, then axes and results as the view `designs` calls them, in its units, and `note`. An
 * empty field is CELL_NULL. STATUS_INPUT with the line for an unknown column, a word where a number belongs, an
 * accuracy that is no fraction, a point that comes twice. *out: table_free. */
enum status points_parse(const char *text, size_t n_bytes, const char *file, struct table **out, struct errmsg *e);
