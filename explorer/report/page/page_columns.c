/* What the page knows of columns: all from the tables of rows that the rest of the program uses. */
#include "explorer/report/page/page_parts.h"

#include "db/columns.h"
#include "explorer/report/chart_unit.h"
#include "models/fpga/device/resources.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* bound: the column NAME_low or NAME_high of t, into room; NULL if it has none. */
static const char *bound(const struct table *t, const char *name, const char *end, char room[96])
{
    snprintf(room, 96, "%.80s_%s", name, end);
    return table_has_value(t, table_column(t, room), NULL, 0) ? room : NULL;
}

/* extent: the least and the greatest number of the column; false: it has words, or nothing. */
static bool extent(const struct table *t, int column, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int i = 0; i < t->n_rows; i++) {
        const struct cell *c = table_cell(t, i, column);
        if (c->type == CELL_TEXT || c->type == CELL_BLOB)
            return false;
        if (c->type == CELL_NULL)
            continue;
        *low = fmin(*low, cell_number(c));
        *high = fmax(*high, cell_number(c));
    }
    return *low <= *high;
}

/* plain_title: of a column that no view has: its name in words. */
static const char *plain_title(const char *name, char room[96])
{
    snprintf(room, 96, "%s", name);
    for (char *p = room; *p != '\0'; p++)
        *p = *p == '_' ? ' ' : *p;
    return room;
}

static void put_column(const struct table *t, int column, struct json *j)
{
    static const char *const kinds[] = {
        [COLUMN_NAME] = "name", [COLUMN_AXIS] = "axis", [COLUMN_RESULT] = "result", [COLUMN_ORIGIN] = "origin"};
    const char *name = t->names[column];
    const struct view_column *known = column_find(name);
    double low, high;
    char room[96], label[160];
    const char *title = known != NULL ? known->title : plain_title(name, room);
    const bool number = extent(t, column, &low, &high);
    const double scale = chart_unit(known, title, number ? fmax(fabs(low), fabs(high)) : NAN, label, sizeof label);

    json_put_open(j, name, '{', true);
    json_put_text(j, "title", title);
    json_put_text(j, "label", label);
    json_put_real(j, "scale", number ? scale : 1.0);
    json_put_bool(j, "number", number);
    json_put_text(j, "kind", known != NULL ? kinds[known->kind] : "result");
    if (known != NULL) {
        json_put_text(j, "about", known->description);
        json_put_text(j, "group", column_group_title(known->group));
        json_put_int(j, "better", known->direction);
        json_put_bool(j, "share", known->unit != NULL && strcmp(known->unit, "fraction") == 0);
        json_put_bool(j, "logarithmic", number && chart_logarithmic(known, low, high));
    }
    const char *lower = bound(t, name, "low", room);
    if (lower != NULL)
        json_put_text(j, "low", lower);
    const char *upper = bound(t, name, "high", room);
    if (upper != NULL)
        json_put_text(j, "high", upper);
    json_put_close(j);
}

void page_put_columns(const struct table *t, struct json *j)
{
    for (int i = 0; i < t->n_columns; i++)
        if (table_has_value(t, i, NULL, 0))
            put_column(t, i, j);
}

/* Of the devices that the program knows, those that a row of the table names. */
struct named {
    const struct device *of;
    int n;
    bool *is;
};

static enum status find_named(const struct table *t, struct named *out, struct errmsg *e)
{
    const int column = table_column(t, "device");
    const char *last = "";
    out->of = device_list(&out->n);
    out->is = calloc((size_t)out->n + 1, sizeof *out->is);
    if (out->is == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for the budgets of the devices");
    for (int row = 0; row < t->n_rows && column >= 0; row++) {
        const char *name = table_cell(t, row, column)->text;
        if (name == NULL || strcmp(name, last) == 0)
            continue;
        for (int i = 0; i < out->n; i++)
            out->is[i] |= strcmp(name, out->of[i].name) == 0;
        last = name;
    }
    return STATUS_OK;
}

static void put_budget(const struct table *t, const struct named *devices, const char *title, const char *used,
                       const char *share, int64_t (*budget)(const struct device *), struct json *j)
{
    if (!table_has_value(t, table_column(t, share), NULL, 0))
        return;
    json_put_open(j, NULL, '{', true);
    json_put_text(j, "title", title);
    json_put_text(j, "used", used);
    json_put_text(j, "share", share);
    json_put_open(j, "of", '{', true);
    for (int i = 0; i < devices->n && budget != NULL; i++)
        if (devices->is[i])
            json_put_int(j, devices->of[i].name, budget(&devices->of[i]));
    json_put_close(j);
    json_put_close(j);
}

enum status page_put_budgets(const struct table *t, struct json *j, struct errmsg *e)
{
    int n;
    const struct share_kind *shares = share_kinds(&n);
    struct named devices;
    const enum status s = find_named(t, &devices, e);
    if (s != STATUS_OK)
        return s;
    json_put_open(j, "budgets", '[', false);
    for (int i = 0; i < n; i++) {
        char column[64];
        snprintf(column, sizeof column, "%s_utilisation", shares[i].name);
        put_budget(t, &devices, shares[i].title, shares[i].column, column, shares[i].budget, j);
    }
    put_budget(t, &devices, "weights", "weight_storage_bits", "weights_utilisation", NULL, j);
    json_put_close(j);
    free(devices.is);
    return STATUS_OK;
}
