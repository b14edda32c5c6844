/* Whether points fit their devices. */
#pragma once

#include "db/record.h"

/* record_fit: writes the row in fits of the point whose row is id. It comes from the synthesis of the point if that is
 * done, else from the configuration alone. A float point has no such row. */
enum status record_fit(struct store *s, const struct point *p, int64_t id, struct errmsg *e);
