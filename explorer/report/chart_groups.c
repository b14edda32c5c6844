/* The colours and shapes of a chart. */
#include "explorer/report/chart_parts.h"

#include "base/text.h"
#include "explorer/report/chart_unit.h"

#include <math.h>
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
        snprintf(text, 64, "none");
    else
        snprintf(text, 64, "%.6g", cell_number(c));
}

/* A value of the column: numbers in order, then words, then none. */
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
        return text_compare(x->text, y->text);
    if (rank_x == 2)
        return 0;
    const double v = cell_number(x), u = cell_number(y);
    return (v > u) - (v < u);
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

/* How a grouping is kept. */
struct grouping {
    const char *option;
    int most;
    const char **names;
    char (*texts)[64];
    char *title;
    struct plot_legend *legend;
};

/* write_title: of the legend; a scale of colours has a unit that suits its numbers, as an axis has. */
static void write_title(struct chart *c, const struct chart_column *of, const struct grouping *g, bool shaded)
{
    const char *known = of->known != NULL && of->known->unit != NULL ? of->known->unit : "";
    const char *unit = strstr(of->title, known) != NULL ? "" : known; /* "delta bits D" says it */
    double most = 0.0;
    g->legend->title = g->title;
    if (!shaded) {
        snprintf(g->title, CHART_TITLE_BYTES + 32, unit[0] != '\0' ? "%s (%s)" : "%s", of->title,
                 strcmp(unit, "us") == 0   ? "µs"
                 : strcmp(unit, "uJ") == 0 ? "µJ"
                                           : unit);
        return;
    }
    for (int i = 0; i < c->plot.n; i++)
        most = fmax(most, fabs(c->points[i].shade)); /* passes over NAN */
    const double scale = chart_unit(of->known, of->title, most, g->title, CHART_TITLE_BYTES + 32);
    for (int i = 0; i < c->plot.n; i++)
        c->points[i].shade *= scale;
}

/* assign: each point's group and shade, from the sorted values of the column. Returns how many groups there are; the
 * first `most` get their texts. */
static int assign(struct chart *c, const struct value *values, bool yes_or_no, enum chart_slot slot,
                  const struct grouping *g)
{
    int n = 0;
    for (int i = 0; i < c->plot.n; i++) {
        n += i == 0 || by_value(&values[i - 1], &values[i]) != 0;
        struct plot_point *p = &c->points[values[i].point];
        if (slot == SLOT_SHAPE) {
            p->shape = n - 1;
        } else if (slot == SLOT_FACET) {
            p->panel = n - 1;
        } else {
            p->colour = n - 1;
            p->shade = cell_number(values[i].cell);
        }
        if (n <= g->most) {
            group_text(values[i].cell, yes_or_no, g->texts[n - 1]);
            g->names[n - 1] = g->texts[n - 1];
        }
    }
    return n;
}

static enum status group(const struct table *t, const struct chart_request *r, enum chart_slot slot,
                         const struct grouping *g, struct chart *c, struct errmsg *e)
{
    struct chart_column of;
    enum status s = chart_column(t, r, slot, &of, e);
    if (s != STATUS_OK)
        return s;
    struct value *values = malloc((size_t)c->plot.n * sizeof *values);
    if (values == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->plot.n);
    for (int i = 0; i < c->plot.n; i++)
        values[i] = (struct value){table_cell(t, c->rows[i], of.column), i};
    qsort(values, (size_t)c->plot.n, sizeof *values, by_value);
    const bool yes_or_no = strcmp(of.name, "fits") == 0 || strncmp(of.name, "weights_fit", 11) == 0;
    const int n = assign(c, values, yes_or_no, slot, g);
    const bool shaded = slot == SLOT_COLOR && !r->curves && are_shades(values, c->plot.n, n);
    free(values);
    if (!shaded && n > g->most)
        return fail(e, STATUS_USAGE,
                    "%s: `%s` has %d different values, and %d %s: choose some with --where, or group "
                    "them in an expression",
                    g->option, of.name, n, g->most, slot == SLOT_FACET ? "panels are the most" : "can be told apart");
    c->plot.shaded |= shaded;
    write_title(c, &of, g, shaded);
    g->legend->n = shaded ? 1 : n;
    return STATUS_OK;
}

enum status chart_groups(const struct table *t, const struct chart_request *r, struct chart *c, struct errmsg *e)
{
    const struct grouping colours = {.option = r->shape != NULL ? "--color with --shape" : "--color",
                                     .most = r->shape != NULL ? PLOT_COLOURS : MAX_GROUPS,
                                     .names = c->colours,
                                     .texts = c->colour_texts,
                                     .title = c->colour_title,
                                     .legend = &c->plot.colours};
    const struct grouping shapes = {.option = "--shape",
                                    .most = PLOT_SHAPES,
                                    .names = c->shapes,
                                    .texts = c->shape_texts,
                                    .title = c->shape_title,
                                    .legend = &c->plot.shapes};
    const struct grouping facets = {.option = "--facet",
                                    .most = PLOT_PANELS,
                                    .names = c->facets,
                                    .texts = c->facet_texts,
                                    .title = c->facet_title,
                                    .legend = &c->plot.facets};
    enum status s = STATUS_OK;
    c->plot.facets = (struct plot_legend){NULL, 1, c->facets};
    c->facets[0] = "";
    c->plot.colours = (struct plot_legend){NULL, 1, c->colours};
    c->plot.shapes = (struct plot_legend){NULL, 1, c->shapes};
    c->colours[0] = c->shapes[0] = "";
    if (r->color != NULL)
        s = group(t, r, SLOT_COLOR, &colours, c, e);
    if (s == STATUS_OK && r->shape != NULL)
        s = group(t, r, SLOT_SHAPE, &shapes, c, e);
    if (s == STATUS_OK && r->facet != NULL)
        s = group(t, r, SLOT_FACET, &facets, c, e);
    for (int i = 0; i < c->plot.n && c->plot.shaded; i++)
        c->points[i].colour = 0;
    c->plot.together = s == STATUS_OK && r->shape == NULL && !c->plot.shaded;
    for (int i = 0; i < c->plot.n && c->plot.together; i++)
        c->points[i].shape = c->points[i].colour;
    return s;
}
