#include "base/stop.h"

volatile sig_atomic_t stop_requested;

static void on_signal(int number)
{
    stop_requested = number;
}

void stop_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}, before;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup stays nohup */
        sigaction(SIGHUP, &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a failed write, with a message */
}

enum status stop_check(struct errmsg *e)
{
    if (stop_requested == 0)
        return STATUS_OK;
    return fail(e, STATUS_INTERRUPTED, "stopped; what was finished is kept, and the same command continues");
}
