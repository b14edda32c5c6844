/* What recording a plan would delete: runs that were asked for once and have no result. */
#pragma once

#include "explorer/jobs/plan.h"

struct forgotten {
    int runs;
    char names[256]; /* of the first few: "253625e401 seed 3, …" */
};

/* forget_list: the runs of the plan's sweep in the database (which may be open for reading only) that plan_record with
 * prune would delete. */
enum status forget_list(const struct plan *p, sqlite3 *db, const char *path, struct forgotten *out, struct errmsg *e);
