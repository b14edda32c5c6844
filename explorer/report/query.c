#include "explorer/report/query.h"

#include "base/stop.h"
#include "base/text.h"
#include "db/sql_guard.h"
#include "db/store.h"
#include "models/point/axis.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the authoriser refused last, for the message. One per process is enough: a
 * statement is prepared and its message written before the next one. */
static const char *refused;

static int may_read(void *context, int action, const char *a, const char *b, const char *database, const char *trigger)
{
    static const char *const reading_pragmas[] = {
        "table_info",    "table_xinfo",      "table_list",      "index_list",  "index_info",
        "index_xinfo",   "foreign_key_list", "integrity_check", "quick_check", "foreign_key_check",
        "function_list", "collation_list",   "compile_options"};
    (void)context, (void)database, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_UPDATE:
        /* Asked when the table of a pragma_… function is declared; the schema itself cannot be written. */
        if (a != NULL && strcmp(a, "sqlite_master") == 0)
            return SQLITE_OK;
        refused = "writing";
        return SQLITE_DENY;
    case SQLITE_FUNCTION:
        if (b != NULL && strcmp(b, "load_extension") == 0) {
            refused = "load_extension";
            return SQLITE_DENY;
        }
        return SQLITE_OK;
    case SQLITE_PRAGMA:
        for (size_t i = 0; i < sizeof reading_pragmas / sizeof reading_pragmas[0]; i++)
            if (a != NULL && strcasecmp(a, reading_pragmas[i]) == 0)
                return SQLITE_OK;
        if (b == NULL && a != NULL && (strcasecmp(a, "user_version") == 0 || strcasecmp(a, "application_id") == 0))
            return SQLITE_OK;
        refused = "PRAGMA";
        return SQLITE_DENY;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        refused = "ATTACH";
        return SQLITE_DENY;
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        refused = "a transaction";
        return SQLITE_DENY;
    default:
        refused = "writing";
        return SQLITE_DENY;
    }
}

void query_protect(sqlite3 *db)
{
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sql_strict(db);
    sqlite3_set_authorizer(db, may_read, NULL);
}

enum status query_open(const char *path, sqlite3 **db, struct errmsg *e)
{
    const enum status s = store_open_readonly(path, db, e);
    if (s == STATUS_OK)
        query_protect(*db);
    return s;
}

const char *query_view_name(int i)
{
    static const char *const views[] = {"designs", "trainings", "results"};
    return i < (int)(sizeof views / sizeof views[0]) ? views[i] : NULL;
}

enum status query_view(const char *name, struct errmsg *e)
{
    for (int i = 0; query_view_name(i) != NULL; i++)
        if (strcmp(name, query_view_name(i)) == 0)
            return STATUS_OK;
    return fail(e, STATUS_USAGE,
                "there is no view `%s`: it is designs (a row per point), trainings (a row per training and seed) or "
                "results (a row per sweep, point and seed)",
                name);
}

/* Names read from the database. */
struct names {
    char **words;
    int n;
};

static void names_free(struct names *names)
{
    for (int i = 0; i < names->n; i++)
        free(names->words[i]);
    free(names->words);
}

/* names_read: the first column of sql's rows; as many as can be had. value: for ?1, may be NULL. */
static void names_read(sqlite3 *db, const char *sql, const char *value, struct names *names)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        return;
    if (value != NULL)
        sqlite3_bind_text(s, 1, value, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 0);
        char *copy = text != NULL ? strdup(text) : NULL;
        char **words = copy != NULL ? realloc(names->words, (size_t)(names->n + 1) * sizeof *words) : NULL;
        if (words == NULL) {
            free(copy);
            break;
        }
        names->words = words;
        names->words[names->n++] = copy;
    }
    sqlite3_finalize(s);
}

static const char *nearest(const char *word, const struct names *names)
{
    return text_nearest(word, (const char *const *)names->words, names->n);
}

/* nearest_column: as text_nearest; the accuracy without a word before it is that of the test set. */
static const char *nearest_column(const char *word, const char *const *names, int n)
{
    static const char test[] = "test_";
    for (int i = 0; i < n; i++)
        if (strncmp(names[i], test, strlen(test)) == 0 && strcmp(names[i] + strlen(test), word) == 0)
            return names[i];
    return text_nearest(word, names, n);
}

/* is_value: whether word is a text that the database has: of a sweep, a part, a data set, a point. */
static int is_value(sqlite3 *db, const char *word)
{
    struct names names = {NULL, 0};
    names_read(db, "SELECT ?1 WHERE ?1 IN (SELECT name FROM sweeps UNION ALL SELECT device FROM points "
               "UNION ALL SELECT dataset FROM points UNION ALL SELECT network FROM points "
               "UNION ALL SELECT point FROM points)", word, &names);
    const int found = names.n > 0;
    names_free(&names);
    return found;
}

static bool names_has(const struct names *names, const char *word)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->words[i], word) == 0)
            return true;
    return false;
}

/* explain: SQLite's message for SQL that it could not prepare, with the nearest name where one is unknown. */
static enum status explain(sqlite3 *db, const char *sql, const char *problem, struct errmsg *e)
{
    static const char no_column[] = "no such column: ", no_table[] = "no such table: ";
    static const char all_columns[] = "SELECT DISTINCT c.name FROM pragma_table_list t, pragma_table_info(t.name) c "
                                      "WHERE t.schema = 'main' ORDER BY t.name NOT IN ('results', 'trainings', 'designs')";
    struct names names = {NULL, 0};
    const char *word = NULL, *meant = NULL, *text = NULL, *what = "column";

    if (strncmp(problem, no_column, strlen(no_column)) == 0) {
        word = problem + strlen(no_column);
        if ((text = axis_word_in(sql, word)) == NULL && is_value(db, word))
            text = word;
        names_read(db, all_columns, NULL, &names);
    } else if (strncmp(problem, no_table, strlen(no_table)) == 0) {
        word = problem + strlen(no_table);
        what = "table";
        names_read(db, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')", NULL, &names);
    }
    if (word != NULL) {
        const char *dot = strrchr(word, '.');
        meant = nearest_column(dot != NULL ? dot + 1 : word, (const char *const *)names.words, names.n);
    }
    if (word != NULL && (strcmp(word, "sweep") == 0 || strcmp(word, "d.sweep") == 0) && names_has(&names, "sweeps"))
        fail(e, STATUS_USAGE,
             "there is no column `sweep`: `designs` has a row for each point, whichever sweeps asked for it; take "
             "--sweep NAME, or `point IN (SELECT point FROM results WHERE sweep = 'NAME')`");
    else if (text != NULL)
        fail(e, STATUS_USAGE, "there is no column `%s`; if you mean a text, write it in single quotes: '%s'", word, text);
    else if (meant != NULL && strcmp(meant, word) == 0)
        fail(e, STATUS_USAGE, "there is no column `%s` in the tables that are asked, but another table or view has one", word);
    else if (meant != NULL)
        fail(e, STATUS_USAGE, "there is no %s `%s`: did you mean `%s`?", what, word, meant);
    else if (word != NULL)
        fail(e, STATUS_USAGE, "there is no %s `%s` (see `deltasweep help columns`)", what, word);
    else
        fail(e, STATUS_USAGE, "the SQL is wrong: %s", problem);
    names_free(&names);
    return STATUS_USAGE;
}

/* is_blank: nothing but white space, semicolons and comments is left of the SQL. */
static int is_blank(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    while (*sql != '\0') {
        const char *tail = sql;
        if (sqlite3_prepare_v2(db, sql, -1, &s, &tail) != SQLITE_OK)
            return 0;
        if (s != NULL) {
            sqlite3_finalize(s);
            return 0;
        }
        if (tail == sql)
            return 1;
        sql = tail;
    }
    return 1;
}

enum status query_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct errmsg *e)
{
    const char *tail = NULL;

    *out = NULL;
    refused = NULL;
    const int code = sqlite3_prepare_v2(db, sql, -1, out, &tail);
    if (code == SQLITE_AUTH || refused != NULL) {
        sqlite3_finalize(*out);
        *out = NULL;
        return fail(e, STATUS_USAGE, "the database is open for reading only: %s is refused",
                    refused != NULL ? refused : "writing");
    }
    if (code == SQLITE_NOMEM || code == SQLITE_BUSY || code == SQLITE_CANTOPEN || code == SQLITE_IOERR ||
        code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return fail(e, STATUS_ENVIRONMENT, "cannot read the database %s: %s", sqlite3_db_filename(db, "main"),
                    sqlite3_errmsg(db));
    if (code != SQLITE_OK) {
        char problem[512]; /* the look-up of names below has messages of its own */
        snprintf(problem, sizeof problem, "%s", sqlite3_errmsg(db));
        return explain(db, sql, problem, e);
    }
    if (*out == NULL)
        return fail(e, STATUS_USAGE, "there is no SQL in it");
    enum status s = STATUS_OK;
    if (!sqlite3_stmt_readonly(*out))
        s = fail(e, STATUS_USAGE, "the database is open for reading only: writing is refused");
    else if (!is_blank(db, tail))
        s = fail(e, STATUS_USAGE, "one statement at a time: nothing was run; the second begins at `%.40s`",
                 tail + strspn(tail, " \t\r\n;"));
    if (s != STATUS_OK) {
        sqlite3_finalize(*out);
        *out = NULL;
    }
    return s;
}

/* prepare_whole: query_prepare, and nothing in the SQL waits for a value. */
static enum status prepare_whole(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct errmsg *e)
{
    const enum status s = query_prepare(db, sql, out, e);
    if (s != STATUS_OK || sqlite3_bind_parameter_count(*out) == 0)
        return s;
    const char *name = sqlite3_bind_parameter_name(*out, 1);
    fail(e, STATUS_USAGE, "`%.60s` stands for a value that nobody gives: write the value; a text stands in single quotes",
         name != NULL ? name : "?");
    sqlite3_finalize(*out);
    *out = NULL;
    return STATUS_USAGE;
}

enum status query_table(sqlite3 *db, const char *sql, struct table **out, struct errmsg *e)
{
    sqlite3_stmt *statement;

    enum { MOST_VALUE = 64 << 20 };
    const int usual = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, MOST_VALUE);
    *out = NULL;
    enum status s = prepare_whole(db, sql, &statement, e);
    if (s == STATUS_OK && (s = table_read(statement, out, e)) != STATUS_OK && sqlite3_errcode(db) == SQLITE_TOOBIG)
        s = fail(e, STATUS_USAGE, "a value of more than %d MiB: ask for its length(), or for a part of it, substr()",
                 MOST_VALUE >> 20);
    sqlite3_finalize(statement);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, usual);
    return s;
}

/* check_condition: `1) OR (1` is no expression, though it makes one in brackets. */
static enum status check_condition(sqlite3 *db, const char *from, const char *where, struct errmsg *e)
{
    sqlite3_stmt *statement = NULL;
    struct errmsg why = {""};
    char *sql = sqlite3_mprintf("SELECT 1 FROM %s WHERE %s\n", from, where);
    if (sql == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for a query");
    const enum status s = query_prepare(db, sql, &statement, &why);
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return s == STATUS_OK ? s : fail(e, s, "`%.200s` is not one expression: %s", where, why.text);
}

/* count_rows: of the runs, which the views have as many rows of; 0 in a database without them. */
static long count_rows(sqlite3 *db)
{
    sqlite3_stmt *s = NULL;
    long n = 0;
    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM runs", -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = (long)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

enum status query_guarded(sqlite3 *db, const char *sql, const char *from, const char *where, struct table **out,
                          struct errmsg *e)
{
    /* A row of a view is some thousand steps; it has no text that is longer. */
    enum { STEPS = 100000000, STEPS_A_ROW = 100000, MOST_TEXT = 65536 };
    const int usual_text = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1);
    sqlite3_stmt *statement = NULL;
    struct sql_guard guard;

    *out = NULL;
    const long rows = count_rows(db);
    sql_guard_on(db, &guard, rows, STEPS + rows * STEPS_A_ROW, MOST_TEXT, STATUS_USAGE);
    sql_guard_resume(&guard);
    enum status s = prepare_whole(db, sql, &statement, e);
    if (s == STATUS_OK && where != NULL)
        s = check_condition(db, from, where, e);
    if (s == STATUS_OK && (s = table_read(statement, out, e)) != STATUS_OK) {
        const int code = sqlite3_errcode(db);
        if (code == SQLITE_INTERRUPT && stop_requested == 0)
            s = fail(e, STATUS_USAGE, "the SQL of the options takes too long: it asks too much for each row, or never "
                     "ends (`deltasweep query` has no limit)");
        else if (code == SQLITE_TOOBIG)
            s = fail(e, STATUS_USAGE, "the SQL of the options makes a text of more than %d bytes", MOST_TEXT);
    }
    sqlite3_finalize(statement);
    sql_guard_off(db);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, usual_text);
    return s;
}

/* check_sweep: STATUS_USAGE unless there is a sweep of this name. */
static enum status check_sweep(sqlite3 *db, const char *sweep, struct errmsg *e)
{
    struct names names = {NULL, 0};
    names_read(db, "SELECT name FROM sweeps ORDER BY name", NULL, &names);
    const bool known = names_has(&names, sweep);
    const char *meant = nearest(sweep, &names);
    if (!known && meant != NULL)
        fail(e, STATUS_USAGE, "--sweep: there is no sweep `%s`: did you mean `%s`?", sweep, meant);
    else if (!known)
        fail(e, STATUS_USAGE, "--sweep: there is no sweep `%s` (`deltasweep status` lists them)", sweep);
    names_free(&names);
    return known ? STATUS_OK : STATUS_USAGE;
}

/* of_sweep: the condition that a row of the view is of the sweep; sqlite3_free. */
static char *of_sweep(const char *view, const char *sweep)
{
    if (sweep == NULL)
        return sqlite3_mprintf("1");
    if (strcmp(view, "results") == 0)
        return sqlite3_mprintf("sweep = %Q", sweep);
    const char *key = strcmp(view, "designs") == 0 ? "point" : "training";
    return sqlite3_mprintf("%s IN (SELECT %s FROM results WHERE sweep = %Q)", key, key, sweep);
}

enum status query_select(sqlite3 *db, const char *columns, const char *view, const char *sweep, const char *where,
                         struct table **out, struct errmsg *e)
{
    *out = NULL;
    if (sweep != NULL && check_sweep(db, sweep, e) != STATUS_OK)
        return STATUS_USAGE;
    char *condition = of_sweep(view, sweep), *sql = NULL;
    /* The new line ends a comment that the expression may end in. */
    if (condition != NULL)
        sql = where == NULL ? sqlite3_mprintf("SELECT %s FROM %s WHERE %s", columns, view, condition)
                            : sqlite3_mprintf("SELECT %s FROM %s WHERE %s AND (%s\n)", columns, view, condition, where);
    const enum status s = sql == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory for a query")
                                      : query_guarded(db, sql, view, where, out, e);
    sqlite3_free(condition);
    sqlite3_free(sql);
    return s;
}

enum status query_rows_of(sqlite3 *db, const char *view, const char *sweep, const char *where, struct table **out,
                          struct errmsg *e)
{
    return query_select(db, "*", view, sweep, where, out, e);
}

enum status query_rows(sqlite3 *db, const char *view, const char *where, struct table **out, struct errmsg *e)
{
    return query_rows_of(db, view, NULL, where, out, e);
}

enum status query_column(const char *view, const struct table *t, const char *column, int *out, struct errmsg *e)
{
    *out = table_column(t, column);
    if (*out >= 0)
        return STATUS_OK;
    const char *meant = nearest_column(column, (const char *const *)t->names, t->n_columns);
    if (meant != NULL)
        return fail(e, STATUS_USAGE, "`%s` has no column `%s`: did you mean `%s`?", view, column, meant);
    return fail(e, STATUS_USAGE, "`%s` has no column `%s` (see `deltasweep help columns`)", view, column);
}

enum status query_columns(const char *view, const struct table *t, const char *list, int *columns, int most, int *n,
                          struct errmsg *e)
{
    char name[128];
    *n = 0;
    for (const char *p = list; *p != '\0';) {
        const size_t bytes = strcspn(p, ",");
        int column, i = 0;
        snprintf(name, sizeof name, "%.*s", (int)bytes, p);
        const enum status s = query_column(view, t, name, &column, e);
        if (s != STATUS_OK)
            return s;
        while (i < *n && columns[i] != column)
            i++;
        if (i == *n && *n < most)
            columns[(*n)++] = column;
        p += bytes + (p[bytes] == ',');
    }
    return *n > 0 ? STATUS_OK : fail(e, STATUS_USAGE, "--columns names no column");
}

/* digits_of: the digits that a point's name or their beginning stands for, in small letters: with the p that names begin
 * with, or without it, as older versions wrote them. */
static void digits_of(const char *prefix, char out[65])
{
    size_t n = 0;
    if (prefix[0] == 'p' || prefix[0] == 'P')
        prefix++;
    for (; n < 64 && prefix[n] != '\0'; n++)
        out[n] = (char)tolower((unsigned char)prefix[n]);
    out[n] = '\0';
}

/* no_point: the message for a name that no point has, with the nearest. */
static enum status no_point(const char *given, const char *digits, const struct table *all, struct errmsg *e)
{
    char name[66];
    const char *meant = NULL, **names = malloc((size_t)all->n_rows * sizeof *names + 1);
    snprintf(name, sizeof name, "p%s", digits);
    for (int i = 0; i < all->n_rows && names != NULL; i++)
        names[i] = table_cell(all, i, 2)->text;
    if (names != NULL)
        meant = text_nearest(name, names, all->n_rows);
    if (meant != NULL)
        fail(e, STATUS_USAGE, "there is no point `%s`: did you mean %s?", given, meant);
    else
        fail(e, STATUS_USAGE, "there is no point `%s` among the %d of this database (`deltasweep pareto` names the best)",
             given, all->n_rows);
    free(names);
    return STATUS_USAGE;
}

enum status query_point(sqlite3 *db, const char *prefix, long long *id, struct errmsg *e)
{
    char digits[65], list[512] = "";
    struct table *all = NULL;
    int found = 0;

    if (prefix[0] == '\0' || strlen(prefix) > 65)
        return fail(e, STATUS_USAGE, "a point's name is p and 1 to 64 digits");
    digits_of(prefix, digits);
    enum status s = query_table(db, "SELECT id, digest, point FROM points ORDER BY digest", &all, e);
    if (s != STATUS_OK)
        return s;
    for (int i = 0; i < all->n_rows; i++) {
        if (strncmp(table_cell(all, i, 1)->text, digits, strlen(digits)) != 0)
            continue;
        *id = table_cell(all, i, 0)->integer;
        const size_t used = strlen(list);
        if (found < 8)
            snprintf(list + used, sizeof list - used, "%s%s", found > 0 ? ", " : "", table_cell(all, i, 2)->text);
        found++;
    }
    if (found == 0)
        s = no_point(prefix, digits, all, e);
    else if (found > 1)
        s = fail(e, STATUS_USAGE, "`%s` begins the names of %d points: %s%s; give more digits", prefix, found, list,
                 found > 8 ? ", …" : "");
    table_free(all);
    return s;
}
