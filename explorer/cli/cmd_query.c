#include "base/input.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {OPERAND, "SQL", NULL, "the statement; - reads it from standard input", NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_JSON_LINES},
    {.id = OPTION_CSV},
    {.id = OPTION_MARKDOWN},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good, also if there is no row"},
    {2, "wrong usage, wrong SQL, SQL that writes, or no such database"},
    {0, NULL},
};

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct table_view view = {.bold = false};
    struct table *table = NULL;
    sqlite3 *db = NULL;
    char *piped = NULL;

    if (options_shared(argc, argv, options, &asked, e) != STATUS_OK)
        return STATUS_USAGE;
    if (argc - optind != 1)
        return fail(e, STATUS_USAGE, "query takes one statement, in quotes (see `deltasweep query --help`)");
    const char *sql = argv[optind];
    enum status s = STATUS_OK;
    if (strcmp(sql, "-") == 0) {
        s = input_read_stdin(INPUT_SQL, &piped, e);
        if (s != STATUS_OK || piped == NULL)
            return s;
        sql = piped;
    }
    if ((s = query_open(asked.db, &db, e)) != STATUS_OK || (s = query_table(db, sql, &table, e)) != STATUS_OK)
        goto done;
    view.bold = cli_colour(STDOUT_FILENO);
    s = table_print(table, &view, stdout, asked.format, e);
    if (asked.format == TABLE_TEXT && table->n_rows == 0)
        fputs("no rows\n", stderr);
done:
    table_free(table);
    sqlite3_close(db);
    free(piped);
    return s;
}

const struct command command_query = {
    .name = "query",
    .summary = "ask the database in SQL",
    .usage = "SQL [--json|--json-lines|--csv|--markdown] [--db FILE]",
    .about = "Runs one SQL statement on the database and prints the rows. The database is opened for reading "
             "only: whatever would write is refused, and so are ATTACH, transactions and settings. Ask the "
             "views `designs` (a row for each point, with means over its seeds), `trainings` (a row for each "
             "training and seed) and `results` (a row for each sweep, point and seed). Points that differ in "
             "hardware alone share a training, and `results` repeats it: for statistics of accuracies take "
             "`trainings`. The column `training` joins the views. `learning_curves` has a row for each "
             "epoch, `published` for each point of `import-points`, `vivado` for each report of `import-report`. "
             "`deltasweep help columns` lists all columns.",
    .options = options,
    .examples = "deltasweep query \"SELECT point, scheme, delta_bits, test_accuracy FROM designs\n"
             "                  WHERE fits ORDER BY test_accuracy DESC LIMIT 5\"\n"
             "echo \"SELECT * FROM results\" | deltasweep query - --csv > results.csv",
    .exits = exits,
    .run = run,
};
