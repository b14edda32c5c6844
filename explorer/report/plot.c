#include "explorer/report/plot.h"

#include "base/text.h"
#include "explorer/report/plot_parts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Okabe and Ito's colours, told apart by the colour-blind; their yellow is left out (too
 * pale on white). Each has a shape of its own for print in grey. */
static const char *const colours[] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000"};
static const int shapes[] = {7, 5, 9, 13, 11, 15};
_Static_assert(sizeof colours / sizeof colours[0] == PLOT_COLOURS, "a colour is missing");
_Static_assert(sizeof shapes / sizeof shapes[0] == PLOT_SHAPES, "a shape is missing");
static const char *const dashes[PLOT_SHAPES] = {"solid", "(8,4)", "(2,3)", "(10,4,2,4)", "(16,4)", "(2,6)"};

const char *plot_colour(int i)
{
    return colours[i % PLOT_COLOURS];
}

int plot_shape(int i)
{
    return shapes[i % PLOT_SHAPES];
}

const char *plot_dashes(int i)
{
    return dashes[i % PLOT_SHAPES];
}

/* Of budgets; the lines of curves and of the front are longer and darker. */
static const char *const guide_dashes[] = {"(6,5)", "(2,4)", "(12,4)", "(8,3,2,3)"};

const char *plot_guide_dashes(int i)
{
    return guide_dashes[i % (int)(sizeof guide_dashes / sizeof guide_dashes[0])];
}

int plot_all(const struct plot *p)
{
    return p->n + p->n_under;
}

double plot_dot(const struct plot *p)
{
    return (plot_all(p) > PLOT_MANY ? 0.35 : plot_all(p) > PLOT_FEW ? 0.7 : 1.05) * (p->facets.n > 1 ? 0.8 : 1.0) * plot_em(p) / 14;
}

bool plot_has_front(const struct plot *p, bool line)
{
    bool found = false;
    for (int i = 0; i < p->facets.n; i++)
        found |= p->fronts[i].n > line;
    return found;
}

char plot_letter(int i)
{
    return (char)('a' + i % 26);
}

int plot_format_of(const char *file)
{
    static const char *const endings[] = {".svg", ".png", ".pdf", ".gp"};
    const size_t n = strlen(file);
    for (int i = 0; i < 4; i++) {
        const size_t m = strlen(endings[i]);
        if (n > m && strcasecmp(file + n - m, endings[i]) == 0)
            return i;
    }
    return -1;
}

void plot_text(const char *text, int most, FILE *f)
{
    size_t left = strlen(text);
    putc('\'', f);
    for (int n = 0; left > 0; n++) {
        char escape[TEXT_ESCAPE_BYTES];
        const int length = text_shown(text, left, escape);
        if (n == most - 1 && left > (size_t)length) {
            fputs("…", f);
            break;
        }
        if (escape[0] != '\0')
            putc(escape[1] == 'x' && (unsigned char)*text >= 0x80 ? '?' : ' ', f); /* no UTF-8; what a viewer obeys */
        else if (*text == '\'')
            fputs("’", f); /* gnuplot's own way, '', fails at the start of a text */
        else
            fwrite(text, 1, (size_t)length, f);
        text += length;
        left -= (size_t)length;
    }
    putc('\'', f);
}

/* ---- data ---- */

/* A group of points that are drawn alike. Of a shaded plot: colour 0 has a shade, colour 1 has none. */
struct group {
    int colour, shape, n;
    bool x_bars, y_bars;
};
enum { MOST_GROUPS = PLOT_STYLES * PLOT_SHAPES + 2 };
struct groups {
    int n;
    struct group at[MOST_GROUPS];
};

static struct group *find_group(struct groups *all, int colour, int shape)
{
    for (int i = 0; i < all->n; i++)
        if (all->at[i].colour == colour && all->at[i].shape == shape)
            return &all->at[i];
    if (all->n == MOST_GROUPS)
        return &all->at[MOST_GROUPS - 1];
    all->at[all->n] = (struct group){.colour = colour, .shape = shape};
    return &all->at[all->n++];
}

static int colour_of(const struct plot *p, int i)
{
    return p->shaded ? isnan(p->points[i].shade) : p->points[i].colour;
}

/* groups_of: the groups that have a point in the panel, in the order of the legend. */
static struct groups groups_of(const struct plot *p, int panel)
{
    struct groups all = {.n = 0};
    for (int i = 0; i < p->n; i++) {
        if (p->points[i].panel != panel)
            continue;
        struct group *g = find_group(&all, colour_of(p, i), p->points[i].shape);
        g->n++;
        g->x_bars |= !isnan(p->points[i].x_low);
        g->y_bars |= !isnan(p->points[i].y_low);
    }
    for (int i = 1; i < all.n; i++)
        for (int k = i; k > 0; k--) {
            const struct group a = all.at[k - 1], b = all.at[k];
            if (a.colour < b.colour || (a.colour == b.colour && a.shape < b.shape))
                break;
            all.at[k - 1] = b;
            all.at[k] = a;
        }
    return all;
}

static void put_number(double v, FILE *f)
{
    if (isnan(v))
        fputs("NaN ", f); /* gnuplot's word for none */
    else
        fprintf(f, "%.10g ", v);
}

/* shifted: x where it is drawn. */
static double shifted(const struct plot_ruler *x, const struct plot_point *p)
{
    const struct plot_range r = x->range;
    if (p->shift == 0.0)
        return p->x;
    return x->log ? p->x * pow(r.high / r.low, p->shift) : p->x + p->shift * (r.high - r.low);
}

static void write_points(const struct plot *p, const struct group *g, int panel, int number, FILE *f)
{
    const struct plot_ruler x = plot_ruler(p, true), y = plot_ruler(p, false);
    fprintf(f, "# x where it is drawn, y, colour value, x from, x to, y from, y to, x, size\n$g%d << EOD\n", number);
    for (int i = 0; i < p->n; i++) {
        const struct plot_point *q = &p->points[i];
        if (colour_of(p, i) != g->colour || q->shape != g->shape || q->panel != panel)
            continue;
        /* An interval may begin below what a logarithmic axis can show. */
        const double x_low = p->x.log && q->x_low <= 0.0 ? x.range.low : q->x_low;
        const double y_low = p->y.log && q->y_low <= 0.0 ? y.range.low : q->y_low;
        const double values[] = {shifted(&x, q), q->y, q->shade, x_low, q->x_high, y_low, q->y_high, q->x, q->size};
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
            put_number(values[k], f);
        putc('\n', f);
    }
    fputs("EOD\n", f);
}

/* is_outermost: of the points of the front at its place; one ring is enough for all. */
static bool is_outermost(const struct plot *p, int point)
{
    const struct plot_point *q = &p->points[point];
    for (int i = 0; i < p->n; i++) {
        const struct plot_point *o = &p->points[i];
        if (o->front && o->panel == q->panel && o->x == q->x && o->y == q->y && o->shift == q->shift &&
            (o->size > q->size || (o->size == q->size && i < point)))
            return false;
    }
    return true;
}

static void write_front(const struct plot *p, int panel, FILE *f)
{
    const struct plot_ruler x = plot_ruler(p, true);
    const struct plot_front *front = &p->fronts[panel];
    fprintf(f, "# the front: its corners; its designs\n$front%d << EOD\n", panel);
    for (int i = 0; i < front->n; i++)
        fprintf(f, "%.10g %.10g\n", front->x[i], front->y[i]);
    fprintf(f, "EOD\n$rings%d << EOD\n", panel);
    for (int i = 0; i < p->n; i++)
        if (p->points[i].front && p->points[i].panel == panel && is_outermost(p, i))
            fprintf(f, "%.10g %.10g %.10g\n", shifted(&x, &p->points[i]), p->points[i].y, p->points[i].size);
    fputs("EOD\n", f);
}

static void write_lines(const struct plot *p, FILE *f)
{
    for (int i = 0; i < p->n_lines; i++) {
        const struct plot_line *l = &p->lines[i];
        fprintf(f, "# x, y, band from, band to\n$l%d << EOD\n", i);
        for (int k = 0; k < l->n; k++) {
            const double values[] = {l->corners[k].x, l->corners[k].y, l->corners[k].low, l->corners[k].high};
            for (int v = 0; v < 4; v++)
                put_number(values[v], f);
            putc('\n', f);
        }
        fputs("EOD\n", f);
    }
}

/* ---- marks ---- */

static void write_marks(const struct plot *p, FILE *f)
{
    fputs("# of others: x, y\n$marks << EOD\n", f);
    for (int i = 0; i < p->n_marks; i++)
        fprintf(f, "%.10g %.10g\n", p->marks[i].x, p->marks[i].y);
    fputs("EOD\n", f);
}

/* Texts beside points, in pixels from the corner of a panel. */
struct texts {
    int n;
    double at[PLOT_COUNTS + 32][2];
};

/* write_beside: a text beside a point, where no earlier text is. Where there is no such place, the last one is taken. */
static void write_beside(const struct plot *p, struct texts *all, double x, double y, const char *text, FILE *f)
{
    static const double sides[][2] = {{0.9, 0.5}, {-0.9, 0.5}, {0.9, -0.6}, {-0.9, -0.6}, {1.9, 0.5}, {-1.9, 0.5}};
    const double em = plot_em(p);
    const struct plot_ruler across = plot_ruler(p, true), up = plot_ruler(p, false);
    const double left = plot_pixels(&across, x), bottom = plot_pixels(&up, y);
    int side = 0;
    for (bool is_free = false; side < 5; side += !is_free) {
        is_free = true;
        for (int k = 0; k < all->n; k++)
            is_free &= hypot(left + sides[side][0] * em - all->at[k][0], bottom + sides[side][1] * em - all->at[k][1]) >
                       0.85 * em;
        if (is_free)
            break;
    }
    if (all->n < (int)(sizeof all->at / sizeof all->at[0])) {
        all->at[all->n][0] = left + sides[side][0] * em;
        all->at[all->n++][1] = bottom + sides[side][1] * em;
    }
    fprintf(f,
            "set label '%s' at first %.10g, first %.10g center offset screen %.4g,%.4g font ',%.3g' front "
            "textcolor rgb '%s'\n",
            text, x, y, sides[side][0] * em / p->width, sides[side][1] * em / p->height, 0.85 * em, plot_ink);
}

/* write_texts: how many points are at a place where not all are seen, and the letters of the points of others. */
static void write_texts(const struct plot *p, int panel, FILE *f)
{
    const struct plot_ruler x = plot_ruler(p, true);
    struct texts all = {.n = 0};
    char text[16];
    for (int i = 0; i < p->n_counts; i++) {
        const struct plot_point *q = &p->points[p->counts[i].point];
        snprintf(text, sizeof text, "%d", p->counts[i].n);
        if (q->panel == panel)
            write_beside(p, &all, shifted(&x, q), q->y, text, f);
    }
    for (int i = 0; i < p->n_marks; i++) {
        snprintf(text, sizeof text, "%c", plot_letter(i));
        write_beside(p, &all, p->marks[i].x, p->marks[i].y, text, f);
    }
}

/* ---- the script ---- */

static void write_guides(const struct plot *p, int panel, FILE *f)
{
    for (int i = 0; i < p->n_guides; i++) {
        const struct plot_guide *g = &p->guides[i];
        const struct plot_range r = plot_range(p, g->vertical);
        if (g->at < r.low || g->at > r.high || (g->panels & 1u << panel) == 0)
            continue;
        if (g->vertical)
            fprintf(f, "set arrow from first %.10g, graph 0 to first %.10g, graph 1", g->at, g->at);
        else
            fprintf(f, "set arrow from graph 0, first %.10g to graph 1, first %.10g", g->at, g->at);
        fprintf(f, " nohead back dashtype %s linewidth 1.6 linecolor rgb '#888888'\n", plot_guide_dashes(i));
    }
}

/* A comma and a new line between the parts of the plot command. */
static void next_part(bool *first, FILE *f)
{
    fputs(*first ? "plot " : PLOT_NEXT, f);
    *first = false;
}

/* write_bars: their caps are wider than the dots, so that also a short bar is seen. */
static void write_bars(const struct plot *p, const struct group *g, int number, bool *first, FILE *f)
{
    for (int x = 0; x < 2; x++) {
        if (x ? !g->x_bars : !g->y_bars)
            continue;
        next_part(first, f);
        fprintf(f, "$g%d using 1:2:%s with %cerrorbars pointtype -1 linewidth 1.3 linecolor rgb '%s'", number,
                x ? "4:5" : "6:7", x ? 'x' : 'y', p->shaded ? "#777777" : plot_colour(g->colour));
    }
}

/* write_group: the dots with a white rim under them, and their bars between the two. Of many dots one shines through
 * another. */
static void write_group(const struct plot *p, const struct group *g, int number, double size, bool *first, FILE *f)
{
    const int shape = plot_shape(g->shape);
    if (plot_all(p) <= PLOT_FEW) {
        next_part(first, f);
        fprintf(f, "$g%d using 1:2:(($9+0.35)*%.3g) with points pointtype %d pointsize variable linecolor rgb '#ffffff'", number,
                size, shape);
    }
    if (plot_all(p) <= PLOT_MANY)
        write_bars(p, g, number, first, f);
    next_part(first, f);
    if (p->shaded && g->colour == 0)
        fprintf(f, "$g%d using 1:2:($9*%.3g):3 with points pointtype %d pointsize variable linecolor palette", number,
                size, shape);
    else
        fprintf(f, "$g%d using 1:2:($9*%.3g) with points pointtype %d pointsize variable linecolor rgb '#%s%s'", number,
                size, shape, plot_all(p) > PLOT_FEW ? "60" : "", (p->shaded ? "#aaaaaa" : plot_colour(g->colour)) + 1);
}

enum { MANY_CURVES = 40 };

static void write_curves(const struct plot *p, int panel, bool *first, FILE *f)
{
    const bool many = p->n_lines > MANY_CURVES; /* they shine through each other */
    for (int i = 0; i < p->n_lines; i++) {
        if (p->lines[i].panel != panel)
            continue;
        next_part(first, f);
        fprintf(f, "$l%d using 1:3:4 with filledcurves linecolor rgb '#d8%s'", i, plot_colour(p->lines[i].colour) + 1);
    }
    for (int i = 0; i < p->n_lines; i++) {
        const struct plot_line *l = &p->lines[i];
        if (l->panel != panel)
            continue;
        const char *colour = plot_colour(l->colour);
        next_part(first, f);
        if (l->n == 1) /* a dot, and its band a bar */
            fprintf(f,
                    "$l%d using 1:2:3:4 with yerrorbars pointtype %d pointsize %.3g linewidth 1.3 linecolor rgb '%s'",
                    i, plot_shape(l->shape), plot_dot(p), colour);
        else
            fprintf(f, "$l%d using 1:2 with lines linewidth %g dashtype %s linecolor rgb '#%s%s'", i, many ? 1.1 : 1.8,
                    plot_dashes(l->shape), many ? "50" : "", colour + 1);
    }
}

/* write_data: of all panels. *first_group: number of the first group of each panel. */
static void write_data(const struct plot *p, int first_group[PLOT_PANELS], FILE *f)
{
    int number = 0;
    for (int panel = 0; panel < p->facets.n; panel++) {
        const struct groups all = groups_of(p, panel);
        first_group[panel] = number;
        for (int i = 0; i < all.n; i++)
            write_points(p, &all.at[i], panel, number++, f);
        write_front(p, panel, f);
    }
    write_lines(p, f);
    if (p->n_marks > 0)
        write_marks(p, f);
}

/* write_plot: the plot command of a panel. */
static void write_plot(const struct plot *p, int panel, int number, FILE *f)
{
    const double size = plot_dot(p);
    const struct groups all = groups_of(p, panel);
    bool first = true;
    write_curves(p, panel, &first, f);
    if (p->fronts[panel].n > 1) {
        next_part(&first, f);
        fprintf(f, "$front%d using 1:2 with lines linewidth 2 linecolor rgb '#777777'", panel);
    }
    for (int i = 0; i < all.n; i++)
        write_group(p, &all.at[i], number + i, size, &first, f);
    if (p->fronts[panel].n > 0 && plot_all(p) <= PLOT_MANY) {
        next_part(&first, f);
        fprintf(f, "$rings%d using 1:2:(%.3g+$3*%.3g) with points pointtype 6 pointsize variable linewidth 1.4 "
                "linecolor rgb '%s'", panel, 0.85 * size, 1.15 * size, plot_ink);
    }
    if (p->n_marks > 0) {
        next_part(&first, f);
        fprintf(f, "$marks using 1:2 with points pointtype 12 pointsize %.3g linewidth 1.6 linecolor rgb '%s'",
                size * 1.3, plot_ink);
    }
    if (first) /* an empty panel */
        fputs("plot NaN notitle", f);
    if (!plot_legend_below(p))
        plot_legend_key(p, f);
    putc('\n', f);
}

void plot_script(const struct plot *p, enum plot_format format, const char *output, FILE *f)
{
    int first_group[PLOT_PANELS] = {0};
    plot_head(p, format, output, f);
    if (p->n_dims > 0) {
        plot_parallel_write(p, f);
        return;
    }
    fprintf(f, "set errorbars %.3g\n", 1.9 * plot_dot(p));
    plot_axis_write(p, true, f);
    plot_axis_write(p, false, f);
    write_data(p, first_group, f);
    if (p->facets.n > 1)
        fputs("set multiplot\n", f);
    for (int panel = 0; panel < p->facets.n; panel++) {
        const struct plot_panel at =
            p->facets.n > 1 ? plot_panel(p, panel) : (struct plot_panel){.first = true, .last = true};
        if (panel > 0)
            fputs("unset label\nunset arrow\nunset colorbox\n", f); /* what all share is drawn with the first */
        if (p->facets.n > 1)
            plot_panel_write(p, panel, f);
        plot_tics_write(p, true, at.last, f);
        plot_tics_write(p, false, at.first, f);
        write_guides(p, panel, f);
        write_texts(p, panel, f);
        write_plot(p, panel, first_group[panel], f);
    }
    if (p->facets.n > 1)
        fputs("unset multiplot\n", f);
}
