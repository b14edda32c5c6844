#include "db/patience.h"

#include "base/clock.h"
#include "base/say.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

void patience_begin(struct patience *p)
{
    p->began = clock_monotonic_s();
    p->told = -INFINITY;
    p->tries = 0;
}

bool patience_wait(struct patience *p, const char *line)
{
    enum { SHORTEST_US = 200, LONGEST_US = 20000, DOUBLINGS = 7 };
    const double now = clock_monotonic_s(), waited = now - p->began;
    if ((p->stop != NULL && *p->stop != 0) || (p->timeout_s >= 0 && waited >= p->timeout_s))
        return false;
    if (1000 * waited >= PATIENCE_TOLD_MS && 1000 * (now - p->told) >= PATIENCE_AGAIN_MS) {
        p->told = now;
        if (p->say != NULL)
            p->say(p->context, line);
        else
            say(stderr, "deltasweep: %s\n", line);
    }
    const unsigned pause = p->tries < DOUBLINGS ? SHORTEST_US << p->tries : LONGEST_US;
    p->tries++;
    usleep(pause);
    return true;
}
