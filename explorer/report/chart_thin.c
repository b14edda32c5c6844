/* Of very many points, those are left out that nobody would see: under others of their group, at the same pixel. */
#include "explorer/report/chart_parts.h"
#include "explorer/report/plot_parts.h"

#include "base/intern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SEEN = 4 }; /* of a group, at one pixel: dots that shine through by 38 % make 98 % of their colour then */

struct place {
    int panel, colour, shape, x, y; /* x, y: pixels */
};

static struct place place_of(const struct plot_point *p, const struct plot_ruler *x, const struct plot_ruler *y)
{
    struct place at;
    memset(&at, 0, sizeof at); /* keys are compared by their bytes */
    at.panel = p->panel;
    at.colour = p->colour;
    at.shape = p->shape;
    at.x = (int)floor(plot_pixels(x, p->x));
    at.y = (int)floor(plot_pixels(y, p->y));
    return at;
}

/* mark_seen: from the last point on, which is drawn on top. seen (n) is false. */
static bool mark_seen(const struct chart *c, bool *seen, unsigned char *counts)
{
    const struct plot_ruler x = plot_ruler(&c->plot, true), y = plot_ruler(&c->plot, false);
    struct intern places;
    bool fresh, good = true;
    intern_init(&places, sizeof(struct place));
    for (int i = c->plot.n - 1; i >= 0 && good; i--) {
        const struct place at = place_of(&c->points[i], &x, &y);
        const int number = intern_add(&places, &at, &fresh);
        good = number >= 0;
        if (good && counts[number] < MOST_SEEN) {
            counts[number]++;
            seen[i] = true;
        }
    }
    intern_free(&places);
    return good;
}

enum status chart_thin(struct chart *c, struct errmsg *e)
{
    const int n = c->plot.n;
    if (n <= PLOT_MANY)
        return STATUS_OK;
    bool *seen = calloc((size_t)n, sizeof *seen);
    unsigned char *counts = calloc((size_t)n, sizeof *counts);
    enum status s = STATUS_OK;
    if (seen == NULL || counts == NULL || !mark_seen(c, seen, counts))
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d points", n);
    int kept = 0;
    for (int i = 0; i < n && s == STATUS_OK && seen != NULL; i++)
        if (seen[i]) {
            c->points[kept] = c->points[i];
            c->rows[kept++] = c->rows[i];
        }
    if (s == STATUS_OK) {
        c->plot.n = kept;
        c->plot.n_under = n - kept;
    }
    free(seen);
    free(counts);
    return s;
}
