#include "explorer/report/fit.h"

#include "db/store.h"
#include "explorer/report/query.h"
#include "models/point/forecast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status fit_on(const struct point *p, const struct device *d, struct point *out, struct errmsg *e)
{
    *out = *p;
    out->device = d;
    return p->hardware.engine != NULL ? point_make_hardware(out, e) : STATUS_OK;
}

/* A point with all that its configuration says of it. */
struct subject {
    const struct point *point;
    char name[POINT_NAME_BYTES], training[POINT_NAME_BYTES];
    bool whole; /* hardware of a whole network */
    struct forecast is;
};

static const char *const answers[] = {[ESTIMATED_NO] = "no", [ESTIMATED_YES] = "yes", [ESTIMATED_OPEN] = "open"};

static void study(const struct point *p, struct subject *x)
{
    *x = (struct subject){.point = p};
    point_name(p->digest, x->name);
    point_training_name(p, x->training);
    forecast_of(p, &x->is);
    x->whole = x->is.clocks != NULL;
}

/* text_cell: NULL gives an empty cell; out of memory: a CELL_TEXT without a text. */
static struct cell text_cell(const char *text)
{
    if (text == NULL)
        return (struct cell){.type = CELL_NULL};
    return (struct cell){.type = CELL_TEXT, .integer = (int64_t)strlen(text), .text = strdup(text)};
}

static struct cell integer_cell(bool known, int64_t value)
{
    return (struct cell){.type = known ? CELL_INT : CELL_NULL, .integer = value};
}

static struct cell real_cell(bool known, double value)
{
    return (struct cell){.type = known ? CELL_REAL : CELL_NULL, .real = value};
}

/* count_cell, number_cell: NAN is NULL. */
static struct cell count_cell(double value)
{
    const bool known = !isnan(value);
    return integer_cell(known, known ? (int64_t)value : 0);
}

static struct cell number_cell(double value)
{
    return real_cell(!isnan(value), value);
}

static struct cell axis_cell(const struct subject *x, enum axis_id a)
{
    char text[AXIS_TEXT_BYTES];
    const struct axis_value v = axis_get(x->point, a);
    const enum axis_kind kind = axis_at(a)->kind;
    if (kind == AXIS_REALS)
        return real_cell(axis_used(x->point, a), v.number);
    if (!axis_used(x->point, a) || (kind != AXIS_WORDS && kind != AXIS_NETWORKS))
        return integer_cell(axis_used(x->point, a), (int64_t)v.number);
    axis_text(a, &v, text);
    return text_cell(text);
}

#define COLUMN(name, shown, expression)                                                                                \
    static struct cell name##_cell(const struct subject *x)                                                            \
    {                                                                                                                  \
        const struct device *d = x->point->device;                                                                     \
        (void)d;                                                                                                       \
        return expression;                                                                                             \
    }
#include "explorer/report/fit_columns.def"
#undef COLUMN

static const struct {
    const char *name;
    enum { NEVER, ONE = 1, MANY = 2, BOTH = ONE | MANY, VARIED = 4 } shown;
    struct cell (*cell)(const struct subject *x);
} columns[] = {
#define COLUMN(its_name, its_shown, its_cell) {.name = #its_name, .shown = (its_shown), .cell = its_name##_cell},
#include "explorer/report/fit_columns.def"
#undef COLUMN
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
_Static_assert((int)COLUMNS + (int)AXIS_COUNT <= (int)FIT_MOST_COLUMNS, "room for the columns of fit");

/* more_axes: those that have no row in fit_columns.def. Returns how many. */
static int more_axes(enum axis_id out[AXIS_COUNT])
{
    int n = 0;
    for (int a = 0; a < AXIS_COUNT; a++) {
        bool listed = false;
        for (int i = 0; i < COLUMNS; i++)
            listed = listed || strcmp(columns[i].name, axis_at((enum axis_id)a)->column) == 0;
        if (!listed)
            out[n++] = (enum axis_id)a;
    }
    return n;
}

/* add_point: *open is whether it may fit. */
static enum status add_point(struct table *t, const struct point *p, bool *open, struct errmsg *e)
{
    struct subject x;
    struct cell *row = table_add(t);
    bool complete = row != NULL;
    study(p, &x);
    *open = x.is.answer != ESTIMATED_NO;
    enum axis_id more[AXIS_COUNT];
    const int n_more = more_axes(more);
    for (int i = 0; i < COLUMNS + n_more && complete; i++) {
        row[i] = i < COLUMNS ? columns[i].cell(&x) : axis_cell(&x, more[i - COLUMNS]);
        complete = row[i].type != CELL_TEXT || row[i].text != NULL;
    }
    return complete ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for the table");
}

enum status fit_table(const struct points *points, struct table **out, int *may_fit, struct errmsg *e)
{
    const char *names[COLUMNS + AXIS_COUNT];
    enum axis_id more[AXIS_COUNT];
    const int n_more = more_axes(more);
    for (int i = 0; i < COLUMNS + n_more; i++)
        names[i] = i < COLUMNS ? columns[i].name : axis_at(more[i - COLUMNS])->column;
    *may_fit = 0;
    enum status st = table_make(names, COLUMNS + n_more, out, e);
    for (int i = 0; i < points->n && st == STATUS_OK; i++) {
        bool open = false;
        st = add_point(*out, points_at(points, i), &open, e);
        *may_fit += open;
    }
    if (st != STATUS_OK) {
        table_free(*out);
        *out = NULL;
    }
    return st;
}

/* What a training has in the database, in the order of the SELECT below. */
static const char *const of_training[] = {"n", "test_accuracy", "test_accuracy_low", "test_accuracy_high"};
enum { OF_TRAINING = sizeof of_training / sizeof of_training[0] };

/* set_accuracy: of the rows of t with the training that q stands on. */
static void set_accuracy(struct table *t, sqlite3_stmt *q)
{
    const char *training = (const char *)sqlite3_column_text(q, OF_TRAINING);
    const int name = table_column(t, "training");
    for (int i = 0; i < t->n_rows; i++) {
        struct cell *row = t->cells + (size_t)i * (size_t)t->n_columns;
        if (strcmp(row[name].text, training) != 0)
            continue;
        for (int k = 0; k < OF_TRAINING; k++) {
            const int type = sqlite3_column_type(q, k);
            row[table_column(t, of_training[k])] = type == SQLITE_INTEGER
                                                       ? integer_cell(true, sqlite3_column_int64(q, k))
                                                       : real_cell(type != SQLITE_NULL, sqlite3_column_double(q, k));
        }
    }
}

enum status fit_accuracies(struct table *t, sqlite3 *db, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    int rc;
    enum status st = query_prepare(db,
                                   "SELECT n, test_accuracy, test_accuracy_low, test_accuracy_high, training FROM designs "
                                   "WHERE test_accuracy IS NOT NULL GROUP BY training",
                                   &q, e);
    if (st != STATUS_OK)
        return st;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW)
        set_accuracy(t, q);
    if (rc != SQLITE_DONE)
        st = store_fail(db, sqlite3_db_filename(db, "main"), "reading the trainings", e);
    sqlite3_finalize(q);
    return st;
}

/* mentions: whether the word stands in the SQL. */
static bool mentions(const char *sql, const char *word)
{
    static const char inside[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const size_t length = strlen(word);
    for (const char *at = sql; (at = strcasestr(at, word)) != NULL; at += length)
        if ((at == sql || strchr(inside, at[-1]) == NULL) && (at[length] == '\0' || strchr(inside, at[length]) == NULL))
            return true;
    return false;
}

const char *fit_without_value(const struct table *t, const char *sql, bool *of_trainings)
{
    for (int i = 0; i < t->n_columns; i++) {
        if (!mentions(sql, t->names[i]) || table_has_value(t, i, NULL, 0))
            continue;
        *of_trainings = false;
        for (int k = 0; k < OF_TRAINING; k++)
            *of_trainings = *of_trainings || strcmp(of_training[k], t->names[i]) == 0;
        return t->names[i];
    }
    return NULL;
}

/* is_varied: whether rows differ in a column. A single row differs from those that are not there. */
static bool is_varied(const struct table *t, int column)
{
    for (int row = 1; row < t->n_rows; row++)
        if (!cell_equal(table_cell(t, 0, column), table_cell(t, row, column)))
            return true;
    return t->n_rows == 1;
}

int fit_shown(const struct table *t, bool single, int shown[FIT_MOST_COLUMNS])
{
    int n = 0;
    for (int i = 0; i < COLUMNS; i++) {
        const int when = (int)columns[i].shown;
        const bool asked = single ? (when & ONE) != 0 : (when & MANY) != 0 || (when == VARIED && is_varied(t, i));
        if (asked && table_has_value(t, i, NULL, 0))
            shown[n++] = i;
    }
    return n;
}
