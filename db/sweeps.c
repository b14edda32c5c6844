#include "db/sweeps.h"

#include "db/record.h"
#include "db/row.h"
#include "db/schema_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char what_remove[] = "removing a sweep", what_merge[] = "merging";

/* count: what a query of one number says, with ?1 = text (NULL: none). */
static enum status count(struct store *s, const char *what, const char *sql, const char *text, int *n, struct errmsg *e)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(store_handle(s), sql, -1, &st, NULL);
    if (rc == SQLITE_OK && text != NULL)
        rc = sqlite3_bind_text(st, 1, text, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
        *n = sqlite3_column_int(st, 0);
    const enum status result = rc == SQLITE_ROW ? STATUS_OK : store_fail(store_handle(s), store_path(s), what, e);
    sqlite3_finalize(st);
    return result;
}

static enum status execute(struct store *s, const char *what, const char *sql, struct errmsg *e)
{
    return sqlite3_exec(store_handle(s), sql, NULL, NULL, NULL) == SQLITE_OK
               ? STATUS_OK
               : store_fail(store_handle(s), store_path(s), what, e);
}

/* each_child: runs a statement for every table that refers to the table `parent` (jobs, points), but runs and points
 * themselves, and what runs. format has %1$s for the table and %2$s for its column. */
static enum status each_child(struct store *s, const char *what, const char *parent, const char *format,
                              struct errmsg *e)
{
    static const char sql[] =
        "SELECT m.name, f.\"from\" FROM main.sqlite_schema m, pragma_foreign_key_list(m.name) f "
        "WHERE m.type = 'table' AND f.\"table\" = ?1 AND m.name NOT IN ('runs', 'points', 'running')";
    char statement[2048], names[32][2][64];
    sqlite3_stmt *st = NULL;
    int n = 0;
    enum status result = STATUS_OK;
    if (sqlite3_prepare_v2(store_handle(s), sql, -1, &st, NULL) != SQLITE_OK)
        return store_fail(store_handle(s), store_path(s), what, e);
    sqlite3_bind_text(st, 1, parent, -1, SQLITE_STATIC);
    for (; n < 32 && sqlite3_step(st) == SQLITE_ROW; n++)
        for (int k = 0; k < 2; k++)
            snprintf(names[n][k], sizeof names[n][k], "%s", (const char *)sqlite3_column_text(st, k));
    sqlite3_finalize(st);
    for (int i = 0; i < n && result == STATUS_OK; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(statement, sizeof statement, format, names[i][0], names[i][1]);
#pragma GCC diagnostic pop
        result = execute(s, what, statement, e);
    }
    return result;
}

static enum status begin(struct store *s, const char *what, struct errmsg *e)
{
    return row_run(s, what, "BEGIN IMMEDIATE", NULL, 0, e);
}

/* end: keeps what was done, or takes it back. */
static enum status end(struct store *s, enum status st, bool take_back, struct errmsg *e)
{
    if (st == STATUS_OK && !take_back)
        st = record_commit(s, e);
    if (st != STATUS_OK || take_back)
        record_rollback(s);
    return st;
}

static enum status need_sweep(struct store *s, const char *name, struct errmsg *e)
{
    int n = 0;
    const enum status st = count(s, "looking for a sweep", "SELECT count(*) FROM sweeps WHERE name = ?1", name, &n, e);
    if (st != STATUS_OK || n > 0)
        return st;
    return fail(e, STATUS_USAGE, "%s has no sweep `%s` (`deltasweep list` prints them)", store_path(s), name);
}

enum status sweeps_rename(struct store *s, const char *from, const char *to, struct errmsg *e)
{
    const struct field names[] = {field_text("from", from), field_text("to", to)};
    int taken = 0;
    enum status st = begin(s, "renaming a sweep", e);
    if (st != STATUS_OK)
        return st;
    if ((st = need_sweep(s, from, e)) == STATUS_OK)
        st = count(s, "renaming a sweep", "SELECT count(*) FROM sweeps WHERE name = ?1", to, &taken, e);
    if (st == STATUS_OK && taken > 0)
        st = fail(e, STATUS_USAGE, "%s has a sweep `%s` already: choose another name, or remove that one first",
                  store_path(s), to);
    if (st == STATUS_OK)
        st = ROW_RUN(s, "renaming a sweep", "UPDATE sweeps SET name = :to WHERE name = :from", names, e);
    return end(s, st, false, e);
}

/* ------------------------------------------------------------------------- removing */

/* orphans: fills temp.gone_points and temp.gone_jobs with what no run needs any more. */
static enum status orphans(struct store *s, struct errmsg *e)
{
    return execute(
        s, what_remove,
        "INSERT INTO temp.gone_points SELECT id FROM points WHERE id NOT IN (SELECT point FROM runs) "
        "AND id NOT IN (SELECT point FROM vivado_reports);"
        "INSERT INTO temp.gone_jobs SELECT digest FROM jobs WHERE digest NOT IN ("
        " SELECT train_job FROM runs WHERE train_job IS NOT NULL UNION SELECT check_job FROM runs WHERE "
        " check_job IS NOT NULL UNION SELECT build_job FROM points WHERE build_job IS NOT NULL AND id NOT IN "
        " (SELECT id FROM temp.gone_points) UNION SELECT synth_job FROM points WHERE synth_job IS NOT NULL "
        " AND id NOT IN (SELECT id FROM temp.gone_points) UNION SELECT job FROM rungs WHERE training IN (SELECT "
        "training "
        " FROM search_purchases))",
        e);
}

static enum status remove_orphans(struct store *s, struct errmsg *e)
{
    enum status st =
        each_child(s, what_remove, "points", "DELETE FROM %1$s WHERE %2$s IN (SELECT id FROM temp.gone_points)", e);
    if (st == STATUS_OK)
        st = execute(s, what_remove, "DELETE FROM points WHERE id IN (SELECT id FROM temp.gone_points)", e);
    if (st == STATUS_OK)
        st =
            each_child(s, what_remove, "jobs", "DELETE FROM %1$s WHERE %2$s IN (SELECT digest FROM temp.gone_jobs)", e);
    return st == STATUS_OK ? execute(s, what_remove,
                                     "DELETE FROM running WHERE job IN (SELECT digest FROM temp.gone_jobs);"
                                     "DELETE FROM jobs WHERE digest IN (SELECT digest FROM temp.gone_jobs)",
                                     e)
                           : st;
}

enum status sweeps_remove(struct store *s, const char *name, bool try, struct removed *out, struct errmsg *e)
{
    static const char of_sweep[] = "(SELECT id FROM sweeps WHERE name = :name)";
    const struct field fields[] = {field_text("name", name)};
    char sql[256];
    memset(out, 0, sizeof *out);
    enum status st = execute(s, what_remove,
                             "CREATE TEMP TABLE IF NOT EXISTS gone_points (id INTEGER PRIMARY KEY); "
                             "CREATE TEMP TABLE IF NOT EXISTS gone_jobs (digest TEXT PRIMARY KEY); "
                             "DELETE FROM temp.gone_points; DELETE FROM temp.gone_jobs",
                             e);
    if (st == STATUS_OK)
        st = begin(s, what_remove, e);
    if (st != STATUS_OK)
        return st;
    if ((st = need_sweep(s, name, e)) == STATUS_OK)
        st = count(s, what_remove, "SELECT count(*) FROM runs r JOIN sweeps s ON s.id = r.sweep WHERE s.name = ?1",
                   name, &out->runs, e);
    snprintf(sql, sizeof sql, "DELETE FROM runs WHERE sweep = %s", of_sweep);
    if (st == STATUS_OK)
        st = ROW_RUN(s, what_remove, sql, fields, e);
    if (st == STATUS_OK)
        st = ROW_RUN(s, what_remove, "DELETE FROM sweeps WHERE name = :name", fields, e);
    if (st == STATUS_OK)
        st = orphans(s, e);
    if (st == STATUS_OK)
        st = count(s, what_remove, "SELECT count(*) FROM temp.gone_points", NULL, &out->points, e);
    if (st == STATUS_OK)
        st = count(s, what_remove, "SELECT count(*) FROM points WHERE id NOT IN (SELECT point FROM runs)", NULL,
                   &out->kept, e);
    out->kept -= out->points;
    if (st == STATUS_OK)
        st = count(s, what_remove, "SELECT count(*) FROM temp.gone_jobs", NULL, &out->jobs, e);
    if (st == STATUS_OK)
        st = count(s, what_remove, "SELECT count(*) FROM training WHERE job IN (SELECT digest FROM temp.gone_jobs)",
                   NULL, &out->trainings, e);
    if (st == STATUS_OK)
        st = remove_orphans(s, e);
    return end(s, st, try, e);
}

/* -------------------------------------------------------------------------- merging */

/* How much the row j of a job says: done, failed for good, failed, waiting. */
#define SAYS(j) "CASE " j ".state WHEN 'done' THEN 3 WHEN 'failed' THEN 1 + " j ".final ELSE 0 END"
/* Of two rows that say equally much the one with the lesser text stays: that of the work which ended first. */
#define ENDED(j)                                                                                                       \
    "json_array(" j ".finished, " j ".host, " j ".started, " j ".seconds, " j ".attempts, " j ".git_revision)"
/* Of two jobs that a run or a point may name, it names the one with the greater text: a result, and the latest one. */
#define RANK(job)                                                                                                      \
    "coalesce((SELECT (j.state = 'done') || coalesce(j.finished, '') || j.digest FROM main.jobs j WHERE j.digest "     \
    "= " job "), '')"

/* first_text: the first text that a query gives; "" if none. */
static enum status first_text(struct store *s, const char *sql, char *out, size_t room, struct errmsg *e)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(store_handle(s), sql, -1, &st, NULL);
    out[0] = '\0';
    if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
        snprintf(out, room, "%s", (const char *)sqlite3_column_text(st, 0));
    const enum status result =
        rc == SQLITE_ROW || rc == SQLITE_DONE ? STATUS_OK : store_fail(store_handle(s), store_path(s), what_merge, e);
    sqlite3_finalize(st);
    return result;
}

/* Jobs that are done in both with results that the same work gives again on every machine, and that differ. */
static const char differing_sql[] =
    "INSERT INTO temp.differing "
    "SELECT a.job FROM main.training a JOIN other.training b ON b.job = a.job WHERE a.network IS NOT b.network "
    "UNION SELECT a.job FROM main.syntheses a JOIN other.syntheses b ON b.job = a.job "
    "WHERE (a.lut, a.ff, a.dsp, a.bram18, a.bram36) IS NOT (b.lut, b.ff, b.dsp, b.bram18, b.bram36) "
    "UNION SELECT a.job FROM main.checks a JOIN other.checks b ON b.job = a.job "
    "WHERE (a.mismatches, a.cycles_per_dot) IS NOT (b.mismatches, b.cycles_per_dot) "
    "UNION SELECT a.job FROM main.accelerator_checks a JOIN other.accelerator_checks b ON b.job = a.job "
    "WHERE (a.mismatches, a.cycles_per_inference) IS NOT (b.mismatches, b.cycles_per_inference)";

static enum status conflicts(struct store *s, const char *path, bool ours, struct merged *out, struct errmsg *e)
{
    char name[256], label[256];
    enum status st = first_text(s,
                                "SELECT a.name FROM main.sweeps a JOIN other.sweeps b ON b.name = a.name "
                                "WHERE a.content <> b.content AND a.name NOT IN ('train', 'sim', 'synth', 'fit')",
                                name, sizeof name, e);
    if (st == STATUS_OK && name[0] != '\0')
        return fail(e, STATUS_VERDICT,
                    "nothing was merged: the sweep `%s` has another file in %s; rename it in one of "
                    "them (`deltasweep rename %s NEW --db %s`)",
                    name, path, name, path);
    if (st == STATUS_OK)
        st = execute(s, what_merge, differing_sql, e);
    if (st == STATUS_OK)
        st = count(s, what_merge, "SELECT count(*) FROM temp.differing", NULL, &out->differing, e);
    if (st != STATUS_OK || out->differing == 0 || ours)
        return st;
    st = first_text(s, "SELECT label FROM jobs WHERE digest IN (SELECT job FROM temp.differing)", label, sizeof label,
                    e);
    if (st != STATUS_OK)
        return st;
    return fail(e, STATUS_VERDICT,
                "nothing was merged: %d job%s that both databases have done %s another result in %s "
                "(the first: %s); --ours keeps the results of %s and takes the rest",
                out->differing, out->differing == 1 ? "" : "s", out->differing == 1 ? "has" : "have", path, label,
                store_path(s));
}

/* columns_of: the columns of a table of this database but id, with a prefix: "b.x, b.y". */
static enum status columns_of(struct store *s, const char *table, const char *prefix, const char *but, char *out,
                              size_t room, struct errmsg *e)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT group_concat('%s' || name, ', ') FROM pragma_table_info('%s') "
             "WHERE name NOT IN ('id', '%s')",
             prefix, table, but);
    return first_text(s, sql, out, room, e);
}

/* take_jobs: the jobs of temp.taken with their results; what is here of them goes. */
static enum status take_jobs(struct store *s, struct errmsg *e)
{
    char columns[2048], sql[10240];
    enum status st = columns_of(s, "jobs", "", "ended", columns, sizeof columns, e);
    if (st == STATUS_OK)
        st =
            each_child(s, what_merge, "jobs", "DELETE FROM main.%1$s WHERE %2$s IN (SELECT digest FROM temp.taken)", e);
    snprintf(sql, sizeof sql,
             "INSERT INTO main.jobs (%s) SELECT %s FROM other.jobs WHERE digest IN (SELECT digest FROM "
             "temp.taken) ON CONFLICT (digest) DO UPDATE SET (%s) = (SELECT %s FROM other.jobs b WHERE b.digest = "
             "excluded.digest)",
             columns, columns, columns, columns);
    if (st == STATUS_OK)
        st = execute(s, what_merge, sql, e);
    return st == STATUS_OK
               ? each_child(
                     s, what_merge, "jobs",
                     "INSERT INTO main.%1$s SELECT * FROM other.%1$s WHERE %2$s IN (SELECT digest FROM temp.taken)", e)
               : st;
}

/* choose_jobs: fills temp.taken with the jobs that this database lacks, and those of which the other one says more. */
static enum status choose_jobs(struct store *s, struct merged *out, struct errmsg *e)
{
    enum status st =
        count(s, what_merge, "SELECT count(*) FROM other.jobs WHERE digest NOT IN (SELECT digest FROM main.jobs)", NULL,
              &out->jobs, e);
    if (st == STATUS_OK)
        st = count(
            s, what_merge,
            "SELECT count(*) FROM other.jobs b JOIN main.jobs a ON a.digest = b.digest WHERE b.state = 'done' AND "
            "a.state <> 'done'",
            NULL, &out->completed, e);
    return st == STATUS_OK
               ? execute(s, what_merge,
                         "INSERT INTO temp.taken SELECT digest FROM other.jobs WHERE digest NOT IN (SELECT digest FROM "
                         "main.jobs); INSERT INTO temp.taken SELECT b.digest FROM other.jobs b JOIN main.jobs a ON "
                         "a.digest = b.digest WHERE (" SAYS("b") " > " SAYS("a") " OR (" SAYS("b") " = " SAYS(
                             "a") " AND " ENDED("b") " < " ENDED("a") ")) AND a.digest NOT IN (SELECT job FROM "
                                                                      "temp.differing)",
                         e)
               : st;
}

/* take_job_of_point: theirs where it is the newer one. */
static enum status take_job_of_point(struct store *s, const char *column, struct errmsg *e)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "UPDATE main.points AS a SET %s = b.%s FROM other.points b WHERE b.digest = a.digest AND b.%s IS NOT a.%s "
             "AND " RANK("b.%s") " > " RANK("a.%s"),
             column, column, column, column, column, column);
    return execute(s, what_merge, sql, e);
}

static enum status take_points(struct store *s, struct merged *out, struct errmsg *e)
{
    char columns[4096], sql[12288];
    enum status st = columns_of(s, "points", "", "", columns, sizeof columns, e);
    if (st == STATUS_OK)
        st = count(s, what_merge,
                   "SELECT count(*) FROM other.points WHERE digest NOT IN (SELECT digest FROM main.points)", NULL,
                   &out->points, e);
    snprintf(sql, sizeof sql,
             "INSERT INTO main.points (%s) SELECT %s FROM other.points WHERE digest NOT IN "
             "(SELECT digest FROM main.points)",
             columns, columns);
    if (st == STATUS_OK)
        st = execute(s, what_merge, sql, e);
    if (st == STATUS_OK)
        st = take_job_of_point(s, "build_job", e);
    if (st == STATUS_OK)
        st = take_job_of_point(s, "synth_job", e);
    return st == STATUS_OK
               ? execute(s, what_merge,
                         "INSERT INTO temp.same_point SELECT b.id, a.id FROM other.points b JOIN main.points a "
                         "ON a.digest = b.digest",
                         e)
               : st;
}

/* take_of_points: rows that follow from a point; ours stay, but a fit whose logic is known there alone is theirs.
 * Reports that were imported are taken where there is no equal one. */
static enum status take_of_points(struct store *s, struct errmsg *e)
{
    static const char *const tables[] = {"fits", "accelerators", "estimates", "vivado_reports"};
    char ours[2048], theirs[2048], compared[4096], sql[12288];
    enum status st =
        execute(s, what_merge,
                "DELETE FROM main.fits WHERE NOT logic_known AND point IN (SELECT m.ours FROM temp.same_point m "
                "JOIN other.fits b ON b.point = m.theirs WHERE b.logic_known)",
                e);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && st == STATUS_OK; i++) {
        const bool reports = strcmp(tables[i], "vivado_reports") == 0;
        char same[512];
        st = columns_of(s, tables[i], "", "point", ours, sizeof ours, e);
        if (st == STATUS_OK)
            st = columns_of(s, tables[i], "b.", "point", theirs, sizeof theirs, e);
        snprintf(same, sizeof same,
                 "SELECT group_concat('AND a.' || name || ' IS b.' || name, ' ') FROM pragma_table_info('%s') "
                 "WHERE name NOT IN ('id', 'point', 'imported')",
                 tables[i]);
        if (st == STATUS_OK)
            st = first_text(s, same, compared, sizeof compared, e);
        snprintf(sql, sizeof sql,
                 "INSERT INTO main.%s (point, %s) SELECT m.ours, %s FROM other.%s b JOIN temp.same_point m "
                 "ON m.theirs = b.point WHERE NOT EXISTS (SELECT 1 FROM main.%s a WHERE a.point = m.ours %s)",
                 tables[i], ours, theirs, tables[i], tables[i], reports ? compared : "");
        if (st == STATUS_OK)
            st = execute(s, what_merge, sql, e);
    }
    return st == STATUS_OK ? execute(s, what_merge,
                                     "INSERT OR IGNORE INTO main.published_values SELECT * FROM "
                                     "other.published_values",
                                     e)
                           : st;
}

/* take_sweeps: a sweep that both have was begun when the first began, and is as it was where it ran last. */
static enum status take_sweeps(struct store *s, struct merged *out, struct errmsg *e)
{
    const enum status st =
        count(s, what_merge, "SELECT count(*) FROM other.sweeps WHERE name NOT IN (SELECT name FROM main.sweeps)", NULL,
              &out->sweeps, e);
    return st == STATUS_OK
               ? execute(s, what_merge,
                         "INSERT INTO main.sweeps (name, file, content, created, updated) SELECT name, file, content, "
                         "created, updated FROM other.sweeps WHERE true ON CONFLICT (name) DO UPDATE SET "
                         "file = iif(excluded.updated > updated, excluded.file, file), "
                         "content = iif(excluded.updated > updated, excluded.content, content), "
                         "created = min(created, excluded.created), updated = max(updated, excluded.updated)",
                         e)
               : st;
}

static enum status take_runs(struct store *s, struct merged *out, struct errmsg *e)
{
#define BETTER                                                                                                         \
    "(" RANK("excluded.train_job") " > " RANK("runs.train_job") " OR (excluded.train_job IS runs.train_job AND " RANK( \
        "excluded.check_job") " > " RANK("runs.check_job") "))"
    int before = 0, after = 0;
    enum status st = count(s, what_merge, "SELECT count(*) FROM main.runs", NULL, &before, e);
    if (st == STATUS_OK)
        st = execute(s, what_merge,
                     "INSERT INTO main.runs (sweep, point, seed, train_job, check_job, created) "
                     "SELECT a.id, m.ours, r.seed, r.train_job, r.check_job, r.created FROM other.runs r "
                     "JOIN other.sweeps b ON b.id = r.sweep JOIN main.sweeps a ON a.name = b.name "
                     "JOIN temp.same_point m ON m.theirs = r.point WHERE true "
                     "ON CONFLICT (sweep, point, coalesce(seed, -1)) DO UPDATE SET "
                     "train_job = iif(" BETTER ", excluded.train_job, train_job), "
                     "check_job = iif(" BETTER
                     ", excluded.check_job, check_job), created = min(created, excluded.created)",
                     e);
    if (st == STATUS_OK)
        st = count(s, what_merge, "SELECT count(*) FROM main.runs", NULL, &after, e);
    out->runs = after - before;
    return st;
#undef BETTER
}

/* Of two rows of one search that of the larger budget says more, and of equal budgets that of the later end. */
#define BUDGET(r)                                                                                                      \
    "(coalesce(" r ".budget_points, 9e999), coalesce(" r ".budget_trainings, 9e999), coalesce(" r                      \
    ".budget_hours, 9e999), coalesce(" r ".ended, ''))"

/* take_heads: the searches themselves. */
static enum status take_heads(struct store *s, struct errmsg *e)
{
    static const char *const of_budget[] = {"budget_points", "budget_trainings", "budget_hours", "ended"};
    char columns[2048], theirs[2048], sql[10240];
    enum status st = columns_of(s, "searches", "", "sweep", columns, sizeof columns, e);
    if (st == STATUS_OK)
        st = columns_of(s, "searches", "q.", "sweep", theirs, sizeof theirs, e);
    if (st != STATUS_OK)
        return st;
    size_t used = (size_t)snprintf(sql, sizeof sql,
                                   "INSERT INTO main.searches (sweep, %s) SELECT a.id, %s FROM other.searches q "
                                   "JOIN other.sweeps b ON b.id = q.sweep JOIN main.sweeps a ON a.name = b.name "
                                   "WHERE true ON CONFLICT (sweep, digest) DO UPDATE SET "
                                   "started = min(started, excluded.started)",
                                   columns, theirs);
    for (size_t i = 0; i < sizeof of_budget / sizeof of_budget[0]; i++)
        used += (size_t)snprintf(sql + used, sizeof sql - used,
                                 ", %s = iif(" BUDGET("excluded") " > " BUDGET("searches") ", excluded.%s, %s)",
                                 of_budget[i], of_budget[i], of_budget[i]);
    return execute(s, what_merge, sql, e);
}

/* take_of_searches: the rows of a table of what searches did. Of two rows of one place the one stays that has its
 * answer, a column; of two that have it the one with the lesser text. */
static enum status take_of_searches(struct store *s, const char *table, const char *answer, struct errmsg *e)
{
    char columns[1024], theirs[1024], excluded[1024], ours[1024], prefix[64], sql[10240];
    snprintf(prefix, sizeof prefix, "%s.", table);
    enum status st = columns_of(s, table, "", "search", columns, sizeof columns, e);
    if (st == STATUS_OK)
        st = columns_of(s, table, "r.", "search", theirs, sizeof theirs, e);
    if (st == STATUS_OK)
        st = columns_of(s, table, "excluded.", "search", excluded, sizeof excluded, e);
    if (st == STATUS_OK)
        st = columns_of(s, table, prefix, "search", ours, sizeof ours, e);
    if (st != STATUS_OK)
        return st;
    snprintf(sql, sizeof sql,
             "INSERT INTO main.%s (search, %s) SELECT m.id, %s FROM other.%s r JOIN other.searches q ON "
             "q.id = r.search JOIN other.sweeps b ON b.id = q.sweep JOIN main.sweeps a ON a.name = b.name "
             "JOIN main.searches m ON m.sweep = a.id AND m.digest = q.digest "
             "WHERE true ON CONFLICT DO UPDATE SET (%s) = (%s) WHERE (excluded.%s IS NOT NULL, json_array(%s)) > "
             "(%s.%s IS NOT NULL, json_array(%s))",
             table, columns, theirs, table, columns, excluded, answer, ours, table, answer, excluded);
    return execute(s, what_merge, sql, e);
}

/* take_searches: theirs, with what they bought. A search that both have asks for the same in the same order. */
static enum status take_searches(struct store *s, struct errmsg *e)
{
    enum status st = take_heads(s, e);
    if (st == STATUS_OK)
        st = take_of_searches(s, "search_purchases", "accuracy", e);
    return st == STATUS_OK ? take_of_searches(s, "search_rounds", "hypervolume", e) : st;
}

static enum status attach(struct store *s, const char *path, struct errmsg *e)
{
    char plain[4200];
    sqlite3 *reader = NULL;
    sqlite3_stmt *st = NULL;
    enum status result = store_open_readonly(path, &reader, e); /* it is a database of this format */
    sqlite3_close(reader);
    if (result != STATUS_OK)
        return result;
    snprintf(plain, sizeof plain, "%s%s", path[0] == '/' ? "" : "./", path);
    if (sqlite3_prepare_v2(store_handle(s), "ATTACH DATABASE ?1 AS other", -1, &st, NULL) != SQLITE_OK ||
        sqlite3_bind_text(st, 1, plain, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(st) != SQLITE_DONE)
        result = store_fail(store_handle(s), path, "opening it", e);
    sqlite3_finalize(st);
    return result == STATUS_OK ? schema_check_same(store_handle(s), path, e) : result;
}

/* begin_merge: attaches the other database and begins a transaction. end_merge: ends both, also after a failure. */
static enum status begin_merge(struct store *s, const char *path, struct errmsg *e)
{
    enum status st = attach(s, path, e);
    if (st == STATUS_OK)
        st = execute(
            s, what_merge,
            "CREATE TEMP TABLE taken (digest TEXT PRIMARY KEY); CREATE TEMP TABLE differing (job TEXT PRIMARY KEY); "
            "CREATE TEMP TABLE same_point (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL)",
            e);
    return st == STATUS_OK ? begin(s, what_merge, e) : st;
}

static enum status end_merge(struct store *s, enum status st, struct errmsg *e)
{
    struct errmsg why;
    st = end(s, st, false, e);
    execute(
        s, what_merge,
        "DROP TABLE IF EXISTS temp.taken; DROP TABLE IF EXISTS temp.differing; DROP TABLE IF EXISTS temp.same_point",
        &why);
    execute(s, what_merge, "DETACH DATABASE other", &why);
    return st;
}

enum status sweeps_merge(struct store *s, const char *path, bool ours, struct merged *out, struct errmsg *e)
{
    memset(out, 0, sizeof *out);
    enum status st = begin_merge(s, path, e);
    if (st == STATUS_OK)
        st = conflicts(s, path, ours, out, e);
    if (st == STATUS_OK)
        st = choose_jobs(s, out, e);
    if (st == STATUS_OK)
        st = take_jobs(s, e);
    if (st == STATUS_OK)
        st = take_points(s, out, e);
    if (st == STATUS_OK)
        st = take_of_points(s, e);
    if (st == STATUS_OK)
        st = take_sweeps(s, out, e);
    if (st == STATUS_OK)
        st = take_runs(s, out, e);
    if (st == STATUS_OK)
        st = take_searches(s, e);
    return end_merge(s, st, e);
}

enum status sweeps_take_results(struct store *s, const char *path, const char *const *digests, int n, int *taken,
                                struct errmsg *e)
{
    enum status st = begin_merge(s, path, e);
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        const struct field fields[] = {field_text("digest", digests[i])};
        st = ROW_RUN(
            s, what_merge,
            "INSERT OR IGNORE INTO temp.taken SELECT digest FROM other.jobs WHERE digest = :digest AND (state = "
            "'done' OR final) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE digest = :digest AND (state = "
            "'done' OR final))",
            fields, e);
    }
    if (st == STATUS_OK)
        st = count(s, what_merge, "SELECT count(*) FROM temp.taken", NULL, taken, e);
    if (st == STATUS_OK)
        st = take_jobs(s, e);
    return end_merge(s, st, e);
}

enum status sweeps_take_search(struct store *s, const char *path, int64_t search, struct errmsg *e)
{
    const struct field fields[] = {field_integer("search", search)};
    enum status st = begin_merge(s, path, e);
    if (st == STATUS_OK)
        st = ROW_RUN(s, what_merge, "DELETE FROM main.search_purchases WHERE search = :search", fields, e);
    if (st == STATUS_OK)
        st = ROW_RUN(s, what_merge, "DELETE FROM main.search_rounds WHERE search = :search", fields, e);
    if (st == STATUS_OK)
        st = take_searches(s, e);
    return end_merge(s, st, e);
}
