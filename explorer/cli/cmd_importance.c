#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/report/importance.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OF = OPTION_MANY + 'o', MOST_OBJECTIVES = 16 };
static const struct option_row options[] = {
    {OF, "of", "COL", "the objective; may be given several times (default: test_accuracy)", NULL},
    {'p', "pairs", NULL, "also which two axes act together: takes longer", NULL},
    {.id = OPTION_WHERE},
    {.id = OPTION_SWEEP},
    {.id = OPTION_VIEW},
    {.id = OPTION_JSON},
    {.id = OPTION_JSON_LINES},
    {.id = OPTION_CSV},
    {.id = OPTION_MARKDOWN},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "the data cannot say it for any of the objectives; the column `note` says why"},
    {2, "wrong usage, a wrong column or expression, or no such database"},
    {0, NULL},
};

struct request {
    struct shared_options shared;
    struct importance_options how;
    int n;
    const char *of[MOST_OBJECTIVES];
};

/* The columns of the answer. */
enum { OBJECTIVE, AXIS, WITH, SHARE, SHARE_ERROR, ALONE, ALONE_ERROR, NOTE, COLUMNS };
static const char *const names[COLUMNS] = {"objective",   "axis",  "acts_with",   "share",
                                           "share_error", "alone", "alone_error", "note"};

static enum status parse(int argc, char **argv, struct request *r, struct errmsg *e)
{
    int v;
    while ((v = options_next(argc, argv, options, &r->shared, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == 'p')
            r->how.pairs = true;
        else if (r->n == MOST_OBJECTIVES)
            return fail(e, STATUS_USAGE, "at most %d objectives", (int)MOST_OBJECTIVES);
        else
            r->of[r->n++] = optarg;
    }
    if (r->n == 0)
        r->of[r->n++] = "test_accuracy";
    return options_no_operands(argc, argv, e);
}

static bool put_text(struct cell *c, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return true;
    c->text = strdup(text);
    c->type = c->text != NULL ? CELL_TEXT : CELL_NULL;
    c->integer = (int64_t)strlen(text);
    return c->text != NULL;
}

/* put_number: to four digits behind the point; the errors are greater than that. */
static void put_number(struct cell *c, double v)
{
    if (!isfinite(v))
        return;
    c->type = CELL_REAL;
    c->real = round(1e4 * v) / 1e4 + 0.0; /* + 0.0: no -0 */
}

static bool put_row(struct table *t, const char *objective, const char *axis, const char *with, double share,
                    double share_error, double alone, double alone_error, const char *note)
{
    struct cell *row = table_add(t);
    if (row == NULL)
        return false;
    put_number(&row[SHARE], share);
    put_number(&row[SHARE_ERROR], share_error);
    put_number(&row[ALONE], alone);
    put_number(&row[ALONE_ERROR], alone_error);
    return put_text(&row[OBJECTIVE], objective) && put_text(&row[AXIS], axis) && put_text(&row[WITH], with) &&
           put_text(&row[NOTE], note);
}

/* put_answer: all axes together, each axis, the pairs. */
static enum status put_answer(struct table *t, const char *objective, const struct importance *i, struct errmsg *e)
{
    bool good = put_row(t, objective, "all axes", NULL, i->explained, i->explained_error, NAN, NAN, i->silent);
    for (int k = 0; k < i->n_factors && good; k++) {
        const struct importance_factor *f = &i->factors[k];
        good = put_row(t, objective, f->name, NULL, f->share, f->share_error, f->alone, f->alone_error, f->note);
    }
    for (int k = 0; k < i->n_pairs && good; k++) {
        const struct importance_pair *p = &i->pairs[k];
        good = put_row(t, objective, i->factors[p->a].name, i->factors[p->b].name, p->share, p->error, NAN, NAN, NULL);
    }
    return good ? STATUS_OK : fail(e, STATUS_ENVIRONMENT, "out of memory for the table");
}

static void tell(const char *objective, const struct importance *i)
{
    say(stderr, "%s: %d row%s", objective, i->n_rows, i->n_rows == 1 ? "" : "s");
    for (int k = 0; k < i->n_remarks; k++)
        say(stderr, "; %s", i->remarks[k]);
    putc('\n', stderr);
}

static enum status add_objective(const struct table *from, const struct request *r, const char *objective,
                                 struct table *answer, bool *silent, struct errmsg *e)
{
    struct importance i = {.n_rows = 0};
    int column = -1;
    enum status s = query_column(r->shared.view, from, objective, &column, e);
    if (s == STATUS_OK)
        s = importance_of(from, column, &r->how, &i, e);
    if (s == STATUS_OK && (s = put_answer(answer, objective, &i, e)) == STATUS_OK)
        tell(objective, &i);
    *silent = *silent && i.silent[0] != '\0';
    importance_free(&i);
    return s;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct request r = {.shared = {.db = DEFAULT_DATABASE, .view = "designs"}};
    const struct table_view view = {.bold = cli_colour(STDOUT_FILENO)};
    struct table *from = NULL, *answer = NULL;
    sqlite3 *db = NULL;
    bool silent = true;

    enum status s = parse(argc, argv, &r, e);
    if (s != STATUS_OK || (s = query_open(r.shared.db, &db, e)) != STATUS_OK ||
        (s = query_rows_of(db, r.shared.view, r.shared.sweep, r.shared.where, &from, e)) != STATUS_OK ||
        (s = table_make(names, COLUMNS, &answer, e)) != STATUS_OK)
        goto done;
    for (int k = 0; k < r.n && s == STATUS_OK; k++)
        s = add_objective(from, &r, r.of[k], answer, &silent, e);
    if (s == STATUS_OK)
        s = table_print(answer, r.shared.format == TABLE_TEXT ? &view : NULL, stdout, r.shared.format, e);
    if (s == STATUS_OK && silent)
        s = fail(e, STATUS_VERDICT, "the data cannot say which axis matters: the column `note` says why");
done:
    table_free(from);
    table_free(answer);
    sqlite3_close(db);
    return s;
}

const struct command command_importance = {
    .name = "importance",
    .summary = "how much each axis matters for an objective, with its error",
    .usage = "[--of COL]... [--pairs] [--where EXPR] [--sweep SWEEP] [--view VIEW]\n"
             "[--json|--json-lines|--csv|--markdown] [--db FILE]",
    .about = "Prints two shares of the objective's variance for each axis that varies, with the half width "
             "of their 95 % intervals. `share` is what is lost if this axis alone is unknown; `alone` is "
             "what this axis tells if it alone is known. `share` is greater where axes act together, `alone` "
             "where they change together. The row `all axes` is what a forest of regression trees predicts "
             "of rows that it has not seen; the rest is noise, or was not learned. A code or network that "
             "differs from layer to layer has a row for each layer. What the data cannot say has no figure, "
             "and the note says why. docs/importance.md explains the method.",
    .options = options,
    .examples = "deltasweep importance\n"
                "deltasweep importance --of test_accuracy --of lut --pairs --where \"scheme <> 'float'\" --csv",
    .exits = exits,
    .run = run,
};
