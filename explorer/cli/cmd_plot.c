#include "base/say.h"
#include "explorer/report/chart.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_X = 'x',
    COLUMN_Y = 'y',
    PUBLISHED = 'p',
    TITLE = 't',
    SIZE = 's',
    SHAPE = 'a',
    FACET = 'f',
    PARALLEL = 'P',
    VIEW = 'V',
    X_RANGE = 'X',
    Y_RANGE = 'Y'
};

static const struct option_row options[] = {
    {COLUMN_X, "x", "EXPR", "the horizontal axis: a column, or SQL over columns; `AS words` after it names the axis",
     NULL},
    {COLUMN_Y, "y", "EXPR", "the vertical axis, likewise", NULL},
    {'c', "color", "EXPR",
     "a colour for each value of this column or SQL expression, or a scale if it has more than "
     "eight numbers",
     NULL},
    {'c', "colour", "EXPR", "the same as --color", NULL},
    {SHAPE, "shape", "EXPR", "a shape for each value, six at most; of curves: dashes", NULL},
    {FACET, "facet", "EXPR", "a small plot for each value, twelve at most, with the same axes", NULL},
    {PARALLEL, "axes", "COL,...",
     "instead of --x and --y: an axis for each of these columns side by side, and a line for each row", NULL},
    {.id = OPTION_WHERE},
    {.id = OPTION_SWEEP},
    {VIEW, "view", "VIEW|epochs",
     "`designs` (default): a dot for each point; `trainings`: for each training and seed; "
     "`results`: for each sweep, point and seed; `epochs`: learning curves, a line for each training, mean over "
     "its seeds. Its --x is epoch and its --y validation_accuracy unless they are given; its other columns are "
     "loss, train_accuracy, test_accuracy, seconds, and the axes of network, code and recipe",
     NULL},
    {PUBLISHED, "published", NULL, "draw the points of `import-points` too, with letters that the legend explains",
     NULL},
    {'l', "log", "AXES",
     "which axes are logarithmic: x, y, xy or none (default: those of sizes, counts and "
     "speeds that span more than a factor of 30)",
     NULL},
    {X_RANGE, "xrange", "LOW:HIGH",
     "where the axis begins and ends, in the unit that `help columns` names, as in --where: --xrange :400000 is up to "
     "400 kbit of weight_storage_bits; an end may be left out",
     NULL},
    {Y_RANGE, "yrange", "LOW:HIGH", "the same of the vertical axis: --yrange 0.8:0.9 is 80 to 90 % of an accuracy",
     NULL},
    {TITLE, "title", "TEXT", "the title; an empty one leaves it and the line below it out, as papers want it", NULL},
    {SIZE, "size", "WxH",
     "size of the page: 8.5x6cm, 85x60mm, 3.3x2.4in, or 800x500 in pixels of 1/96 inch (default: "
     "960x600; of a PDF 16x10cm). Text stays legible: it is at least 8 points",
     NULL},
    {'o', "output", "FILE",
     "the file to write; its name ends in .svg, .png, .pdf, or .gp: a gnuplot script with its "
     "data, to be changed. It appears whole or not at all",
     "o"},
    {.id = OPTION_DB},
    {.id = OPTION_TOOL_TIME},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "there is nothing to draw"},
    {2, "wrong usage, a wrong column or expression, no such database, no gnuplot, or the file cannot be written"},
    {0, NULL},
};

struct request {
    struct shared_options shared;
    const char *file, *size;
    bool published, has_y;
    struct chart_request chart;
};

/* take_size: "8.5x6cm" as pixels. */
static enum status take_size(const char *text, struct chart_request *r, struct errmsg *e)
{
    static const struct {
        const char *name;
        double pixels;
    } units[] = {{"cm", 96 / 2.54}, {"mm", 96 / 25.4}, {"in", 96}, {"px", 1}, {"", 1}};
    char *x, *end;
    const double width = strtod(text, &x);
    const double height = x != text && *x == 'x' ? strtod(x + 1, &end) : 0.0;
    if (x == text || *x != 'x' || end == x + 1)
        return fail(e, STATUS_USAGE, "--size is a width and a height, as in 8.5x6cm or 800x500; not `%s`", text);
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++)
        if (strcmp(end, units[k].name) == 0) {
            r->width = width * units[k].pixels;
            r->height = height * units[k].pixels;
            if (r->width >= 300 && r->height >= 200 && r->width <= 8000 && r->height <= 8000)
                return STATUS_OK;
            return fail(e, STATUS_USAGE, "--size %s: from 300x200 to 8000x8000 pixels, 8x5.3 to 211x211 cm", text);
        }
    return fail(e, STATUS_USAGE, "--size %s: the unit is cm, mm, in or px, not `%s`", text, end);
}

/* check: what can be said of the options without the database. */
static enum status check(struct request *r, struct errmsg *e)
{
    struct chart_request *c = &r->chart;
    if (c->parallel != NULL && (r->has_y || c->x != NULL || c->curves || c->facet != NULL || r->published ||
                                c->log != NULL || c->x_range != NULL || c->y_range != NULL))
        return fail(e, STATUS_USAGE, "--axes has axes of its own: without --x, --y, --log, ranges, --facet, "
                    "--published and epochs");
    if (c->parallel == NULL ? c->x == NULL || c->y == NULL || r->file == NULL : r->file == NULL)
        return fail(e, STATUS_USAGE, "plot needs %s (see `deltasweep plot --help`)",
                    c->parallel != NULL ? "-o FILE.svg, .png, .pdf or .gp"
                    : c->x == NULL      ? "--x COL"
                    : c->y == NULL      ? "--y COL"
                                        : "-o FILE.svg, .png, .pdf or .gp");
    const char *const texts[] = {c->x, c->y, c->color, c->shape, c->facet};
    static const char *const names[] = {"--x", "--y", "--color", "--shape", "--facet"};
    for (int k = 0; k < 5; k++)
        if (texts[k] != NULL && texts[k][strspn(texts[k], " \t\n")] == '\0')
            return fail(e, STATUS_USAGE, "%s is empty", names[k]);
    const int format = plot_format_of(r->file);
    if (format < 0)
        return fail(e, STATUS_USAGE, "-o %s: the name must end in .svg, .png, .pdf or .gp", r->file);
    if (c->log != NULL && strcmp(c->log, "x") != 0 && strcmp(c->log, "y") != 0 && strcmp(c->log, "xy") != 0 &&
        strcmp(c->log, "none") != 0)
        return fail(e, STATUS_USAGE, "--log is x, y, xy or none, not `%s`", c->log);
    if (r->published && c->curves)
        return fail(e, STATUS_USAGE, "--published points have no epochs: draw them over another view");
    if (format == PLOT_PDF) {
        c->width = 16 * 96 / 2.54;
        c->height = 10 * 96 / 2.54;
    }
    return r->size != NULL ? take_size(r->size, c, e) : STATUS_OK;
}

static const char **target_of(struct request *r, int option)
{
    switch (option) {
    case COLUMN_X:
        return &r->chart.x;
    case COLUMN_Y:
        return &r->chart.y;
    case 'c':
        return &r->chart.color;
    case SHAPE:
        return &r->chart.shape;
    case PARALLEL:
        return &r->chart.parallel;
    case FACET:
        return &r->chart.facet;
    case 'l':
        return &r->chart.log;
    case X_RANGE:
        return &r->chart.x_range;
    case Y_RANGE:
        return &r->chart.y_range;
    case TITLE:
        return &r->chart.title;
    case SIZE:
        return &r->size;
    default:
        return &r->file;
    }
}

static enum status parse(int argc, char **argv, struct request *r, struct errmsg *e)
{
    int v;

    while ((v = options_next(argc, argv, options, &r->shared, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == PUBLISHED)
            r->published = true;
        else if (v == VIEW)
            r->shared.view = optarg;
        else
            *target_of(r, v) = optarg;
    }
    r->chart.view = r->shared.view;
    r->chart.where = r->shared.where;
    r->chart.sweep = r->shared.sweep;
    r->chart.curves = strcmp(r->chart.view, "epochs") == 0;
    if (options_no_operands(argc, argv, e) != STATUS_OK ||
        (!r->chart.curves && query_view(r->chart.view, e) != STATUS_OK))
        return STATUS_USAGE;
    if (r->chart.curves && r->chart.x == NULL)
        r->chart.x = "epoch";
    r->has_y = r->chart.y != NULL;
    if (r->chart.curves && r->chart.y == NULL)
        r->chart.y = "validation_accuracy"; /* else test_accuracy, see default_y */
    return check(r, e);
}

/* default_y: mode paper has no validation images. */
static void default_y(const struct table *t, struct request *r)
{
    if (r->chart.curves && !r->has_y && !table_has_value(t, table_column(t, r->chart.y), NULL, 0))
        r->chart.y = "test_accuracy";
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct request r = {.shared = {.db = DEFAULT_DATABASE, .view = "designs"}};
    struct table *t = NULL, *published = NULL;
    struct chart *chart = NULL;
    sqlite3 *db = NULL;

    enum status s = parse(argc, argv, &r, e);
    if (s != STATUS_OK || (s = query_open(r.shared.db, &db, e)) != STATUS_OK ||
        (s = chart_rows(db, &r.chart, &t, e)) != STATUS_OK)
        goto done;
    if (r.published && (s = chart_published(db, &r.chart, &published, e)) != STATUS_OK)
        goto done;
    r.chart.published = published;
    default_y(t, &r);
    if ((s = chart_new(t, &r.chart, &chart, e)) != STATUS_OK ||
        (s = plot_draw(chart_plot(chart), (enum plot_format)plot_format_of(r.file), r.file, e)) != STATUS_OK)
        goto done;
    say(stderr, "%s: %s\n", r.file, chart_note(chart));
done:
    chart_free(chart);
    table_free(t);
    table_free(published);
    sqlite3_close(db);
    return s;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw one column over another, with the Pareto front; learning curves; parallel coordinates",
    .usage = "--x EXPR --y EXPR [--color EXPR] [--shape EXPR] [--facet EXPR]\n"
             "[--where EXPR] [--sweep SWEEP] [--view VIEW] [--published] [--log AXES]\n"
             "[--xrange LOW:HIGH] [--yrange LOW:HIGH] [--title TEXT] [--size WxH]\n"
             "[--db FILE] [--tool-time TIME] -o FILE.svg|.png|.pdf|.gp\n"
             "--view epochs [--y EXPR] [--color EXPR] [--shape EXPR] [--facet EXPR] …\n"
             "-o FILE\n"
             "--axes COL,COL... [--color EXPR] [--shape EXPR] … -o FILE",
    .about = "Draws one column over another with gnuplot: a dot for each row. Where both columns have a better "
             "direction, a line joins the Pareto front, and rings mark its designs. A column with a lower and an upper "
             "bound has bars between them: test_accuracy (the wider of its two 95 % intervals), fmax_mhz (the error "
             "band). Where x is a word or a value that a sweep sets, colours and shapes stand side by "
             "side. `deltasweep help columns` lists "
             "the columns.",
    .options = options,
    .examples = "deltasweep plot --x weight_storage_bits --y test_accuracy --color scheme -o front.svg\n"
                "deltasweep plot --x delta_bits --y test_accuracy --color scheme --shape network \\\n"
                "                --title '' --size 8.5x6cm -o figure.pdf\n"
                "deltasweep plot --x lut --y fmax_mhz --color \"iif(dsp, 'DSP', 'LUT') AS multiplier\" \\\n"
                "                --published -o clocks.gp\n"
                "deltasweep plot --view epochs --color scheme -o curves.svg",
    .exits = exits,
    .run = run,
};
