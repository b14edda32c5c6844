#include "explorer/report/chart.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {
    {'x', "x", "COL", "the column of the horizontal axis", NULL},
    {'y', "y", "COL", "the column of the vertical axis", NULL},
    {'c', "color", "COL", "a colour for each value of this column, or a scale if it has more than eight "
         "numbers", NULL},
    {'c', "colour", "COL", "the same as --color", NULL},
    {.id = OPTION_WHERE},
    {.id = OPTION_SWEEP},
    {.id = OPTION_VIEW},
    {'l', "log", "AXES", "which axes are logarithmic: x, y, xy or none (default: those of sizes, counts and "
         "speeds that span more than a factor of 30)", NULL},
    {'o', "output", "FILE", "the file to write; its name ends in .svg, .png or .pdf. It appears whole or not at "
         "all", "o"},
    {.id = OPTION_DB},
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
    const char *file;
    struct chart_request chart;
};

static enum status parse(int argc, char **argv, struct request *r, struct errmsg *e)
{
    int v;

    while ((v = options_next(argc, argv, options, &r->shared, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        const char **const target = v == 'x'   ? &r->chart.x
                                    : v == 'y' ? &r->chart.y
                                    : v == 'c' ? &r->chart.color
                                    : v == 'l' ? &r->chart.log
                                               : &r->file;
        *target = optarg;
    }
    r->chart.view = r->shared.view;
    r->chart.where = r->shared.where;
    if (options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    if (r->chart.x == NULL || r->chart.y == NULL || r->file == NULL)
        return fail(e, STATUS_USAGE, "plot needs %s (see `deltasweep plot --help`)",
                    r->chart.x == NULL   ? "--x COL"
                    : r->chart.y == NULL ? "--y COL"
                                         : "-o FILE.svg, .png or .pdf");
    if (plot_format_of(r->file) < 0)
        return fail(e, STATUS_USAGE, "-o %s: the name must end in .svg, .png or .pdf", r->file);
    if (r->chart.log != NULL && strcmp(r->chart.log, "x") != 0 && strcmp(r->chart.log, "y") != 0 &&
        strcmp(r->chart.log, "xy") != 0 && strcmp(r->chart.log, "none") != 0)
        return fail(e, STATUS_USAGE, "--log is x, y, xy or none, not `%s`", r->chart.log);
    return STATUS_OK;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct request r = {.shared = {.db = DEFAULT_DATABASE, .view = "designs"}};
    struct table *t = NULL;
    struct chart *chart = NULL;
    sqlite3 *db = NULL;

    enum status s = parse(argc, argv, &r, e);
    if (s != STATUS_OK || (s = query_open(r.shared.db, &db, e)) != STATUS_OK ||
        (s = query_rows_of(db, r.chart.view, r.shared.sweep, r.chart.where, &t, e)) != STATUS_OK ||
        (s = chart_new(t, &r.chart, &chart, e)) != STATUS_OK)
        goto done;
    const struct plot *p = chart_plot(chart);
    if ((s = plot_draw(p, (enum plot_format)plot_format_of(r.file), r.file, e)) != STATUS_OK)
        goto done;
    fprintf(stderr, "%s: %d of %d rows of `%s`", r.file, p->n, t->n_rows, r.chart.view);
    if (chart_left_out(chart) > 0)
        fprintf(stderr, " (%d left out: no %s or no %s)", chart_left_out(chart), r.chart.x, r.chart.y);
    putc('\n', stderr);
done:
    chart_free(chart);
    table_free(t);
    sqlite3_close(db);
    return s;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw one column over another, with the Pareto front",
    .usage = "--x COL --y COL [--color COL] [--where EXPR] [--sweep NAME]\n"
             "[--view VIEW] [--log AXES] [--db FILE] -o FILE.svg|.png|.pdf",
    .about = "Draws one column over another with gnuplot: a dot for each row. Where both columns have a better "
             "direction, a line joins the Pareto front, and rings mark its designs. In the view `designs`, "
             "test_accuracy has error bars: the wider of its two 95 % intervals. `deltasweep help "
             "columns` lists the columns.",
    .options = options,
    .examples = "deltasweep plot --x weight_storage_bits --y test_accuracy --color scheme -o pareto.svg\n"
             "deltasweep plot --x lut --y macs_per_second --color parallelism --where \"fits\" -o speed.png",
    .exits = exits,
    .run = run,
};
