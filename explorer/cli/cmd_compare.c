#include "base/json.h"
#include "explorer/cli/cli.h"
#include "explorer/report/compare.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>

static const struct option_row options[] = {
    {OPERAND, "A", NULL, "the name of a sweep, as `list` prints it; without it all sweeps are compared", NULL},
    {OPERAND, "B", NULL, "the sweep to compare it with (default: A in the other database)", NULL},
    {'o', "other", "FILE", "the database of B (default: that of A)", NULL},
    {'f', "figure", "COLUMN", "what to compare, a column of `results` (default: test_accuracy)", NULL},
    {.id = OPTION_JSON, .help = "print one object: differs, pairs, only_a, only_b, n, mean_difference, ci95"},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "they have no point in common"},
    {2, "wrong usage, no such sweep or column, or no such database"},
    {0, NULL},
};

static enum status print_json(const struct comparison *c)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    table_put_json(c->differs, "differs", &j);
    table_put_json(c->pairs, "pairs", &j);
    table_put_json(c->only_a, "only_a", &j);
    table_put_json(c->only_b, "only_b", &j);
    json_put_int(&j, "n", c->n);
    json_put_real(&j, "mean_difference", c->mean);
    json_put_real(&j, "ci95", c->ci95);
    json_put_close(&j);
    return STATUS_OK;
}

/* print_part: a table below its title, if it has rows. */
static enum status print_part(const char *title, const struct table *t, struct errmsg *e)
{
    const struct table_view view = {.bold = cli_colour(1)};
    if (t->n_rows == 0)
        return STATUS_OK;
    printf("%s\n", title);
    const enum status st = table_print(t, &view, stdout, TABLE_TEXT, e);
    putchar('\n');
    return st;
}

static enum status print_text(const struct comparison *c, const char *column, struct errmsg *e)
{
    enum status st = print_part("What differs throughout:", c->differs, e);
    if (st == STATUS_OK)
        st = print_part("Points that both have:", c->pairs, e);
    if (st == STATUS_OK)
        st = print_part("Points that only A has:", c->only_a, e);
    if (st == STATUS_OK)
        st = print_part("Points that only B has:", c->only_b, e);
    if (c->n > 0 && isfinite(c->ci95))
        printf("%s, B - A: %+.5g ± %.2g (95 %%), the mean over %d points\n", column, c->mean, c->ci95, c->n);
    else if (c->n > 0)
        printf("%s, B - A: %+.5g, one point\n", column, c->mean);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    const char *column = "test_accuracy", *other = NULL;
    struct compare_side a = {0}, b = {0};
    struct comparison c;
    int v;
    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        *(v == 'o' ? &other : &column) = optarg;
    }
    const int n = argc - optind;
    if (n > 2 || (n < 2 && other == NULL))
        return fail(e, STATUS_USAGE, "name two sweeps: deltasweep compare A B; or another database: --other FILE");
    a.sweep = n > 0 ? argv[optind] : NULL;
    b.sweep = n > 1 ? argv[optind + 1] : a.sweep;
    enum status st = query_open(asked.db, &a.db, e);
    if (st == STATUS_OK)
        st = query_open(other != NULL ? other : asked.db, &b.db, e);
    if (st == STATUS_OK && (st = compare_sides(&a, &b, column, &c, e)) == STATUS_OK) {
        st = asked.format == TABLE_JSON ? print_json(&c) : print_text(&c, column, e);
        if (st == STATUS_OK && c.pairs->n_rows == 0)
            st = fail(e, STATUS_VERDICT, "they have no point in common: no two points agree in all axes that vary");
        compare_free(&c);
    }
    sqlite3_close(a.db);
    sqlite3_close(b.db);
    return st;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "two sweeps side by side",
    .usage = "[A [B]] [--other FILE] [--figure COLUMN] [--json] [--db FILE]",
    .about = "Compares two sweeps, of one database or of two. Axes that have one value in each sweep and not the same "
             "(epochs "
             "10 and 20) are what differs; points that agree in all others are pairs. Prints both figures of each "
             "pair, their "
             "difference B - A and the half width of its 95 % interval: over common seeds, seed by seed, where there "
             "are two "
             "or more, else of the means (Welch). Then the points that only one has.",
    .options = options,
    .examples = "deltasweep compare bits bits-long\n"
                "deltasweep compare bits --other laptop.db --figure deployed_accuracy",
    .exits = exits,
    .run = run,
};
