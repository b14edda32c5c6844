#include "explorer/sweep/rule.h"

#include "base/text.h"
#include "db/sql_guard.h"
#include "models/point/forecast.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 2 * AXIS_COUNT + 32 };

/* A column that a rule may use: that of the device, of an axis, of the layers of an axis, or of a forecast. */
struct column {
    char name[64];
    const char *type;
    enum { OF_DEVICE, OF_AXIS, OF_LAYERS, OF_FORECAST } source;
    int number;    /* of the axis or forecast */
    int parameter; /* of the statement, from 1; 0: the rule does not use it */
};

struct rule {
    sqlite3 *db;
    sqlite3_stmt *test;
    struct sql_guard guard;
    struct column columns[MOST_COLUMNS];
    int n_columns;
    bool forecasts;    /* it uses one */
    char unsteady[32]; /* a function in it that has another value each time; "" */
    char *text;
};

static enum status no_memory(struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "out of memory for `where`");
}

/* ------------------------------------------------------------------------ columns */

static const char *type_of(const struct axis *axis)
{
    return axis->kind == AXIS_WORDS || axis->kind == AXIS_NETWORKS ? "TEXT"
           : axis->kind == AXIS_REALS                              ? "REAL"
                                                                   : "INTEGER";
}

static void add_column(struct rule *r, const char *name, const char *ending, const char *type, int source, int number)
{
    struct column *c = &r->columns[r->n_columns++];
    snprintf(c->name, sizeof c->name, "%s%s", name, ending);
    c->type = type;
    c->source = source;
    c->number = number;
    c->parameter = 0;
}

/* add_columns: in the words of a sweep file. Formats of layers are their greatest number, as in the database, and a
 * text in a column of their own. */
static void add_columns(struct rule *r)
{
    add_column(r, "device", "", "TEXT", OF_DEVICE, 0);
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *axis = axis_at((enum axis_id)a);
        add_column(r, axis->name, "", type_of(axis), OF_AXIS, a);
        if (axis->kind == AXIS_FORMATS)
            add_column(r, axis->name, "_layers", "TEXT", OF_LAYERS, a);
    }
    for (int i = 0; forecast_name(i) != NULL && r->n_columns < MOST_COLUMNS; i++)
        add_column(r, forecast_name(i), "", "REAL", OF_FORECAST, i);
}

/* create_table: it has no column beside those: a rule over a hidden one (rowid) would pass, and mean nothing. */
static int create_table(struct rule *r)
{
    char sql[4096] = "CREATE TABLE axes (";
    size_t used = strlen(sql);
    for (int i = 0; i < r->n_columns; i++)
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s %s, ", r->columns[i].name, r->columns[i].type);
    snprintf(sql + used, sizeof sql - used, "PRIMARY KEY (%s)) WITHOUT ROWID", r->columns[0].name);
    return sqlite3_exec(r->db, sql, NULL, NULL, NULL);
}

/* ---------------------------------------------------------------------- the expression */

/* is_steady: whether the function has the same value at each time and in each run. */
static bool is_steady(const char *function)
{
    static const char *const unsteady[] = {
        "random",   "randomblob",   "changes",      "total_changes",    "last_insert_rowid",
        "date",     "time",         "datetime",     "julianday",        "unixepoch",
        "strftime", "current_date", "current_time", "current_timestamp"};
    for (size_t i = 0; i < sizeof unsteady / sizeof unsteady[0]; i++)
        if (sqlite3_stricmp(function, unsteady[i]) == 0)
            return false;
    return true;
}

/* only_reads: the expression may compute and look at the columns, and do nothing else. Which columns it uses is noted.
 */
static int only_reads(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    struct rule *r = context;
    (void)c, (void)d;
    if (action == SQLITE_READ && a != NULL && sqlite3_strnicmp(a, "sqlite_", 7) == 0)
        return SQLITE_DENY;
    for (int i = 0; action == SQLITE_READ && b != NULL && i < r->n_columns; i++)
        if (strcmp(b, r->columns[i].name) == 0) {
            r->columns[i].parameter = 1;
            r->forecasts = r->forecasts || r->columns[i].source == OF_FORECAST;
        }
    if (action == SQLITE_FUNCTION && b != NULL && !is_steady(b)) {
        snprintf(r->unsteady, sizeof r->unsteady, "%s", b);
        return SQLITE_DENY;
    }
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ? SQLITE_OK : SQLITE_DENY;
}

static enum status bad_rule(const struct rule *r, const char *why, struct errmsg *e)
{
    const char *names[MOST_COLUMNS], *nearest = NULL, *word = NULL;
    static const char no_column[] = "no such column: ";
    for (int i = 0; i < r->n_columns; i++)
        names[i] = r->columns[i].name;
    if (strncmp(why, no_column, sizeof no_column - 1) == 0) {
        nearest = text_nearest(why + sizeof no_column - 1, names, r->n_columns);
        word = axis_word_in(r->text, why + sizeof no_column - 1);
    }
    if (word != NULL)
        return fail(e, STATUS_INPUT, "`%s` is a word, and words stand in single quotes: '%s' (in `%.200s`)", word, word,
                    r->text);
    return fail(e, STATUS_INPUT,
                "%s%s%s%s in `%.200s` (an SQL expression over the axes, for example "
                "`scheme = 'fixed-point' OR delta_bits < weight_bits`, and over what follows from them, "
                "`estimated_fits`)",
                why, nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
                nearest == NULL ? "" : "`?", r->text);
}

/* prepare: the expression between before and after. */
static enum status prepare(struct rule *r, const char *before, const char *after, struct errmsg *e)
{
    const size_t room = strlen(before) + strlen(r->text) + strlen(after) + 8;
    const char *tail = "";
    char *sql = malloc(room);
    if (sql == NULL)
        return no_memory(e);
    snprintf(sql, room, "%s%s\n%s", before, r->text, after);
    sqlite3_finalize(r->test);
    r->test = NULL;
    const int rc = sqlite3_prepare_v2(r->db, sql, -1, &r->test, &tail);
    const bool more = tail[strspn(tail, " \n\t;")] != '\0';
    free(sql);
    if (rc == SQLITE_NOMEM)
        return no_memory(e);
    if (r->unsteady[0] != '\0')
        return fail(e, STATUS_INPUT,
                    "`%s` has another value each time, and a sweep is the same points each time (in "
                    "`%.200s`)",
                    r->unsteady, r->text);
    if (rc != SQLITE_OK)
        return bad_rule(r, sqlite3_errmsg(r->db), e);
    return r->test == NULL || more ? bad_rule(r, "more than one expression", e) : STATUS_OK;
}

/* check: tries the expression on an empty table. It is tried in brackets, and then without: `1) OR (1` would pass with
 * them alone. */
static enum status check(struct rule *r, struct errmsg *e)
{
    enum status st = prepare(r, "SELECT 1 FROM axes WHERE (", ")", e);
    if (st == STATUS_OK)
        st = prepare(r, "SELECT 1 FROM axes WHERE ", "", e);
    if (st == STATUS_OK && sqlite3_bind_parameter_count(r->test) > 0)
        st = bad_rule(r, "`?` and `:name` stand for values that nobody gives: a word stands in single quotes", e);
    return st;
}

/* prepare_test: the expression over the values of the columns that it uses, which are the parameters of the statement.
 */
static enum status prepare_test(struct rule *r, struct errmsg *e)
{
    char before[6144] = "SELECT 1 FROM (SELECT ";
    size_t used = strlen(before);
    int parameters = 0;
    for (int i = 0; i < r->n_columns; i++) {
        struct column *c = &r->columns[i];
        if (c->parameter == 0)
            continue;
        c->parameter = ++parameters;
        used += (size_t)snprintf(before + used, sizeof before - used, "%sCAST(?%d AS %s) AS %s",
                                 parameters > 1 ? ", " : "", c->parameter, c->type, c->name);
    }
    snprintf(before + used, sizeof before - used, "%s) AS axes WHERE (", parameters == 0 ? "1" : "");
    return prepare(r, before, ")", e);
}

enum status rule_new(const char *text, struct rule **out, struct errmsg *e)
{
    struct rule *r = calloc(1, sizeof *r);
    enum status st = STATUS_OK;
    *out = NULL;
    if (r == NULL)
        return no_memory(e);
    add_columns(r);
    if ((r->text = strdup(text)) == NULL || sqlite3_open(":memory:", &r->db) != SQLITE_OK ||
        create_table(r) != SQLITE_OK) {
        st = no_memory(e);
        goto done;
    }
    sql_strict(r->db);
    sqlite3_limit(r->db, SQLITE_LIMIT_EXPR_DEPTH, 200);
    sqlite3_set_authorizer(r->db, only_reads, r);
    rule_allow(r, 0);
    st = check(r, e);
    if (st == STATUS_OK) {
        sqlite3_finalize(r->test);
        r->test = NULL;
        sqlite3_set_authorizer(r->db, NULL, NULL);
        if (sqlite3_exec(r->db, "DROP TABLE axes", NULL, NULL, NULL) != SQLITE_OK)
            st = no_memory(e);
        sqlite3_set_authorizer(r->db, only_reads, r);
    }
    if (st == STATUS_OK)
        st = prepare_test(r, e);
done:
    if (st != STATUS_OK)
        rule_free(r);
    else
        *out = r;
    return st;
}

void rule_free(struct rule *r)
{
    if (r == NULL)
        return;
    sqlite3_finalize(r->test);
    sqlite3_close(r->db);
    free(r->text);
    free(r);
}

void rule_allow(struct rule *r, long n)
{
    sql_guard_on(r->db, &r->guard, n, (20000 + n) * 1000, SQL_GUARD_SWEEP_TEXT, STATUS_INPUT);
}

/* ---------------------------------------------------------------------------- a test */

static void bind_axis(struct rule *r, const struct column *c, const struct axis_value *v)
{
    const struct axis *axis = axis_at((enum axis_id)c->number);
    char text[AXIS_TEXT_BYTES] = "";
    if (axis->kind == AXIS_NETWORKS || (c->source == OF_LAYERS && v->n_layers > 0))
        axis_text((enum axis_id)c->number, v, text);
    if (c->source == OF_LAYERS)
        sqlite3_bind_text(r->test, c->parameter, v->n_layers > 0 ? text : NULL, -1, SQLITE_TRANSIENT);
    else if (axis->kind == AXIS_WORDS)
        sqlite3_bind_text(r->test, c->parameter, axis->word((int)v->number), -1, SQLITE_STATIC);
    else if (axis->kind == AXIS_NETWORKS)
        sqlite3_bind_text(r->test, c->parameter, text, -1, SQLITE_TRANSIENT);
    else if (axis->kind == AXIS_REALS)
        sqlite3_bind_double(r->test, c->parameter, v->number);
    else
        sqlite3_bind_int64(r->test, c->parameter, (sqlite3_int64)v->number);
}

/* bind_forecasts: NULL where there is none. */
static void bind_forecasts(struct rule *r, const struct forecast *f)
{
    for (int i = 0; i < r->n_columns; i++) {
        const struct column *column = &r->columns[i];
        const double v = column->source == OF_FORECAST ? forecast_value(f, column->number) : NAN;
        if (column->parameter > 0 && !isnan(v))
            sqlite3_bind_double(r->test, column->parameter, v);
    }
}

/* compute_forecasts: the same of a combination of which nothing is known; it may make no sense. */
static void compute_forecasts(struct rule *r, const struct sweep *s, const struct combination *c)
{
    struct point p;
    struct forecast f;
    struct errmsg why;
    if (combination_whole(s, c, &p, &why) != STATUS_OK)
        return;
    forecast_of(&p, &f);
    bind_forecasts(r, &f);
}

enum status rule_test(struct rule *r, const struct sweep *s, const struct combination *c, const struct forecast *f,
                      bool *keeps, struct errmsg *e)
{
    struct point p;
    enum status st = STATUS_OK;
    combination_point(s, c, &p);
    sqlite3_clear_bindings(r->test);
    for (int i = 0; i < r->n_columns; i++) {
        const struct column *column = &r->columns[i];
        if (column->parameter == 0 || column->source == OF_FORECAST)
            continue;
        if (column->source == OF_DEVICE) {
            sqlite3_bind_text(r->test, column->parameter, p.device->name, -1, SQLITE_STATIC);
            continue;
        }
        const struct axis_value v = combination_value(s, c, (enum axis_id)column->number, &p);
        bind_axis(r, column, &v);
    }
    if (r->forecasts && f != NULL)
        bind_forecasts(r, f);
    else if (r->forecasts)
        compute_forecasts(r, s, c);
    sql_guard_resume(&r->guard);
    int rc = sqlite3_step(r->test);
    if (!sql_guard_pause(&r->guard) && (rc == SQLITE_ROW || rc == SQLITE_DONE))
        rc = SQLITE_INTERRUPT;
    *keeps = rc == SQLITE_ROW;
    if (rc == SQLITE_NOMEM)
        st = no_memory(e);
    else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        st = bad_rule(r, rc == SQLITE_INTERRUPT ? "this takes too long" : sqlite3_errmsg(r->db), e);
    sqlite3_reset(r->test);
    return st;
}
