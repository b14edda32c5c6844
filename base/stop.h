/* Whether the user asked to stop. */
#ifndef DELTASWEEP_STOP_H
#define DELTASWEEP_STOP_H

#include "base/status.h"

#include <signal.h>

/* stop_requested: nonzero (the signal's number) once SIGINT, SIGTERM or SIGHUP came,
 * from stop_catch_signals on. */
extern volatile sig_atomic_t stop_requested;
void stop_catch_signals(void);

/* stop_check: STATUS_INTERRUPTED with its message once asked to stop, else STATUS_OK. */
enum status stop_check(struct errmsg *e);

#endif
