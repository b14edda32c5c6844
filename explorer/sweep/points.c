#include "explorer/sweep/points.h"

#include "explorer/sweep/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASONS = 16 };

struct points_seen {
    bool used[AXIS_COUNT]; /* by a point */
    int n_reasons;
    struct {
        struct errmsg why;
        int points;
    } reasons[REASONS]; /* why points have no RTL */
    /* The reason of a point is mostly that of the point before. */
    struct point before;
    bool asked;
    int reason; /* of `before`; -1: none */
};

struct points_seen *points_seen_new(void)
{
    return calloc(1, sizeof(struct points_seen));
}

/* alike: whether b has RTL, or none, for the reason that a has. */
static bool alike(const struct point *a, const struct point *b)
{
    return a->device == b->device && a->wish.engine == b->wish.engine &&
           memcmp(&a->code, &b->code, sizeof a->code) == 0 && memcmp(&a->shape, &b->shape, sizeof a->shape) == 0;
}

/* reason_of: the number of the reason why p has no RTL; -1 if it has, or if there are too many reasons. */
static int reason_of(struct points_seen *seen, const struct point *p)
{
    struct errmsg why = {""};
    int k = 0;
    if (!point_without_rtl(p, &why))
        return -1;
    while (k < seen->n_reasons && strcmp(seen->reasons[k].why.text, why.text) != 0)
        k++;
    if (k == REASONS)
        return -1;
    if (k == seen->n_reasons)
        seen->reasons[seen->n_reasons++].why = why;
    return k;
}

void points_see(struct points_seen *seen, const struct point *p)
{
    for (int a = 0; a < AXIS_COUNT; a++)
        seen->used[a] = seen->used[a] || axis_used(p, (enum axis_id)a);
    if (p->hardware.engine != NULL)
        return;
    if (!seen->asked || !alike(&seen->before, p))
        seen->reason = reason_of(seen, p);
    seen->before = *p;
    seen->asked = true;
    if (seen->reason >= 0)
        seen->reasons[seen->reason].points++;
}

void points_lacking(const struct points *p, char *out, size_t room)
{
    const struct points_seen *seen = p->seen;
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < seen->n_reasons && used < room; k++) {
        const bool one = seen->reasons[k].points == 1;
        used += (size_t)snprintf(out + used, room - used, "%s%d point%s no RTL yet: %s; %s hardware columns stay NULL",
                                 k == 0 ? "" : "\n", seen->reasons[k].points, one ? " has" : "s have",
                                 seen->reasons[k].why.text, one ? "its" : "their");
    }
}

/* is_used: engine `none` is used by being none. */
static bool is_used(const struct points *p, enum axis_id a)
{
    const struct axis_values *engines = &p->sweep->axes[AXIS_ENGINE];
    if (a == AXIS_ENGINE && engines->n == 1 && (int)engines->values[0].number == ENGINE_NONE)
        return true;
    return p->seen->used[a];
}

void points_unused(const struct points *p, char *out, size_t room)
{
    const struct sweep *s = p->sweep;
    size_t used = 0;
    int found = 0;
    out[0] = '\0';
    for (int a = 0; a < AXIS_COUNT && used < room; a++) {
        char option[32], name[48];
        const struct axis *axis = axis_at((enum axis_id)a);
        if (!s->axes[a].given || axis->group == GROUP_NETWORK || is_used(p, (enum axis_id)a))
            continue;
        keys_option(axis->name, option);
        snprintf(name, sizeof name, "%s%.32s", s->command_line ? "--" : "", s->command_line ? option : axis->name);
        used += (size_t)snprintf(out + used, room - used, "%s%s", found++ == 0 ? "" : ", ", name);
    }
    if (found > 0 && used < room)
        snprintf(out + used, room - used, " %s no effect here: no point %suses %s (docs/sweeps.md says what each axis is for)",
                 found == 1 ? "has" : "have", s->command_line ? "of this kind " : "of the sweep ",
                 found == 1 ? "it" : "them");
}
