#include "explorer/report/chart_parts.h"

#include "explorer/report/query.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SHADES = 8 }; /* more numbers than this become a scale */

static void group_text(const struct cell *c, bool yes_or_no, char text[64])
{
    if (c->type == CELL_INT && yes_or_no)
        snprintf(text, 64, "%s", c->integer != 0 ? "yes" : "no");
    else if (c->type == CELL_TEXT)
        snprintf(text, 64, "%.63s", c->text);
    else if (c->type == CELL_NULL)
        snprintf(text, 64, "–");
    else
        snprintf(text, 64, "%.6g", cell_number(c));
}

/* A value of the colour column: numbers in order, then words, then none. */
struct value {
    const struct cell *cell;
    int point;
};

static int by_value(const void *a, const void *b)
{
    const struct cell *x = ((const struct value *)a)->cell, *y = ((const struct value *)b)->cell;
    const int rank_x = x->type == CELL_TEXT ? 1 : x->type == CELL_INT || x->type == CELL_REAL ? 0 : 2;
    const int rank_y = y->type == CELL_TEXT ? 1 : y->type == CELL_INT || y->type == CELL_REAL ? 0 : 2;
    if (rank_x != rank_y)
        return rank_x - rank_y;
    if (rank_x == 1)
        return strcmp(x->text, y->text);
    if (rank_x == 2)
        return 0;
    const double v = cell_number(x), u = cell_number(y);
    return (v > u) - (v < u);
}

/* assign_groups: each point's group and shade, from the sorted values of the colour column. Returns how many groups
 * there are; the first MAX_GROUPS get their texts. */
static int assign_groups(struct chart *c, const struct value *values, bool yes_or_no)
{
    int n = 0;
    for (int i = 0; i < c->plot.n; i++) {
        n += i == 0 || by_value(&values[i - 1], &values[i]) != 0;
        c->points[values[i].point].group = n - 1;
        c->points[values[i].point].shade = cell_number(values[i].cell);
        if (n <= MAX_GROUPS) {
            group_text(values[i].cell, yes_or_no, c->group_texts[n - 1]);
            c->groups[n - 1] = c->group_texts[n - 1];
        }
    }
    return n;
}

/* are_shades: whether n different values are numbers and too many for a legend. */
static bool are_shades(const struct value *values, int n_values, int n)
{
    bool none = false;
    for (int i = 0; i < n_values; i++) {
        if (values[i].cell->type == CELL_TEXT || values[i].cell->type == CELL_BLOB)
            return false;
        none |= values[i].cell->type == CELL_NULL;
    }
    return n - none > MAX_SHADES;
}

/* write_legend: what the colours mean; shades of fractions become percent. */
static void write_legend(struct chart *c, const char *column)
{
    const struct view_column *known = column_find(column);
    const char *unit = known != NULL && known->unit != NULL ? known->unit : "";
    const double scale = strcmp(unit, "fraction") == 0 && c->plot.shaded ? 100.0 : 1.0;
    for (int i = 0; i < c->plot.n && scale != 1.0; i++)
        c->points[i].shade *= scale;
    snprintf(c->legend, sizeof c->legend, unit[0] != '\0' ? "%.60s (%s)" : "%.60s", chart_title(known, column),
             scale != 1.0 ? "%" : unit);
    c->plot.legend = c->legend;
}

enum status chart_colour(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    int column;
    c->plot.n_groups = 1;
    c->groups[0] = "";
    if (r->color == NULL)
        return STATUS_OK;
    enum status s = query_column(r->view, t, r->color, &column, e);
    if (s != STATUS_OK)
        return s;
    struct value *values = malloc((size_t)c->plot.n * sizeof *values);
    if (values == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->plot.n);
    for (int i = 0; i < c->plot.n; i++)
        values[i] = (struct value){table_cell(t, c->rows[i], column), i};
    qsort(values, (size_t)c->plot.n, sizeof *values, by_value);
    const bool yes_or_no = strcmp(r->color, "fits") == 0 || strncmp(r->color, "weights_fit", 11) == 0;
    const int n = assign_groups(c, values, yes_or_no);
    c->plot.shaded = are_shades(values, c->plot.n, n);
    free(values);
    if (!c->plot.shaded && n > MAX_GROUPS)
        return fail(e, STATUS_USAGE, "%d different values of `%s` are too many for a legend: narrow them with --where",
                    n, r->color);
    write_legend(c, r->color);
    c->plot.n_groups = c->plot.shaded ? 1 : n;
    return STATUS_OK;
}
