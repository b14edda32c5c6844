#include "base/say.h"
#include "explorer/cli/cli.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/stop.h"
#include "db/runners.h"
#include "explorer/jobs/progress.h"
#include "explorer/report/query.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {'o', "output", "JOB", "print all that the tools of a failed job printed; JOB is its name, as `status` prints it",
     "o"},
    {'p', "watch", "SECONDS",
     "print it again every so many seconds in the same place, until no run is at work; where standard output is no "
     "terminal, "
     "only the last time",
     NULL},
    {.id = OPTION_JSON,
     .help = "print one object: runs, running, sweeps, searches, kinds, failed, crashed (docs/sweeps.md names their "
             "members)"},
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
    "  SELECT sweep, train_job AS job FROM runs WHERE train_job IS NOT NULL"
    "  UNION SELECT sweep, check_job FROM runs WHERE check_job IS NOT NULL"
    "  UNION SELECT r.sweep, p.build_job FROM runs r JOIN points p ON p.id = r.point WHERE p.build_job IS NOT NULL"
    "  UNION SELECT r.sweep, p.synth_job FROM runs r JOIN points p ON p.id = r.point WHERE p.synth_job IS NOT NULL"
    "  UNION SELECT q.sweep, g.job FROM searches q JOIN search_purchases b ON b.search = q.id"
    "    JOIN rungs g ON g.training = b.training)"
    "SELECT s.name AS sweep, (SELECT count(DISTINCT r.point) FROM runs r WHERE r.sweep = s.id) AS points,"
    "  (SELECT count(*) FROM runs r WHERE r.sweep = s.id) AS runs, count(j.digest) AS jobs,"
    "  count(*) FILTER (WHERE j.state = 'done') AS done, count(*) FILTER (WHERE j.state = 'failed') AS failed,"
    "  count(*) FILTER (WHERE j.state = 'waiting') AS left, s.updated, s.file "
    "FROM sweeps s LEFT JOIN asked a ON a.sweep = s.id LEFT JOIN jobs j ON j.digest = a.job "
    "GROUP BY s.id ORDER BY s.id";

/* The newest search of each sweep. Its purchases are recorded before the work, and its rounds after it. */
static const char searches_sql[] =
    "SELECT s.name AS sweep, q.method, coalesce(r.round, 0) AS rounds,"
    "  (SELECT coalesce(max(round), 0) FROM search_purchases WHERE search = q.id) > coalesce(r.round, 0) AS in_round,"
    "  coalesce(r.purchases, 0) AS purchases, coalesce(r.points, 0) AS points, coalesce(r.trainings, 0) AS trainings,"
    "  coalesce(r.hours, 0) AS hours, coalesce(r.front, 0) AS front, r.hypervolume,"
    "  q.budget_points, q.budget_trainings, q.budget_hours, q.ended "
    "FROM searches q JOIN sweeps s ON s.id = q.sweep LEFT JOIN search_rounds r ON r.search = q.id"
    "  AND r.round = (SELECT max(round) FROM search_rounds WHERE search = q.id) "
    "WHERE q.id = (SELECT max(id) FROM searches WHERE sweep = q.sweep) ORDER BY q.id";

static const char failed_sql[] =
    "SELECT substr(digest, 1, 10) AS job, kind, label, count(*) AS jobs, max(attempts) AS attempts, "
    "max(finished) AS finished, EXISTS (SELECT 1 FROM job_outputs o WHERE o.job = digest) AS has_output, message "
    "FROM jobs WHERE state = 'failed' GROUP BY kind, message ORDER BY max(finished)";

/* The jobs of all sweeps by their kind. */
static const char kinds_sql[] =
    "SELECT kind, count(*) AS jobs, count(*) FILTER (WHERE state = 'done') AS done, "
    "count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'waiting') AS left, "
    "(SELECT count(*) FROM running r JOIN jobs a ON a.digest = r.job JOIN runners w ON w.id = r.runner "
    " WHERE a.kind = j.kind AND w.ended IS NULL AND run_state(w.id, w.boot) <> 'killed') AS running, "
    "avg(seconds) FILTER (WHERE state = 'done') AS mean_seconds FROM jobs j GROUP BY kind ORDER BY min(rowid)";

/* Jobs that crashed once and were done at the second try. */
static const char crashed_sql[] = "SELECT substr(digest, 1, 10) AS job, kind, label FROM jobs JOIN job_outputs o ON "
                                  "o.job = digest WHERE state = 'done' ORDER BY ended";

static const char runs_sql[] =
    "SELECT CASE WHEN interrupted THEN 'interrupted' WHEN ended IS NOT NULL THEN 'ended' ELSE run_state(id, boot) END "
    "AS "
    "state, id, sweep, pid, host, workers, started, seen, ended, seconds, jobs, done, failed, done_before, "
    "iif(seconds > 1, 60.0 * done / seconds, NULL) AS jobs_per_minute, seconds_left FROM runners ORDER BY id";

/* What a run did that is over says nothing any more. */
static const char running_sql[] =
    "SELECT substr(r.job, 1, 10) AS job, j.kind, j.label, r.runner AS run, r.pid, r.seconds, r.part, r.step, r.steps "
    "FROM running r JOIN jobs j ON j.digest = r.job JOIN runners w ON w.id = r.runner "
    "WHERE w.ended IS NULL AND run_state(w.id, w.boot) <> 'killed' ORDER BY r.runner, r.seconds DESC";

/* The file of the database, for run_state. */
struct database {
    const char *path;
    int fd;
    sqlite3 *db;
};

/* run_state: the SQL function run_state(id, boot): running, killed or unknown. */
static void run_state(sqlite3_context *context, int n, sqlite3_value **values)
{
    static const char *const names[] = {[LIFE_OVER] = "killed", [LIFE_GOES_ON] = "running", [LIFE_UNKNOWN] = "unknown"};
    const struct database *d = sqlite3_user_data(context);
    const char *boot = n == 2 ? (const char *)sqlite3_value_text(values[1]) : NULL;
    const enum life life =
        boot == NULL ? LIFE_OVER : runners_life(d->fd, d->path, sqlite3_value_int64(values[0]), boot);
    sqlite3_result_text(context, names[life], -1, SQLITE_STATIC);
}

/* open_database: to read, and to ask which of its runs go on. */
static enum status open_database(struct database *d, struct errmsg *e)
{
    d->fd = open(d->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* what it is, is for query_open to say */
    const enum status st = query_open(d->path, &d->db, e);
    if (st == STATUS_OK &&
        sqlite3_create_function(d->db, "run_state", 2, SQLITE_UTF8, d, run_state, NULL, NULL) != SQLITE_OK)
        return store_fail(d->db, d->path, "asking for its runs", e);
    return st;
}

static void close_database(struct database *d)
{
    sqlite3_close(d->db);
    if (d->fd >= 0)
        close(d->fd);
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

static double real_of(const struct table *t, int row, const char *column)
{
    return cell_number(table_cell(t, row, table_column(t, column)));
}

/* print_pace: the rate and the time left of a run that goes on. */
static void print_pace(const struct table *runs, int row)
{
    char left[32];
    const int done = (int)integer_of(runs, row, "done"), failed = (int)integer_of(runs, row, "failed");
    const double rate = progress_rate(done, (int)integer_of(runs, row, "jobs") - done - failed,
                                      real_of(runs, row, "seconds"), real_of(runs, row, "seconds_left"));
    if (isfinite(rate))
        say(stdout, ", %.3g jobs/min", rate);
    if (isfinite(real_of(runs, row, "seconds_left"))) {
        progress_duration(real_of(runs, row, "seconds_left"), left);
        say(stdout, ", about %s to go", left);
    }
}

/* print_running: the jobs that a run does. */
static void print_running(const struct table *running, long long run)
{
    char took[32];
    for (int i = 0; i < running->n_rows; i++) {
        if (integer_of(running, i, "run") != run)
            continue;
        progress_duration(real_of(running, i, "seconds"), took);
        say(stdout, "  %s: ", text_of(running, i, "label"));
        if (integer_of(running, i, "pid") > 0)
            say(stdout, "process %lld, %s", integer_of(running, i, "pid"), took);
        else
            fputs("starts", stdout);
        if (integer_of(running, i, "steps") > 0)
            say(stdout, ", epoch %lld of %lld", integer_of(running, i, "step"), integer_of(running, i, "steps"));
        if (isfinite(real_of(running, i, "part")))
            say(stdout, ", %.0f %%", 100 * real_of(running, i, "part"));
        putchar('\n');
    }
}

/* jobs_of: which jobs a run counts. A search has a run for each round, and one for the hardware of its front. */
static const char *jobs_of(const struct table *searches, const char *sweep)
{
    for (int i = 0; i < searches->n_rows; i++)
        if (strcmp(text_of(searches, i, "sweep"), sweep) == 0)
            return integer_of(searches, i, "in_round") ? " of this round" : " for the front";
    return "";
}

/* print_run: a run, and how far it is; or how it ended. */
static void print_run(const struct table *runs, int row, const struct table *running, const struct table *searches)
{
    char took[32];
    const char *state = text_of(runs, row, "state");
    const bool goes_on = strcmp(state, "running") == 0;
    progress_duration(real_of(runs, row, "seconds"), took);
    say(stdout, "%s: process %lld on %s ", text_of(runs, row, "sweep"), integer_of(runs, row, "pid"),
        text_of(runs, row, "host"));
    if (goes_on)
        say(stdout, "has been running for %s", took);
    else if (strcmp(state, "unknown") == 0)
        say(stdout, "ran for %s when it was last seen, %s; whether it still does, only that machine knows", took,
            text_of(runs, row, "seen"));
    else if (strcmp(state, "killed") == 0)
        say(stdout, "was killed after %s, last seen %s", took, text_of(runs, row, "seen"));
    else if (strcmp(state, "interrupted") == 0)
        say(stdout, "was interrupted %s after %s", text_of(runs, row, "ended"), took);
    else
        say(stdout, "ended %s after %s", text_of(runs, row, "ended"), took);
    say(stdout, "; %lld of %lld jobs%s done", integer_of(runs, row, "done"), integer_of(runs, row, "jobs"),
        goes_on ? jobs_of(searches, text_of(runs, row, "sweep")) : "");
    if (integer_of(runs, row, "failed") > 0)
        say(stdout, ", %lld failed", integer_of(runs, row, "failed"));
    if (integer_of(runs, row, "done_before") > 0)
        say(stdout, " (%lld more were done before)", integer_of(runs, row, "done_before"));
    if (goes_on)
        print_pace(runs, row);
    else if (strcmp(state, "killed") == 0 || strcmp(state, "interrupted") == 0)
        say(stdout, "; the same command continues");
    putchar('\n');
    print_running(running, integer_of(runs, row, "id"));
    putchar('\n');
}

/* print_search: what it has bought of its budget, and what it has found. */
static void print_search(const struct table *t, int row)
{
    static const char *const bounds[] = {"points", "trainings", "hours"};
    const long long rounds = integer_of(t, row, "rounds"), front = integer_of(t, row, "front");
    say(stdout, "%s: method %s, %lld round%s done", text_of(t, row, "sweep"), text_of(t, row, "method"), rounds,
        rounds == 1 ? "" : "s");
    for (int i = 0; i < 3; i++) {
        char column[32];
        snprintf(column, sizeof column, "budget_%s", bounds[i]);
        const double most = real_of(t, row, column);
        if (isfinite(most))
            say(stdout, ", %.4g of %.6g %s", real_of(t, row, bounds[i]), most, bounds[i]);
    }
    say(stdout, "; %lld point%s on the front", front, front == 1 ? "" : "s");
    if (isfinite(real_of(t, row, "hypervolume")))
        say(stdout, ", hypervolume %.4f", real_of(t, row, "hypervolume"));
    puts(table_cell(t, row, table_column(t, "ended"))->type == CELL_TEXT ? "; ended\n" : "\n");
}

/* All that is printed. */
struct report {
    struct table *runs, *running, *sweeps, *searches, *kinds, *failed, *crashed;
};

static void free_report(struct report *r)
{
    table_free(r->runs);
    table_free(r->running);
    table_free(r->sweeps);
    table_free(r->searches);
    table_free(r->kinds);
    table_free(r->failed);
    table_free(r->crashed);
}

/* read_report: as it is at one moment. */
static enum status read_report(sqlite3 *db, struct report *r, struct errmsg *e)
{
    const struct {
        const char *sql;
        struct table **table;
    } parts[] = {{runs_sql, &r->runs},         {running_sql, &r->running}, {sweeps_sql, &r->sweeps},
                 {searches_sql, &r->searches}, {kinds_sql, &r->kinds},     {failed_sql, &r->failed},
                 {crashed_sql, &r->crashed}};
    enum status st = STATUS_OK;
    memset(r, 0, sizeof *r);
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && st == STATUS_OK; i++)
        st = query_table(db, parts[i].sql, parts[i].table, e);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (st != STATUS_OK)
        free_report(r);
    return st;
}

static void print_json(const struct report *r)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    table_put_json(r->runs, "runs", &j);
    table_put_json(r->running, "running", &j);
    table_put_json(r->sweeps, "sweeps", &j);
    table_put_json(r->searches, "searches", &j);
    table_put_json(r->kinds, "kinds", &j);
    table_put_json(r->failed, "failed", &j);
    table_put_json(r->crashed, "crashed", &j);
    json_put_close(&j);
}

/* print_outputs: how to see what the tools of a job printed. */
static void print_outputs(const struct table *t, int row, const char *db)
{
    const bool other = strcmp(db, DEFAULT_DATABASE) != 0;
    say(stdout, "  all that its tools printed: deltasweep status --output %s%s%s\n", text_of(t, row, "job"),
        other ? " --db " : "", other ? db : "");
}

static enum status print_text(const struct report *r, const char *db, struct errmsg *e)
{
    const struct table_view view = {.bold = cli_colour(1)};
    const struct table *failed = r->failed;
    for (int i = 0; i < r->runs->n_rows; i++)
        print_run(r->runs, i, r->running, r->searches);
    for (int i = 0; i < r->searches->n_rows; i++)
        print_search(r->searches, i);
    enum status st = table_print(r->sweeps, &view, stdout, TABLE_TEXT, e);
    if (st == STATUS_OK && r->kinds->n_rows > 1) {
        putchar('\n');
        st = table_print(r->kinds, &view, stdout, TABLE_TEXT, e);
    }
    for (int row = 0; row < failed->n_rows && st == STATUS_OK; row++) {
        char more[48] = "";
        if (integer_of(failed, row, "jobs") > 1)
            snprintf(more, sizeof more, " (and %lld more)", integer_of(failed, row, "jobs") - 1);
        say(stdout, "%sfailed: %s%s: %s\n", row == 0 ? "\n" : "", text_of(failed, row, "label"), more,
            text_of(failed, row, "message"));
        if (integer_of(failed, row, "has_output"))
            print_outputs(failed, row, db);
    }
    for (int row = 0; row < r->crashed->n_rows && st == STATUS_OK; row++) {
        say(stdout, "%scrashed once, done at the second try: %s\n", row == 0 ? "\n" : "",
            text_of(r->crashed, row, "label"));
        print_outputs(r->crashed, row, db);
    }
    return st;
}

/* print_bytes: the text of the first column, which tools printed. */
static void print_bytes(sqlite3_stmt *q)
{
    const char *text = (const char *)sqlite3_column_text(q, 0);
    if (text != NULL)
        say_bytes(stdout, text, (size_t)sqlite3_column_bytes(q, 0));
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
        print_bytes(q);
    else
        st = fail(e, STATUS_USAGE, "no output of a failed job `%s` is kept (`deltasweep status` lists them)", job);
    sqlite3_finalize(q);
    return st;
}

/* report: reads it, and prints it if `print`. *at_work: a run goes on. in_place: over what was printed before. */
static enum status report(const struct database *d, const struct shared_options *asked, bool print, bool in_place,
                          bool *at_work, struct errmsg *e)
{
    struct report r;
    enum status st = read_report(d->db, &r, e);
    if (st != STATUS_OK)
        return st;
    *at_work = false;
    for (int i = 0; i < r.runs->n_rows; i++)
        *at_work = *at_work || strcmp(text_of(r.runs, i, "state"), "running") == 0;
    if (print) {
        if (in_place)
            fputs("\033[H\033[2J", stdout); /* the terminal's upper left corner, and nothing on it */
        if (asked->format == TABLE_JSON)
            print_json(&r);
        else
            st = print_text(&r, asked->db, e);
        if (st == STATUS_OK)
            st = cli_finish_output(e);
    }
    free_report(&r);
    return st;
}

/* watch: until no run is at work at two looks, since a search has none for a moment between its rounds; or the user has
 * seen enough. Without a terminal the last report alone is printed. */
static enum status watch(const struct database *d, const struct shared_options *asked, double seconds, struct errmsg *e)
{
    const bool in_place = isatty(STDOUT_FILENO) == 1;
    bool at_work = true;
    int idle = 0;
    enum status st = STATUS_OK;
    stop_catch_signals();
    while (st == STATUS_OK && idle < 2 && stop_requested == 0) {
        st = report(d, asked, in_place, in_place, &at_work, e);
        idle = at_work ? 0 : idle + 1;
        const double end = clock_monotonic_s() + (idle == 0 ? seconds : 1);
        while (st == STATUS_OK && idle < 2 && stop_requested == 0 && clock_monotonic_s() < end)
            usleep((useconds_t)(1e6 * fmax(fmin(0.2, end - clock_monotonic_s()), 0)));
    }
    /* Who ends the watching has not interrupted the run. */
    return st == STATUS_OK && idle == 2 && !in_place ? report(d, asked, true, false, &at_work, e) : st;
}

/* take_seconds: of --watch. */
static enum status take_seconds(const char *text, double *out, struct errmsg *e)
{
    char *end = NULL;
    *out = strtod(text, &end);
    if (end == text || *end != '\0' || !(*out >= 0.1 && *out <= 86400))
        return fail(e, STATUS_USAGE, "--watch must be a number of seconds from 0.1 to 86400, not `%s`", text);
    return STATUS_OK;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    const char *job = NULL;
    double seconds = 0;
    bool at_work;
    int v;
    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD || (v == 'p' && take_seconds(optarg, &seconds, e) != STATUS_OK))
            return STATUS_USAGE;
        if (v == 'o')
            job = optarg;
    }
    if (options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    struct database d = {.path = asked.db, .fd = -1};
    enum status st = open_database(&d, e);
    if (st == STATUS_OK)
        st = job != NULL   ? print_output(d.db, job, e)
             : seconds > 0 ? watch(&d, &asked, seconds, e)
                           : report(&d, &asked, true, false, &at_work, e);
    close_database(&d);
    return st;
}

const struct command command_status = {
    .name = "status",
    .summary = "how far each sweep is, and what failed",
    .usage = "[--watch SECONDS] [--output JOB] [--json] [--db FILE]",
    .about = "Prints which runs are at work: the process of each, what it does, its rate and the time left; "
             "or how the last one ended. A run counts the jobs that it has to do, and tells how many were "
             "done before it. It tells no rate if the jobs to come are much faster or slower than the last "
             "ones. A search has a run for each of its rounds; a line tells how much of its budget is spent. "
             "The first table has the points, runs and jobs of each sweep, and how many of these jobs are "
             "done (whichever run did them), have failed or are left. The second one counts all jobs by "
             "their kind. Then come the failed jobs with their reasons, the jobs that crashed once, and how "
             "to see all that their tools printed.",
    .options = options,
    .examples = "deltasweep status\n"
                "deltasweep status --watch 2\n"
                "deltasweep status --db bits.db --json",
    .exits = exits,
    .run = run,
};
