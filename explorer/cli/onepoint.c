#include "explorer/cli/onepoint.h"

#include "explorer/cli/cli.h"
#include "explorer/report/query.h"
#include "explorer/sweep/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* dash: '_' in the names of options is '-' as well. */
static void dash(char *option)
{
    if (strncmp(option, "--", 2) == 0)
        for (; *option != '\0' && *option != '='; option++)
            if (*option == '_')
                *option = '-';
}

/* apply: the options to the sweep, and what it then has for a text. */
static enum status apply(struct onepoint *o, struct errmsg *e)
{
    enum status st = STATUS_OK;
    size_t bytes = 0;
    char *text = NULL;
    FILE *f = open_memstream(&text, &bytes);
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    fprintf(f, "deltasweep %s", o->sweep->name);
    for (int i = 0; i < ONEPOINT_MAX_OPTIONS && st == STATUS_OK; i++) {
        char option[32];
        if (o->values[i] == NULL)
            continue;
        keys_option(options_key(i), option);
        fprintf(f, " --%s %s", option, o->values[i]);
        st = sweep_option(o->sweep, options_key(i), o->values[i], e);
    }
    if (fclose(f) != 0 && st == STATUS_OK)
        st = fail(e, STATUS_ENVIRONMENT, "out of memory");
    free(o->sweep->text);
    o->sweep->text = text;
    return st;
}

enum status onepoint_change(struct onepoint *o, struct sweep *sweep, struct errmsg *e)
{
    o->sweep = sweep;
    enum status st = apply(o, e);
    if (st == STATUS_OK)
        st = sweep_command_check(sweep, e);
    if (st == STATUS_OK && !sweep_is_single(sweep))
        st = fail(e, STATUS_USAGE, "%s takes one point, one value for each option; for more write a sweep file and use "
                  "`deltasweep run`", sweep->name);
    if (st != STATUS_OK)
        onepoint_free(o);
    return st;
}

enum status onepoint_make(struct onepoint *o, const char *command, const char *engine, struct errmsg *e)
{
    struct sweep *s = NULL;
    enum status st = sweep_of_command(command, &s, e);
    if (st == STATUS_OK)
        st = sweep_option(s, "network", "784-96-64-10", e);
    if (st == STATUS_OK && engine != NULL)
        st = sweep_option(s, "engine", engine, e);
    if (st == STATUS_OK) {
        s->axes[AXIS_ENGINE].given = false; /* the command's choice, not the user's */
        return onepoint_change(o, s, e);
    }
    sweep_free(s);
    return st;
}

enum status onepoint_options(int argc, char **argv, const struct option_row *rows, struct onepoint *out,
                             struct errmsg *e)
{
    int v;
    memset(out, 0, sizeof *out);
    out->shared.db = DEFAULT_DATABASE;
    for (int i = 1; i < argc; i++)
        dash(argv[i]);
    while ((v = options_next(argc, argv, rows, &out->shared, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == ONEPOINT_TRACE)
            out->trace = optarg;
        else if (v == ONEPOINT_TRAINED)
            out->trained = true;
        else if (v == ONEPOINT_SAVE)
            out->save = optarg;
        else if (v == ONEPOINT_COLUMNS)
            out->columns = optarg;
        else if (v == ONEPOINT_ORDER)
            out->order = optarg;
        else
            out->values[v - OPTION_KEY] = optarg;
    }
    for (int i = 0; i < ONEPOINT_MAX_OPTIONS; i++)
        out->n_given += out->values[i] != NULL;
    return STATUS_OK;
}

enum status onepoint_read(int argc, char **argv, const struct option_row *rows, struct onepoint *out, struct errmsg *e)
{
    enum status st = onepoint_options(argc, argv, rows, out, e);
    if (st == STATUS_OK)
        st = options_no_operands(argc, argv, e);
    return st == STATUS_OK ? onepoint_make(out, argv[0], NULL, e) : st;
}

void onepoint_free(struct onepoint *o)
{
    sweep_free(o->sweep);
    o->sweep = NULL;
}

const char *onepoint_job(const struct plan *p, enum job_kind_id kind)
{
    for (int i = 0; p != NULL && i < p->n_jobs; i++)
        if (p->jobs[i].kind == kind && p->jobs[i].state == JOB_DONE)
            return p->jobs[i].digest;
    return NULL;
}

/* print_known: as text, the columns that have a value; else all. */
static enum status print_known(const struct table *t, enum table_format format, struct errmsg *e)
{
    enum { MOST = 64 };
    int columns[MOST];
    struct table_view view = {.columns = columns};
    for (int i = 0; i < t->n_columns && view.n_columns < MOST; i++)
        if (table_has_value(t, i, NULL, 0))
            columns[view.n_columns++] = i;
    return table_print(t, format == TABLE_TEXT ? &view : NULL, stdout, format, e);
}

enum status onepoint_print(const struct onepoint *o, const char *sql, const char *job, struct errmsg *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct table *t = NULL;
    enum status st = query_open(o->shared.db, &db, e);
    if (st == STATUS_OK)
        st = query_prepare(db, sql, &statement, e);
    if (st == STATUS_OK && sqlite3_bind_text(statement, 1, job, -1, SQLITE_STATIC) != SQLITE_OK)
        st = store_fail(db, o->shared.db, "reading the result", e);
    if (st == STATUS_OK)
        st = table_read(statement, &t, e);
    if (st == STATUS_OK)
        st = print_known(t, o->shared.format, e);
    table_free(t);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return st;
}
