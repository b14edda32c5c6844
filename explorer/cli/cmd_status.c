#include "explorer/cli/cli.h"
#include "base/json.h"
#include "explorer/report/query.h"

#include <stdio.h>

static const struct option_row options[] = {
    {.id = OPTION_JSON, .help = "print one object: sweeps, failed"},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, or no such database"},
    {0, NULL},
};

static const char sweeps_sql[] =
    "WITH asked AS ("
    "  SELECT sweep, train_job AS job FROM runs UNION SELECT sweep, check_job FROM runs"
    "  UNION SELECT r.sweep, p.build_job FROM runs r JOIN points p ON p.id = r.point"
    "  UNION SELECT r.sweep, p.synth_job FROM runs r JOIN points p ON p.id = r.point)"
    "SELECT s.name AS sweep, (SELECT count(DISTINCT r.point) FROM runs r WHERE r.sweep = s.id) AS points,"
    "  (SELECT count(*) FROM runs r WHERE r.sweep = s.id) AS runs, count(j.digest) AS jobs,"
    "  count(*) FILTER (WHERE j.state = 'done') AS done, count(*) FILTER (WHERE j.state = 'failed') AS failed,"
    "  count(*) FILTER (WHERE j.state = 'waiting') AS left, s.updated, s.file "
    "FROM sweeps s LEFT JOIN asked a ON a.sweep = s.id LEFT JOIN jobs j ON j.digest = a.job "
    "GROUP BY s.id ORDER BY s.id";

static const char failed_sql[] =
    "SELECT kind, min(label) AS label, count(*) AS jobs, max(attempts) AS attempts, max(finished) AS finished, message "
    "FROM jobs WHERE state = 'failed' GROUP BY kind, message ORDER BY max(finished)";

static enum status print_json(const struct table *sweeps, const struct table *failed)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    table_put_json(sweeps, "sweeps", &j);
    table_put_json(failed, "failed", &j);
    json_put_close(&j);
    return STATUS_OK;
}

static enum status print_text(const struct table *sweeps, const struct table *failed, struct errmsg *e)
{
    const struct table_view view = {.bold = cli_colour(1)};
    enum status st = table_print(sweeps, &view, stdout, TABLE_TEXT, e);
    for (int row = 0; row < failed->n_rows && st == STATUS_OK; row++) {
        const struct cell *label = table_cell(failed, row, table_column(failed, "label"));
        const struct cell *message = table_cell(failed, row, table_column(failed, "message"));
        const struct cell *jobs = table_cell(failed, row, table_column(failed, "jobs"));
        char more[48] = "";
        if (jobs->integer > 1)
            snprintf(more, sizeof more, " (and %lld more)", (long long)jobs->integer - 1);
        printf("%sfailed: %s%s: %s\n", row == 0 ? "\n" : "", label->text == NULL ? "?" : label->text, more,
               message->text == NULL ? "?" : message->text);
    }
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct table *sweeps = NULL, *failed = NULL;
    sqlite3 *db = NULL;

    if (options_shared(argc, argv, options, &asked, e) != STATUS_OK || options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    enum status st = query_open(asked.db, &db, e);
    if (st == STATUS_OK)
        st = query_table(db, sweeps_sql, &sweeps, e);
    if (st == STATUS_OK)
        st = query_table(db, failed_sql, &failed, e);
    if (st == STATUS_OK)
        st = asked.format == TABLE_JSON ? print_json(sweeps, failed) : print_text(sweeps, failed, e);
    table_free(sweeps);
    table_free(failed);
    sqlite3_close(db);
    return st;
}

const struct command command_status = {
    .name = "status",
    .summary = "how far each sweep is, and what failed",
    .usage = "[--json] [--db FILE]",
    .about = "Prints for each sweep in the database how many points, runs and jobs it has, and how many of "
             "these jobs are done, have failed or are left. The reasons of failed jobs follow. It works during "
             "a run, too.",
    .options = options,
    .examples = "deltasweep status\n"
             "deltasweep status --db bits.db --json",
    .exits = exits,
    .run = run,
};
