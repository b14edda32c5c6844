#include "explorer/report/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status fit_on(const struct point *p, const struct device *d, struct point *out, struct errmsg *e)
{
    *out = *p;
    out->device = d;
    return p->hardware.engine != NULL ? point_make_hardware(out, e) : STATUS_OK;
}

/* A point with all that its configuration says of it. */
struct subject {
    const struct point *point;
    char name[POINT_NAME_BYTES];
    bool whole, coded; /* hardware of a whole network; not a float network */
    bool estimated;    /* there is an estimate of the logic */
    struct schedule clocks;
    struct resources least;
    struct estimate estimate;
    struct fit fit;
    enum estimated_fit answer;
};

static const char *const answers[] = {[ESTIMATED_NO] = "no", [ESTIMATED_YES] = "yes", [ESTIMATED_OPEN] = "open"};

static void study(const struct point *p, struct subject *x)
{
    const struct hardware *h = &p->hardware;
    const struct schedule *clocks = hardware_schedule(h);
    *x = (struct subject){.point = p, .whole = clocks != NULL, .coded = p->code.scheme != SCHEME_FLOAT};
    point_name(p->digest, x->name);
    if (clocks != NULL)
        x->clocks = *clocks;
    x->least = hardware_least(h);
    x->estimated = hardware_estimate(h, &x->estimate);
    x->answer = hardware_fit(h, p->device, p->weight_storage_bits, &x->fit);
}

/* text_cell: NULL gives an empty cell; out of memory: a CELL_TEXT without a text. */
static struct cell text_cell(const char *text)
{
    if (text == NULL)
        return (struct cell){.type = CELL_NULL};
    return (struct cell){.type = CELL_TEXT, .integer = (int64_t)strlen(text), .text = strdup(text)};
}

static struct cell integer_cell(bool known, int64_t value)
{
    return (struct cell){.type = known ? CELL_INT : CELL_NULL, .integer = value};
}

static struct cell real_cell(bool known, double value)
{
    return (struct cell){.type = known ? CELL_REAL : CELL_NULL, .real = value};
}

static struct cell axis_cell(const struct subject *x, enum axis_id a)
{
    char text[AXIS_TEXT_BYTES];
    const struct axis_value v = axis_get(x->point, a);
    const enum axis_kind kind = axis_at(a)->kind;
    if (!axis_used(x->point, a) || (kind != AXIS_WORDS && kind != AXIS_NETWORKS))
        return integer_cell(axis_used(x->point, a), (int64_t)v.number);
    axis_text(a, &v, text);
    return text_cell(text);
}

#define COLUMN(name, shown, expression)                                                                                \
    static struct cell name##_cell(const struct subject *x)                                                            \
    {                                                                                                                  \
        const struct device *d = x->point->device;                                                                     \
        (void)d;                                                                                                       \
        return expression;                                                                                             \
    }
#include "explorer/report/fit_columns.def"
#undef COLUMN

static const struct {
    const char *name;
    enum { NEVER, ONE = 1, MANY = 2, BOTH = ONE | MANY } shown;
    struct cell (*cell)(const struct subject *x);
} columns[] = {
#define COLUMN(its_name, its_shown, its_cell) {.name = #its_name, .shown = (its_shown), .cell = its_name##_cell},
#include "explorer/report/fit_columns.def"
#undef COLUMN
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
_Static_assert((int)COLUMNS <= (int)FIT_MOST_COLUMNS, "room for the columns of fit");

/* add_point: *open is whether it may fit. */
static enum status add_point(struct table *t, const struct point *p, bool *open, struct errmsg *e)
{
    struct subject x;
    struct cell *row = table_add(t);
    bool complete = row != NULL;
    study(p, &x);
    *open = !x.coded || x.answer != ESTIMATED_NO;
    for (int i = 0; i < COLUMNS && complete; i++) {
        row[i] = columns[i].cell(&x);
        complete = row[i].type != CELL_TEXT || row[i].text != NULL;
    }
    return complete ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for the table");
}

enum status fit_table(const struct point *points, int n, struct table **out, int *may_fit, struct errmsg *e)
{
    const char *names[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        names[i] = columns[i].name;
    *may_fit = 0;
    enum status st = table_make(names, COLUMNS, out, e);
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        bool open = false;
        st = add_point(*out, &points[i], &open, e);
        *may_fit += open;
    }
    if (st != STATUS_OK) {
        table_free(*out);
        *out = NULL;
    }
    return st;
}

int fit_shown(const struct table *t, bool single, int shown[FIT_MOST_COLUMNS])
{
    int n = 0;
    for (int i = 0; i < COLUMNS; i++)
        if (((int)columns[i].shown & (single ? ONE : MANY)) != 0 && table_has_value(t, i, NULL, 0))
            shown[n++] = i;
    return n;
}
