#include "explorer/cli/stored.h"

#include "db/store.h"
#include "explorer/report/query.h"
#include "explorer/sweep/expand.h"

#include <stdio.h>
#include <stdlib.h>

/* expression: the SQL over `points` that gives the value of an axis. */
static void expression(enum axis_id a, char *out, size_t room)
{
    const struct axis *axis = axis_at(a);
    if (a == AXIS_ENGINE) /* of a float network: what it would be with another scheme */
        snprintf(out, room, "coalesce(engine, iif(scheme = 'float', 'accelerator', 'none'))");
    else if (axis->kind == AXIS_FORMATS)
        snprintf(out, room, "coalesce(%s_layers, %s)", axis->column, axis->column);
    else
        snprintf(out, room, "%s", axis->column);
}

/* column_text: column i; NULL is "". */
static const char *column_text(sqlite3_stmt *q, int i)
{
    const char *text = (const char *)sqlite3_column_text(q, i);
    return text != NULL ? text : "";
}

/* read_axis: column i is the value of an axis; NULL is an axis that has collapsed, which keeps its default. */
static enum status read_axis(sqlite3_stmt *q, int i, enum axis_id a, struct axis_values *v, struct errmsg *e)
{
    struct errmsg why = {""};
    const int type = sqlite3_column_type(q, i);
    if (type == SQLITE_NULL)
        return STATUS_OK;
    values_free(v);
    const enum status st = type == SQLITE_TEXT ? values_read(a, column_text(q, i), false, v, &why)
                                               : values_add_number(a, sqlite3_column_double(q, i), v, &why);
    return st == STATUS_OK ? st : fail(e, st, "the point's %s: %s", axis_at(a)->name, why.text);
}

enum { DATASET, DEVICE, LOADED, LOAD_ORDER, LOADED_DIGEST, POINT_DIGEST, TRAINING, FIRST_AXIS };

/* prepare: a row of these columns and all axes. */
static enum status prepare(sqlite3 *db, const char *prefix, sqlite3_stmt **q, struct errmsg *e)
{
    char sql[2048], column[96];
    long long id = 0;
    const enum status st = query_point(db, prefix, &id, e);
    if (st != STATUS_OK)
        return st;
    size_t used = (size_t)snprintf(sql, sizeof sql, "SELECT dataset, device, loaded, load_order, loaded_digest, digest, "
                                   "training");
    for (int a = 0; a < AXIS_COUNT; a++) {
        expression((enum axis_id)a, column, sizeof column);
        used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s", column);
    }
    snprintf(sql + used, sizeof sql - used, " FROM points WHERE id = %lld", id);
    return query_prepare(db, sql, q, e);
}

/* read_row: the row as a sweep. The loaded file is not read again: it may be gone, or another one by now. */
static enum status read_row(sqlite3_stmt *q, struct sweep *s, struct errmsg *e)
{
    enum status st = sweep_option(s, "dataset", column_text(q, DATASET), e);
    if (st == STATUS_OK)
        st = sweep_option(s, "device", column_text(q, DEVICE), e);
    for (int a = 0; a < AXIS_COUNT && st == STATUS_OK; a++)
        st = read_axis(q, FIRST_AXIS + a, (enum axis_id)a, &s->axes[a], e);
    snprintf(s->load, sizeof s->load, "%s", column_text(q, LOADED));
    snprintf(s->load_order, sizeof s->load_order, "%s", column_text(q, LOAD_ORDER));
    snprintf(s->load_digest, sizeof s->load_digest, "%s", column_text(q, LOADED_DIGEST));
    return st;
}

/* read_names: those of the row, and those that follow from it. */
static enum status read_names(sqlite3_stmt *q, struct sweep *s, struct errmsg *e)
{
    struct points *points = NULL;
    const enum status st = expand_sweep(s, &points, e);
    if (st != STATUS_OK)
        return st;
    const struct point *p = points_at(points, 0);
    point_training_name(p, s->computed.training);
    snprintf(s->computed.digest, sizeof s->computed.digest, "%s", p->digest);
    points_free(points);
    snprintf(s->recorded.digest, sizeof s->recorded.digest, "%s", column_text(q, POINT_DIGEST));
    snprintf(s->recorded.training, sizeof s->recorded.training, "%s", column_text(q, TRAINING));
    return STATUS_OK;
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
        st = read_row(q, s, e);
    if (st == STATUS_OK)
        st = read_names(q, s, e);
    sqlite3_finalize(q);
    if (st != STATUS_OK)
        sweep_free(s);
    else
        *out = s;
    return st;
}
