/* Runs deltasweep-lockstep (sim/lockstep_main.cpp), in which RTL and a SystemC cycle model work side by side. */
#pragma once

#include "base/status.h"

#include <stddef.h>

/* lockstep_program: where the program is: $DELTASWEEP_LOCKSTEP, beside the running program, or in ../sim of that (a
 * build tree). STATUS_MISSING if nowhere. */
enum status lockstep_program(char *path, unsigned path_bytes, struct errmsg *e);

/* lockstep_run: the program with up to three arguments (NULL: no more) and the bytes of job on its standard input.
 * *text is what it prints (sim/fields.h); the caller frees it. */
enum status lockstep_run(const char *const arguments[3], const void *job, size_t job_bytes, char **text,
                         struct errmsg *e);
