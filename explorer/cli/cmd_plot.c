#include "explorer/report/chart.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
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

struct request {
    const char *path, *file;
    struct chart_request chart;
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
        const char **const target = v == 'x'   ? &r->chart.x
                                    : v == 'y' ? &r->chart.y
                                    : v == 'c' ? &r->chart.color
                                    : v == 'w' ? &r->chart.where
                                    : v == 'v' ? &r->chart.view
                                    : v == 'l' ? &r->chart.log
                                    : v == 'D' ? &r->path
                                               : &r->file;
        *target = optarg;
    }
    if (cli_no_operands(argc, argv, e) != STATUS_OK)
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
    struct request r = {.path = DEFAULT_DATABASE, .chart = {.view = "designs"}};
    struct table *t = NULL;
    struct chart *chart = NULL;
    sqlite3 *db = NULL;

    enum status s = parse(argc, argv, &r, e);
    if (s != STATUS_OK || (s = query_open(r.path, &db, e)) != STATUS_OK ||
        (s = query_rows(db, r.chart.view, r.chart.where, &t, e)) != STATUS_OK ||
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

const struct command command_plot = {"plot", "draw one column over another, with the Pareto front", help, run};
