#include "explorer/report/dominators.h"

#include "explorer/report/candidates.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdlib.h>

/* put_conditions: "AND (a >= 0.9 AND b <= 7 AND (a > 0.9 OR b < 7))". */
static void put_conditions(sqlite3_str *sql, const double *own, const char *const *columns, const bool *maximise, int K)
{
    for (int k = 0; k < K; k++)
        sqlite3_str_appendf(sql, " AND \"%w\" %s %!.17g", columns[k], maximise[k] ? ">=" : "<=", own[k]);
    sqlite3_str_appendall(sql, " AND (0");
    for (int k = 0; k < K; k++)
        sqlite3_str_appendf(sql, " OR \"%w\" %s %!.17g", columns[k], maximise[k] ? ">" : "<", own[k]);
    sqlite3_str_appendall(sql, ")");
}

/* ask: all that dominate; sqlite3_free. */
static char *ask(const double *own, const char *dataset, const char *const *columns, const bool *maximise, int K)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "SELECT point");
    for (int k = 0; k < K; k++)
        sqlite3_str_appendf(sql, ", \"%w\", \"%w\" - %!.17g AS \"%w_difference\"", columns[k], columns[k], own[k], columns[k]);
    sqlite3_str_appendf(sql, " FROM designs WHERE dataset = %Q", dataset);
    put_conditions(sql, own, columns, maximise, K);
    sqlite3_str_appendf(sql, " ORDER BY \"%w\" %s, point", columns[0], maximise[0] ? "DESC" : "");
    return sqlite3_str_finish(sql);
}

/* own_values: STANDING_UNKNOWN if one is missing. */
static enum status own_values(const struct table *design, const char *const *columns, int K, double *own,
                              enum standing *standing, struct errmsg *e)
{
    for (int k = 0; k < K; k++) {
        int column = -1;
        const enum status s = query_column("designs", design, columns[k], &column, e);
        if (s != STATUS_OK)
            return s;
        const struct cell *cell = table_cell(design, 0, column);
        if (cell->type == CELL_TEXT)
            return fail(e, STATUS_USAGE, "`%s` holds words, and an objective must be a number", columns[k]);
        own[k] = cell_number(cell);
        if (isnan(own[k]))
            *standing = STANDING_UNKNOWN;
    }
    return STATUS_OK;
}

/* keep_front: of all that dominate, those that are on the front themselves. */
static enum status keep_front(const struct table *all, const bool *maximise, int K, struct table **out, struct errmsg *e)
{
    struct candidates c = {0};
    int *columns = malloc((size_t)K * sizeof *columns + 1);
    bool *on = calloc((size_t)all->n_rows + 1, sizeof *on);
    enum status s = columns == NULL || on == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", all->n_rows)
                                                  : table_make((const char *const *)all->names, all->n_columns, out, e);
    for (int k = 0; k < K && s == STATUS_OK; k++)
        columns[k] = 1 + 2 * k;
    if (s == STATUS_OK)
        s = candidates_gather(all, columns, K, &c, e);
    if (s == STATUS_OK)
        s = candidates_front(&c, maximise, on, e);
    for (int i = 0; i < c.n && s == STATUS_OK; i++)
        if (on[i])
            s = table_copy_row(*out, all, c.rows[i], e);
    candidates_free(&c);
    free(columns);
    free(on);
    return s;
}

enum status dominators_find(sqlite3 *db, const struct table *design, const char *const *columns, const bool *maximise, int K,
                            enum standing *standing, struct table **out, struct errmsg *e)
{
    struct table *all = NULL;
    double *own = malloc((size_t)K * sizeof *own + 1);
    char *sql = NULL;
    *out = NULL;
    *standing = STANDING_ON_FRONT;
    enum status s = own == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory for %d objectives", K)
                                : own_values(design, columns, K, own, standing, e);
    if (s != STATUS_OK || *standing == STANDING_UNKNOWN)
        goto done;
    sql = ask(own, table_cell(design, 0, table_column(design, "dataset"))->text, columns, maximise, K);
    s = sql == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory for a query") : query_table(db, sql, &all, e);
    if (s != STATUS_OK || all->n_rows == 0)
        goto done;
    *standing = STANDING_DOMINATED;
    s = keep_front(all, maximise, K, out, e);
done:
    sqlite3_free(sql);
    table_free(all);
    free(own);
    return s;
}
