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

double plot_dot(const struct plot *p)
{
    return (p->n > PLOT_MANY ? 0.35 : p->n > 300 ? 0.7 : 1.05) * plot_em(p) / 14;
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
        const int length = text_utf8_length(text, left);
        if (n == most - 1 && left > (size_t)(length > 0 ? length : 1)) {
            fputs("…", f);
            break;
        }
        if (length == 0)
            putc('?', f);
        else if (length == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f))
            putc(' ', f);
        else if (*text == '\'')
            fputs("’", f); /* gnuplot's own way, '', fails at the start of a text */
        else
            fwrite(text, 1, (size_t)length, f);
        text += length > 0 ? length : 1;
        left -= length > 0 ? (size_t)length : 1;
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

/* groups_of: the groups that have a point, in the order of the legend. */
static struct groups groups_of(const struct plot *p)
{
    struct groups all = {.n = 0};
    for (int i = 0; i < p->n; i++) {
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

static void write_points(const struct plot *p, const struct group *g, int number, FILE *f)
{
    const struct plot_ruler x = plot_ruler(p, true), y = plot_ruler(p, false);
    fprintf(f, "# x where it is drawn, y, colour value, x from, x to, y from, y to, x\n$g%d << EOD\n", number);
    for (int i = 0; i < p->n; i++) {
        const struct plot_point *q = &p->points[i];
        if (colour_of(p, i) != g->colour || q->shape != g->shape)
            continue;
        /* An interval may begin below what a logarithmic axis can show. */
        const double x_low = p->x.log && q->x_low <= 0.0 ? x.range.low : q->x_low;
        const double y_low = p->y.log && q->y_low <= 0.0 ? y.range.low : q->y_low;
        const double values[] = {shifted(&x, q), q->y, q->shade, x_low, q->x_high, y_low, q->y_high, q->x};
        for (int k = 0; k < 8; k++)
            put_number(values[k], f);
        putc('\n', f);
    }
    fputs("EOD\n", f);
}

static void write_front(const struct plot *p, FILE *f)
{
    const struct plot_ruler x = plot_ruler(p, true);
    fputs("# the front: its corners; its designs\n$front << EOD\n", f);
    for (int i = 0; i < p->n_front; i++)
        fprintf(f, "%.10g %.10g\n", p->front_x[i], p->front_y[i]);
    fputs("EOD\n$rings << EOD\n", f);
    for (int i = 0; i < p->n; i++)
        if (p->points[i].front)
            fprintf(f, "%.10g %.10g\n", shifted(&x, &p->points[i]), p->points[i].y);
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

/* write_marks: the points of others, each with its letter where no earlier letter is. */
static void write_marks(const struct plot *p, FILE *f)
{
    static const double sides[][2] = {{0.9, 0.5}, {-0.9, 0.5}, {0.9, -0.6}, {-0.9, -0.6}, {1.9, 0.5}, {-1.9, 0.5}};
    const double em = plot_em(p);
    const struct plot_ruler x_ruler = plot_ruler(p, true), y_ruler = plot_ruler(p, false);
    double taken[64][2];
    fputs("# of others: x, y\n$marks << EOD\n", f);
    for (int i = 0; i < p->n_marks; i++)
        fprintf(f, "%.10g %.10g\n", p->marks[i].x, p->marks[i].y);
    fputs("EOD\n", f);
    for (int i = 0; i < p->n_marks && i < 64; i++) {
        const struct plot_mark *m = &p->marks[i];
        const double x = plot_pixels(&x_ruler, m->x), y = plot_pixels(&y_ruler, m->y);
        int side = 0;
        for (int k = 0; k < 6; k++) {
            bool is_free = true;
            for (int j = 0; j < i; j++)
                is_free &= hypot(x + sides[k][0] * em - taken[j][0], y + sides[k][1] * em - taken[j][1]) > 0.9 * em;
            if (is_free) {
                side = k;
                break;
            }
        }
        taken[i][0] = x + sides[side][0] * em;
        taken[i][1] = y + sides[side][1] * em;
        fprintf(f,
                "set label '%c' at first %.10g, first %.10g center offset screen %.4g,%.4g font ',%.3g' front "
                "textcolor rgb '%s'\n",
                plot_letter(i), m->x, m->y, sides[side][0] * em / p->width, sides[side][1] * em / p->height, 0.9 * em,
                plot_ink);
    }
}

/* ---- the script ---- */

static void write_guides(const struct plot *p, FILE *f)
{
    for (int i = 0; i < p->n_guides; i++) {
        const struct plot_guide *g = &p->guides[i];
        const struct plot_range r = plot_range(p, g->vertical);
        if (g->at < r.low || g->at > r.high)
            continue;
        if (g->vertical)
            fprintf(f, "set arrow from first %.10g, graph 0 to first %.10g, graph 1", g->at, g->at);
        else
            fprintf(f, "set arrow from graph 0, first %.10g to graph 1, first %.10g", g->at, g->at);
        fputs(" nohead back dashtype (6,5) linewidth 1.2 linecolor rgb '#888888'\n", f);
        if (0.79 * plot_em(p) * plot_text_width(g->label) > 0.95 * plot_area(p, !g->vertical))
            continue; /* no room for its name */
        fputs("set label ", f);
        plot_text(g->label, 40, f);
        if (g->vertical)
            fprintf(f, " at first %.10g, graph 0.02 rotate by 90 left offset 0.8,0", g->at);
        else
            fprintf(f, " at graph 0.99, first %.10g right offset 0,0.6", g->at);
        fprintf(f, " font ',%.3g' textcolor rgb '#666666'\n", 0.79 * plot_em(p));
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

/* write_group: the dots with a white rim under them, and their bars between the two. */
static void write_group(const struct plot *p, const struct group *g, int number, double size, bool *first, FILE *f)
{
    const int shape = plot_shape(g->shape);
    if (p->n <= PLOT_MANY) {
        next_part(first, f);
        fprintf(f, "$g%d using 1:2 with points pointtype %d pointsize %.3g linecolor rgb '#ffffff'", number, shape,
                1.35 * size);
        write_bars(p, g, number, first, f);
    }
    next_part(first, f);
    if (p->shaded && g->colour == 0)
        fprintf(f, "$g%d using 1:2:3 with points pointtype %d pointsize %.3g linecolor palette", number, shape, size);
    else
        fprintf(f, "$g%d using 1:2 with points pointtype %d pointsize %.3g linecolor rgb '%s'", number, shape, size,
                p->shaded ? "#aaaaaa" : plot_colour(g->colour));
}

static void write_curves(const struct plot *p, bool *first, FILE *f)
{
    for (int i = 0; i < p->n_lines; i++) {
        next_part(first, f);
        fprintf(f, "$l%d using 1:3:4 with filledcurves linecolor rgb '#d8%s'", i, plot_colour(p->lines[i].colour) + 1);
    }
    for (int i = 0; i < p->n_lines; i++) {
        const struct plot_line *l = &p->lines[i];
        const char *colour = plot_colour(l->colour);
        next_part(first, f);
        if (l->n == 1) /* a dot, and its band a bar */
            fprintf(f,
                    "$l%d using 1:2:3:4 with yerrorbars pointtype %d pointsize %.3g linewidth 1.3 linecolor rgb '%s'",
                    i, plot_shape(l->shape), plot_dot(p), colour);
        else
            fprintf(f, "$l%d using 1:2 with lines linewidth 1.8 dashtype %s linecolor rgb '%s'", i,
                    plot_dashes(l->shape), colour);
    }
}

void plot_script(const struct plot *p, enum plot_format format, const char *output, FILE *f)
{
    const bool many = p->n > PLOT_MANY;
    const double size = plot_dot(p);
    const struct groups all = groups_of(p);
    bool first = true;

    plot_head(p, format, output, f);
    fprintf(f, "set errorbars %.3g\n", 1.9 * size);
    plot_axis_write(p, true, f);
    plot_axis_write(p, false, f);
    write_guides(p, f);
    for (int i = 0; i < all.n; i++)
        write_points(p, &all.at[i], i, f);
    write_lines(p, f);
    write_front(p, f);
    if (p->n_marks > 0)
        write_marks(p, f);
    write_curves(p, &first, f);
    if (p->n_front > 1) {
        next_part(&first, f);
        fputs("$front using 1:2 with lines linewidth 2 linecolor rgb '#777777'", f);
    }
    for (int i = 0; i < all.n; i++)
        write_group(p, &all.at[i], i, size, &first, f);
    if (p->n_front > 0 && !many) {
        next_part(&first, f);
        fprintf(f, "$rings using 1:2 with points pointtype 6 pointsize %.3g linewidth 1.4 linecolor rgb '%s'",
                size * 2.0, plot_ink);
    }
    if (p->n_marks > 0) {
        next_part(&first, f);
        fprintf(f, "$marks using 1:2 with points pointtype 12 pointsize %.3g linewidth 1.6 linecolor rgb '%s'",
                size * 1.3, plot_ink);
    }
    if (!plot_legend_below(p))
        plot_legend_key(p, f);
    putc('\n', f);
}
