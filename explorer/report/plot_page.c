/* The page of a plot: its size and font, the title, the place of the legend. */
#include "explorer/report/plot_parts.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

const char plot_ink[] = "#333333", plot_faint[] = "#e4e4e4";

double plot_em(const struct plot *p)
{
    return fmin(28.0, fmax(10.5, 14.0 * fmin(p->width / 960, p->height / 600)));
}

bool plot_legend_below(const struct plot *p)
{
    return p->shaded || p->facets.n > 1 || p->n_dims > 0 || p->width < 42 * plot_em(p);
}

static const double SUBTITLE = 0.86;   /* its size, in sizes of the font */
static const char between[] = "  ·  "; /* parts of a subtitle */

/* line_bytes: how much of the subtitle fits on a line: whole parts, at least one. */
static size_t line_bytes(const struct plot *p, const char *text)
{
    const double room = p->width - 6 * plot_em(p);
    size_t fits = strcspn(text, "\n");
    for (const char *at = text; at != NULL; at = at[0] != '\0' ? strstr(at + 1, between) : NULL) {
        const char *end = strstr(at + (at > text), between);
        char part[400];
        snprintf(part, sizeof part, "%.*s", end != NULL ? (int)(end - text) : (int)strlen(text), text);
        if (at > text && SUBTITLE * plot_em(p) * plot_text_width(part) > room)
            return (size_t)(at - text);
        fits = end != NULL ? (size_t)(end - text) : strlen(text);
    }
    return fits;
}

static const double TITLE = 1.29; /* its size, in sizes of the font */
enum { TITLE_LINES = 3 };

/* title_bytes: how much of the title fits on a line: whole words, at least one. */
static size_t title_bytes(const struct plot *p, const char *text)
{
    const double room = p->width - 6 * plot_em(p);
    size_t fits = strcspn(text, " ");
    for (size_t end = fits; end > 0; end = text[end] != '\0' ? end + 1 + strcspn(text + end + 1, " ") : 0) {
        char part[512];
        snprintf(part, sizeof part, "%.*s", (int)end, text);
        if (TITLE * plot_em(p) * plot_text_width(part) > room)
            break;
        fits = end;
    }
    return fits > 0 ? fits : strlen(text);
}

/* title_lines: as many as it takes, three at most. */
static int title_lines(const struct plot *p)
{
    int n = 0;
    for (const char *at = p->title; *at != '\0' && n < TITLE_LINES; n++) {
        at += title_bytes(p, at);
        at += strspn(at, " ");
    }
    return n;
}

/* more_title: height of the second and third line of the title. */
static double more_title(const struct plot *p)
{
    return 1.6 * fmax(0, title_lines(p) - 1) * plot_em(p);
}

/* subtitle_lines: as many as it takes. */
static int subtitle_lines(const struct plot *p)
{
    int n = 0;
    for (const char *at = p->subtitle; *at != '\0' && p->title[0] != '\0'; n++) {
        at += line_bytes(p, at);
        at += strncmp(at, between, strlen(between)) == 0 ? strlen(between) : 0;
    }
    return n;
}

/* shown_lines: as many as leave the plot its share of the page. */
static int shown_lines(const struct plot *p)
{
    const double room = (1.0 - PLOT_LEAST_SHARE) * p->height - plot_bottom(p, true) - 2.9 * plot_em(p) -
                        more_title(p);
    return (int)fmin(subtitle_lines(p), fmax(0.0, floor(room / (1.3 * plot_em(p)))));
}

bool plot_subtitle_cut(const struct plot *p)
{
    return shown_lines(p) < subtitle_lines(p);
}

double plot_top(const struct plot *p)
{
    const double em = plot_em(p);
    return p->title[0] == '\0' ? em : (2.9 + 1.3 * shown_lines(p)) * em + more_title(p);
}

double plot_area(const struct plot *p, bool x)
{
    const double em = plot_em(p);
    if (p->facets.n > 1)
        return plot_panel_size(p, x);
    if (p->n_dims > 0 && x)
        return p->width - (p->shaded ? 12.0 : 4.0) * em;
    if (!x)
        return fmax(2 * em, p->height - plot_top(p) - plot_bottom(p, true));
    return fmax(6 * em, p->width - (p->shaded ? 16.0 : plot_has_legend(p) && !plot_legend_below(p) ? 20.0 : 8.0) * em);
}

double plot_text_width(const char *text)
{
    double width = 0;
    for (size_t left = strlen(text); left > 0;) {
        const int length = text_utf8_length(text, left) > 0 ? text_utf8_length(text, left) : 1;
        width += strchr("iljtfrI.,:;|!'()[]- ", *text) != NULL ? 0.38 : strchr("mwMW%", *text) != NULL ? 0.95 : 0.63;
        text += length;
        left -= (size_t)length;
    }
    return width;
}

/* put_line: a text above the plot, smaller if it is long, cut if it is longer still. */
static void put_line(const struct plot *p, int label, const char *text, double size, double down, const char *colour,
                     FILE *f)
{
    const double room = p->width - 6 * plot_em(p), least = 0.75 * plot_em(p);
    const double fitting = fmax(least, fmin(size, room / fmax(1.0, plot_text_width(text))));
    const bool fits = fitting * plot_text_width(text) <= room;
    fprintf(f, "set label %d ", label);
    plot_text(text, fits ? (int)strlen(text) + 1 : (int)fmax(12, room / (0.55 * fitting)), f);
    fprintf(f, " at %s, screen %.5g left font ',%.3g' textcolor rgb '%s'\n",
            p->facets.n > 1 || p->n_dims > 0 ? "screen 0.02" : "graph 0", 1.0 - down / p->height, fitting, colour);
}

/* put_terminal: sizes of fonts are in pixels in all of them. A PNG has two pixels for each, for sharp screens. */
static void put_terminal(const struct plot *p, enum plot_format format, FILE *f)
{
    const double em = plot_em(p), thick = fmin(1.0, em / 14 + 0.1);
    const char *font = "noenhanced font 'DejaVu Sans";
    if (format == PLOT_PNG)
        fprintf(f,
                "set terminal pngcairo size %.0f,%.0f %s,%.3g' fontscale 1.5 linewidth %.3g pointscale %.3g background "
                "rgb '#ffffff'\n",
                2 * p->width, 2 * p->height, font, em, 2 * thick, 2.0);
    else if (format == PLOT_PDF)
        fprintf(f,
                "set terminal pdfcairo size %.4gcm,%.4gcm %s,%.3g' fontscale 0.5625 linewidth %.3g pointscale %.3g "
                "background rgb '#ffffff'\n",
                p->width / 96 * 2.54, p->height / 96 * 2.54, font, em, 1.2 * thick, 0.6);
    else
        fprintf(f, "set terminal svg size %.0f,%.0f fixed %s,%.3g' linewidth %.3g background rgb '#ffffff'\n", p->width,
                p->height, font, em, thick);
}

static void put_output(const struct plot *p, enum plot_format format, const char *output, FILE *f)
{
    fputs("# A script for gnuplot, with its data. For another format take the lines of another terminal; styles are\n"
          "# in the plot command at the end, data above it.\n",
          f);
    for (int k = PLOT_SVG; k <= PLOT_PDF; k++) {
        static const char *const endings[] = {"svg", "png", "pdf"};
        char name[512];
        snprintf(name, sizeof name, "%.500s.%s", output, endings[k]);
        if (k != (int)format)
            fputs("# ", f);
        put_terminal(p, (enum plot_format)k, f);
        fputs(k != (int)format ? "# set output " : "set output ", f);
        plot_text(name, 512, f);
        putc('\n', f);
    }
}

static void put_title(const struct plot *p, FILE *f)
{
    const double em = plot_em(p);
    const int lines = shown_lines(p);
    int label = 1;
    for (const char *at = p->title; label <= title_lines(p); label++) {
        char line[512];
        const size_t n = label == TITLE_LINES ? strlen(at) : title_bytes(p, at);
        snprintf(line, sizeof line, "%.*s", (int)n, at);
        put_line(p, label, line, TITLE * em, (1.7 + 1.6 * (label - 1)) * em, plot_ink, f);
        at += n;
        at += strspn(at, " ");
    }
    int shown = 0;
    for (const char *at = p->subtitle; *at != '\0' && shown < lines; label++) {
        char line[400];
        const size_t n = line_bytes(p, at);
        snprintf(line, sizeof line, "%.*s", (int)n, at);
        put_line(p, label, line, SUBTITLE * em, (1.9 + 1.3 * ++shown) * em + more_title(p), "#666666", f);
        at += n;
        at += strncmp(at, between, strlen(between)) == 0 ? strlen(between) : 0;
    }
}

void plot_head(const struct plot *p, enum plot_format format, const char *output, FILE *f)
{
    if (output != NULL)
        put_output(p, format, output, f);
    else
        put_terminal(p, format, f);
    fputs("set encoding utf8\nset datafile missing NaN\n", f); /* else a bar without ends has a cap on the frame */
    fprintf(f, "set border 3 linecolor rgb '#999999' linewidth 1\nset grid linetype 1 linecolor rgb '%s' linewidth 1\n",
            plot_faint);
    if (p->facets.n <= 1)
        fprintf(f, "set tmargin at screen %.4g\nset bmargin at screen %.4g\n", 1.0 - plot_top(p) / p->height,
            plot_bottom(p, true) / p->height);
    if (p->title[0] != '\0')
        put_title(p, f);
    plot_legend_place(p, f);
    if (p->shaded && p->colours.title != NULL) {
        fputs("set cblabel ", f);
        plot_text(p->colours.title, 60, f);
        /* viridis, five stops */
        fprintf(
            f,
            " offset 1,0 textcolor rgb '%s'\nset palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', "
            "4 '#d8c51d')\nset colorbox noborder\nset cbtics scale 0 textcolor rgb '%s'\n",
            plot_ink, plot_ink);
        if (p->facets.n > 1)
            plot_panels_colours(p, f);
    }
}
