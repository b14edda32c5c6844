#include "explorer/sweep/points.h"

#include "explorer/sweep/keys.h"

#include <stdio.h>
#include <string.h>

void points_lacking(const struct point *points, int n, char *out, size_t room)
{
    enum { REASONS = 16 };
    struct {
        struct errmsg why;
        int points;
    } reasons[REASONS];
    int n_reasons = 0;
    for (int i = 0; i < n; i++) {
        struct errmsg why = {""};
        int k = 0;
        if (!point_without_rtl(&points[i], &why))
            continue;
        while (k < n_reasons && strcmp(reasons[k].why.text, why.text) != 0)
            k++;
        if (k == REASONS)
            continue;
        if (k == n_reasons) {
            reasons[n_reasons].why = why;
            reasons[n_reasons++].points = 0;
        }
        reasons[k].points++;
    }
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < n_reasons && used < room; k++) {
        const bool one = reasons[k].points == 1;
        used += (size_t)snprintf(out + used, room - used, "%s%d point%s no RTL yet: %s; %s hardware columns stay NULL",
                                 k == 0 ? "" : "\n", reasons[k].points, one ? " has" : "s have", reasons[k].why.text,
                                 one ? "its" : "their");
    }
}

/* used_by_any: engine `none` is used by being none. */
static bool used_by_any(const struct sweep *s, const struct point *points, int n, enum axis_id a)
{
    if (a == AXIS_ENGINE && s->axes[a].n == 1 && (int)s->axes[a].values[0].number == ENGINE_NONE)
        return true;
    for (int i = 0; i < n; i++)
        if (axis_used(&points[i], a))
            return true;
    return false;
}

void points_unused(const struct sweep *s, const struct point *points, int n, char *out, size_t room)
{
    size_t used = 0;
    int found = 0;
    out[0] = '\0';
    for (int a = 0; a < AXIS_COUNT && used < room; a++) {
        char option[32], name[48];
        const struct axis *axis = axis_at((enum axis_id)a);
        if (!s->axes[a].given || axis->group == GROUP_NETWORK || used_by_any(s, points, n, (enum axis_id)a))
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
