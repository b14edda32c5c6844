#include "explorer/stored.h"

#include "explorer/query.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* The column of points for each option. */
static const struct {
    const char *option, *column;
} columns[] = {
    {"--dataset", "dataset"},
    {"--network", "network"},
    {"--device", "device"},
    {"--mode", "train_mode"},
    {"--epochs", "epochs"},
    {"--batch", "batch"},
    {"--optimiser", "optimiser"},
    {"--lr", "printf('%!.17g', lr)"},
    {"--decay", "lr_decay"},
    {"--shuffle", "iif(shuffle, 'true', 'false')"},
    {"--scheme", "scheme"},
    {"--reference", "reference"},
    {"--span", "span"},
    {"--codec", "codec"},
    {"--rounding", "rounding"},
    {"--weight-bits", "weight_bits"},
    {"--frac-bits", "frac_bits"},
    {"--delta-bits", "delta_bits"},
    {"--delta-offset", "delta_offset"},
    {"--engine", "coalesce(engine, 'accelerator')"}, /* of a float network: what it would be with another scheme */
    {"--parallelism", "parallelism"},
    {"--multiplier", "multiplier"},
    {"--operator-inputs", "operator_inputs"},
    {"--dsp-lanes", "dsp_lanes"},
    {"--weight-memory", "weight_memory"},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
_Static_assert(2 * COLUMNS <= STORED_MAX_OPTIONS, "room for every option and its value");

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
    char sql[1024];
    sqlite3_stmt *statement = NULL;
    long long id = 0;

    memset(out, 0, sizeof *out);
    enum status st = query_point(db, prefix, &id, e);
    if (st != STATUS_OK)
        return st;
    size_t used = (size_t)snprintf(sql, sizeof sql, "SELECT ");
    for (int i = 0; i < COLUMNS; i++)
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s%s", i == 0 ? "" : ", ", columns[i].column);
    snprintf(sql + used, sizeof sql - used, " FROM points WHERE id = %lld", id);
    if ((st = query_prepare(db, sql, &statement, e)) != STATUS_OK)
        return st;
    if (sqlite3_step(statement) != SQLITE_ROW)
        st = store_fail(db, sqlite3_db_filename(db, "main"), "reading the point", e);
    for (int i = 0; i < COLUMNS && st == STATUS_OK; i++) {
        const char *value = (const char *)sqlite3_column_text(statement, i);
        if (value == NULL) /* an axis that has collapsed */
            continue;
        if ((st = add(out, columns[i].option, e)) == STATUS_OK)
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
