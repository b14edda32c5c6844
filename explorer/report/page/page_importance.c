/* How much each axis matters for the objectives that the page begins with. */
#include "explorer/report/page/page_parts.h"

#include "explorer/report/importance.h"

static void put_factor(const struct importance_factor *f, struct json *j)
{
    json_put_open(j, NULL, '{', true);
    json_put_text(j, "name", f->name);
    json_put_real(j, "share", f->share);
    json_put_real(j, "error", f->share_error);
    json_put_real(j, "alone", f->alone);
    json_put_real(j, "alone_error", f->alone_error);
    json_put_text(j, "note", f->note);
    json_put_close(j);
}

static void put_importance(const char *objective, const struct importance *i, struct json *j)
{
    json_put_open(j, NULL, '{', false);
    json_put_text(j, "objective", objective);
    json_put_text(j, "silent", i->silent);
    json_put_int(j, "rows", i->n_rows);
    json_put_real(j, "explained", i->explained);
    json_put_real(j, "explained_error", i->explained_error);
    json_put_open(j, "factors", '[', false);
    for (int k = 0; k < i->n_factors; k++)
        put_factor(&i->factors[k], j);
    json_put_close(j);
    json_put_open(j, "remarks", '[', true);
    for (int k = 0; k < i->n_remarks; k++)
        json_put_text(j, NULL, i->remarks[k]);
    json_put_close(j);
    json_put_close(j);
}

enum status page_put_importance(const struct table *t, struct json *j, struct errmsg *e)
{
    /* Fewer rows and trees than `deltasweep importance` takes: the page shall be made in a moment. */
    const struct importance_options quick = {.most_rows = 1000, .trees = 50};
    enum status s = STATUS_OK;
    json_put_open(j, "importance", '[', false);
    for (int k = 0; page_objectives[k] != NULL && s == STATUS_OK; k++) {
        struct importance i = {.n_rows = 0};
        const int column = table_column(t, page_objectives[k]);
        if (!table_has_value(t, column, NULL, 0))
            continue;
        s = importance_of(t, column, &quick, &i, e);
        if (s == STATUS_OK)
            put_importance(page_objectives[k], &i, j);
        importance_free(&i);
    }
    json_put_close(j);
    return s;
}
