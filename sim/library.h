/* A shared object that simulator_build made, opened. */
#pragma once

#include "base/status.h"

/* library_open: opens the object at so_path and calls its function entry, which has no arguments; *api is what that
 * returns. design says in messages what the object should simulate ("an operator"). On success *handle is the
 * caller's, for library_close. */
enum status library_open(void **handle, const void **api, const char *so_path, const char *entry, const char *design,
                         struct errmsg *e);

/* library_close: *handle may be NULL, and is NULL afterwards. */
void library_close(void **handle);
