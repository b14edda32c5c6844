/* The legend: what colours, shapes, dashes and letters stand for. */
#include "explorer/report/plot_parts.h"

#include <math.h>
#include <string.h>

enum { MOST_ITEMS = PLOT_STYLES + PLOT_SHAPES + 40, LONGEST = 30 /* characters of a text */ };

struct item {
    enum { HEADING, GAP, DOT, LINE } kind;
    int shape;        /* DOT: gnuplot's point type */
    double size;      /* DOT */
    const char *dash; /* LINE */
    const char *colour;
    char text[160];
};
struct items {
    int n;
    struct item at[MOST_ITEMS];
};

static struct item *add(struct items *all, int kind, const char *text)
{
    struct item *i = &all->at[all->n < MOST_ITEMS ? all->n++ : MOST_ITEMS - 1];
    *i = (struct item){.kind = kind, .colour = plot_ink, .dash = "solid"};
    snprintf(i->text, sizeof i->text, "%.150s", text);
    return i;
}

static void add_heading(struct items *all, const struct plot *p, const char *title, const char *what)
{
    char text[160];
    if (all->n > 0)
        add(all, GAP, " ");
    snprintf(text, sizeof text, "%.100s%s%s", title, what, plot_legend_below(p) ? ":" : "");
    add(all, HEADING, text);
}

static void add_dot(struct items *all, const char *text, int shape, double size, const char *colour)
{
    struct item *i = add(all, DOT, text);
    i->shape = shape;
    i->size = size;
    i->colour = colour;
}

static void add_line(struct items *all, const char *text, const char *dash, const char *colour)
{
    struct item *i = add(all, LINE, text);
    i->dash = dash;
    i->colour = colour;
}

/* has_curves: whether any line is one; a single epoch is a dot. */
static bool has_curves(const struct plot *p)
{
    bool found = false;
    for (int i = 0; i < p->n_lines; i++)
        found |= p->lines[i].n > 1;
    return found;
}

static void add_styles(struct items *all, const struct plot *p, bool of_shapes)
{
    const struct plot_legend *l = of_shapes ? &p->shapes : &p->colours;
    for (int i = 0; i < l->n; i++) {
        const char *colour = of_shapes ? "#777777" : plot_colour(i);
        const int shape = of_shapes || p->together ? i : 0;
        if (has_curves(p))
            add_line(all, l->names[i], plot_dashes(shape), colour);
        else
            add_dot(all, l->names[i], plot_shape(shape), 1.2 * plot_dot(p), colour);
    }
}

static struct items items_of(const struct plot *p)
{
    struct items all = {.n = 0};
    const bool colours = p->colours.title != NULL && !p->shaded, shapes = p->shapes.title != NULL;
    const bool two = shapes && colours;
    bool unknown = false;
    if (colours) {
        add_heading(&all, p, p->colours.title, two ? " (colour)" : "");
        add_styles(&all, p, false);
    }
    if (shapes) {
        add_heading(&all, p, p->shapes.title, two ? has_curves(p) ? " (dashes)" : " (shape)" : "");
        add_styles(&all, p, true);
    }
    for (int i = 0; i < p->n && p->shaded; i++)
        unknown |= isnan(p->points[i].shade);
    if (unknown)
        add_dot(&all, "no value", plot_shape(0), plot_dot(p), "#aaaaaa");
    if ((plot_has_front(p, false) || p->n_guides > 0) && all.n > 0)
        add(&all, GAP, " ");
    if (plot_has_front(p, false)) {
        if (plot_has_front(p, true))
            add_line(&all, "Pareto front", "solid", "#777777");
        else
            add_dot(&all, "Pareto front", 6, 2.0 * plot_dot(p), plot_ink);
    }
    for (int i = 0; i < p->n_guides; i++)
        add_line(&all, p->guides[i].label, plot_guide_dashes(i), "#888888");
    if (p->n_marks > 0)
        add_heading(&all, p, "published", "");
    for (int i = 0; i < p->n_marks; i++) {
        char text[160];
        snprintf(text, sizeof text, "%c  %.120s", plot_letter(i), p->marks[i].name);
        add_dot(&all, text, 12, 1.2 * plot_dot(p), plot_ink);
    }
    return all;
}

bool plot_has_legend(const struct plot *p)
{
    return items_of(p).n > 0;
}

/* ---- beside the plot: gnuplot's own ---- */

void plot_legend_key(const struct plot *p, FILE *f)
{
    const struct items all = items_of(p);
    for (int k = 0; k < all.n; k++) {
        const struct item *i = &all.at[k];
        fputs(PLOT_NEXT "keyentry", f);
        if (i->kind == DOT)
            fprintf(f, " with points pointtype %d pointsize %.3g linewidth 1.4 linecolor rgb '%s'", i->shape, i->size,
                    i->colour);
        else if (i->kind == LINE)
            fprintf(f, " with lines linewidth 2.2 dashtype %s linecolor rgb '%s'", i->dash, i->colour);
        fputs(" title ", f);
        plot_text(i->text, LONGEST, f);
    }
}

/* ---- below the plot: a line of texts that is broken where the page ends ---- */

/* Below the plot a legend takes its room: its texts are as small as those of the subtitle. */
static const double SMALL = 0.86, ROW = 1.35; /* the font in sizes of the plot's, a row in sizes of this font */

static double small_em(const struct plot *p)
{
    return SMALL * plot_em(p);
}

static double width_of(const struct plot *p, const struct item *i)
{
    const double text = fmin(plot_text_width(i->text), 0.6 * LONGEST);
    return small_em(p) * (i->kind == GAP ? 0.8 : i->kind == HEADING ? text + 0.8 : text + (i->kind == LINE ? 3.2 : 2.3));
}

static void put_item(const struct plot *p, const struct item *i, double x, double y, FILE *f)
{
    const double em = small_em(p);
    if (i->kind == GAP)
        return;
    if (i->kind == LINE)
        fprintf(
            f,
            "set arrow from screen %.5g,%.5g to screen %.5g,%.5g nohead linewidth 2.2 dashtype %s linecolor rgb '%s'\n",
            x / p->width, y / p->height, (x + 1.6 * em) / p->width, y / p->height, i->dash, i->colour);
    if (i->kind == DOT)
        fprintf(f,
                "set label '' at screen %.5g,%.5g point pointtype %d pointsize %.3g linewidth 1.4 linecolor rgb '%s'\n",
                (x + 0.5 * em) / p->width, y / p->height, i->shape, i->size, i->colour);
    fputs("set label ", f);
    plot_text(i->text, LONGEST, f);
    fprintf(f, " at screen %.5g,%.5g left font ',%.3g' textcolor rgb '%s'\n",
            (x + (i->kind == LINE  ? 2.1
                  : i->kind == DOT ? 1.3
                                   : 0.0) *
                     em) /
                p->width,
            y / p->height, em, plot_ink);
}

/* flow: places all items, from the top row of the bottom on; f NULL: only counts the rows. */
static int flow(const struct plot *p, int rows, FILE *f)
{
    const struct items all = items_of(p);
    const double em = small_em(p), left = 2.0 * em;
    double x = left;
    int row = 0;
    for (int k = 0; k < all.n; k++) {
        const double width = width_of(p, &all.at[k]);
        if ((x + width > p->width && x > left) || (all.at[k].kind == GAP && all.at[k + 1].kind == HEADING && k > 0)) {
            x = left;
            row++;
        }
        if (f != NULL)
            put_item(p, &all.at[k], x, (rows - row - 0.4) * ROW * em, f);
        x += all.at[k].kind == GAP && x == left ? 0.0 : width;
    }
    return all.n > 0 ? row + 1 : 0;
}

double plot_legend_height(const struct plot *p)
{
    return flow(p, 0, NULL) * ROW * small_em(p);
}

void plot_legend_place(const struct plot *p, FILE *f)
{
    const double em = plot_em(p);
    if (plot_legend_below(p) || !plot_has_legend(p))
        fprintf(f, p->facets.n > 1 || p->n_dims > 0 ? "set key off\n" : "set key off\nset rmargin %d\n", p->shaded ? 12 : 4);
    else
        fprintf(
            f,
            "set key outside right top vertical maxrows %d Left reverse samplen 1.2 noautotitle spacing 1.3 width 1 "
            "textcolor rgb '%s'\n",
            (int)fmax(4, plot_area(p, false) / (1.55 * em)), plot_ink);
    if (plot_legend_below(p))
        flow(p, flow(p, 0, NULL), f);
}
