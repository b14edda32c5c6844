#include "base/input.h"
#include "base/say.h"
#include "db/record.h"
#include "explorer/report/calibration.h"
#include "explorer/cli/cli.h"
#include "explorer/report/query.h"
#include "models/fpga/vivado/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {.id = OPERAND_POINT},       {OPERAND, "FILE", NULL, "a report of Vivado", NULL},
    {.id = OPTION_JSON},         {.id = OPTION_DB},
    {.id = OPTION_LOCK_TIMEOUT}, {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, or no such point or database"},
    {3, "a file is not such a report, is cut, not final, or is about another design or part"},
    {0, NULL},
};

/* read_reports: all files as one record. */
static enum status read_reports(char *const files[], int n, struct vivado_report *sum, struct errmsg *e)
{
    enum status s = STATUS_OK;
    memset(sum, 0, sizeof *sum);
    for (int i = 0; i < n && s == STATUS_OK; i++) {
        struct vivado_report one;
        struct errmsg why = {""};
        char *text = NULL;
        size_t bytes = 0;
        if ((s = input_read(files[i], INPUT_REPORT, &text, &bytes, e)) != STATUS_OK)
            break;
        s = vivado_report_parse(text, bytes, &one, &why);
        if (s == STATUS_OK)
            s = vivado_report_join(sum, &one, &why);
        if (s != STATUS_OK)
            fail(e, s, "%s: %s", files[i], why.text);
        free(text);
    }
    return s;
}

/* find_target: the point's row, and whether the reports are of its part. */
static enum status find_target(const char *path, const char *prefix, const struct vivado_report *r, long long *point,
                               struct errmsg *e)
{
    sqlite3 *db = NULL;
    struct table *t = NULL;
    char sql[96];
    enum status s = query_open(path, &db, e);
    if (s == STATUS_OK)
        s = query_point(db, prefix, point, e);
    if (s == STATUS_OK) {
        snprintf(sql, sizeof sql, "SELECT point, device FROM points WHERE id = %lld", *point);
        s = query_table(db, sql, &t, e);
    }
    if (s == STATUS_OK && t->n_rows == 1) {
        const char *name = table_cell(t, 0, 0)->text, *device = table_cell(t, 0, 1)->text;
        if (strcmp(r->device, device) != 0)
            s = fail(
                e, STATUS_INPUT,
                "the reports are of a design for %s%s, but point %s is for %s: import them into a point of that part, "
                "or build the folder that `deltasweep export %s` writes",
                r->part, r->device[0] == '\0' ? ", which deltasweep does not know" : "", name, device, name);
    }
    table_free(t);
    sqlite3_close(db);
    return s;
}

static enum status record(const struct shared_options *asked, long long point, const struct vivado_report *r,
                          int64_t *id, struct errmsg *e)
{
    struct store *store = NULL;
    const struct store_wait wait = options_wait(asked);
    enum status s = store_open(asked->db, &wait, &store, e);
    if (s == STATUS_OK)
        s = record_vivado(store, point, r, id, e);
    store_close(store);
    return s;
}

/* What is to be told of a row of the reports: a row for each note. VALUES: its id; whether cells, clock and power came
 * just now. */
static const char notes_sql[] =
    "WITH now (id, cells, clock, power) AS (VALUES (%lld, %d, %d, %d)), "
    "r AS (SELECT v.*, y.job AS synthesis, now.* FROM now JOIN vivado_reports v USING (id) "
    "JOIN points p ON p.id = v.point LEFT JOIN syntheses y ON y.job = p.synth_job), "
    "old AS (SELECT ltrim(iif(cells OR lut IS NULL, '', lut || ' LUTs') || "
    "iif(clock OR period_ns IS NULL, '', ', a clock of ' || period_ns || ' ns') || "
    "iif(power OR power_mw IS NULL, '', ', ' || power_mw || ' mW'), ', ') AS figures FROM r) "
    "SELECT 'added to the earlier report of this design (' || figures || ')' FROM old WHERE figures <> '' UNION ALL "
    "SELECT 'recorded; there is no estimate of this point to compare with: its synthesis was not run "
    "(`deltasweep run` runs it)' FROM r WHERE synthesis IS NULL UNION ALL "
    "SELECT 'the clock is not compared: estimates are for the speed grades -1 and -2, and the report is for ' || "
    "coalesce(nullif(speed_grade, ''), 'none that it names') FROM r WHERE fmax_mhz IS NOT NULL AND synthesis IS NOT "
    "NULL AND speed_grade NOT IN ('-1', '-2') UNION ALL "
    "SELECT 'the power is not compared until its clock is known: import report_timing_summary of this design, too' "
    "FROM r WHERE power_mw IS NOT NULL AND period_ns IS NULL AND synthesis IS NOT NULL";

static enum status tell(sqlite3 *db, int64_t id, const struct vivado_report *r, struct errmsg *e)
{
    struct table *notes = NULL;
    char sql[2048];
    snprintf(sql, sizeof sql, notes_sql, (long long)id, r->has_utilisation, r->has_timing, r->has_power);
    const enum status s = query_table(db, sql, &notes, e);
    for (int i = 0; s == STATUS_OK && i < notes->n_rows; i++)
        say(stderr, "%s\n", table_cell(notes, i, 0)->text);
    table_free(notes);
    return s;
}

static enum status print(const char *path, int64_t id, const struct vivado_report *r, enum table_format format,
                         struct errmsg *e)
{
    struct table *rows = NULL, *summary = NULL;
    sqlite3 *db = NULL;
    enum status s = query_open(path, &db, e);
    if (s == STATUS_OK)
        s = tell(db, id, r, e);
    if (s == STATUS_OK)
        s = calibration_tables(db, id, &rows, &summary, e);
    if (s == STATUS_OK && (rows->n_rows > 0 || format == TABLE_JSON))
        s = table_print(rows, NULL, stdout, format, e);
    table_free(rows);
    table_free(summary);
    sqlite3_close(db);
    return s;
}

static void warn(const struct vivado_report *r)
{
    const struct vivado_timing *t = &r->timing;
    if (strcmp(r->design, "deltasweep_top") != 0)
        say(stderr, "the top module is %s, not deltasweep_top: what is around the accelerator is counted too\n",
            r->design);
    if (!r->has_timing)
        return;
    if (t->n_clocks > 1)
        say(stderr, "the design has %d clocks; the worst path is one of %s, so its %.3f ns are taken\n", t->n_clocks,
            t->clock, t->period_ns);
    if (t->whs_ns < 0.0)
        say(stderr, "hold slack is %.3f ns: this design works at no clock, so none is recorded\n", t->whs_ns);
    else if (t->wpws_ns < 0.0)
        say(stderr,
            "pulse width slack is %.3f ns: a clock is too short for a cell (block RAM, DSP, clock buffer), whatever "
            "the paths reach; %.1f MHz is recorded for %s\n",
            t->wpws_ns, t->fmax_mhz, t->clock);
    else if (t->wns_ns > 0.05 * t->period_ns)
        say(stderr,
            "the clock of %.3f ns is met with %.3f ns left, so %.1f MHz is a lower bound: a shorter period in "
            "constraints.xdc makes Vivado try harder\n",
            t->period_ns, t->wns_ns, t->fmax_mhz);
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct vivado_report report;
    long long point = 0;
    int64_t id = 0;
    enum status s;

    if (options_shared(argc, argv, options, &asked, e) != STATUS_OK)
        return STATUS_USAGE;
    if (argc - optind < 2)
        return fail(e, STATUS_USAGE,
                    "import-report takes a point and its reports (see `deltasweep import-report --help`)");
    if ((s = read_reports(argv + optind + 1, argc - optind - 1, &report, e)) != STATUS_OK ||
        (s = find_target(asked.db, argv[optind], &report, &point, e)) != STATUS_OK ||
        (s = record(&asked, point, &report, &id, e)) != STATUS_OK)
        return s;
    warn(&report);
    return print(asked.db, id, &report, asked.format, e);
}

const struct command command_import_report = {
    .name = "import-report",
    .summary = "what Vivado says, beside the estimate",
    .usage = "POINT FILE... [--json] [--db FILE]",
    .about = "Records what Vivado reports about an exported point, and prints Vivado's figures, the estimates "
             "and the errors. It reads the texts of report_utilization (after place_design), "
             "report_timing_summary (after route_design) and report_power: one to three files about one "
             "design. The clock is 1000 / (period - worst slack), or what the pulse widths allow if that is less. "
             "Reports of one design may come in several calls: figures are added, and none is lost. The view "
             "`vivado` has all that was recorded.",
    .options = options,
    .examples = "deltasweep import-report p3f2a91c04d engine/reports/*.rpt\n"
             "deltasweep query \"SELECT point, vivado_lut, lut, vivado_fmax_mhz, fmax_mhz FROM vivado\"",
    .exits = exits,
    .run = run,
};
