/* The axes of a plot: where they begin and end, and their tics. */
#include "explorer/report/plot_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void take(struct plot_range *r, const struct plot_axis *a, double v)
{
    if (a->log && v <= 0.0)
        return;
    r->low = fmin(r->low, v); /* fmin and fmax pass over NAN */
    r->high = fmax(r->high, v);
}

/* range_of: from the least to the greatest of all that is drawn. */
static struct plot_range range_of(const struct plot *p, bool x)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    struct plot_range r = {INFINITY, -INFINITY};
    for (int i = 0; i < p->n; i++) {
        const struct plot_point *q = &p->points[i];
        take(&r, a, x ? q->x : q->y);
        if (plot_all(p) <= PLOT_MANY) {
            take(&r, a, x ? q->x_low : q->y_low);
            take(&r, a, x ? q->x_high : q->y_high);
        }
    }
    for (int i = 0; i < p->n_lines; i++)
        for (int k = 0; k < p->lines[i].n; k++) {
            const struct plot_corner *c = &p->lines[i].corners[k];
            take(&r, a, x ? c->x : c->y);
            take(&r, a, x ? NAN : c->low);
            take(&r, a, x ? NAN : c->high);
        }
    for (int i = 0; i < p->n_marks; i++)
        take(&r, a, x ? p->marks[i].x : p->marks[i].y);
    for (int i = 0; i < p->n_guides; i++)
        if (p->guides[i].vertical == x)
            take(&r, a, p->guides[i].at);
    return r;
}

/* spread_room: beside single values, for the points that are drawn beside others of equal x. */
static double spread_room(const struct plot_axis *a, double span)
{
    double gap = INFINITY;
    for (int i = 1; i < a->n_tics; i++)
        gap = fmin(gap, a->tics[i] - a->tics[i - 1]);
    return a->n_tics > 1 ? fmax(0.06 * span, fmin(0.4 * gap, 0.25 * span)) : 0.06 * span;
}

/* pad: room around the data, so that no point sits on the frame. */
static struct plot_range pad(struct plot_range r, const struct plot_axis *a)
{
    if (a->log) {
        const double k = pow(r.high / r.low, a->n_tics > 1 ? fmax(0.06, 0.3 / (a->n_tics - 1)) : 0.06) * 1.02;
        return (struct plot_range){r.low / k, r.high * k};
    }
    double room = spread_room(a, r.high - r.low);
    if (room <= 0.0)
        room = a->whole ? 1.0 : r.high != 0.0 ? 0.1 * fabs(r.high) : 1.0;
    /* No room below 0 for what is above it. */
    const double low = r.low >= 0.0 && r.low < room && a->n_tics == 0 ? 0.0 : r.low - room;
    return (struct plot_range){low, r.high + room};
}

/* room_for_shifts: the range of x, wider if points that are drawn beside others would leave it. */
static struct plot_range room_for_shifts(const struct plot *p, struct plot_range r)
{
    const struct plot_ruler unit = {r, 1.0, p->x.log};
    double low = 0.0, high = 1.0;
    for (int i = 0; i < p->n; i++)
        if (p->points[i].shift != 0.0) {
            const double at = plot_pixels(&unit, p->points[i].x) + p->points[i].shift;
            low = fmin(low, at - 0.02);
            high = fmax(high, at + 0.02);
        }
    if (p->x.log)
        return (struct plot_range){r.low * pow(r.high / r.low, low), r.low * pow(r.high / r.low, high)};
    return (struct plot_range){r.low + low * (r.high - r.low), r.low + high * (r.high - r.low)};
}

struct plot_range plot_range(const struct plot *p, bool x)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    if (a->n_words > 0)
        return (struct plot_range){-0.5, a->n_words - 0.5};
    struct plot_range r = range_of(p, x);
    if (p->n_lines == 0 || !x || r.low == r.high) /* curves begin at the frame */
        r = pad(r, a);
    if (x)
        r = room_for_shifts(p, r);
    if (a->share) {
        r.low = a->log ? r.low : fmax(r.low, 0.0);
        r.high = fmin(r.high, 100.0);
    }
    r.low = isnan(a->low) ? r.low : a->low;
    r.high = isnan(a->high) ? r.high : a->high;
    if (r.low >= r.high) { /* one end is given, and it is on the other side of all that is drawn */
        if (isnan(a->high))
            r.high = a->log ? r.low * 10 : r.low + 1;
        else
            r.low = a->log ? r.high / 10 : r.high - 1;
    }
    return r;
}

struct plot_ruler plot_ruler(const struct plot *p, bool x)
{
    return (struct plot_ruler){plot_range(p, x), plot_area(p, x), x ? p->x.log : p->y.log};
}

double plot_pixels(const struct plot_ruler *r, double v)
{
    const double low = r->range.low, high = r->range.high;
    return r->area * (r->log ? log(v / low) / log(high / low) : (v - low) / (high - low));
}

/* ---- tics ---- */

enum { MOST_TICS = 64 };
struct tics {
    int n;
    double at[MOST_TICS];
};

static void tic(struct tics *t, double v)
{
    if (t->n < MOST_TICS)
        t->at[t->n++] = v;
}

static struct tics linear_tics(struct plot_range r, bool whole, double most)
{
    static const double steps[] = {1, 2, 5, 10};
    struct tics t = {.n = 0};
    const double power = pow(10.0, floor(log10((r.high - r.low) / most)));
    double step = 10 * power;
    for (int i = 0; i < 4; i++)
        if ((r.high - r.low) / (steps[i] * power) <= most + 0.5) {
            step = steps[i] * power;
            break;
        }
    if (whole && step < 1.0)
        step = 1.0;
    const double from = ceil(r.low / step - 1e-9);
    for (int k = 0; (from + k) * step <= r.high + 1e-9 * step && k < MOST_TICS; k++)
        tic(&t, (from + k) * step + 0.0); /* + 0.0: no -0 */
    return t;
}

static struct tics log_tics(struct plot_range r, bool whole, double most)
{
    static const double all_within[][3] = {{1}, {1, 3}, {1, 2, 5}};
    const double decades = log10(r.high / r.low);
    const int n = 3 * decades <= most + 1 ? 3 : 2 * decades <= most + 1 ? 2 : 1;
    const double *within = all_within[n - 1];
    const int every = decades > most ? (int)ceil(decades / most) : 1;
    struct tics t = {.n = 0};
    for (int k = (int)floor(log10(r.low)); k <= (int)floor(log10(r.high)); k++)
        for (int i = 0; i < n && k % every == 0; i++) {
            const double v = within[i] * pow(10.0, k);
            if (v >= r.low && v <= r.high)
                tic(&t, v);
        }
    return t.n >= 3 || (t.n == 2 && decades > 1.0) ? t : linear_tics(r, whole, most);
}

static int compare_tics(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* value_tics: at the values of the axis, but for those whose numbers would touch the one before. */
static struct tics value_tics(const struct plot *p, bool x, struct plot_range r)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    const struct plot_ruler ruler = plot_ruler(p, x);
    struct tics t = {.n = 0};
    double end = -INFINITY; /* of the number before, in pixels */
    for (int i = 0; i < a->n_tics; i++) {
        char text[32];
        if (a->tics[i] < r.low || a->tics[i] > r.high)
            continue;
        const int n = snprintf(text, sizeof text, "%.10g", a->tics[i]);
        const double half = plot_em(p) * (x ? 0.33 * n : 0.6), at = plot_pixels(&ruler, a->tics[i]);
        if (at - half < end + 0.4 * plot_em(p))
            continue;
        tic(&t, a->tics[i]);
        end = at + half;
    }
    return t;
}

static struct tics tics_of(const struct plot *p, bool x, struct plot_range r)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    const double most = fmin(8.0, fmax(2.5, plot_area(p, x) / ((x ? 5.0 : 2.4) * plot_em(p))));
    if (a->n_tics > 0) {
        struct tics t = value_tics(p, x, r);
        if (3 * t.n >= 2 * a->n_tics && t.n > 0)
            return t;
    }
    struct tics t = a->log ? log_tics(r, a->whole, most) : linear_tics(r, a->whole, most);
    if (x && p->n_lines > 0 && a->whole && t.n > 1 && t.n < MOST_TICS && t.at[0] > r.low && r.low == floor(r.low) &&
        (t.at[0] - r.low) / (r.high - r.low) * plot_area(p, true) > 2.0 * plot_em(p))
        tic(&t, r.low); /* the first epoch */
    qsort(t.at, (size_t)t.n, sizeof t.at[0], compare_tics);
    return t;
}

int plot_tics_between(double low, double high, bool log, bool whole, double most, double *at, int room)
{
    const struct plot_range r = {low, high};
    const struct tics t = log ? log_tics(r, whole, most) : linear_tics(r, whole, most);
    const int n = t.n < room ? t.n : room;
    memcpy(at, t.at, (size_t)n * sizeof *at);
    return n;
}

/* longest_word: its width in sizes of the font. */
static double longest_word(const struct plot *p)
{
    double longest = 0;
    for (int i = 0; i < p->x.n_words; i++)
        longest = fmax(longest, fmin(24 * 0.62, plot_text_width(p->x.words[i])));
    return longest;
}

bool plot_words_turned(const struct plot *p)
{
    if (p->x.n_words == 0)
        return false;
    /* How many panels are side by side depends on their height, and that on the answer: a square is near enough. */
    const double area = p->facets.n > 1 ? (p->width - plot_left(p)) / ceil(sqrt(p->facets.n)) : plot_area(p, true);
    return (longest_word(p) + 1.0) * plot_em(p) > area / p->x.n_words;
}

double plot_bottom(const struct plot *p, bool legend)
{
    if (p->n_dims > 0)
        return plot_parallel_foot(p) + (legend ? plot_legend_height(p) : 0.0);
    const double words = plot_words_turned(p) ? (p->facets.n > 1 ? 0.95 : 0.45) * longest_word(p) : 0.0;
    return (4.0 + words) * plot_em(p) + (legend && plot_legend_below(p) ? plot_legend_height(p) : 0.0);
}

/* shift_down: how far the vertical axis's label moves from the middle of the axis to stay on the page, in pixels. */
static double shift_down(const struct plot *p, double length)
{
    const double middle = plot_bottom(p, true) + 0.5 * plot_area(p, false), edge = 0.4 * plot_em(p) + 0.5 * length;
    return middle - fmax(edge, fmin(p->height - edge, middle));
}

/* put_label: smaller if it is long, cut if it is longer still. The horizontal one has a place on the page, since
 * gnuplot's own depends on the format. */
static void put_label(const struct plot *p, bool x, const char *text, FILE *f)
{
    const double em = plot_em(p), room = x ? p->width - 8 * em : p->height - em, width = plot_text_width(text);
    const double size = fmax(0.75 * em, fmin(em, room / fmax(1.0, width)));
    fputs(x ? "set label " : "set ylabel ", f);
    plot_text(text, (int)fmax(12, room / (0.55 * size)), f);
    if (x)
        fprintf(f, " at graph 0.5, screen %.5g center",
                (plot_bottom(p, true) - plot_bottom(p, false) + 1.1 * em) / p->height);
    else
        fprintf(f, " offset screen 0, screen %.4g", -shift_down(p, size * width) / p->height);
    fprintf(f, " font ',%.3g' textcolor rgb '%s'\n", size, plot_ink);
}

/* put_left_margin: turned words begin far to the left of their values. */
static void put_left_margin(const struct plot *p, FILE *f)
{
    const double em = plot_em(p), slot = plot_area(p, true) / p->x.n_words;
    double room = 0.0;
    for (int i = 0; i < p->x.n_words; i++)
        room = fmax(room, 0.95 * em * fmin(24 * 0.62, plot_text_width(p->x.words[i])) - (i + 0.5) * slot);
    if (room > 4.5 * em)
        fprintf(f, "set lmargin at screen %.4g\n", (room + 0.5 * em) / p->width);
}

/* put_shared_label: in the middle of all panels. */
static void put_shared_label(const struct plot *p, bool x, FILE *f)
{
    const double em = plot_em(p), bottom = plot_bottom(p, true), top = p->height - plot_top(p);
    const double room = x ? p->width - plot_left(p) : top, width = plot_text_width(x ? p->x.label : p->y.label);
    const double size = fmax(0.75 * em, fmin(em, room / fmax(1.0, width)));
    fputs("set label ", f);
    plot_text(x ? p->x.label : p->y.label, (int)fmax(12, room / (0.55 * size)), f);
    if (x)
        fprintf(f, " at screen %.5g,%.5g center", 0.5 * (p->width + plot_left(p)) / p->width,
                (bottom - plot_bottom(p, false) + 1.1 * em) / p->height);
    else
        fprintf(f, " at screen %.5g,%.5g center rotate by 90", 1.2 * em / p->width,
                fmax(0.5 * size * width + 0.4 * em, 0.5 * (bottom + top)) / p->height);
    fprintf(f, " font ',%.3g' textcolor rgb '%s'\n", size, plot_ink);
}

double plot_left(const struct plot *p)
{
    double longest = 3.2;
    for (int i = 0; i < p->y.n_words; i++)
        longest = fmax(longest, fmin(24 * 0.62, plot_text_width(p->y.words[i])));
    return (longest + 2.8) * plot_em(p);
}

void plot_axis_write(const struct plot *p, bool x, FILE *f)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    const char name = x ? 'x' : 'y';
    const struct plot_range r = plot_range(p, x);

    if (a->log)
        fprintf(f, "set logscale %c\n", name);
    fprintf(f, "set %crange [%.10g:%.10g]\n", name, r.low, r.high);
    if (p->facets.n > 1)
        put_shared_label(p, x, f);
    else
        put_label(p, x, a->label, f);
    if (x && plot_words_turned(p) && p->facets.n <= 1)
        put_left_margin(p, f);
}

void plot_tics_write(const struct plot *p, bool x, bool numbers, FILE *f)
{
    const struct plot_axis *a = x ? &p->x : &p->y;
    fprintf(f, "set %ctics scale 0 nomirror %s textcolor rgb '%s' (", x ? 'x' : 'y',
            !x || !plot_words_turned(p) ? "" : p->facets.n > 1 ? "rotate by 90 right " : "rotate by 25 right ", plot_ink);
    if (a->n_words > 0) {
        for (int i = 0; i < a->n_words; i++) {
            fputs(i > 0 ? ", " : "", f);
            plot_text(numbers ? a->words[i] : "", 24, f);
            fprintf(f, " %d", i);
        }
    } else {
        const struct tics t = tics_of(p, x, plot_range(p, x));
        for (int i = 0; i < t.n; i++) {
            fputs(i > 0 ? ", " : "", f);
            if (numbers)
                fprintf(f, "'%.10g' %.10g", t.at[i], t.at[i]);
            else
                fprintf(f, "'' %.10g", t.at[i]);
        }
    }
    fputs(")\n", f);
}
