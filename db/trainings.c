#include "db/trainings.h"

#include "db/store.h"
#include "models/point/point.h"

#include <stdio.h>
#include <string.h>

static const char what[] = "naming the trainings of its points";
enum { ID, DATASET, DIGEST, LOADED, FIRST_AXIS };

/* prepare: a row for each point without a training; of an axis with formats the text of its layers, if they differ. */
static int prepare(sqlite3 *db, sqlite3_stmt **rows)
{
    char sql[4096] = "SELECT id, dataset, digest, loaded";
    size_t used = strlen(sql);
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *x = axis_at((enum axis_id)a);
        if (x->kind == AXIS_FORMATS)
            used += (size_t)snprintf(sql + used, sizeof sql - used, ", coalesce(%s_layers, %s)", x->column, x->column);
        else
            used += (size_t)snprintf(sql + used, sizeof sql - used, ", %s", x->column);
    }
    snprintf(sql + used, sizeof sql - used, " FROM points WHERE training IS NULL");
    return sqlite3_prepare_v2(db, sql, -1, rows, NULL);
}

/* value_text: of an axis in a column that is not NULL, as axis_text writes it. */
static void value_text(sqlite3_stmt *rows, int column, enum axis_id a, char out[AXIS_TEXT_BYTES])
{
    const struct axis_value v = {.number = sqlite3_column_double(rows, column)};
    if (sqlite3_column_type(rows, column) == SQLITE_TEXT)
        snprintf(out, AXIS_TEXT_BYTES, "%s", (const char *)sqlite3_column_text(rows, column));
    else
        axis_text(a, &v, out);
}

/* name_of: the name of the training of the row that the statement stands on. */
static void name_of(sqlite3_stmt *rows, char out[POINT_NAME_BYTES])
{
    char axes[POINT_TEXT_BYTES] = "", value[AXIS_TEXT_BYTES];
    for (int a = 0; a < AXIS_COUNT; a++)
        if (sqlite3_column_type(rows, FIRST_AXIS + a) != SQLITE_NULL) {
            value_text(rows, FIRST_AXIS + a, (enum axis_id)a, value);
            training_add_axis((enum axis_id)a, value, axes);
        }
    const bool loaded = sqlite3_column_type(rows, LOADED) != SQLITE_NULL;
    training_name((const char *)sqlite3_column_text(rows, DATASET), axes,
                  loaded ? (const char *)sqlite3_column_text(rows, DIGEST) : NULL, out);
}

enum status trainings_name(sqlite3 *db, const char *path, struct errmsg *e)
{
    sqlite3_stmt *rows = NULL, *update = NULL;
    int rc = prepare(db, &rows);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "UPDATE points SET training = ?1 WHERE id = ?2", -1, &update, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        char name[POINT_NAME_BYTES];
        name_of(rows, name);
        rc = sqlite3_bind_text(update, 1, name, -1, SQLITE_TRANSIENT);
        if (rc == SQLITE_OK)
            rc = sqlite3_bind_int64(update, 2, sqlite3_column_int64(rows, ID));
        if (rc == SQLITE_OK && (rc = sqlite3_step(update)) == SQLITE_DONE)
            rc = sqlite3_reset(update);
    }
    const enum status st = rc == SQLITE_DONE ? STATUS_OK : store_fail(db, path, what, e);
    sqlite3_finalize(rows);
    sqlite3_finalize(update);
    return st;
}
