/* Whether points fit their devices. */
#pragma once

#include "db/record.h"

/* record_fit: of the point whose row is id: from the synthesis that the row names if that is done, else from what its
 * configuration alone says. Float points have none. */
enum status record_fit(struct store *s, const struct point *p, int64_t id, struct errmsg *e);
