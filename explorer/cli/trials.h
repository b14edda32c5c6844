/* What doctor tries: the program itself, started on a tiny operator, with a cache and a database of its own. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

struct trial {
    const char *name, *purpose;
    bool tried, good;
    double seconds; /* if it was tried */
    char said[512]; /* what went wrong, or why it was not tried */
};

enum { TRIALS = 3 };

/* trials_run: a simulation in lock-step, a synthesis and a plot: about 15 s, most of them in the C++ compiler. Without
 * its tool a trial is not tried. STATUS_ENVIRONMENT if there is no room for temporary files. */
enum status trials_run(struct trial trials[TRIALS], struct errmsg *e);
