#include "explorer/report/plot.h"

#include "base/text.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Okabe and Ito's colours, told apart by the colour-blind; their yellow is left out (too
 * pale on white). Each has a shape of its own for print in grey. */
static const struct {
    const char *colour;
    int shape; /* gnuplot's point type */
} styles[] = {{"#0072B2", 7},  {"#E69F00", 5},  {"#009E73", 9}, {"#CC79A7", 13},
              {"#D55E00", 11}, {"#56B4E9", 15}, {"#000000", 7}};
enum { STYLES = sizeof styles / sizeof styles[0] };

static const char ink[] = "#333333", faint[] = "#e4e4e4";

int plot_format_of(const char *file)
{
    static const char *const endings[] = {".svg", ".png", ".pdf"};
    const size_t n = strlen(file);
    for (int i = 0; i < 3; i++)
        if (n > 4 && strcasecmp(file + n - 4, endings[i]) == 0)
            return i;
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

/* ---- axes ---- */

struct range {
    double low, high;
};

static struct range range_of(const struct plot *p, bool x)
{
    struct range r = {INFINITY, -INFINITY};
    for (int i = 0; i < p->n; i++) {
        const struct plot_point *q = &p->points[i];
        const double values[] = {x ? q->x : q->y, x ? q->x_low : q->y_low, x ? q->x_high : q->y_high};
        for (int k = 0; k < (p->n > PLOT_MANY ? 1 : 3); k++) {
            r.low = fmin(r.low, values[k]); /* fmin and fmax pass over NAN */
            r.high = fmax(r.high, values[k]);
        }
    }
    for (int i = 0; i < p->n_guides; i++)
        if (p->guides[i].vertical == x) {
            r.low = fmin(r.low, p->guides[i].at);
            r.high = fmax(r.high, p->guides[i].at);
        }
    return r;
}

/* pad: room around the data, so that no point sits on the frame. */
static struct range pad(struct range r, const struct plot_axis *a)
{
    if (a->n_words > 0)
        return (struct range){-0.5, a->n_words - 0.5};
    if (a->log) {
        const double k = pow(r.high / r.low, 0.06) * 1.02;
        return (struct range){r.low / k, r.high * k};
    }
    double room = 0.06 * (r.high - r.low);
    if (room <= 0.0)
        room = r.high != 0.0 ? 0.1 * fabs(r.high) : 1.0;
    const double low = r.low > 0.0 && r.low < room ? 0.0 : r.low - room; /* no room below 0 for what is above it */
    return (struct range){low, r.high + room};
}

static void tic(double v, bool *first, FILE *f)
{
    fprintf(f, "%s'%.6g' %.10g", *first ? "" : ", ", v, v);
    *first = false;
}

static void linear_tics(struct range r, bool whole, FILE *f)
{
    static const double steps[] = {1, 2, 5, 10};
    bool first = true;
    const double power = pow(10.0, floor(log10((r.high - r.low) / 6)));
    double step = 10 * power;
    for (int i = 0; i < 4; i++)
        if ((r.high - r.low) / (steps[i] * power) <= 8.5) {
            step = steps[i] * power;
            break;
        }
    if (whole && step < 1.0)
        step = 1.0;
    const double from = ceil(r.low / step);
    for (int k = 0; (from + k) * step <= r.high; k++)
        tic((from + k) * step + 0.0, &first, f); /* + 0.0: no -0 */
}

static void log_tics(struct range r, FILE *f)
{
    static const double within[] = {1, 2, 5};
    const int n = log10(r.high / r.low) < 3.5 ? 3 : 1;
    bool first = true;
    for (int k = (int)floor(log10(r.low)); k <= (int)floor(log10(r.high)); k++)
        for (int i = 0; i < n; i++) {
            const double v = within[i] * pow(10.0, k);
            if (v >= r.low && v <= r.high)
                tic(v, &first, f);
        }
}

static void write_axis(const struct plot *p, bool x, FILE *f)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    const char name = x ? 'x' : 'y';
    const struct range r = pad(range_of(p, x), a);

    if (a->log)
        fprintf(f, "set logscale %c\n", name);
    fprintf(f, "set %crange [%.10g:%.10g]\nset %clabel ", name, r.low, r.high, name);
    plot_text(a->label, 80, f);
    fprintf(f, " offset %s textcolor rgb '%s'\nset %ctics scale 0 nomirror %s textcolor rgb '%s' (",
            x ? "0,-0.3" : "-0.8,0", ink, name, a->n_words > 6 ? "rotate by -30 " : "", ink);
    if (a->n_words > 0)
        for (int i = 0; i < a->n_words; i++) {
            fputs(i > 0 ? ", " : "", f);
            plot_text(a->words[i], 24, f);
            fprintf(f, " %d", i);
        }
    else if (a->log)
        log_tics(r, f);
    else
        linear_tics(r, a->whole, f);
    fputs(")\n", f);
}

/* ---- data ---- */

/* Groups that are drawn; of a shaded plot: the points with a shade, and those without. */
static int drawn_groups(const struct plot *p)
{
    return p->shaded ? 2 : p->n_groups;
}

static bool in_group(const struct plot *p, int i, int g)
{
    return p->shaded ? (int)isnan(p->points[i].shade) == g : p->points[i].group == g;
}

static bool is_empty(const struct plot *p, int g)
{
    for (int i = 0; i < p->n; i++)
        if (in_group(p, i, g))
            return false;
    return true;
}

/* write_points: `$gN`: x y shade x_low x_high y_low y_high; NaN is gnuplot's word for none. */
static void write_points(const struct plot *p, int g, FILE *f)
{
    fprintf(f, "$g%d << EOD\n", g);
    for (int i = 0; i < p->n; i++) {
        const struct plot_point *q = &p->points[i];
        if (!in_group(p, i, g))
            continue;
        const double values[] = {q->x, q->y, q->shade, q->x_low, q->x_high, q->y_low, q->y_high};
        for (int k = 0; k < 7; k++)
            if (isnan(values[k]))
                fputs("NaN ", f);
            else
                fprintf(f, "%.10g ", values[k]);
        putc('\n', f);
    }
    fputs("EOD\n", f);
}

static void write_front(const struct plot *p, FILE *f)
{
    fputs("$front << EOD\n", f);
    for (int i = 0; i < p->n_front; i++)
        fprintf(f, "%.10g %.10g\n", p->front_x[i], p->front_y[i]);
    fputs("EOD\n$rings << EOD\n", f);
    for (int i = 0; i < p->n; i++)
        if (p->points[i].front)
            fprintf(f, "%.10g %.10g\n", p->points[i].x, p->points[i].y);
    fputs("EOD\n", f);
}

static bool has_bars(const struct plot *p, int g, bool x)
{
    for (int i = 0; i < p->n; i++)
        if (in_group(p, i, g) && !isnan(x ? p->points[i].x_low : p->points[i].y_low))
            return true;
    return false;
}

/* ---- the script ---- */

static void write_head(const struct plot *p, enum plot_format format, FILE *f)
{
    static const char *const terminals[] = {
        "svg size 960,600 dynamic noenhanced font 'DejaVu Sans,14' background rgb '#ffffff'",
        "pngcairo size 1920,1200 noenhanced font 'DejaVu Sans,14' fontscale 1.55 linewidth 2 pointscale 2 background "
        "rgb '#ffffff'",
        "pdfcairo size 24cm,15cm noenhanced font 'DejaVu Sans,14' fontscale 0.8 linewidth 1.2 background rgb "
        "'#ffffff'"};
    const bool legend = p->n_groups > 1 || p->n_front > 0;

    fprintf(f, "set terminal %s\nset encoding utf8\nset errorbars small\n", terminals[format]);
    fprintf(f, "set border 3 linecolor rgb '#999999' linewidth 1\nset grid linetype 1 linecolor rgb '%s' linewidth 1\n",
            faint);
    fprintf(f, "set lmargin at screen 0.095\nset tmargin at screen 0.875\nset bmargin at screen 0.125\n");
    if (!legend && !p->shaded)
        fputs("set rmargin at screen 0.965\n", f);
    fprintf(f, "set key %s vertical Left reverse samplen 1.2 spacing 1.35 width 1 noautotitle textcolor rgb '%s'\n",
            p->shaded ? "inside bottom right" : "outside right top", ink);
    if (p->legend != NULL && p->n_groups > 1 && !p->shaded) {
        fputs("set key title ", f);
        plot_text(p->legend, 30, f);
        fprintf(f, " left textcolor rgb '%s'\n", ink);
    }
    fputs("set label 1 ", f);
    plot_text(p->title, 70, f);
    fprintf(f, " at screen 0.095, screen 0.955 left font ',18' textcolor rgb '%s'\nset label 2 ", ink);
    plot_text(p->subtitle, 110, f);
    fputs(" at screen 0.095, screen 0.912 left font ',12' textcolor rgb '#777777'\n", f);
    if (p->shaded && p->legend != NULL) {
        fputs("set cblabel ", f);
        plot_text(p->legend, 60, f);
        /* viridis, five stops */
        fprintf(
            f,
            " offset 1,0 textcolor rgb '%s'\nset palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', "
            "4 '#d8c51d')\nset colorbox noborder\nset cbtics scale 0\n",
            ink);
    }
}

static void write_guides(const struct plot *p, FILE *f)
{
    for (int i = 0; i < p->n_guides; i++) {
        const struct plot_guide *g = &p->guides[i];
        if (g->vertical)
            fprintf(f, "set arrow from first %.10g, graph 0 to first %.10g, graph 1", g->at, g->at);
        else
            fprintf(f, "set arrow from graph 0, first %.10g to graph 1, first %.10g", g->at, g->at);
        fputs(" nohead back dashtype (6,5) linewidth 1.2 linecolor rgb '#888888'\nset label ", f);
        plot_text(g->label, 40, f);
        if (g->vertical)
            fprintf(f, " at first %.10g, graph 0.02 rotate by 90 left offset 0.8,0", g->at);
        else
            fprintf(f, " at graph 0.99, first %.10g right offset 0,0.6", g->at);
        fputs(" font ',11' textcolor rgb '#777777'\n", f);
    }
}

/* A comma and a new line between the parts of the plot command. */
static void next_part(bool *first, FILE *f)
{
    fputs(*first ? "plot " : ", \\\n     ", f);
    *first = false;
}

static void write_bars(const struct plot *p, bool *first, FILE *f)
{
    for (int g = 0; g < drawn_groups(p); g++)
        for (int x = 0; x < 2; x++) {
            if (!has_bars(p, g, x))
                continue;
            next_part(first, f);
            fprintf(f, "$g%d using 1:2:%s with %cerrorbars pointtype -1 linewidth 1 linecolor rgb '#a0%s'", g,
                    x ? "4:5" : "6:7", x ? 'x' : 'y', p->shaded ? "888888" : styles[g % STYLES].colour + 1);
        }
}

/* write_groups: the dots, each group with a white rim under it. Later groups are a little smaller, so that dots of
 * several groups in one place can all be seen. */
static void write_groups(const struct plot *p, double size, bool *first, FILE *f)
{
    const int groups = drawn_groups(p);
    for (int g = 0; g < groups; g++) {
        const int shape = p->shaded ? 7 : styles[g % STYLES].shape;
        const double own = p->shaded || groups == 1 ? size : size * (1.2 - 0.3 * g / (groups - 1));
        if (is_empty(p, g))
            continue;
        if (p->n <= PLOT_MANY) {
            next_part(first, f);
            fprintf(f, "$g%d using 1:2 with points pointtype %d pointsize %g linecolor rgb '#ffffff'", g, shape,
                    own + 0.35 * size);
        }
        next_part(first, f);
        if (p->shaded && g == 0)
            fprintf(f, "$g%d using 1:2:3 with points pointtype %d pointsize %g linecolor palette", g, shape, own);
        else
            fprintf(f, "$g%d using 1:2 with points pointtype %d pointsize %g linecolor rgb '%s'", g, shape, own,
                    p->shaded ? "#aaaaaa" : styles[g % STYLES].colour);
        if (!p->shaded && p->n_groups > 1) {
            fputs(" title ", f);
            plot_text(p->groups[g], 28, f);
        } else if (p->shaded && g == 1) {
            fputs(" title 'no value'", f);
        }
    }
}

void plot_script(const struct plot *p, enum plot_format format, FILE *f)
{
    const bool many = p->n > PLOT_MANY;
    const double size = many ? 0.35 : p->n > 300 ? 0.8 : 1.15;
    bool first = true;

    write_head(p, format, f);
    write_axis(p, true, f);
    write_axis(p, false, f);
    write_guides(p, f);
    for (int g = 0; g < drawn_groups(p); g++)
        if (!is_empty(p, g))
            write_points(p, g, f);
    write_front(p, f);
    if (p->n_front > 0) {
        next_part(&first, f);
        fputs("$front using 1:2 with lines linewidth 2 linecolor rgb '#777777'", f);
    }
    if (!many)
        write_bars(p, &first, f);
    write_groups(p, size, &first, f);
    if (p->n_front > 0 && !many) {
        next_part(&first, f);
        fprintf(f, "$rings using 1:2 with points pointtype 6 pointsize %g linewidth 1.4 linecolor rgb '%s'", size * 1.9,
                ink);
    }
    if (p->n_front > 0) { /* last in the legend */
        next_part(&first, f);
        fputs("keyentry with lines linewidth 2 linecolor rgb '#777777' title 'Pareto front'", f);
    }
    putc('\n', f);
}
