/* The files that ship with the program: rtl/…, sim/…, examples/… */
#pragma once

#include "base/status.h"

#include <limits.h>

/* share_path: the path of the shipped file name. It is under $DELTASWEEP_SHARE if that is set, else in
 * ../share/deltasweep beside the program's folder if that exists (an installed program), else in the source tree that
 * the program was built from. STATUS_ENVIRONMENT if the file cannot be read. */
enum status share_path(char path[PATH_MAX], const char *name, struct errmsg *e);
