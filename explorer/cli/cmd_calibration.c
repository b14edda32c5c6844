#include "explorer/report/calibration.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] = "usage: deltasweep calibration [--json] [--db FILE]\n"
                           "\n"
                           "Prints how far our estimates of cells, clock and power are from Vivado: a row for each\n"
                           "published figure that they were validated against (docs/estimates.md), and for each\n"
                           "report that `import-report` brought into the database. Then a summary for each metric:\n"
                           "median and mean size of the errors, their median with sign (bias), and the worst.\n"
                           "A clock of a report that met its constraint is a lower bound: Vivado stops there.\n"
                           "\n"
                           "  --json       one object: rows, summary\n"
                           "  --db FILE    the database (default: deltasweep.db; without it, published rows alone)\n"
                           "\n"
                           "examples:\n"
                           "  deltasweep calibration\n"
                           "  deltasweep calibration --json --db mine.db > errors.json\n"
                           "\n"
                           "exit codes: 0 good; 2 usage, a database that cannot be used\n";

static void put_json_rows(struct json *j, const char *key, const struct table *t)
{
    json_put_open(j, key, '[', false);
    for (int r = 0; r < t->n_rows; r++) {
        const struct table_view everything = {.bold = false};
        json_put_open(j, NULL, '{', true);
        table_row_json(t, &everything, r, j);
        json_put_close(j);
    }
    json_put_close(j);
}

static enum status print(const struct table *rows, const struct table *summary, bool as_json, struct errmsg *e)
{
    if (as_json) {
        struct json j;
        json_put_begin(&j, stdout);
        json_put_open(&j, NULL, '{', false);
        put_json_rows(&j, "rows", rows);
        put_json_rows(&j, "summary", summary);
        json_put_close(&j);
        return STATUS_OK;
    }
    const struct table_view view = {.bold = cli_colour(STDOUT_FILENO)};
    const enum status s = table_print(rows, &view, stdout, TABLE_TEXT, e);
    if (s != STATUS_OK)
        return s;
    puts("\nsummary");
    return table_print(summary, &view, stdout, TABLE_TEXT, e);
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'J'}, {"db", required_argument, NULL, 'D'}, {NULL, 0, NULL, 0}};
    const char *path = NULL;
    struct table *rows = NULL, *summary = NULL;
    sqlite3 *db = NULL;
    bool as_json = false;
    enum status s = STATUS_OK;
    int v;

    while ((v = cli_next(argc, argv, "", options, e)) != CLI_END) {
        if (v == CLI_BAD)
            return STATUS_USAGE;
        if (v == 'D')
            path = optarg;
        else
            as_json = true;
    }
    if ((s = cli_no_operands(argc, argv, e)) != STATUS_OK)
        return s;
    if (path != NULL || access(DEFAULT_DATABASE, F_OK) == 0)
        s = query_open(path != NULL ? path : DEFAULT_DATABASE, &db, e);
    if (s == STATUS_OK)
        s = calibration_tables(db, 0, &rows, &summary, e);
    if (s == STATUS_OK)
        s = print(rows, summary, as_json, e);
    table_free(rows);
    table_free(summary);
    sqlite3_close(db);
    return s;
}

const struct command command_calibration = {"calibration", "how far the estimates are from Vivado", help, run};
