#include "explorer/cli/cli.h"
#include "db/columns.h"
#include "explorer/report/candidates.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX = OPTION_MANY + 'M', MIN = OPTION_MANY + 'm' };
static const struct option_row options[] = {
    {MAX, "max", "COL", "an objective of which more is better", NULL},
    {MIN, "min", "COL", "an objective of which less is better (default: --max test_accuracy --min "
         "weight_storage_bits)", NULL},
    {.id = OPTION_WHERE},
    {.id = OPTION_SWEEP},
    {.id = OPTION_VIEW},
    {'c', "columns", "COL,...", "print these columns instead", NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_CSV},
    {.id = OPTION_MARKDOWN},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "no row has a value for every objective"},
    {2, "wrong usage, a wrong column or expression, or no such database"},
    {0, NULL},
};

enum { MAX_OBJECTIVES = 8, MAX_SHOWN = 128 };

struct request {
    struct shared_options shared;
    const char *shown;
    int K; /* objectives */
    const char *objectives[MAX_OBJECTIVES];
    bool maximise[MAX_OBJECTIVES];
    int columns[MAX_OBJECTIVES]; /* of the objectives, in the table */
};

static enum status add_objective(struct request *r, const char *column, bool maximise, struct errmsg *e)
{
    for (int k = 0; k < r->K; k++)
        if (strcmp(r->objectives[k], column) == 0)
            return fail(e, STATUS_USAGE, "the objective `%s` is given twice", column);
    if (r->K == MAX_OBJECTIVES)
        return fail(e, STATUS_USAGE, "at most %d objectives", (int)MAX_OBJECTIVES);
    r->objectives[r->K] = column;
    r->maximise[r->K++] = maximise;
    return STATUS_OK;
}

static enum status parse(int argc, char **argv, struct request *r, struct errmsg *e)
{
    enum status s = STATUS_OK;
    int v;

    while (s == STATUS_OK && (v = options_next(argc, argv, options, &r->shared, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            s = STATUS_USAGE;
        else if (v == 'c')
            r->shown = optarg;
        else
            s = add_objective(r, optarg, v == MAX, e);
    }
    if (s == STATUS_OK && r->K == 0) {
        (void)add_objective(r, "test_accuracy", true, e);
        (void)add_objective(r, "weight_storage_bits", false, e);
    }
    return s != STATUS_OK ? s : options_no_operands(argc, argv, e);
}

static enum status find_columns(const struct table *t, struct request *r, struct errmsg *e)
{
    enum status s = STATUS_OK;
    for (int k = 0; k < r->K && s == STATUS_OK; k++)
        s = query_column(r->shared.view, t, r->objectives[k], &r->columns[k], e);
    return s;
}

/* no_candidates: why there is nothing to compare. */
static enum status no_candidates(const struct table *t, const struct request *r, struct errmsg *e)
{
    if (t->n_rows == 0 && r->shared.where == NULL)
        return fail(e, STATUS_VERDICT, "nothing recorded: no row of the view `%s`", r->shared.view);
    if (t->n_rows == 0)
        return fail(e, STATUS_VERDICT, "--where \"%s\": no row of the view `%s`", r->shared.where, r->shared.view);
    for (int k = 0; k < r->K; k++)
        if (!table_has_value(t, r->columns[k], NULL, 0))
            return fail(e, STATUS_VERDICT, "none of the %d rows has a value for `%s`", t->n_rows, r->objectives[k]);
    return fail(e, STATUS_VERDICT, "none of the %d rows has a value for every objective", t->n_rows);
}

/* varies: whether the column has two different values among the candidates. NULL, on an axis, is one that the
 * scheme does not use: it says nothing that the scheme does not. */
static bool varies(const struct table *t, const struct candidates *c, int column)
{
    const struct cell *first = NULL;
    for (int i = 0; i < c->n; i++) {
        const struct cell *cell = table_cell(t, c->rows[i], column);
        if (cell->type == CELL_NULL)
            continue;
        if (first == NULL)
            first = cell;
        else if (!cell_equal(first, cell))
            return true;
    }
    return false;
}

/* unlike_tools: whether the candidates were synthesised with different versions, whose cells and clocks differ. */
static bool unlike_tools(const struct table *t, const struct candidates *c)
{
    const int column = table_column(t, "synthesis_tools");
    return column >= 0 && varies(t, c, column);
}

static void show_column(struct table_view *view, int *columns, int column)
{
    for (int i = 0; i < view->n_columns; i++)
        if (columns[i] == column)
            return;
    if (column >= 0 && view->n_columns < MAX_SHOWN)
        columns[view->n_columns++] = column;
}

/* default_columns: the point or training, what varies, the objectives; the interval of a mean accuracy next to it. */
static void default_columns(const struct table *t, const struct request *r, const struct candidates *c,
                            struct table_view *view, int *columns)
{
    show_column(view, columns, table_column(t, table_column(t, "point") >= 0 ? "point" : "training"));
    for (int i = 0; i < t->n_columns; i++) {
        const struct view_column *known = column_find(t->names[i]);
        const bool axis =
            known != NULL && (known->kind == COLUMN_AXIS || (known->kind == COLUMN_NAME && known->group == SHOW_RUNS));
        const size_t bytes = strlen(t->names[i]);
        const bool of_layers = bytes > 7 && strcmp(t->names[i] + bytes - 7, "_layers") == 0; /* NULL: all the same */
        if (axis && (varies(t, c, i) || (of_layers && table_has_value(t, i, c->rows, c->n))))
            show_column(view, columns, i);
    }
    if (unlike_tools(t, c))
        show_column(view, columns, table_column(t, "synthesis_tools"));
    for (int k = 0; k < r->K; k++) {
        show_column(view, columns, r->columns[k]);
        const int low = table_column(t, "test_accuracy_low");
        if (strcmp(r->objectives[k], "test_accuracy") != 0 || !table_has_value(t, low, c->rows, c->n))
            continue;
        show_column(view, columns, low);
        show_column(view, columns, table_column(t, "test_accuracy_high"));
        show_column(view, columns, table_column(t, "test_accuracy_interval"));
        show_column(view, columns, table_column(t, "n"));
    }
}

/* How the front is ordered: by data set, then by its objectives, best first; then as the view has it. */
struct order {
    int row, task;
    const double *values;
    const struct request *request;
};

static int compare_values(const struct order *x, const struct order *y)
{
    for (int k = 0; k < x->request->K; k++)
        if (x->values[k] != y->values[k])
            return (x->values[k] > y->values[k]) == x->request->maximise[k] ? -1 : 1;
    return 0;
}

static int by_objectives(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    const int order = x->task != y->task ? x->task - y->task : compare_values(x, y);
    return order != 0 ? order : x->row - y->row;
}

/* say_front: on standard error, how many rows there are and which were left out. */
static void say_front(const struct table *t, const struct request *r, const struct candidates *c,
                      const struct order *front, int n_front)
{
    fprintf(stderr, "%d of %d rows of `%s` are on the front", n_front, c->n, r->shared.view);
    int equal = 0;
    for (int i = 1; i < n_front; i++)
        equal += front[i - 1].task == front[i].task && compare_values(&front[i - 1], &front[i]) == 0;
    if (equal > 0)
        fprintf(stderr, "; %d of these equal another in every objective (add one that tells them apart)", equal);
    const int incomplete = t->n_rows - c->n - c->repeated;
    if (incomplete > 0)
        fprintf(stderr, "; %d left out: no value for an objective", incomplete);
    if (c->repeated > 0)
        fprintf(stderr, "; %d left out: another sweep's row for the same point and seed", c->repeated);
    if (c->n_tasks > 1)
        fprintf(stderr, "; each of %d data sets has a front of its own (--where \"dataset = '...'\" takes one)",
                c->n_tasks);
    putc('\n', stderr);
    if (unlike_tools(t, c))
        fputs("cells and clocks are of different versions of the tools (column synthesis_tools), which map in different "
              "ways: take rows of one version (--where), or synthesise anew\n", stderr);
}

static enum status print_front(const struct table *t, const struct request *r, const struct candidates *c,
                               struct errmsg *e)
{
    int columns[MAX_SHOWN];
    struct table_view view = {.columns = columns, .bold = cli_colour(STDOUT_FILENO)};
    bool *on = calloc((size_t)c->n + 1, sizeof *on);
    struct order *front = malloc((size_t)c->n * sizeof *front + 1);
    int *rows = malloc((size_t)c->n * sizeof *rows + 1);
    enum status s = STATUS_OK;

    if (on == NULL || front == NULL || rows == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->n);
        goto done;
    }
    if ((s = candidates_front(c, r->maximise, on, e)) != STATUS_OK)
        goto done;
    if (r->shown == NULL)
        default_columns(t, r, c, &view, columns);
    else if ((s = query_columns(r->shared.view, t, r->shown, columns, MAX_SHOWN, &view.n_columns, e)) != STATUS_OK)
        goto done;
    for (int i = 0; i < c->n; i++)
        if (on[i])
            front[view.n_rows++] =
                (struct order){c->rows[i], c->tasks[i], c->values + (size_t)i * (size_t)r->K, r};
    qsort(front, (size_t)view.n_rows, sizeof *front, by_objectives);
    for (int i = 0; i < view.n_rows; i++)
        rows[i] = front[i].row;
    view.rows = rows;
    s = table_print(t, &view, stdout, r->shared.format, e);
    say_front(t, r, c, front, view.n_rows);
done:
    free(on);
    free(front);
    free(rows);
    return s;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct request r = {.shared = {.db = DEFAULT_DATABASE, .view = "designs"}};
    struct candidates c = {0};
    struct table *t = NULL;
    sqlite3 *db = NULL;

    enum status s = parse(argc, argv, &r, e);
    if (s != STATUS_OK || (s = query_open(r.shared.db, &db, e)) != STATUS_OK ||
        (s = query_rows_of(db, r.shared.view, r.shared.sweep, r.shared.where, &t, e)) != STATUS_OK ||
        (s = find_columns(t, &r, e)) != STATUS_OK || (s = candidates_gather(t, r.columns, r.K, &c, e)) != STATUS_OK)
        goto done;
    s = c.n == 0 ? no_candidates(t, &r, e) : print_front(t, &r, &c, e);
done:
    candidates_free(&c);
    table_free(t);
    sqlite3_close(db);
    return s;
}

const struct command command_pareto = {
    .name = "pareto",
    .summary = "the designs that no other beats in every objective",
    .usage = "[--max COL]... [--min COL]... [--where EXPR] [--sweep SWEEP]\n"
             "[--view VIEW] [--columns COL,COL...] [--json|--csv|--markdown] [--db FILE]",
    .about = "Prints the designs that no other design beats in every objective: the name, the axes that differ "
             "between the compared designs, and the objectives, with the best of the first objective on top. A "
             "row without a value for an objective is left out and counted on standard error. Rows that are "
             "equal in all objectives are all printed. Each data set has a front of its own. An accuracy is that of "
             "the design's training, whichever point and sweep asked for it; the interval beside it is the wider of "
             "two: over seeds, and of sampling the test set. `deltasweep help columns` lists the columns.",
    .options = options,
    .examples = "deltasweep pareto --where \"fits\"\n"
             "deltasweep pareto --max test_accuracy --max macs_per_second --min lut --csv",
    .exits = exits,
    .run = run,
};
