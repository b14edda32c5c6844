#include "explorer/sweep/combination.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEVICE = AXIS_COUNT, CHOICES };

static int choices(const struct sweep *s, int axis)
{
    return axis == DEVICE ? s->n_devices : s->axes[axis].n;
}

long combination_count(const struct sweep *s, long max)
{
    long total = 1;
    for (int a = 0; a < CHOICES && total <= max; a++)
        total *= choices(s, a);
    return total;
}

struct combination combination_at(const struct sweep *s, long i)
{
    struct combination c;
    for (int a = CHOICES - 1; a >= 0; a--) {
        const int n = choices(s, a);
        c.at[a] = (int)(i % n);
        i /= n;
    }
    return c;
}

struct axis_value combination_value(const struct sweep *s, const struct combination *c, enum axis_id a,
                                    const struct point *p)
{
    struct axis_value v = s->axes[a].values[c->at[a]];
    if (isnan(v.number))
        v.number = axis_default(p, a);
    return v;
}

void combination_point(const struct sweep *s, const struct combination *c, struct point *p)
{
    static const enum axis_id first[] = {AXIS_NETWORK, AXIS_MODE}; /* some defaults of the others follow from them */
    memset(p, 0, sizeof *p);
    p->dataset = s->dataset;
    p->loaded = s->load[0] != '\0' ? s->load : NULL;
    p->load_order = s->load_order[0] != '\0' ? s->load_order : NULL;
    snprintf(p->loaded_digest, sizeof p->loaded_digest, "%s", s->load_digest);
    p->device = s->devices[c->at[DEVICE]];
    for (int k = 0; k < AXIS_COUNT + 2; k++) {
        const enum axis_id a = k < 2 ? first[k] : (enum axis_id)(k - 2);
        const struct axis_value v = combination_value(s, c, a, p);
        axis_set(p, a, &v);
    }
    p->hardware.engine = p->code.scheme == SCHEME_FLOAT ? NULL : engine_at(p->wish.engine);
}
