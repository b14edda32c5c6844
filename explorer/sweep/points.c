#include "explorer/sweep/points.h"

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
