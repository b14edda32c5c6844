#include "explorer/cli/stored.h"

#include "explorer/report/query.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* An option beside those of the axes. */
enum { OPTION_DATASET = AXIS_COUNT, OPTION_DEVICE, OPTIONS };
_Static_assert(2 * OPTIONS <= STORED_MAX_OPTIONS, "room for every option and its value");

/* option_of: the option's name, and the SQL over points that gives its value as text. */
static void option_of(int i, char option[32], char sql[96])
{
    const struct axis *spec = i < AXIS_COUNT ? axis_at((enum axis_id)i) : NULL;
    const char *name = spec != NULL ? spec->name : i == OPTION_DATASET ? "dataset" : "device";
    const char *column = spec != NULL ? spec->column : name;
    snprintf(option, 32, "--%s", name);
    for (char *p = option; *p != '\0'; p++)
        if (*p == '_')
            *p = '-';
    if (i == AXIS_ENGINE) /* of a float network: what it would be with another scheme */
        snprintf(sql, 96, "coalesce(engine, iif(scheme = 'float', 'accelerator', 'none'))");
    else if (i == AXIS_EPOCHS) /* hardware does not depend on training; none is for loaded weights, whose file may be gone */
        snprintf(sql, 96, "max(epochs, 1)");
    else if (spec != NULL && spec->kind == AXIS_REALS)
        snprintf(sql, 96, "printf('%%!.17g', %s)", column);
    else if (spec != NULL && spec->kind == AXIS_FLAGS)
        snprintf(sql, 96, "iif(%s, 'true', 'false')", column);
    else if (spec != NULL && spec->kind == AXIS_FORMATS)
        snprintf(sql, 96, "coalesce(%s_layers, %s)", column, column);
    else
        snprintf(sql, 96, "%s", column);
}

static enum status add(struct stored_options *o, const char *word, struct errmsg *e)
{
    o->word[o->n] = strdup(word);
    if (o->word[o->n] == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    o->n++;
    return STATUS_OK;
}

enum status stored_options(sqlite3 *db, const char *prefix, struct stored_options *out, struct errmsg *e)
{
    char sql[2048], option[32], column[96];
    sqlite3_stmt *statement = NULL;
    long long id = 0;

    memset(out, 0, sizeof *out);
    enum status st = query_point(db, prefix, &id, e);
    if (st != STATUS_OK)
        return st;
    size_t used = (size_t)snprintf(sql, sizeof sql, "SELECT ");
    for (int i = 0; i < OPTIONS; i++) {
        option_of(i, option, column);
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s%s", i == 0 ? "" : ", ", column);
    }
    snprintf(sql + used, sizeof sql - used, " FROM points WHERE id = %lld", id);
    if ((st = query_prepare(db, sql, &statement, e)) != STATUS_OK)
        return st;
    if (sqlite3_step(statement) != SQLITE_ROW)
        st = store_fail(db, sqlite3_db_filename(db, "main"), "reading the point", e);
    for (int i = 0; i < OPTIONS && st == STATUS_OK; i++) {
        const char *value = (const char *)sqlite3_column_text(statement, i);
        if (value == NULL) /* an axis that has collapsed */
            continue;
        option_of(i, option, column);
        if ((st = add(out, option, e)) == STATUS_OK)
            st = add(out, value, e);
    }
    sqlite3_finalize(statement);
    return st;
}

void stored_options_free(struct stored_options *o)
{
    for (int i = 0; i < o->n; i++)
        free(o->word[i]);
    memset(o, 0, sizeof *o);
}

enum status stored_point(sqlite3 *db, const char *prefix, const char *command, char *const words[], int n_words,
                         struct onepoint *out, struct errmsg *e)
{
    struct stored_options stored;
    int n = 0;
    char **argv = NULL, *name = NULL;

    memset(out, 0, sizeof *out);
    enum status st = stored_options(db, prefix, &stored, e);
    if (st != STATUS_OK)
        goto done;
    name = strdup(command);
    argv = calloc((size_t)(stored.n + n_words) + 2, sizeof *argv);
    if (name == NULL || argv == NULL) {
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
        goto done;
    }
    argv[n++] = name;
    for (int i = 0; i < stored.n; i++)
        argv[n++] = stored.word[i];
    for (int i = 0; i < n_words; i++)
        argv[n++] = words[i];
    optind = 0; /* GNU: starts getopt afresh */
    st = onepoint_read(n, argv, ONEPOINT_PLAIN, out, e);
done:
    stored_options_free(&stored);
    free(argv);
    free(name);
    return st;
}
