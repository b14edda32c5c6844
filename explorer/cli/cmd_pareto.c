#include "base/say.h"
#include "explorer/cli/cli.h"
#include "db/columns.h"
#include "explorer/cli/objectives.h"
#include "explorer/cli/pareto_rows.h"
#include "explorer/report/candidates.h"
#include "explorer/report/front_facts.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {.id = OPTION_MAX},
    {.id = OPTION_MIN},
    {'g', "significant", NULL, "values whose 95 % intervals overlap are equal", NULL},
    {'S', "summary", NULL, "print a row for each data set instead: size of the front, knee, hypervolume", NULL},
    {'r', "reference", "V,...", "a value for each objective, in their order, that the hypervolume is measured from (default: "
         "the worst of all rows)", NULL},
    {.id = OPTION_WHERE},
    {.id = OPTION_SWEEP},
    {.id = OPTION_VIEW},
    {'c', "columns", "COL,...", "print these columns instead", NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_JSON_LINES},
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

enum { MAX_SHOWN = 128 };

struct request {
    struct shared_options shared;
    const char *shown;
    struct objectives of;
    int columns[DOMINANCE_COORDINATES]; /* of the objectives, in the table */
    bool significant, summary;
    int without; /* rows that lack an interval */
    const char *reference;       /* as it is given, or NULL */
    double values[DOMINANCE_COORDINATES]; /* of the reference */
};

/* read_reference: as many numbers as there are objectives. */
static enum status read_reference(struct request *r, struct errmsg *e)
{
    const char *at = r->reference;
    for (int k = 0; k < r->of.K; k++) {
        char *end = NULL;
        r->values[k] = strtod(at, &end);
        if (end == at || !isfinite(r->values[k]) || *end != (k + 1 < r->of.K ? ',' : '\0'))
            return fail(e, STATUS_USAGE, "--reference: `%s` is not a number for each of the %d objectives, with commas between "
                        "them", r->reference, r->of.K);
        at = end + 1;
    }
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
        else if (v == 'r')
            r->reference = optarg;
        else if (v == 'g')
            r->significant = true;
        else if (v == 'S')
            r->summary = true;
        else
            s = objectives_add(&r->of, optarg, v == OPTION_MAX, e);
    }
    objectives_default(&r->of);
    if (s == STATUS_OK && r->reference != NULL)
        s = read_reference(r, e);
    return s != STATUS_OK ? s : options_no_operands(argc, argv, e);
}

static enum status find_columns(const struct table *t, struct request *r, struct errmsg *e)
{
    enum status s = STATUS_OK;
    for (int k = 0; k < r->of.K && s == STATUS_OK; k++)
        s = query_column(r->shared.view, t, r->of.columns[k], &r->columns[k], e);
    return s;
}

/* no_candidates: why there is nothing to compare. */
static enum status no_candidates(const struct table *t, const struct request *r, struct errmsg *e)
{
    if (t->n_rows == 0 && r->shared.where == NULL)
        return fail(e, STATUS_VERDICT, "nothing recorded: no row of the view `%s`", r->shared.view);
    if (t->n_rows == 0)
        return fail(e, STATUS_VERDICT, "no row of the view `%s` satisfies --where \"%s\"", r->shared.view,
                    r->shared.where);
    for (int k = 0; k < r->of.K; k++)
        if (!table_has_value(t, r->columns[k], NULL, 0))
            return fail(e, STATUS_VERDICT, "none of the %d rows has a value for `%s`", t->n_rows, r->of.columns[k]);
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

/* unlike_seeds: whether validation accuracies of points with more and with fewer seeds are compared, though each seed
 * has validation images of its own. */
static bool unlike_seeds(const struct table *t, const struct request *r, const struct candidates *c)
{
    const int seeds = table_column(t, "n");
    for (int k = 0; k < r->of.K; k++)
        if (strcmp(r->of.columns[k], "validation_accuracy") == 0)
            return seeds >= 0 && varies(t, c, seeds);
    return false;
}

static void show_column(struct table_view *view, int *columns, int column)
{
    for (int i = 0; i < view->n_columns; i++)
        if (columns[i] == column)
            return;
    if (column >= 0 && view->n_columns < MAX_SHOWN)
        columns[view->n_columns++] = column;
}

/* name_column: what names a row of the view. */
static int name_column(const struct table *t)
{
    const int point = table_column(t, "point");
    return point >= 0 ? point : table_column(t, "training");
}

/* default_columns: the point or training, what varies, the objectives; the interval of a mean accuracy next to it. */
static void default_columns(const struct table *t, const struct request *r, const struct candidates *c,
                            struct table_view *view, int *columns)
{
    show_column(view, columns, name_column(t));
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
    for (int k = 0; k < r->of.K; k++) {
        show_column(view, columns, r->columns[k]);
        const int low = table_column(t, "test_accuracy_low");
        if (strcmp(r->of.columns[k], "test_accuracy") != 0 || !table_has_value(t, low, c->rows, c->n))
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
    for (int k = 0; k < x->request->of.K; k++)
        if (x->values[k] != y->values[k])
            return (x->values[k] > y->values[k]) == x->request->of.maximise[k] ? -1 : 1;
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
    say(stderr, "%d of %d rows of `%s` are on the front", n_front, c->n, r->shared.view);
    int equal = 0;
    for (int i = 1; i < n_front; i++)
        equal += front[i - 1].task == front[i].task && compare_values(&front[i - 1], &front[i]) == 0;
    if (equal > 0)
        say(stderr, "; %d of these equal another in every objective (add one that tells them apart)", equal);
    const int incomplete = t->n_rows - c->n - c->repeated;
    if (incomplete > 0)
        say(stderr, "; %d left out: no value for an objective", incomplete);
    if (r->significant)
        fputs("; values whose intervals overlap count as equal", stderr);
    if (r->without > 0)
        say(stderr, "; %d values have no interval and count as exact", r->without);
    if (c->repeated > 0)
        say(stderr, "; %d left out: another sweep's row for the same point and seed", c->repeated);
    if (c->n_tasks > 1)
        say(stderr, "; each of %d data sets has a front of its own (--where \"dataset = '...'\" takes one)",
            c->n_tasks);
    putc('\n', stderr);
    if (unlike_tools(t, c))
        fputs("cells and clocks are of different versions of the tools (column synthesis_tools), which map in different "
              "ways: take rows of one version (--where), or synthesise anew\n", stderr);
    if (unlike_seeds(t, r, c))
        fputs("some points have more seeds than others (column n), and each seed has validation images of its own, some of "
              "them easier: take points of equal n (--where \"n = 1\"), or train the seeds that lack\n", stderr);
}

/* ------------------------------------------------------------------- the front as a whole */

/* A data set's rows, and what its front is worth. knee: its row in the table, or -1. */
struct task {
    int first, rows, knee; /* first: a row of the table */
    struct front_facts facts;
};

/* find_task: of the candidates of one data set, in the arrays that have room for all. */
static enum status find_task(const struct candidates *c, const struct request *r, const bool *on, int task, double *values,
                             bool *front, int *rows, struct task *out, struct errmsg *e)
{
    int n = 0;
    for (int i = 0; i < c->n; i++) {
        if (c->tasks[i] != task)
            continue;
        memcpy(values + (size_t)n * (size_t)r->of.K, c->values + (size_t)i * (size_t)r->of.K, (size_t)r->of.K * sizeof *values);
        front[n] = on[i];
        rows[n++] = c->rows[i];
    }
    *out = (struct task){.rows = n, .first = n > 0 ? rows[0] : 0, .knee = -1};
    const enum status s = front_facts(values, n, r->of.K, r->of.maximise, front, r->reference != NULL ? r->values : NULL,
                                      &out->facts, e);
    if (s == STATUS_OK && out->facts.knee >= 0)
        out->knee = rows[out->facts.knee];
    return s;
}

/* find_tasks: n_tasks of them; free. */
static enum status find_tasks(const struct candidates *c, const struct request *r, const bool *on, struct task **out,
                              struct errmsg *e)
{
    double *values = malloc(((size_t)c->n + 1) * (size_t)r->of.K * sizeof *values);
    bool *front = malloc((size_t)c->n * sizeof *front + 1);
    int *rows = malloc(((size_t)c->n + 1) * sizeof *rows);
    struct task *tasks = calloc((size_t)c->n_tasks + 1, sizeof *tasks);
    enum status s = STATUS_OK;
    if (values == NULL || front == NULL || rows == NULL || tasks == NULL)
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->n);
    for (int i = 0; i < c->n_tasks && s == STATUS_OK; i++)
        s = find_task(c, r, on, i, values, front, rows, &tasks[i], e);
    free(values);
    free(front);
    free(rows);
    *out = tasks;
    return s;
}

/* say_facts: on standard error, a line for the knee and one for the hypervolume of each data set. */
static void say_facts(const struct table *t, const struct request *r, const struct task *tasks, int n)
{
    enum { MOST_TASKS = 4 };
    for (int i = 0; i < n && n <= MOST_TASKS; i++) {
        const struct front_facts *f = &tasks[i].facts;
        const struct cell *dataset = table_cell(t, tasks[i].first, table_column(t, "dataset"));
        if (n > 1 && (tasks[i].knee >= 0 || !isnan(f->share))) {
            table_put_text(dataset->text, (size_t)dataset->integer, stderr);
            fputs(":\n", stderr);
        }
        if (tasks[i].knee >= 0)
            say(stderr,
                "knee: %s, the least sum of the objectives, each from 0 (the best of the front) to 1 (the worst)\n",
                table_cell(t, tasks[i].knee, name_column(t))->text);
        if (f->too_long)
            fputs("hypervolume: left out, it would take too long for so many rows and objectives\n", stderr);
        if (isnan(f->share))
            continue;
        say(stderr, "hypervolume: %.6g, %.2f %% of the box from the best values to", f->volume, 100 * f->share);
        for (int k = 0; k < r->of.K; k++)
            say(stderr, "%s %s %.6g", k > 0 ? "," : "", r->of.columns[k], f->reference[k]);
        fputs(r->reference == NULL ? " (the worst of all rows)\n" : "\n", stderr);
    }
    if (n > MOST_TASKS)
        fputs("--summary prints the knee and the hypervolume of each data set\n", stderr);
}

static bool put_text(struct cell *c, const char *text)
{
    *c = (struct cell){.type = CELL_TEXT, .text = strdup(text), .integer = (int64_t)strlen(text)};
    return c->text != NULL;
}

static void put_number(struct cell *c, double v)
{
    if (!isnan(v))
        *c = (struct cell){.type = CELL_REAL, .real = v};
}

static bool put_task(struct table *out, const struct table *t, const struct request *r, const struct task *task)
{
    struct cell *row = table_add(out);
    if (row == NULL)
        return false;
    bool good = put_text(&row[0], table_cell(t, task->first, table_column(t, "dataset"))->text);
    row[1] = (struct cell){.type = CELL_INT, .integer = task->rows};
    row[2] = (struct cell){.type = CELL_INT, .integer = task->facts.front};
    if (task->knee >= 0)
        good = put_text(&row[3], table_cell(t, task->knee, name_column(t))->text) && good;
    put_number(&row[4], task->facts.volume);
    put_number(&row[5], task->facts.share);
    for (int k = 0; k < r->of.K && k < FRONT_FACTS_OBJECTIVES; k++)
        put_number(&row[6 + k], task->facts.reference[k]);
    return good;
}

static enum status print_summary(const struct table *t, const struct request *r, const struct task *tasks, int n,
                                 struct errmsg *e)
{
    enum { FIRST = 6, NAME_BYTES = 96 };
    static const char *const first[FIRST] = {"dataset", "rows", "front", "knee", "hypervolume", "hypervolume_share"};
    char texts[FRONT_FACTS_OBJECTIVES][NAME_BYTES];
    const char *names[FIRST + FRONT_FACTS_OBJECTIVES];
    const struct table_view view = {.bold = cli_colour(STDOUT_FILENO)};
    struct table *out = NULL;
    int n_names = FIRST;
    memcpy(names, first, sizeof first);
    for (int k = 0; k < r->of.K && k < FRONT_FACTS_OBJECTIVES; k++) {
        snprintf(texts[k], NAME_BYTES, "reference_%.80s", r->of.columns[k]);
        names[n_names++] = texts[k];
    }
    enum status s = table_make(names, n_names, &out, e);
    for (int i = 0; i < n && s == STATUS_OK; i++)
        if (!put_task(out, t, r, &tasks[i]))
            s = fail(e, STATUS_ENVIRONMENT, "out of memory for the summary");
    if (s == STATUS_OK)
        s = table_print(out, &view, stdout, r->shared.format, e);
    table_free(out);
    return s;
}

static enum status print_rows(const struct table *t, const struct request *r, const struct candidates *c,
                              const struct order *front, int n_front, struct errmsg *e)
{
    int columns[MAX_SHOWN];
    struct table_view view = {.columns = columns, .bold = cli_colour(STDOUT_FILENO), .n_rows = n_front};
    int *rows = malloc((size_t)n_front * sizeof *rows + 1);
    enum status s = STATUS_OK;
    if (rows == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", n_front);
    if (r->shown == NULL)
        default_columns(t, r, c, &view, columns);
    else
        s = query_columns(r->shared.view, t, r->shown, columns, MAX_SHOWN, &view.n_columns, e);
    for (int i = 0; i < n_front; i++)
        rows[i] = front[i].row;
    view.rows = rows;
    if (s == STATUS_OK)
        s = table_print(t, &view, stdout, r->shared.format, e);
    free(rows);
    return s;
}

static enum status print_front(const struct table *t, const struct request *r, const struct candidates *c,
                               struct errmsg *e)
{
    bool *on = calloc((size_t)c->n + 1, sizeof *on);
    struct order *front = malloc((size_t)c->n * sizeof *front + 1);
    struct task *tasks = NULL;
    enum status s = STATUS_OK;
    int n = 0;

    if (on == NULL || front == NULL) {
        s = fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", c->n);
        goto done;
    }
    if ((s = candidates_front(c, r->of.maximise, on, e)) != STATUS_OK || (s = find_tasks(c, r, on, &tasks, e)) != STATUS_OK)
        goto done;
    for (int i = 0; i < c->n; i++)
        if (on[i])
            front[n++] = (struct order){c->rows[i], c->tasks[i], c->values + (size_t)i * (size_t)r->of.K, r};
    qsort(front, (size_t)n, sizeof *front, by_objectives);
    s = r->summary ? print_summary(t, r, tasks, c->n_tasks, e) : print_rows(t, r, c, front, n, e);
    if (s == STATUS_OK)
        say_front(t, r, c, front, n);
    if (s == STATUS_OK && !r->summary)
        say_facts(t, r, tasks, c->n_tasks);
done:
    free(on);
    free(front);
    free(tasks);
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
        (s = pareto_rows(db, &r.shared, &r.of, r.shown, &t, e)) != STATUS_OK ||
        (s = find_columns(t, &r, e)) != STATUS_OK || (s = candidates_gather(t, r.columns, r.of.K, &c, e)) != STATUS_OK)
        goto done;
    if (r.significant && c.n > 0 && (s = candidates_intervals(t, r.columns, &c, &r.without, e)) != STATUS_OK)
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
    .usage = "[--max COL]... [--min COL]... [--significant] [--summary]\n"
             "[--reference V,...] [--where EXPR] [--sweep SWEEP] [--view VIEW]\n"
             "[--columns COL,COL...] [--json|--json-lines|--csv|--markdown] [--db FILE]",
    .about = "Prints the designs that no other design beats in every objective: the name, the axes that differ "
             "between the compared designs, and the objectives, with the best of the first objective on top. A "
             "row without a value for an objective is left out and counted on standard error. Rows that are "
             "equal in all objectives are all printed. Each data set has a front of its own. An accuracy is that of "
             "the design's training, whichever point and sweep asked for it; the interval beside it is the wider of "
             "two: over seeds, and of sampling the test set. `deltasweep help columns` lists the columns.\n\n"
             "Standard error also has the knee of the front and its hypervolume; docs/front.md says how these and "
             "--significant are defined.",
    .options = options,
    .examples = "deltasweep pareto --where \"fits\"\n"
             "deltasweep pareto --max test_accuracy --max macs_per_second --min lut --csv\n"
             "deltasweep pareto --significant --where \"fits\"",
    .exits = exits,
    .run = run,
};
