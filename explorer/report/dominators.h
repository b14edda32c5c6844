/* What beats one design. */
#pragma once

#include "explorer/report/table.h"

#include <sqlite3.h>
#include <stdbool.h>

enum standing {
    STANDING_UNKNOWN,   /* the design has no value for an objective */
    STANDING_ON_FRONT,  /* no design beats it */
    STANDING_DOMINATED,
};

/* dominators_find: the designs of the same data set that are on the front of the K objectives and dominate the one design of
 * `design` (a row of the view): the columns point, and NAME and NAME_difference (theirs less its own) for each objective;
 * the greatest difference of the first objective on top. *out is NULL where there are none. STATUS_USAGE: no such column, or
 * one that holds words. */
enum status dominators_find(sqlite3 *db, const struct table *design, const char *const *columns, const bool *maximise, int K,
                            enum standing *standing, struct table **out, struct errmsg *e);
