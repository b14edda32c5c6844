#include "explorer/cli/stored.h"

#include "db/store.h"
#include "explorer/report/query.h"

#include <stdio.h>

/* expression: the SQL over `points` that gives the value of an axis. */
static void expression(enum axis_id a, char *out, size_t room)
{
    const struct axis *axis = axis_at(a);
    if (a == AXIS_ENGINE) /* of a float network: what it would be with another scheme */
        snprintf(out, room, "coalesce(engine, iif(scheme = 'float', 'accelerator', 'none'))");
    else if (a == AXIS_EPOCHS) /* hardware does not depend on it; 0 is for loaded weights, whose file may be gone */
        snprintf(out, room, "max(epochs, 1)");
    else if (axis->kind == AXIS_FORMATS)
        snprintf(out, room, "coalesce(%s_layers, %s)", axis->column, axis->column);
    else
        snprintf(out, room, "%s", axis->column);
}

/* read_axis: column i is the value of an axis; NULL is an axis that has collapsed, which keeps its default. */
static enum status read_axis(sqlite3_stmt *q, int i, enum axis_id a, struct axis_values *v, struct errmsg *e)
{
    struct errmsg why = {""};
    const int type = sqlite3_column_type(q, i);
    if (type == SQLITE_NULL)
        return STATUS_OK;
    values_free(v);
    const enum status st = type == SQLITE_TEXT
                               ? values_read(a, (const char *)sqlite3_column_text(q, i), false, v, &why)
                               : values_add(v, (struct axis_value){.number = sqlite3_column_double(q, i)}, &why);
    return st == STATUS_OK ? st : fail(e, st, "the point's %s: %s", axis_at(a)->name, why.text);
}

/* prepare: a row of data set, device and all axes. */
static enum status prepare(sqlite3 *db, const char *prefix, sqlite3_stmt **q, struct errmsg *e)
{
    char sql[2048], column[96];
    long long id = 0;
    const enum status st = query_point(db, prefix, &id, e);
    if (st != STATUS_OK)
        return st;
    size_t used = (size_t)snprintf(sql, sizeof sql, "SELECT dataset, device");
    for (int a = 0; a < AXIS_COUNT; a++) {
        expression((enum axis_id)a, column, sizeof column);
        used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s", column);
    }
    snprintf(sql + used, sizeof sql - used, " FROM points WHERE id = %lld", id);
    return query_prepare(db, sql, q, e);
}

enum status stored_sweep(sqlite3 *db, const char *prefix, const char *command, struct sweep **out, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    struct sweep *s = NULL;
    *out = NULL;
    enum status st = prepare(db, prefix, &q, e);
    if (st == STATUS_OK && sqlite3_step(q) != SQLITE_ROW)
        st = store_fail(db, sqlite3_db_filename(db, "main"), "reading the point", e);
    if (st == STATUS_OK)
        st = sweep_of_command(command, &s, e);
    if (st == STATUS_OK)
        st = sweep_option(s, "dataset", (const char *)sqlite3_column_text(q, 0), e);
    if (st == STATUS_OK)
        st = sweep_option(s, "device", (const char *)sqlite3_column_text(q, 1), e);
    for (int a = 0; a < AXIS_COUNT && st == STATUS_OK; a++)
        st = read_axis(q, a + 2, (enum axis_id)a, &s->axes[a], e);
    sqlite3_finalize(q);
    if (st != STATUS_OK)
        sweep_free(s);
    else
        *out = s;
    return st;
}
