#include "explorer/cli.h"
#include "explorer/columns.h"
#include "explorer/pareto.h"
#include "explorer/plot.h"
#include "explorer/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: deltasweep plot --x COL --y COL [--color COL] [--where EXPR] [--view VIEW]\n"
    "                       [--log AXES] [--db FILE] -o FILE.svg|.png|.pdf\n"
    "\n"
    "Draws one column over another, a dot per row, through gnuplot. Where both columns have\n"
    "a better direction the Pareto front is a line, and its designs have a ring. The view\n"
    "designs has error bars on test_accuracy: the 95 % interval of the mean over seeds.\n"
    "\n"
    "  --x COL, --y COL   the columns of the axes\n"
    "  --color COL        one colour per value of this column (a scale, if it has more\n"
    "                     than eight different numbers)\n"
    "  --where EXPR       only rows for which this SQL expression holds\n"
    "  --view VIEW        designs (default: a row per point, means over seeds) or results\n"
    "                     (a row per point and seed)\n"
    "  --log AXES         which axes are logarithmic: x, y, xy, none (default: those of\n"
    "                     sizes, counts and speeds that span more than a factor of 30)\n"
    "  -o FILE            what to write; the ending says the format. The file appears\n"
    "                     whole or not at all\n"
    "  --db FILE          the database (default: deltasweep.db)\n"
    "\n"
    "`deltasweep help columns` lists the columns.\n"
    "\n"
    "examples:\n"
    "  deltasweep plot --x weight_storage_bits --y test_accuracy --color scheme -o pareto.svg\n"
    "  deltasweep plot --x lut --y macs_per_second --color parallelism --where \"fits\" -o speed.png\n"
    "\n"
    "exit codes: 0 good; 1 nothing to draw; 2 wrong column or expression, no such database,\n"
    "  no gnuplot, the file cannot be written\n";

enum { MAX_GROUPS = 64, MAX_SHADES = 8 };
static const double LOG_FROM = 30.0; /* largest over smallest value, from which an axis is logarithmic */

struct request {
    const char *path, *view, *where, *x, *y, *color, *file, *log;
};

static enum status parse(int argc, char **argv, struct request *r, struct errmsg *e)
{
    static const struct option options[] = {
        {"x", required_argument, NULL, 'x'},      {"y", required_argument, NULL, 'y'},
        {"color", required_argument, NULL, 'c'},  {"colour", required_argument, NULL, 'c'},
        {"where", required_argument, NULL, 'w'},  {"view", required_argument, NULL, 'v'},
        {"log", required_argument, NULL, 'l'},    {"db", required_argument, NULL, 'D'},
        {"output", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};
    int v;

    while ((v = cli_next(argc, argv, "o:", options, e)) != CLI_END) {
        if (v == CLI_BAD || (v == 'v' && query_view(optarg, e) != STATUS_OK))
            return STATUS_USAGE;
        const char **const target = v == 'x'   ? &r->x
                                    : v == 'y' ? &r->y
                                    : v == 'c' ? &r->color
                                    : v == 'w' ? &r->where
                                    : v == 'v' ? &r->view
                                    : v == 'l' ? &r->log
                                    : v == 'D' ? &r->path
                                               : &r->file;
        *target = optarg;
    }
    if (cli_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    if (r->x == NULL || r->y == NULL || r->file == NULL)
        return fail(e, STATUS_USAGE, "plot needs %s (see `deltasweep plot --help`)",
                    r->x == NULL ? "--x COL" : r->y == NULL ? "--y COL" : "-o FILE.svg, .png or .pdf");
    if (plot_format_of(r->file) < 0)
        return fail(e, STATUS_USAGE, "-o %s: the name must end in .svg, .png or .pdf", r->file);
    if (r->log != NULL && strcmp(r->log, "x") != 0 && strcmp(r->log, "y") != 0 && strcmp(r->log, "xy") != 0 &&
        strcmp(r->log, "none") != 0)
        return fail(e, STATUS_USAGE, "--log is x, y, xy or none, not `%s`", r->log);
    return STATUS_OK;
}

/* One column as an axis, and where its values are. */
struct axis {
    int column, low, high; /* in the table; low, high: of its interval, or -1 */
    const struct column *known; /* may be NULL */
    double scale;          /* from the column's unit to the axis's */
    char label[160];
    const char **words;    /* owned (not the words): the different texts of the column */
};

/* All that a plot is made of; the drawing borrows from it. */
struct work {
    struct axis x, y;
    struct plot plot;
    struct plot_point *points;
    const char *groups[MAX_GROUPS];
    char group_texts[MAX_GROUPS][64];
    double *front_x, *front_y;
    char title[256], subtitle[320], legend[96];
    int left_out;
    bool bars;
};

static const char *column_title(const struct column *known, const char *name)
{
    return known != NULL ? known->title : name;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* axis_words: a column of texts becomes a list of the different ones; values are their indices. */
static enum status axis_words(const struct table *t, struct axis *a, struct plot_axis *axis, struct errmsg *e)
{
    bool words = false;
    int n = 0;
    for (int i = 0; i < t->n_rows; i++)
        words |= table_cell(t, i, a->column)->type == CELL_TEXT;
    if (!words)
        return STATUS_OK;
    a->words = malloc((size_t)t->n_rows * sizeof *a->words);
    if (a->words == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    for (int i = 0; i < t->n_rows; i++)
        if (table_cell(t, i, a->column)->type == CELL_TEXT)
            a->words[n++] = table_cell(t, i, a->column)->text;
    qsort(a->words, (size_t)n, sizeof *a->words, compare_words);
    axis->n_words = 0;
    for (int i = 0; i < n; i++)
        if (i == 0 || strcmp(a->words[i], a->words[axis->n_words - 1]) != 0)
            a->words[axis->n_words++] = a->words[i];
    if (axis->n_words > 40)
        return fail(e, STATUS_USAGE, "%d different words are too many for an axis: narrow them with --where", axis->n_words);
    axis->words = a->words;
    return STATUS_OK;
}

static double axis_value(const struct table *t, int row, int column, const struct axis *a, const struct plot_axis *axis)
{
    if (column < 0)
        return NAN;
    const struct cell *c = table_cell(t, row, column);
    if (axis->n_words > 0) {
        if (c->type != CELL_TEXT)
            return NAN;
        const char **hit = bsearch(&c->text, axis->words, (size_t)axis->n_words, sizeof *axis->words, compare_words);
        return hit == NULL ? NAN : (double)(hit - a->words);
    }
    const double v = cell_number(c);
    return isfinite(v) ? v : NAN;
}

/* axis_scale: the label, the unit's prefix, and whether the axis is logarithmic; from the values still in the
 * column's unit. */
static void axis_scale(const struct work *w, bool x, const char *name, const char *log, struct axis *a, struct plot_axis *axis)
{
    double low = INFINITY, high = -INFINITY;
    bool whole = true;
    for (int i = 0; i < w->plot.n; i++) {
        const double v = x ? w->points[i].x : w->points[i].y;
        low = fmin(low, v);
        high = fmax(high, v);
        whole &= v == floor(v);
    }
    const char *unit = a->known != NULL && a->known->unit != NULL ? a->known->unit : "";
    const bool sized = a->known != NULL && a->known->kind == COLUMN_RESULT && strcmp(unit, "fraction") != 0;
    const char *prefix = "";
    a->scale = 1.0;
    if (strcmp(unit, "fraction") == 0) {
        a->scale = 100.0;
        unit = "%";
    } else if (strcmp(unit, "bit") == 0 || strchr(unit, '/') != NULL) {
        a->scale = high >= 1e6 && low >= 1e5 ? 1e-6 : high >= 1e4 ? 1e-3 : 1.0;
        if (high >= 1e9)
            a->scale = 1e-6;
        prefix = a->scale == 1e-6 ? "M" : a->scale == 1e-3 ? "k" : "";
    }
    const char *gap = prefix[0] != '\0' && strchr(unit, '/') != NULL ? " " : "";
    if (unit[0] != '\0')
        snprintf(a->label, sizeof a->label, "%s (%s%s%s)", column_title(a->known, name), prefix, gap, unit);
    else
        snprintf(a->label, sizeof a->label, "%s", column_title(a->known, name));
    axis->label = a->label;
    axis->whole = whole && a->scale == 1.0;
    axis->log = axis->n_words == 0 && low > 0.0 && isfinite(low) &&
                (log != NULL ? strchr(log, x ? 'x' : 'y') != NULL : sized && high / low > LOG_FROM);
}

static enum status find_axis(const struct table *t, const struct request *r, const char *name, struct axis *a,
                             struct plot_axis *axis, struct errmsg *e)
{
    const enum status s = query_column(r->view, t, name, &a->column, e);
    if (s != STATUS_OK)
        return s;
    a->known = column_find(name);
    a->low = a->high = -1;
    if (strcmp(name, "test_accuracy") == 0) {
        a->low = table_column(t, "test_accuracy_low");
        a->high = table_column(t, "test_accuracy_high");
    }
    return axis_words(t, a, axis, e);
}

/* gather: the rows that have both values become points, in the columns' own units. */
static enum status gather(const struct table *t, const struct request *r, struct work *w, int *rows, struct errmsg *e)
{
    for (int i = 0; i < t->n_rows; i++) {
        struct plot_point *p = &w->points[w->plot.n];
        *p = (struct plot_point){
            .x = axis_value(t, i, w->x.column, &w->x, &w->plot.x),
            .y = axis_value(t, i, w->y.column, &w->y, &w->plot.y),
            .x_low = axis_value(t, i, w->x.low, &w->x, &w->plot.x),
            .x_high = axis_value(t, i, w->x.high, &w->x, &w->plot.x),
            .y_low = axis_value(t, i, w->y.low, &w->y, &w->plot.y),
            .y_high = axis_value(t, i, w->y.high, &w->y, &w->plot.y),
            .shade = NAN,
        };
        if (isnan(p->x) || isnan(p->y)) {
            w->left_out++;
            continue;
        }
        w->bars |= !isnan(p->x_low) || !isnan(p->y_low);
        rows[w->plot.n++] = i;
    }
    if (w->plot.n == 0 && t->n_rows == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: no row of `%s`%s%s%s", r->view, r->where == NULL ? "" : " has ",
                    r->where == NULL ? "" : r->where, r->where == NULL ? " is recorded" : "");
    if (w->plot.n == 0)
        return fail(e, STATUS_VERDICT, "nothing to draw: none of the %d rows has both %s and %s", t->n_rows, r->x, r->y);
    return STATUS_OK;
}

static void group_text(const struct cell *c, char text[64])
{
    if (c->type == CELL_TEXT)
        snprintf(text, 64, "%.63s", c->text);
    else if (c->type == CELL_NULL)
        snprintf(text, 64, "–");
    else
        snprintf(text, 64, "%.6g", cell_number(c));
}

/* A value of the colour column: numbers in order, then words, then none. */
struct value {
    const struct cell *cell;
    int point;
};

static int by_value(const void *a, const void *b)
{
    const struct cell *x = ((const struct value *)a)->cell, *y = ((const struct value *)b)->cell;
    const int rank_x = x->type == CELL_TEXT ? 1 : x->type == CELL_INT || x->type == CELL_REAL ? 0 : 2;
    const int rank_y = y->type == CELL_TEXT ? 1 : y->type == CELL_INT || y->type == CELL_REAL ? 0 : 2;
    if (rank_x != rank_y)
        return rank_x - rank_y;
    if (rank_x == 1)
        return strcmp(x->text, y->text);
    if (rank_x == 2)
        return 0;
    const double v = cell_number(x), u = cell_number(y);
    return (v > u) - (v < u);
}

/* make_groups: one group per value of the colour column, or a scale. */
static enum status make_groups(const struct table *t, const struct request *r, const int *rows, struct work *w,
                               struct errmsg *e)
{
    int column;
    w->plot.n_groups = 1;
    w->groups[0] = "";
    if (r->color == NULL)
        return STATUS_OK;
    enum status s = query_column(r->view, t, r->color, &column, e);
    if (s != STATUS_OK)
        return s;
    const struct column *known = column_find(r->color);
    struct value *values = malloc((size_t)w->plot.n * sizeof *values);
    if (values == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", w->plot.n);
    for (int i = 0; i < w->plot.n; i++)
        values[i] = (struct value){table_cell(t, rows[i], column), i};
    qsort(values, (size_t)w->plot.n, sizeof *values, by_value);
    int n = 0;
    bool numbers = true;
    for (int i = 0; i < w->plot.n; i++) {
        n += i == 0 || by_value(&values[i - 1], &values[i]) != 0;
        numbers &= !isnan(cell_number(values[i].cell));
        w->points[values[i].point].group = n - 1;
        w->points[values[i].point].shade = cell_number(values[i].cell);
        if (n <= MAX_GROUPS) {
            group_text(values[i].cell, w->group_texts[n - 1]);
            w->groups[n - 1] = w->group_texts[n - 1];
        }
    }
    free(values);
    w->plot.shaded = numbers && n > MAX_SHADES;
    if (!w->plot.shaded && n > MAX_GROUPS)
        return fail(e, STATUS_USAGE, "%d different values of `%s` are too many for a legend: narrow them with --where", n,
                    r->color);
    const char *unit = known != NULL && known->unit != NULL ? known->unit : "";
    const double scale = strcmp(unit, "fraction") == 0 && w->plot.shaded ? 100.0 : 1.0;
    for (int i = 0; i < w->plot.n && scale != 1.0; i++)
        w->points[i].shade *= scale;
    snprintf(w->legend, sizeof w->legend, unit[0] != '\0' ? "%.60s (%s)" : "%.60s", column_title(known, r->color),
             scale != 1.0 ? "%" : unit);
    w->plot.legend = w->legend;
    w->plot.n_groups = w->plot.shaded ? 1 : n;
    return STATUS_OK;
}

struct corner {
    double x, y;
};

static int by_x(const void *a, const void *b)
{
    const struct corner *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

/* find_front: marks the front's points and makes its line, whose steps run on the side of the designs that are
 * beaten. */
static enum status find_front(struct work *w, struct errmsg *e)
{
    const int n = w->plot.n;
    if (w->x.known == NULL || w->y.known == NULL || w->x.known == w->y.known || w->x.known->direction == 0 ||
        w->y.known->direction == 0)
        return STATUS_OK;
    const bool maximise[2] = {w->x.known->direction > 0, w->y.known->direction > 0};
    double *values = malloc(2 * (size_t)n * sizeof *values);
    bool *on = malloc((size_t)n * sizeof *on);
    struct corner *corners = malloc((size_t)n * sizeof *corners);
    enum status s = STATUS_OK;

    w->front_x = malloc(2 * (size_t)n * sizeof *w->front_x);
    w->front_y = malloc(2 * (size_t)n * sizeof *w->front_y);
    if (values == NULL || on == NULL || corners == NULL || w->front_x == NULL || w->front_y == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for the front of %d points", n);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        values[2 * i] = w->points[i].x;
        values[2 * i + 1] = w->points[i].y;
    }
    if ((s = pareto_front(values, n, 2, maximise, on, e)) != STATUS_OK)
        goto done;
    int n_corners = 0;
    for (int i = 0; i < n; i++)
        if ((w->points[i].front = on[i]))
            corners[n_corners++] = (struct corner){w->points[i].x, w->points[i].y};
    qsort(corners, (size_t)n_corners, sizeof *corners, by_x);
    int k = 0;
    for (int i = 0; i < n_corners; i++) {
        if (i > 0 && by_x(&corners[i - 1], &corners[i]) == 0)
            continue;
        if (k > 0) {
            w->front_x[k] = maximise[0] ? w->front_x[k - 1] : corners[i].x;
            w->front_y[k] = maximise[0] ? corners[i].y : w->front_y[k - 1];
            k++;
        }
        w->front_x[k] = corners[i].x;
        w->front_y[k] = corners[i].y;
        k++;
    }
    w->plot.n_front = k > 1 ? k : 0;
    w->plot.front_x = w->front_x;
    w->plot.front_y = w->front_y;
done:
    free(values);
    free(on);
    free(corners);
    return s;
}

static void scale_points(struct work *w)
{
    for (int i = 0; i < w->plot.n; i++) {
        struct plot_point *p = &w->points[i];
        p->x *= w->x.scale, p->x_low *= w->x.scale, p->x_high *= w->x.scale;
        p->y *= w->y.scale, p->y_low *= w->y.scale, p->y_high *= w->y.scale;
        /* The lower end of an interval may be below what a logarithmic axis can show. */
        if (w->plot.x.log && p->x_low <= 0.0)
            p->x_low = p->x_high = NAN;
        if (w->plot.y.log && p->y_low <= 0.0)
            p->y_low = p->y_high = NAN;
    }
}

/* write_titles: which sweeps, how many designs, how many seeds. */
static void write_titles(const struct table *t, const struct request *r, const int *rows, struct work *w)
{
    const int sweep = table_column(t, "sweep"), seeds = table_column(t, "n");
    const char *first = NULL, *second = NULL;
    bool more = false;
    double fewest = INFINITY, most = 0;
    for (int i = 0; i < w->plot.n; i++) {
        const char *name = sweep < 0 ? NULL : table_cell(t, rows[i], sweep)->text;
        if (name != NULL && first == NULL)
            first = name;
        else if (name != NULL && second == NULL && strcmp(name, first) != 0)
            second = name;
        else if (name != NULL && second != NULL && strcmp(name, first) != 0 && strcmp(name, second) != 0)
            more = true;
        const double n = seeds < 0 ? NAN : cell_number(table_cell(t, rows[i], seeds));
        fewest = fmin(fewest, n);
        most = fmax(most, n);
    }
    snprintf(w->title, sizeof w->title, "%.70s over %.70s", column_title(w->y.known, r->y), column_title(w->x.known, r->x));
    if (w->title[0] >= 'a' && w->title[0] <= 'z')
        w->title[0] = (char)(w->title[0] - 'a' + 'A');
    const bool designs = strcmp(r->view, "designs") == 0;
    int used = snprintf(w->subtitle, sizeof w->subtitle, "%.60s%s%.60s%s  ·  %d %s%s", first != NULL ? first : "",
                        second != NULL ? ", " : "", second != NULL ? second : "", more ? ", …" : "", w->plot.n,
                        designs ? "design" : "run", w->plot.n == 1 ? "" : "s");
    if (designs && most > 0 && used < (int)sizeof w->subtitle && fewest == most)
        used += snprintf(w->subtitle + used, sizeof w->subtitle - (size_t)used, "  ·  mean of %g seed%s", most,
                         most == 1 ? "" : "s");
    else if (designs && most > 0 && used < (int)sizeof w->subtitle)
        used += snprintf(w->subtitle + used, sizeof w->subtitle - (size_t)used, "  ·  mean of %g to %g seeds", fewest, most);
    if (w->bars && used < (int)sizeof w->subtitle)
        snprintf(w->subtitle + used, sizeof w->subtitle - (size_t)used, "  ·  bars: 95 %% interval of the mean");
    w->plot.title = w->title;
    w->plot.subtitle = w->subtitle;
}

static enum status draw(const struct table *t, const struct request *r, struct work *w, struct errmsg *e)
{
    int *rows = malloc((size_t)t->n_rows * sizeof *rows + 1);
    enum status s;

    w->points = malloc((size_t)t->n_rows * sizeof *w->points + 1);
    if (rows == NULL || w->points == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
        goto done;
    }
    w->plot.points = w->points;
    w->plot.groups = w->groups;
    if ((s = find_axis(t, r, r->x, &w->x, &w->plot.x, e)) != STATUS_OK ||
        (s = find_axis(t, r, r->y, &w->y, &w->plot.y, e)) != STATUS_OK || (s = gather(t, r, w, rows, e)) != STATUS_OK ||
        (s = make_groups(t, r, rows, w, e)) != STATUS_OK)
        goto done;
    axis_scale(w, true, r->x, r->log, &w->x, &w->plot.x);
    axis_scale(w, false, r->y, r->log, &w->y, &w->plot.y);
    scale_points(w);
    if ((s = find_front(w, e)) != STATUS_OK)
        goto done;
    write_titles(t, r, rows, w);
    if ((s = plot_draw(&w->plot, (enum plot_format)plot_format_of(r->file), r->file, e)) != STATUS_OK)
        goto done;
    fprintf(stderr, "%s: %d of %d rows of `%s`", r->file, w->plot.n, t->n_rows, r->view);
    if (w->left_out > 0)
        fprintf(stderr, " (%d left out: no %s or no %s)", w->left_out, r->x, r->y);
    putc('\n', stderr);
done:
    free(rows);
    return s;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct request r = {.path = DEFAULT_DATABASE, .view = "designs"};
    struct table *t = NULL;
    sqlite3 *db = NULL;
    struct work *w = calloc(1, sizeof *w);

    if (w == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    enum status s = parse(argc, argv, &r, e);
    if (s == STATUS_OK && (s = query_open(r.path, &db, e)) == STATUS_OK &&
        (s = query_rows(db, r.view, r.where, &t, e)) == STATUS_OK)
        s = draw(t, &r, w, e);
    table_free(t);
    sqlite3_close(db);
    free(w->points);
    free(w->x.words);
    free(w->y.words);
    free(w->front_x);
    free(w->front_y);
    free(w);
    return s;
}

const struct command command_plot = {"plot", "draw one column over another, with the Pareto front", help, run};
