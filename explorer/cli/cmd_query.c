#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: deltasweep query SQL [--json|--csv|--markdown] [--db FILE]\n"
    "\n"
    "Asks the database and prints the rows. It is opened for reading only: anything that\n"
    "would write (and ATTACH, transactions, settings) is refused. One statement at a time.\n"
    "The views to ask are `results` (a row per point and seed) and `designs` (a row per\n"
    "point, means over seeds); `deltasweep help columns` lists their columns.\n"
    "\n"
    "  SQL          the statement, or - to read it from standard input\n"
    "  --json       an array of objects (NULL is null)\n"
    "  --csv        comma-separated values with a header, full precision (NULL is empty)\n"
    "  --markdown   a pipe table, for a page\n"
    "  --db FILE    the database (default: deltasweep.db)\n"
    "\n"
    "examples:\n"
    "  deltasweep query \"SELECT point, scheme, delta_bits, test_accuracy FROM designs\n"
    "                    WHERE fits ORDER BY test_accuracy DESC LIMIT 5\"\n"
    "  echo \"SELECT * FROM results\" | deltasweep query - --csv > results.csv\n"
    "\n"
    "exit codes: 0 good (no row is good, too); 2 wrong SQL, writing, no such database\n";

/* read_all: standard input to its end; NULL (with message) if it cannot be read. Owned by the caller. */
static char *read_all(FILE *f, struct errmsg *e)
{
    size_t used = 0, room = 4096;
    char *text = malloc(room);
    while (text != NULL) {
        used += fread(text + used, 1, room - used - 1, f);
        if (used + 1 < room)
            break;
        char *grown = realloc(text, 2 * room);
        if (grown == NULL) {
            free(text);
            text = NULL;
            break;
        }
        text = grown;
        room *= 2;
    }
    if (text == NULL) {
        fail(e, STATUS_ENVIRONMENT, "out of memory for the SQL on standard input");
        return NULL;
    }
    if (ferror(f)) {
        fail_errno(e, STATUS_ENVIRONMENT, "cannot read the SQL from standard input");
        free(text);
        return NULL;
    }
    text[used] = '\0';
    return text;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'J'},
                                            {"csv", no_argument, NULL, 'C'},
                                            {"markdown", no_argument, NULL, 'K'},
                                            {"db", required_argument, NULL, 'D'},
                                            {NULL, 0, NULL, 0}};
    const char *path = DEFAULT_DATABASE;
    enum table_format format = TABLE_TEXT;
    struct table_view view = {.bold = false};
    struct table *table = NULL;
    sqlite3 *db = NULL;
    char *piped = NULL;
    int v;

    while ((v = cli_next(argc, argv, "", options, e)) != CLI_END) {
        if (v == CLI_BAD)
            return STATUS_USAGE;
        if (v == 'D')
            path = optarg;
        else if (table_format_option(v, &format, e) != STATUS_OK)
            return STATUS_USAGE;
    }
    if (argc - optind != 1)
        return fail(e, STATUS_USAGE, "query takes one statement, in quotes (see `deltasweep query --help`)");
    const char *sql = argv[optind];
    enum status s = STATUS_OK;
    if (strcmp(sql, "-") == 0) {
        sql = piped = read_all(stdin, e);
        if (piped == NULL)
            return STATUS_ENVIRONMENT;
    }
    if ((s = query_open(path, &db, e)) != STATUS_OK || (s = query_table(db, sql, &table, e)) != STATUS_OK)
        goto done;
    view.bold = cli_colour(STDOUT_FILENO);
    s = table_print(table, &view, stdout, format, e);
    if (format == TABLE_TEXT && table->n_rows == 0)
        fputs("no rows\n", stderr);
done:
    table_free(table);
    sqlite3_close(db);
    free(piped);
    return s;
}

const struct command command_query = {"query", "ask the database in SQL", help, run};
