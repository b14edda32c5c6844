/* The title of a chart, the line below it, and the note for the user. */
#include "explorer/report/chart_parts.h"
#include "explorer/report/plot_parts.h"

#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static void append(char *text, size_t n_bytes, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t n_bytes, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, n_bytes - used, format, arguments);
    va_end(arguments);
}

/* put_sweeps: the first two, and whether there are more. */
static void put_sweeps(const struct table *t, struct chart *c)
{
    const int several = table_column(t, "sweeps"), sweep = several >= 0 ? several : table_column(t, "sweep");
    const char *first = NULL, *second = NULL;
    bool more = false;
    for (int i = 0; i < c->plot.n && sweep >= 0; i++) {
        const char *name = table_cell(t, c->rows[i], sweep)->text;
        if (name == NULL || (first != NULL && strcmp(name, first) == 0) ||
            (second != NULL && strcmp(name, second) == 0))
            continue;
        more |= second != NULL;
        second = first != NULL && second == NULL ? name : second;
        first = first == NULL ? name : first;
    }
    append(c->subtitle, sizeof c->subtitle, "%.60s%s%.60s%s", first != NULL ? first : "", second != NULL ? ", " : "",
           second != NULL ? second : "", more ? ", …" : "");
    if (first != NULL)
        append(c->subtitle, sizeof c->subtitle, "  ·  ");
}

static void put_curves(struct chart *c)
{
    append(c->subtitle, sizeof c->subtitle, "%d training%s", c->plot.n_lines, c->plot.n_lines == 1 ? "" : "s");
    if (c->n_seeds > 1)
        append(c->subtitle, sizeof c->subtitle, "  ·  lines: mean over seeds  ·  bands: lowest to highest seed");
}

/* interval_of: which of the two intervals of an accuracy the bars show. */
static const char *interval_of(const struct table *t, const struct chart *c)
{
    const int column = table_column(t, "test_accuracy_interval");
    bool seeds = false, sampling = false;
    for (int i = 0; i < c->plot.n && column >= 0; i++) {
        const char *which = table_cell(t, c->rows[i], column)->text;
        seeds |= which != NULL && strcmp(which, "seeds") == 0;
        sampling |= which != NULL && strcmp(which, "sampling") == 0;
    }
    return seeds && sampling ? "95 % interval, the wider of seeds and sampling"
           : sampling        ? "95 % interval by sampling of the test set"
                             : "95 % interval over the seeds";
}

/* put_bars: what they are. */
static void put_bars(const struct table *t, struct chart *c)
{
    const bool x = c->x.low >= 0, y = c->y.low >= 0;
    const bool x_clock = strncmp(c->x.of.name, "fmax", 4) == 0, y_clock = strncmp(c->y.of.name, "fmax", 4) == 0;
    const bool mean = (x && !x_clock) || (y && !y_clock), band = (x && x_clock) || (y && y_clock);
    if (c->bars)
        append(c->subtitle, sizeof c->subtitle, "  ·  bars: %s%s%s", mean ? interval_of(t, c) : "",
               mean && band ? ", " : "", band ? "error band of the clock" : "");
}

static bool is_of_seeds(const struct view_column *c)
{
    return c->kind == COLUMN_RESULT && (c->seeds == SEEDS_MEAN || c->group == SHOW_ACCURACY);
}

/* is_mean: whether anything that is drawn depends on the seed. */
static bool is_mean(const struct chart_request *r)
{
    bool found = false;
    for (int k = 0; k < SLOTS; k++) {
        const char *asked = chart_asked(r, (enum chart_slot)k);
        found |= asked != NULL && chart_names(asked, is_of_seeds);
    }
    return found || (r->parallel != NULL && chart_names(r->parallel, is_of_seeds));
}

/* put_rows: how many of what, over how many seeds, and what the bars are. */
static void put_rows(const struct table *t, const struct chart_request *r, struct chart *c)
{
    const int seeds = table_column(t, "n");
    const bool designs = strcmp(r->view, "designs") == 0, mean = designs && is_mean(r);
    double fewest = INFINITY, most = 0;
    for (int i = 0; i < c->plot.n; i++) {
        const double n = seeds < 0 ? NAN : cell_number(table_cell(t, c->rows[i], seeds));
        fewest = fmin(fewest, n);
        most = fmax(most, n);
    }
    append(c->subtitle, sizeof c->subtitle, "%d %s%s", c->plot.n,
           designs                             ? "design"
           : strcmp(r->view, "trainings") == 0 ? "training"
                                               : "run",
           c->plot.n == 1 ? "" : "s");
    if (mean && most == 1 && fewest == most)
        append(c->subtitle, sizeof c->subtitle, "  ·  1 seed");
    else if (mean && most > 0 && fewest == most)
        append(c->subtitle, sizeof c->subtitle, "  ·  mean of %g seeds", most);
    else if (mean && most > 0)
        append(c->subtitle, sizeof c->subtitle, "  ·  mean of %g to %g seeds", fewest, most);
    put_bars(t, c);
}

/* name_of: of a column its name, of an expression its title. */
static const char *name_of(const struct scale *a)
{
    return a->of.known != NULL ? a->of.name : a->of.title;
}

static void put_left_out(const struct chart_request *r, struct chart *c)
{
    const struct left_out *l = &c->left_out;
    const char *before = " (";
    if (l->empty > 0) {
        if (r->parallel != NULL)
            append(c->note, sizeof c->note, "%s%d left out: a result has no value", before, l->empty);
        else
            append(c->note, sizeof c->note, "%s%d left out: no %.60s or no %.60s", before, l->empty, name_of(&c->x),
                   name_of(&c->y));
        before = "; ";
    }
    if (l->not_positive > 0) {
        append(c->note, sizeof c->note, "%s%d left out: 0 or less, which a logarithmic axis cannot show", before,
               l->not_positive);
        before = "; ";
    }
    if (l->outside > 0) {
        append(c->note, sizeof c->note, "%s%d outside %s", before, l->outside,
               r->x_range == NULL   ? "--yrange"
               : r->y_range == NULL ? "--xrange"
                                    : "the ranges");
        before = "; ";
    }
    if (strcmp(before, "; ") == 0)
        append(c->note, sizeof c->note, ")");
}

/* put_title: "y over x"; what both titles end in is said once. */
static void put_title(struct chart *c)
{
    static const char estimated[] = ", estimated";
    const char *x = c->x.of.title, *y = c->y.of.title;
    const bool both = text_ends_with(x, estimated) && text_ends_with(y, estimated);
    snprintf(c->title, sizeof c->title, "%.*s over %.110s", both ? (int)(strlen(y) - strlen(estimated)) : 110, y, x);
    if (c->title[0] >= 'a' && c->title[0] <= 'z')
        c->title[0] = (char)(c->title[0] - 'a' + 'A');
}

void chart_titles(const struct table *t, const struct chart_request *r, struct chart *c)
{
    if (r->parallel == NULL)
        put_title(c);
    put_sweeps(t, c);
    if (r->curves)
        put_curves(c);
    else
        put_rows(t, r, c);
    c->plot.title = r->title != NULL ? r->title : c->title;
    c->plot.subtitle = c->subtitle;
    append(c->note, sizeof c->note, "%d of %d rows of `%s`", c->plot.n, t->n_rows, r->view);
    put_left_out(r, c);
    if (c->unlike)
        append(c->note, sizeof c->note,
               "; no front: the points are of several data sets (--where \"dataset = '...'\" "
               "takes one)");
    if (r->published != NULL)
        append(c->note, sizeof c->note, "; %d of %d published points have both values%s", c->plot.n_marks,
               c->n_published, c->plot.n_marks < c->n_published ? " on a data set of the plot" : "");
}

/* room_for_counts: not where they would cover the points. */
static void room_for_counts(struct chart *c)
{
    static const double OF_EACH = 20.0; /* of the plot's area, in squares of the font's size */
    const double em = plot_em(&c->plot), area = plot_area(&c->plot, true) * plot_area(&c->plot, false);
    const int n = c->plot.n_counts;
    if (n <= c->plot.facets.n * area / (OF_EACH * em * em))
        return;
    append(c->note, sizeof c->note, "; at %d places points cover each other, and there is no room to say how many", n);
    c->plot.n_counts = 0;
}

void chart_room(const struct chart_request *r, struct chart *c)
{
    room_for_counts(c);
    if (c->plot.n_under > 0)
        append(c->note, sizeof c->note, "; %d lie under others of their kind, and are not in the file", c->plot.n_under);
    if (c->plot.n_counts > 0)
        append(c->subtitle, sizeof c->subtitle, "  ·  numbers: how many are at one place");
    if (plot_subtitle_cut(&c->plot))
        append(c->note, sizeof c->note, "; no room for all of the line below the title");
    if (plot_parallel_cut(&c->plot))
        append(c->note, sizeof c->note, "; no room for all words at the axes: take a larger --size or fewer columns");
    const double least = c->plot.facets.n > 1 ? 5.0 * plot_em(&c->plot) : PLOT_LEAST_SHARE * c->plot.height;
    if (plot_area(&c->plot, false) < least)
        append(c->note, sizeof c->note, "; the page leaves little room for the plot: take a larger --size%s",
               r->title != NULL && r->title[0] == '\0' ? "" : " or --title ''");
}
