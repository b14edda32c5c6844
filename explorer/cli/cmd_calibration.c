#include "explorer/report/calibration.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {.id = OPTION_JSON, .help = "print one object: rows, summary"},
    {.id = OPTION_DB, .help = "the database (default: deltasweep.db; if it does not exist, published figures alone)"},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, or a database that cannot be used"},
    {0, NULL},
};

static enum status print(const struct table *rows, const struct table *summary, bool as_json, struct errmsg *e)
{
    if (as_json) {
        struct json j;
        json_put_begin(&j, stdout);
        json_put_open(&j, NULL, '{', false);
        table_put_json(rows, "rows", &j);
        table_put_json(summary, "summary", &j);
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
    struct shared_options asked = {.db = NULL};
    struct table *rows = NULL, *summary = NULL;
    sqlite3 *db = NULL;
    enum status s = STATUS_OK;

    if (options_shared(argc, argv, options, &asked, e) != STATUS_OK || options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    if (asked.db != NULL || access(DEFAULT_DATABASE, F_OK) == 0)
        s = query_open(asked.db != NULL ? asked.db : DEFAULT_DATABASE, &db, e);
    if (s == STATUS_OK)
        s = calibration_tables(db, 0, &rows, &summary, e);
    if (s == STATUS_OK)
        s = print(rows, summary, asked.format == TABLE_JSON, e);
    table_free(rows);
    table_free(summary);
    sqlite3_close(db);
    return s;
}

const struct command command_calibration = {
    .name = "calibration",
    .summary = "how far the estimates are from Vivado",
    .usage = "[--json] [--db FILE]",
    .about = "Prints how far the program's estimates of cells, clock and power are from Vivado's figures: a "
             "row for each published figure (docs/estimates.md) and for each report that `import-report` has "
             "recorded. A summary of each metric follows: the median and mean size of the errors, their median "
             "with sign (the bias), and the largest. Where Vivado met a clock constraint, it stopped there, so "
             "that its clock is a lower bound.",
    .options = options,
    .examples = "deltasweep calibration\n"
             "deltasweep calibration --json --db mine.db > errors.json",
    .exits = exits,
    .run = run,
};
