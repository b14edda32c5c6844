/* Where the panels of a plot are. */
#include "explorer/report/plot_parts.h"

#include <math.h>

static const double GAP = 1.4;        /* between two panels, in sizes of the font */
static const double NAME = 1.6;       /* height of a panel's name */
static const double PROPORTION = 1.4; /* width over height that a panel should have */

/* The part of the page that all panels share, in pixels. */
struct room {
    double left, bottom, width, height;
};

static struct room room_of(const struct plot *p)
{
    const double em = plot_em(p), left = plot_left(p), right = (p->shaded ? 9.0 : 1.5) * em;
    const double bottom = plot_bottom(p, true), width = p->width - left - right;
    const double height = p->height - plot_top(p) - bottom;
    return (struct room){left, bottom, fmax(6 * em, width), fmax(2 * em, height)};
}

/* size_with: of a panel, if so many stand side by side. */
static void size_with(const struct plot *p, int columns, double *width, double *height)
{
    const double em = plot_em(p);
    const struct room all = room_of(p);
    const int rows = (p->facets.n + columns - 1) / columns;
    *width = fmax(2 * em, (all.width - (columns - 1) * GAP * em) / columns);
    *height = fmax(em, (all.height - (rows - 1) * GAP * em) / rows - NAME * em);
}

static int columns_of(const struct plot *p)
{
    double best = INFINITY;
    int columns = 1;
    for (int k = 1; k <= p->facets.n; k++) {
        double width, height;
        if ((p->facets.n + k - 1) / k * k - p->facets.n >= k) /* an empty row */
            continue;
        size_with(p, k, &width, &height);
        const double off = fabs(log(width / height / PROPORTION));
        columns = off < best ? k : columns;
        best = fmin(off, best);
    }
    return columns;
}

double plot_panel_size(const struct plot *p, bool x)
{
    double width, height;
    size_with(p, columns_of(p), &width, &height);
    return x ? width : height;
}

struct plot_panel plot_panel(const struct plot *p, int panel)
{
    const int columns = columns_of(p), row = panel / columns;
    const double em = plot_em(p);
    const struct room all = room_of(p);
    double width, height;
    size_with(p, columns, &width, &height);
    const double left = all.left + panel % columns * (width + GAP * em);
    const double top = all.bottom + all.height - row * (height + (NAME + GAP) * em) - NAME * em;
    return (struct plot_panel){.left = left,
                               .right = left + width,
                               .top = top,
                               .bottom = top - height,
                               .first = panel % columns == 0,
                               .last = panel + columns >= p->facets.n};
}

/* put_name: "scheme: consecutive", or the value alone if there is no room for both. */
static void put_name(const struct plot *p, int panel, const struct plot_panel *at, FILE *f)
{
    const double em = plot_em(p), room = at->right - at->left, least = 0.75 * em;
    char text[320];
    snprintf(text, sizeof text, "%.150s: %.150s", p->facets.title != NULL ? p->facets.title : "", p->facets.names[panel]);
    const char *name = least * plot_text_width(text) <= room ? text : p->facets.names[panel];
    const double size = fmax(least, fmin(0.95 * em, room / fmax(1.0, plot_text_width(name))));
    fputs("set label ", f);
    plot_text(name, (int)fmax(6, room / (0.55 * size)), f);
    fprintf(f, " at screen %.5g,%.5g left font ',%.3g' textcolor rgb '%s'\n", at->left / p->width,
            (at->top + 0.6 * em) / p->height, size, plot_ink);
}

void plot_panel_write(const struct plot *p, int panel, FILE *f)
{
    const struct plot_panel at = plot_panel(p, panel);
    fprintf(f,
            "set lmargin at screen %.5g\nset rmargin at screen %.5g\nset tmargin at screen %.5g\n"
            "set bmargin at screen %.5g\n",
            at.left / p->width, at.right / p->width, at.top / p->height, at.bottom / p->height);
    put_name(p, panel, &at, f);
}

void plot_panels_colours(const struct plot *p, FILE *f)
{
    const double em = plot_em(p);
    const struct room all = room_of(p);
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < p->n; i++) {
        low = fmin(low, p->points[i].shade); /* fmin and fmax pass over NAN */
        high = fmax(high, p->points[i].shade);
    }
    if (low < high)
        fprintf(f, "set cbrange [%.10g:%.10g]\n", low, high);
    fprintf(f, "set colorbox user origin screen %.5g,%.5g size screen %.5g,%.5g\n",
            (all.left + all.width + 1.2 * em) / p->width, all.bottom / p->height, 1.2 * em / p->width,
            (all.height - NAME * em) / p->height);
}
