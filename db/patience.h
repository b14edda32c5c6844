/* How long a lock that somebody else holds is waited for, and what is said meanwhile. */
#pragma once

#include <signal.h>
#include <stdbool.h>

enum {
    PATIENCE_TOLD_MS = 1000,   /* a wait that is longer is told, */
    PATIENCE_AGAIN_MS = 60000, /* and told again after so long */
};

struct patience {
    const volatile sig_atomic_t *stop;            /* once nonzero, no wait goes on; NULL: nobody asks to stop */
    double timeout_s;                             /* s, of one wait; negative: as long as it takes */
    void (*say)(void *context, const char *line); /* who is told; NULL: standard error */
    void *context;
    double began, told; /* s, monotonic: of the wait that goes on */
    int tries;
};

/* patience_begin: a wait begins. patience_wait: sleeps a moment, the first ones short ones; line is told once the wait
 * is long. False: the wait is over, because of `stop` or of `timeout_s`. */
void patience_begin(struct patience *p);
bool patience_wait(struct patience *p, const char *line);
