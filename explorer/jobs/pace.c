#include "explorer/jobs/pace.h"

#include <stdbool.h>

void pace_add(struct pace *p, enum job_kind_id kind, double cost)
{
    p->kinds[kind].left += cost;
}

void pace_did(struct pace *p, enum job_kind_id kind, double cost, double seconds)
{
    p->kinds[kind].left -= cost;
    p->kinds[kind].done += cost;
    p->kinds[kind].seconds += seconds;
}

void pace_drop(struct pace *p, enum job_kind_id kind, double cost)
{
    p->kinds[kind].left -= cost;
}

double pace_left(const struct pace *p, int workers)
{
    double left = 0;
    bool known = false;
    for (int k = 0; k < JOB_KIND_COUNT; k++) {
        const double done = p->kinds[k].done;
        known = known || done > 0;
        if (p->kinds[k].left > 0)
            left += p->kinds[k].left * (done > 0 ? p->kinds[k].seconds / done : 1);
    }
    return known ? left / workers : -1;
}
