/* Parallel coordinates: axes side by side, and a line across all of them for each row. */
#include "explorer/report/plot_parts.h"

#include <math.h>
#include <string.h>

enum { MOST_TICS = 12, LINES_OF_LABEL = 3 };
static const double SMALL = 0.8; /* texts at the axes, in sizes of the font */

double plot_height(const struct plot_dim *d, double v)
{
    const double low = d->axis.low, high = d->axis.high;
    if (d->axis.n_words > 0)
        return d->axis.n_words > 1 ? v / (d->axis.n_words - 1) : 0.5;
    if (high <= low)
        return 0.5;
    return d->axis.log ? log(v / low) / log(high / low) : (v - low) / (high - low);
}

double plot_parallel_foot(const struct plot *p)
{
    return (1.4 + LINES_OF_LABEL * 1.15 * SMALL) * plot_em(p);
}

/* room_of: for the texts of one axis, in pixels. */
static double room_of(const struct plot *p)
{
    return plot_area(p, true) / p->n_dims;
}

static double x_of(const struct plot *p, int k)
{
    return (2.0 * plot_em(p) + (k + 0.5) * room_of(p)) / p->width;
}

/* fitting: how many bytes of text, whole words, fit on a line; a word that is too long is cut. */
static size_t fitting(const struct plot *p, const char *text)
{
    const double room = room_of(p) - 0.6 * plot_em(p);
    size_t fits = strcspn(text, " ");
    for (size_t end = fits; end > 0; end = text[end] != '\0' ? end + 1 + strcspn(text + end + 1, " ") : 0) {
        char part[200];
        snprintf(part, sizeof part, "%.*s", (int)end, text);
        if (SMALL * plot_em(p) * plot_text_width(part) > room)
            break;
        fits = end;
    }
    return fits > 0 ? fits : strlen(text);
}

/* write_label: below the axis, on as many lines as it takes. */
static void write_label(const struct plot *p, int k, FILE *f)
{
    const double em = plot_em(p), size = SMALL * em;
    const double top = plot_bottom(p, true) - 1.2 * em;
    const char *at = p->dims[k].label;
    for (int line = 0; line < LINES_OF_LABEL && *at != '\0'; line++) {
        char text[200];
        const bool last = line == LINES_OF_LABEL - 1;
        const size_t n = last ? strlen(at) : fitting(p, at);
        snprintf(text, sizeof text, "%.*s", (int)n, at);
        fputs("set label ", f);
        plot_text(text, (int)fmax(6, room_of(p) / (0.55 * size)), f);
        fprintf(f, " at screen %.5g,%.5g center font ',%.3g' textcolor rgb '%s'\n", x_of(p, k),
                (top - line * 1.15 * size) / p->height, size, plot_ink);
        at += n;
        at += strspn(at, " ");
    }
}

/* most_characters: of a text between two axes. */
static int most_characters(const struct plot *p)
{
    return (int)fmax(6, (room_of(p) - 0.5 * plot_em(p)) / (0.58 * SMALL * plot_em(p)));
}

bool plot_parallel_cut(const struct plot *p)
{
    bool cut = false;
    for (int k = 0; k < p->n_dims; k++)
        for (int i = 0; i < p->dims[k].axis.n_words; i++)
            cut |= (int)strlen(p->dims[k].axis.words[i]) > most_characters(p);
    return cut;
}

static void write_tic(const struct plot *p, int k, double height, const char *text, FILE *f)
{
    const double em = plot_em(p);
    fprintf(f, "set arrow from first %.5g,%.5g to first %.5g,%.5g nohead front linecolor rgb '%s'\n", k - 0.02, height,
            k + 0.02, height, plot_ink);
    fputs("set label ", f);
    plot_text(text, most_characters(p), f);
    fprintf(f, " at first %.5g,%.5g left front boxed font ',%.3g' textcolor rgb '%s'\n", k + 0.05, height, SMALL * em,
            plot_ink);
}

static void write_tics(const struct plot *p, int k, FILE *f)
{
    const struct plot_dim *d = &p->dims[k];
    const double most = fmax(2.0, fmin(8.0, plot_area(p, false) / (2.2 * plot_em(p))));
    const int every = (int)fmax(1.0, ceil(d->axis.n_words / (plot_area(p, false) / (1.2 * plot_em(p)))));
    double at[MOST_TICS];
    int n = d->axis.n_tics < most ? d->axis.n_tics : 0;
    if (d->none)
        write_tic(p, k, PLOT_NONE, "none", f);
    for (int i = 0; i < d->axis.n_words; i += every)
        write_tic(p, k, plot_height(d, i), d->axis.words[i], f);
    if (d->axis.n_words > 0)
        return;
    memcpy(at, d->axis.tics, (size_t)n * sizeof *at);
    if (n == 0 && d->axis.high > d->axis.low)
        n = plot_tics_between(d->axis.low, d->axis.high, d->axis.log, d->axis.whole, most, at, MOST_TICS);
    if (n == 0)
        at[n++] = d->axis.low;
    for (int i = 0; i < n; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.10g", at[i]);
        write_tic(p, k, plot_height(d, at[i]), text, f);
    }
}

static bool is_shade(const struct plot *p, const struct plot_line *l)
{
    return p->shaded && !isnan(l->shade);
}

/* same_style: whether two lines can be drawn by one part of the plot command. */
static bool same_style(const struct plot *p, const struct plot_line *a, const struct plot_line *b)
{
    if (p->shaded)
        return is_shade(p, a) == is_shade(p, b) && a->shape == b->shape;
    return a->colour == b->colour && a->shape == b->shape;
}

/* is_first: whether no earlier line has its style. */
static bool is_first(const struct plot *p, int line)
{
    for (int i = 0; i < line; i++)
        if (same_style(p, &p->lines[i], &p->lines[line]))
            return false;
    return true;
}

/* write_lines: all lines of the style of one, with empty lines between them. */
static void write_lines(const struct plot *p, int line, FILE *f)
{
    fprintf(f, "# axis, height, colour value\n$l%d << EOD\n", line);
    for (int i = line; i < p->n_lines; i++) {
        const struct plot_line *l = &p->lines[i];
        if (!same_style(p, l, &p->lines[line]))
            continue;
        for (int k = 0; k < l->n; k++)
            fprintf(f, isnan(l->shade) ? "%.5g %.5g NaN\n" : "%.5g %.5g %.10g\n", l->corners[k].x, l->corners[k].y,
                    l->shade);
        putc('\n', f);
    }
    fputs("EOD\n", f);
}

static void write_part(const struct plot *p, int line, FILE *f)
{
    const struct plot_line *l = &p->lines[line];
    const bool few = p->n_lines <= 40, many = p->n_lines > 400;
    fprintf(f, "$l%d using 1:2%s with lines linewidth %g dashtype %s linecolor ", line, is_shade(p, l) ? ":3" : "",
            few ? 1.6 : many ? 0.7 : 1.1, plot_dashes(l->shape));
    if (is_shade(p, l))
        fputs("palette", f);
    else
        fprintf(f, "rgb '#%s%s'", few ? "" : many ? "a0" : "50", (p->shaded ? "#aaaaaa" : plot_colour(l->colour)) + 1);
}

void plot_parallel_write(const struct plot *p, FILE *f)
{
    const double em = plot_em(p);
    bool none = false, first = true;
    for (int k = 0; k < p->n_dims; k++)
        none |= p->dims[k].none;
    fprintf(f, "unset border\nunset grid\nunset xtics\nunset ytics\nset style textbox opaque noborder margins 0.3,0.3\n"
            "set lmargin at screen %.5g\nset rmargin at screen %.5g\nset xrange [-0.5:%g]\nset yrange [%g:1.03]\n",
            2.0 * em / p->width, (2.0 * em + plot_area(p, true)) / p->width, p->n_dims - 0.5, none ? PLOT_NONE - 0.04 : -0.03);
    for (int k = 0; k < p->n_dims; k++) {
        fprintf(f, "set arrow from first %d,0 to first %d,1 nohead front linewidth 1.2 linecolor rgb '%s'\n", k, k,
                plot_ink);
        write_label(p, k, f);
        write_tics(p, k, f);
    }
    for (int i = 0; i < p->n_lines; i++)
        if (is_first(p, i))
            write_lines(p, i, f);
    for (int i = 0; i < p->n_lines; i++)
        if (is_first(p, i)) {
            fputs(first ? "plot " : PLOT_NEXT, f);
            first = false;
            write_part(p, i, f);
        }
    putc('\n', f);
}
