#include "explorer/cli/cli.h"
#include "base/json.h"
#include "db/store.h"
#include "explorer/jobs/progress.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {
    {'o', "output", "JOB", "print all that the tools of a failed job printed; JOB is its name, as `status` prints it", "o"},
    {.id = OPTION_JSON, .help = "print one object: run, running, sweeps, failed"},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, no such database, or no such job"},
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
    "SELECT substr(digest, 1, 10) AS job, kind, label, count(*) AS jobs, max(attempts) AS attempts, "
    "max(finished) AS finished, EXISTS (SELECT 1 FROM job_outputs o WHERE o.job = digest) AS has_output, message "
    "FROM jobs WHERE state = 'failed' GROUP BY kind, message ORDER BY max(finished)";

/* What a run did that was killed says nothing any more: %d is 1 where it lives. */
static const char running_sql[] =
    "SELECT substr(r.job, 1, 10) AS job, j.kind, j.label, r.pid, r.seconds FROM running r JOIN jobs j ON j.digest = r.job "
    "WHERE %d ORDER BY r.seconds DESC";

/* read_writer: the run that writes or wrote last; its column `state` is running, ended, interrupted or killed. */
static enum status read_writer(sqlite3 *db, const char *path, struct table **out, struct errmsg *e)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "SELECT CASE WHEN interrupted THEN 'interrupted' WHEN ended IS NOT NULL THEN 'ended' WHEN %d THEN 'running' ELSE 'killed' END AS state, "
             "sweep, pid, host, workers, started, seen, ended, seconds, jobs, done, failed, done_before, "
             "iif(seconds > 1, 60.0 * done / seconds, NULL) AS jobs_per_minute, seconds_left FROM writer",
             store_in_use(path));
    return query_table(db, sql, out, e);
}

static const char *text_of(const struct table *t, int row, const char *column)
{
    const struct cell *c = table_cell(t, row, table_column(t, column));
    return c->text == NULL ? "?" : c->text;
}

static long long integer_of(const struct table *t, int row, const char *column)
{
    return (long long)table_cell(t, row, table_column(t, column))->integer;
}

static double real_of(const struct table *t, const char *column)
{
    return cell_number(table_cell(t, 0, table_column(t, column)));
}

/* print_run: who writes, and how far it is; or how the last one ended. */
static void print_run(const struct table *run, const struct table *running)
{
    char took[32], left[32];
    if (run->n_rows == 0)
        return;
    const char *state = text_of(run, 0, "state");
    progress_duration(real_of(run, "seconds"), took);
    printf("%s: process %lld on %s ", text_of(run, 0, "sweep"), integer_of(run, 0, "pid"), text_of(run, 0, "host"));
    if (strcmp(state, "running") == 0)
        printf("runs since %s", took);
    else if (strcmp(state, "killed") == 0)
        printf("was killed after %s, last seen %s", took, text_of(run, 0, "seen"));
    else if (strcmp(state, "interrupted") == 0)
        printf("was interrupted %s after %s", text_of(run, 0, "ended"), took);
    else
        printf("ended %s after %s", text_of(run, 0, "ended"), took);
    printf("; %lld of %lld jobs done", integer_of(run, 0, "done"), integer_of(run, 0, "jobs"));
    if (integer_of(run, 0, "failed") > 0)
        printf(", %lld failed", integer_of(run, 0, "failed"));
    if (integer_of(run, 0, "done_before") > 0)
        printf(" (%lld more were done before)", integer_of(run, 0, "done_before"));
    if (strcmp(state, "running") == 0) {
        const int done = (int)integer_of(run, 0, "done"), failed = (int)integer_of(run, 0, "failed");
        const double rate = progress_rate(done, (int)integer_of(run, 0, "jobs") - done - failed, real_of(run, "seconds"),
                                          real_of(run, "seconds_left"));
        if (isfinite(rate))
            printf(", %.3g jobs/min", rate);
        if (isfinite(real_of(run, "seconds_left"))) {
            progress_duration(real_of(run, "seconds_left"), left);
            printf(", about %s to go", left);
        }
        putchar('\n');
        for (int i = 0; i < running->n_rows; i++) {
            progress_duration(cell_number(table_cell(running, i, table_column(running, "seconds"))), took);
            printf("  %s: process %lld, %s\n", text_of(running, i, "label"), integer_of(running, i, "pid"), took);
        }
    } else {
        printf("%s\n", strcmp(state, "ended") != 0 ? "; the same command continues" : "");
    }
    putchar('\n');
}

static enum status print_json(const struct table *run, const struct table *running, const struct table *sweeps,
                              const struct table *failed)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    table_put_json(run, "run", &j);
    table_put_json(running, "running", &j);
    table_put_json(sweeps, "sweeps", &j);
    table_put_json(failed, "failed", &j);
    json_put_close(&j);
    return STATUS_OK;
}

static enum status print_text(const struct table *sweeps, const struct table *failed, const char *db, struct errmsg *e)
{
    const struct table_view view = {.bold = cli_colour(1)};
    const bool other = strcmp(db, DEFAULT_DATABASE) != 0;
    enum status st = table_print(sweeps, &view, stdout, TABLE_TEXT, e);
    for (int row = 0; row < failed->n_rows && st == STATUS_OK; row++) {
        char more[48] = "";
        if (integer_of(failed, row, "jobs") > 1)
            snprintf(more, sizeof more, " (and %lld more)", integer_of(failed, row, "jobs") - 1);
        printf("%sfailed: %s%s: %s\n", row == 0 ? "\n" : "", text_of(failed, row, "label"), more,
               text_of(failed, row, "message"));
        if (integer_of(failed, row, "has_output"))
            printf("  all that its tools printed: deltasweep status --output %s%s%s\n", text_of(failed, row, "job"),
                   other ? " --db " : "", other ? db : "");
    }
    return st;
}

/* print_output: what the tools of a failed job printed. */
static enum status print_output(sqlite3 *db, const char *job, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    enum status st = query_prepare(db, "SELECT output FROM job_outputs WHERE substr(job, 1, length(?1)) = ?1", &q, e);
    if (st != STATUS_OK)
        return st;
    sqlite3_bind_text(q, 1, job, -1, SQLITE_STATIC);
    if (job[0] != '\0' && sqlite3_step(q) == SQLITE_ROW)
        fputs((const char *)sqlite3_column_text(q, 0), stdout);
    else
        st = fail(e, STATUS_USAGE, "no output of a failed job `%s` is kept (`deltasweep status` lists them)", job);
    sqlite3_finalize(q);
    return st;
}

static enum status report(sqlite3 *db, const struct shared_options *asked, struct errmsg *e)
{
    struct table *run = NULL, *running = NULL, *sweeps = NULL, *failed = NULL;
    char sql[sizeof running_sql];
    enum status st = read_writer(db, asked->db, &run, e);
    if (st == STATUS_OK) {
        snprintf(sql, sizeof sql, running_sql, run->n_rows > 0 && strcmp(text_of(run, 0, "state"), "running") == 0);
        st = query_table(db, sql, &running, e);
    }
    if (st == STATUS_OK)
        st = query_table(db, sweeps_sql, &sweeps, e);
    if (st == STATUS_OK)
        st = query_table(db, failed_sql, &failed, e);
    if (st == STATUS_OK && asked->format == TABLE_JSON) {
        st = print_json(run, running, sweeps, failed);
    } else if (st == STATUS_OK) {
        print_run(run, running);
        st = print_text(sweeps, failed, asked->db, e);
    }
    table_free(run);
    table_free(running);
    table_free(sweeps);
    table_free(failed);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    const char *job = NULL;
    sqlite3 *db = NULL;
    int v;
    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        job = optarg;
    }
    if (options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    enum status st = query_open(asked.db, &db, e);
    if (st == STATUS_OK)
        st = job != NULL ? print_output(db, job, e) : report(db, &asked, e);
    sqlite3_close(db);
    return st;
}

const struct command command_status = {
    .name = "status",
    .summary = "how far each sweep is, and what failed",
    .usage = "[--output JOB] [--json] [--db FILE]",
    .about = "Prints whether a run is at work: its process, what it does, its rate and the time left; or how the "
             "last one ended. It counts the jobs that this run has to do, and those that were done before. The rate is "
             "left out where the jobs to come are much faster or slower. Then for each sweep in the database how many "
             "points, runs and jobs it has, and how many of these jobs are done, whichever run did them, have failed or "
             "are left. The reasons of failed jobs follow, and how to see "
             "all that their tools printed.",
    .options = options,
    .examples = "deltasweep status\n"
             "deltasweep status --db bits.db --json",
    .exits = exits,
    .run = run,
};
