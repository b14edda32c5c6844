/* Whether the user asked to stop. */
#pragma once

#include "base/status.h"

#include <signal.h>

/* stop_catch_signals: from now on SIGINT, SIGTERM and SIGHUP set stop_requested to their number instead of ending the
 * program, and a file that may not grow is a failed write instead of a signal. */
extern volatile sig_atomic_t stop_requested;
void stop_catch_signals(void);

/* stop_check: STATUS_INTERRUPTED with a message if the user asked to stop, else STATUS_OK. */
enum status stop_check(struct errmsg *e);
