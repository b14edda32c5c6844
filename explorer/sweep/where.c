#include "explorer/sweep/where.h"

#include "base/stop.h"
#include "base/text.h"
#include "db/sql_guard.h"
#include "explorer/sweep/combination.h"
#include "models/point/forecast.h"

#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for `where`");
}

/* is_steady: whether the function has the same value at each time and in each run. */
static bool is_steady(const char *function)
{
    static const char *const unsteady[] = {"random", "randomblob", "changes", "total_changes", "last_insert_rowid",
                                           "date", "time", "datetime", "julianday", "unixepoch", "strftime",
                                           "current_date", "current_time", "current_timestamp"};
    for (size_t i = 0; i < sizeof unsteady / sizeof unsteady[0]; i++)
        if (sqlite3_stricmp(function, unsteady[i]) == 0)
            return false;
    return true;
}

/* What the authoriser learns of an expression. */
struct seen {
    bool forecasts;       /* it looks at one */
    char unsteady[32];    /* a function in it that is_steady denies; "" */
};

/* only_reads: the expression may compute and look at the axes, and do nothing else. */
static int only_reads(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    struct seen *seen = context;
    (void)a, (void)c, (void)d;
    for (int i = 0; action == SQLITE_READ && forecast_name(i) != NULL; i++)
        seen->forecasts = seen->forecasts || (b != NULL && strcmp(b, forecast_name(i)) == 0);
    if (action == SQLITE_FUNCTION && b != NULL && !is_steady(b)) {
        snprintf(seen->unsteady, sizeof seen->unsteady, "%s", b);
        return SQLITE_DENY;
    }
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ? SQLITE_OK : SQLITE_DENY;
}

static enum status bad_where(const struct sweep *s, const char *why, struct errmsg *e)
{
    enum { ROOM = AXIS_COUNT + 32 };
    const char *names[ROOM] = {"device"}, *nearest = NULL, *word = NULL;
    static const char no_column[] = "no such column: ";
    int n = 1;
    for (int a = 0; a < AXIS_COUNT; a++)
        names[n++] = axis_at((enum axis_id)a)->name;
    for (int i = 0; forecast_name(i) != NULL && n < ROOM; i++)
        names[n++] = forecast_name(i);
    if (strncmp(why, no_column, sizeof no_column - 1) == 0) {
        nearest = text_nearest(why + sizeof no_column - 1, names, n);
        word = axis_word_in(s->where, why + sizeof no_column - 1);
    }
    if (word != NULL)
        return fail(e, sweep_wrong(s), "%s: where: `%s` is a word, and words stand in single quotes: '%s' (in `%.200s`)",
                    s->file, word, word, s->where);
    return fail(e, sweep_wrong(s), "%s: where: %s%s%s%s in `%.200s` (an SQL expression over the axes, for example "
                "`scheme = 'fixed-point' OR delta_bits < weight_bits`, and over what follows from them, "
                "`estimated_fits`)",
                s->file, why, nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
                nearest == NULL ? "" : "`?", s->where);
}

/* column_type: of an axis in the table `axes`. */
static const char *column_type(const struct axis *axis)
{
    return axis->kind == AXIS_WORDS || axis->kind == AXIS_NETWORKS ? "TEXT"
           : axis->kind == AXIS_REALS                              ? "REAL"
                                                                   : "INTEGER";
}

/* create_table: the table `axes`, in the words of a sweep file, with forecasts. Formats of layers are their greatest
 * number, as in the database, and a text in a column of their own. Prepares the statement that inserts a row. */
static int create_table(sqlite3 *db, sqlite3_stmt **insert)
{
    char sql[4096] = "CREATE TABLE axes (id INTEGER PRIMARY KEY, device TEXT", marks[512] = "?,?";
    size_t used = strlen(sql), n_marks = strlen(marks);
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *axis = axis_at((enum axis_id)a);
        const bool layers = axis->kind == AXIS_FORMATS;
        used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s %s", axis->name, column_type(axis));
        if (layers)
            used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s_layers TEXT", axis->name);
        n_marks += (size_t)snprintf(marks + n_marks, sizeof marks - n_marks, layers ? ",?,?" : ",?");
    }
    for (int i = 0; forecast_name(i) != NULL; i++) {
        used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s REAL", forecast_name(i));
        n_marks += (size_t)snprintf(marks + n_marks, sizeof marks - n_marks, ",?");
    }
    snprintf(sql + used, sizeof sql - used, ")");
    const int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    snprintf(sql, sizeof sql, "INSERT INTO axes VALUES (%s)", marks);
    return rc == SQLITE_OK ? sqlite3_prepare_v2(db, sql, -1, insert, NULL) : rc;
}

/* bind_value: the value of an axis, in one or two columns from *column on. */
static void bind_value(sqlite3_stmt *st, int *column, enum axis_id a, const struct axis_value *v)
{
    const struct axis *axis = axis_at(a);
    char text[AXIS_TEXT_BYTES] = "";
    if (axis->kind == AXIS_NETWORKS || v->n_layers > 0)
        axis_text(a, v, text);
    if (axis->kind == AXIS_WORDS)
        sqlite3_bind_text(st, (*column)++, axis->word((int)v->number), -1, SQLITE_STATIC);
    else if (axis->kind == AXIS_NETWORKS)
        sqlite3_bind_text(st, (*column)++, text, -1, SQLITE_TRANSIENT);
    else if (axis->kind == AXIS_REALS)
        sqlite3_bind_double(st, (*column)++, v->number);
    else
        sqlite3_bind_int64(st, (*column)++, (sqlite3_int64)v->number);
    if (axis->kind == AXIS_FORMATS)
        sqlite3_bind_text(st, (*column)++, v->n_layers > 0 ? text : NULL, -1, SQLITE_TRANSIENT);
}

/* bind_forecasts: NULL where there is none, also for a combination that makes no sense. */
static void bind_forecasts(sqlite3_stmt *st, int *column, const struct sweep *s, const struct combination *c)
{
    struct point p;
    struct forecast f;
    struct errmsg why;
    if (combination_whole(s, c, &p, &why) != STATUS_OK)
        return;
    forecast_of(&p, &f);
    for (int i = 0; forecast_name(i) != NULL; i++)
        if (isnan(forecast_value(&f, i)))
            sqlite3_bind_null(st, (*column)++);
        else
            sqlite3_bind_double(st, (*column)++, forecast_value(&f, i));
}

/* fill_table: a row for each combination; forecasts: theirs too. */
static int fill_table(sqlite3_stmt *insert, const struct sweep *s, long n, bool forecasts)
{
    int rc = SQLITE_OK;
    for (long i = 0; i < n && rc == SQLITE_OK && stop_requested == 0; i++) {
        const struct combination c = combination_at(s, i);
        struct point p;
        int column = 1;
        combination_point(s, &c, &p);
        sqlite3_clear_bindings(insert);
        sqlite3_bind_int64(insert, column++, i);
        sqlite3_bind_text(insert, column++, p.device->name, -1, SQLITE_STATIC);
        for (int a = 0; a < AXIS_COUNT; a++) {
            const struct axis_value v = combination_value(s, &c, (enum axis_id)a, &p);
            bind_value(insert, &column, (enum axis_id)a, &v);
        }
        if (forecasts)
            bind_forecasts(insert, &column, s, &c);
        rc = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert) : SQLITE_ERROR;
    }
    return rc;
}

/* prepare: the query whose rows are the numbers of the combinations to keep. The expression is tried in brackets, and
 * then without: `1) OR (1` would pass with them alone. */
static enum status prepare(sqlite3 *db, const struct sweep *s, const struct seen *seen, sqlite3_stmt **out,
                           struct errmsg *e)
{
    static const char *const brackets[2][2] = {{"(", ")"}, {"", ""}};
    const size_t room = strlen(s->where) + 64;
    char *sql = malloc(room);
    enum status st = sql == NULL ? no_memory(e) : STATUS_OK;
    for (int i = 0; i < 2 && st == STATUS_OK; i++) {
        const char *tail = "";
        snprintf(sql, room, "SELECT id FROM axes WHERE %s%s\n%s", brackets[i][0], s->where, brackets[i][1]);
        sqlite3_finalize(*out);
        *out = NULL;
        const int rc = sqlite3_prepare_v2(db, sql, -1, out, &tail);
        if (rc == SQLITE_NOMEM)
            st = no_memory(e);
        else if (seen->unsteady[0] != '\0')
            st = fail(e, sweep_wrong(s), "%s: where: `%s` has another value each time, and a sweep is the same points "
                      "each time (in `%.200s`)", s->file, seen->unsteady, s->where);
        else if (rc != SQLITE_OK)
            st = bad_where(s, sqlite3_errmsg(db), e);
        else if (*out == NULL || tail[strspn(tail, " \n\t;")] != '\0')
            st = bad_where(s, "more than one expression", e);
        else if (sqlite3_bind_parameter_count(*out) > 0)
            st = bad_where(s, "`?` and `:name` stand for values that nobody gives: a word stands in single quotes", e);
    }
    free(sql);
    return st;
}

/* choose: steps through the query; keep[i] = 1 for each number that it answers. */
static enum status choose(sqlite3 *db, sqlite3_stmt *query, const struct sweep *s, long n, unsigned char *keep,
                          struct errmsg *e)
{
    int rc;
    while ((rc = sqlite3_step(query)) == SQLITE_ROW) {
        const sqlite3_int64 id = sqlite3_column_int64(query, 0);
        if (id >= 0 && id < n)
            keep[id] = 1;
    }
    if (rc == SQLITE_NOMEM)
        return no_memory(e);
    if (rc != SQLITE_DONE)
        return bad_where(s, rc == SQLITE_INTERRUPT ? "this takes too long" : sqlite3_errmsg(db), e);
    return STATUS_OK;
}

/* SQLite does the parsing and the arithmetic, on a table in memory that the expression cannot change. The query is
 * prepared before the table is filled: then it is known whether forecasts are needed. */
enum status where_keep(const struct sweep *s, long n, unsigned char *keep, struct errmsg *e)
{
    enum status result = STATUS_OK;
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL, *query = NULL;
    const long steps = (20000 + n) * 1000;
    struct sql_guard guard;
    struct seen seen = {false, ""};

    if (sqlite3_open(":memory:", &db) != SQLITE_OK || create_table(db, &insert) != SQLITE_OK) {
        result = no_memory(e);
        goto done;
    }
    sql_strict(db);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
    sqlite3_set_authorizer(db, only_reads, &seen);
    sql_guard_on(db, &guard, 0, steps, SQL_GUARD_SWEEP_TEXT);
    if ((result = prepare(db, s, &seen, &query, e)) != STATUS_OK)
        goto done;
    sqlite3_set_authorizer(db, NULL, NULL);
    sql_guard_off(db);
    if (fill_table(insert, s, n, seen.forecasts) != SQLITE_OK) {
        result = no_memory(e);
        goto done;
    }
    sqlite3_set_authorizer(db, only_reads, &seen);
    sql_guard_on(db, &guard, 0, steps, SQL_GUARD_SWEEP_TEXT);
    result = choose(db, query, s, n, keep, e);
done:
    sqlite3_finalize(insert);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return result;
}
