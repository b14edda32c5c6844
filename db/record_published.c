/* Points that others published. */
#include "db/record.h"

#include "db/row.h"

static const char what[] = "keeping published points";

/* forget: what is kept of a point; source NULL: of all points. */
static enum status forget(struct store *s, const char *source, const char *name, struct errmsg *e)
{
    const struct field fields[] = {field_text("source", source), field_text("name", name)};
    return source == NULL
               ? row_run(s, what, "DELETE FROM published_values", NULL, 0, e)
               : ROW_RUN(s, what, "DELETE FROM published_values WHERE source = :source AND name = :name", fields, e);
}

enum status record_published(struct store *s, const struct published_value *values, int n, bool replace_all,
                             struct errmsg *e)
{
    enum status st = row_run(s, what, "BEGIN IMMEDIATE", NULL, 0, e);
    if (st == STATUS_OK && replace_all)
        st = forget(s, NULL, NULL, e);
    for (int i = 0; i < n && st == STATUS_OK && !replace_all; i++)
        st = forget(s, values[i].source, values[i].name, e);
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        const struct published_value *v = &values[i];
        const struct field fields[] = {field_text("source", v->source), field_text("name", v->name),
                                       field_text("column_name", v->column),
                                       v->text != NULL ? field_text("value", v->text) : field_real("value", v->number)};
        st = ROW_INSERT(s, what, "published_values", fields, e);
    }
    if (st == STATUS_OK)
        st = record_commit(s, e);
    if (st != STATUS_OK)
        record_rollback(s);
    return st;
}
