#include "explorer/cli/pareto_rows.h"

#include "base/text.h"
#include "db/columns.h"
#include "explorer/report/query.h"

#include <string.h>

/* is_of_objective: an objective, or its interval: test_accuracy_low. */
static bool is_of_objective(const struct objectives *o, const char *name)
{
    static const char ends[] = ",_low,_high,_interval";
    for (int k = 0; k < o->K; k++) {
        const size_t n = strlen(o->columns[k]);
        if (strncmp(name, o->columns[k], n) == 0 && text_lists(ends, name + n))
            return true;
    }
    return false;
}

static bool is_needed(const struct objectives *o, const char *shown, const char *name)
{
    static const char names[] = "point,training,seed,dataset,synthesis_tools,n";
    const struct view_column *known = column_find(name);
    const bool axis = known != NULL && (known->kind == COLUMN_AXIS || (known->kind == COLUMN_NAME && known->group == SHOW_RUNS));
    return text_lists(names, name) || is_of_objective(o, name) || (shown != NULL ? text_lists(shown, name) : axis);
}

/* check: whether the view has all objectives and columns. */
static enum status check(const struct table *all, const char *view, const struct objectives *o, const char *shown,
                         struct errmsg *e)
{
    int columns[1], n = 0;
    enum status s = STATUS_OK;
    for (int k = 0; k < o->K && s == STATUS_OK; k++)
        s = query_column(view, all, o->columns[k], columns, e);
    return s == STATUS_OK && shown != NULL ? query_columns(view, all, shown, columns, 1, &n, e) : s;
}

enum status pareto_rows(sqlite3 *db, const struct shared_options *asked, const struct objectives *o, const char *shown,
                        struct table **out, struct errmsg *e)
{
    struct table *all = NULL;
    *out = NULL;
    enum status s = query_rows(db, asked->view, "0", &all, e);
    if (s == STATUS_OK)
        s = check(all, asked->view, o, shown, e);
    if (s == STATUS_OK) {
        sqlite3_str *list = sqlite3_str_new(NULL);
        for (int i = 0; i < all->n_columns; i++)
            if (is_needed(o, shown, all->names[i]))
                sqlite3_str_appendf(list, "%s\"%w\"", sqlite3_str_length(list) > 0 ? ", " : "", all->names[i]);
        char *columns = sqlite3_str_finish(list);
        s = columns == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory for a query")
                            : query_select(db, columns, asked->view, asked->sweep, asked->where, out, e);
        sqlite3_free(columns);
    }
    table_free(all);
    return s;
}
