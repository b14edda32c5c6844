#include "base/file.h"
#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/report/page/page.h"
#include "explorer/report/query.h"

#include <stdlib.h>
#include <unistd.h>

static const struct option_row options[] = {
    {OPERAND, "DB", NULL, "the database; the same as --db", NULL},
    {'o', "output", "FILE", "the file to write, FILE.html. It appears whole or not at all", "o"},
    {.id = OPTION_SWEEP},
    {.id = OPTION_WHERE},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "there is no design to show"},
    {2, "wrong usage, a wrong expression, no such database, or the file cannot be written"},
    {0, NULL},
};

static enum status parse(int argc, char **argv, struct shared_options *shared, const char **file, struct errmsg *e)
{
    int v;
    while ((v = options_next(argc, argv, options, shared, e)) != OPTIONS_END)
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        else
            *file = optarg;
    if (optind < argc && shared->db == NULL)
        shared->db = argv[optind++];
    if (shared->db == NULL)
        shared->db = DEFAULT_DATABASE;
    if (*file == NULL)
        return fail(e, STATUS_USAGE, "report needs -o FILE.html (see `deltasweep report --help`)");
    return options_no_operands(argc, argv, e);
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options shared = {0};
    const char *file = NULL;
    char *html = NULL;
    size_t n_bytes = 0;
    int designs = 0;
    sqlite3 *db = NULL;

    enum status s = parse(argc, argv, &shared, &file, e);
    if (s != STATUS_OK || (s = query_open(shared.db, &db, e)) != STATUS_OK)
        goto done;
    const struct page_request request = {.database = shared.db, .sweep = shared.sweep, .where = shared.where};
    if ((s = page_make(db, &request, &html, &n_bytes, &designs, e)) != STATUS_OK ||
        (s = file_replace(file, html, n_bytes, e)) != STATUS_OK)
        goto done;
    say(stderr, "%s: %d design%s, %.1f MB; open it in a browser\n", file, designs, designs == 1 ? "" : "s",
        1e-6 * (double)n_bytes);
done:
    free(html);
    sqlite3_close(db);
    return s;
}

const struct command command_report = {
    .name = "report",
    .summary = "one page for a browser: table, plots, every point",
    .usage = "[DB] -o FILE.html [--sweep NAME] [--where EXPR]",
    .about = "Writes one HTML page that shows the designs of a database: a table to sort and filter, one figure over "
             "another with the Pareto front, parallel coordinates, and a page for each point with its learning curves "
             "and what it takes of the device. The page holds its data, needs no network, and sends nothing. The "
             "trained weights are not in it.",
    .options = options,
    .examples = "deltasweep report -o report.html\n"
                "deltasweep report out/demo.db -o demo.html --where fits",
    .exits = exits,
    .run = run,
};
