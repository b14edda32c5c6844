/* Which version of a tool is installed. */
#pragma once

#include "base/status.h"

/* tool_version: the first line that the tool prints about its version; static. Each tool is asked once per process, and
 * has a minute for its answer. STATUS_MISSING if it is not installed; STATUS_ENVIRONMENT with the reason if it cannot
 * be started, takes too long, ends with another exit code than 0, or says nothing. *version is "" then. Names of
 * results are made of versions, so whoever needs one must not go on without it. */
enum status tool_version(const char *name, const char **version, struct errmsg *e);
