#include "base/json.h"
#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/report/compare.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row options[] = {
    {OPERAND, "A", NULL, "the name of a sweep, as `list` prints it, or of a point, or its beginning; without it all sweeps are "
     "compared", NULL},
    {OPERAND, "B", NULL, "the sweep or point to compare it with (default: A in the other database)", NULL},
    {'o', "other", "FILE", "the database of B (default: that of A)", NULL},
    {'f', "figure", "COLUMN", "what to compare, a column of `results` (default: test_accuracy)", NULL},
    {.id = OPTION_JSON, .help = "print one object: differs, pairs, figures, only_a, only_b, n, mean_difference, ci95"},
    {.id = OPTION_JSON_LINES, .help = "print the pairs of two sweeps, or the figures of two points: JSON, an object a line"},
    {.id = OPTION_CSV, .help = "the same as comma-separated values with a header and all digits; NULL is empty"},
    {.id = OPTION_MARKDOWN, .help = "the same as a Markdown table"},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "A and B have no point in common"},
    {2, "wrong usage, no such sweep, point or column, or no such database"},
    {0, NULL},
};

static enum status print_json(const struct comparison *c)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    table_put_json(c->differs, "differs", &j);
    table_put_json(c->pairs, "pairs", &j);
    table_put_json(c->figures, "figures", &j);
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
    say(stdout, "%s\n", title);
    const enum status st = table_print(t, &view, stdout, TABLE_TEXT, e);
    putchar('\n');
    return st;
}

/* print_figures: those that differ; how many do not, on standard error. */
static enum status print_figures(const struct table *t, struct errmsg *e)
{
    const int difference = table_column(t, "difference");
    int *rows = malloc(((size_t)t->n_rows + 1) * sizeof *rows);
    struct table_view view = {.rows = rows, .bold = cli_colour(1)};
    if (rows == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    for (int i = 0; i < t->n_rows; i++)
        if (table_cell(t, i, difference)->real != 0)
            rows[view.n_rows++] = i;
    enum status st = STATUS_OK;
    if (view.n_rows > 0) {
        puts("Figures, B - A:");
        st = table_print(t, &view, stdout, TABLE_TEXT, e);
        putchar('\n');
    }
    if (view.n_rows < t->n_rows)
        say(stderr, "%d more figures are equal in both (--json has them)\n", t->n_rows - view.n_rows);
    free(rows);
    return st;
}

static enum status print_text(const struct comparison *c, const char *column, bool points, struct errmsg *e)
{
    enum status st = print_part("What differs throughout:", c->differs, e);
    if (st == STATUS_OK && !points)
        st = print_part("Points that both have:", c->pairs, e);
    if (st == STATUS_OK)
        st = print_figures(c->figures, e);
    if (points)
        return st;
    if (st == STATUS_OK)
        st = print_part("Points that only A has:", c->only_a, e);
    if (st == STATUS_OK)
        st = print_part("Points that only B has:", c->only_b, e);
    if (c->n > 0 && isfinite(c->ci95))
        say(stdout, "%s, B - A: %+.5g ± %.2g (95 %%), the mean over %d points\n", column, c->mean, c->ci95, c->n);
    else if (c->n > 0)
        say(stdout, "%s, B - A: %+.5g, one point\n", column, c->mean);
    return st;
}

static enum status print(const struct comparison *c, const char *column, bool points, enum table_format format,
                         struct errmsg *e)
{
    if (format == TABLE_JSON)
        return print_json(c);
    if (format == TABLE_TEXT)
        return print_text(c, column, points, e);
    return table_print(points ? c->figures : c->pairs, NULL, stdout, format, e);
}

/* find_side: what the word names: a sweep, or else a point, whose name then stands in `point`. */
static enum status find_side(const char *word, struct compare_side *s, char point[80], struct errmsg *e)
{
    struct table *found = NULL;
    long long id = 0;
    if (word == NULL)
        return STATUS_OK;
    char *sql = sqlite3_mprintf("SELECT 1 FROM sweeps WHERE name = %Q", word);
    enum status st = sql == NULL ? fail(e, STATUS_ENVIRONMENT, "out of memory") : query_table(s->db, sql, &found, e);
    sqlite3_free(sql);
    const bool is_sweep = st == STATUS_OK && found->n_rows > 0;
    const bool like_point = strspn(word + (word[0] == 'p'), "0123456789abcdefABCDEF") == strlen(word + (word[0] == 'p'));
    table_free(found);
    s->sweep = word;
    if (st != STATUS_OK || is_sweep || !like_point)
        return st;
    if ((st = query_point(s->db, word, &id, e)) != STATUS_OK)
        return st;
    char name[64];
    snprintf(name, sizeof name, "SELECT point FROM points WHERE id = %lld", id);
    if ((st = query_table(s->db, name, &found, e)) == STATUS_OK && found->n_rows == 1)
        snprintf(point, 80, "%s", table_cell(found, 0, 0)->text);
    table_free(found);
    s->sweep = NULL;
    s->point = point;
    return st;
}

static enum status compare(const struct compare_side given[2], const char *const words[2], const char *column,
                           enum table_format format, struct errmsg *e)
{
    char points[2][80];
    struct compare_side sides[2] = {given[0], given[1]};
    struct comparison c;
    enum status st = find_side(words[0], &sides[0], points[0], e);
    if (st == STATUS_OK)
        st = find_side(words[1], &sides[1], points[1], e);
    const bool both = sides[0].point != NULL && sides[1].point != NULL;
    if (st == STATUS_OK && !both && (sides[0].point != NULL || sides[1].point != NULL))
        st = fail(e, STATUS_USAGE, "`%s` is a sweep and `%s` a point: name two of a kind",
                  words[sides[0].point != NULL], words[sides[0].point == NULL]);
    if (st != STATUS_OK || (st = compare_sides(&sides[0], &sides[1], column, &c, e)) != STATUS_OK)
        return st;
    st = print(&c, column, both, format, e);
    if (st == STATUS_OK && c.pairs->n_rows == 0)
        st = fail(e, STATUS_VERDICT,
                  "A and B have no point in common: no two of their points agree in all axes that vary");
    compare_free(&c);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    const char *column = "test_accuracy", *other = NULL;
    struct compare_side sides[2] = {{0}, {0}};
    int v;
    while ((v = options_next(argc, argv, options, &asked, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        *(v == 'o' ? &other : &column) = optarg;
    }
    const int n = argc - optind;
    if (n > 2 || (n < 2 && other == NULL))
        return fail(e, STATUS_USAGE,
                    "name two sweeps or two points: deltasweep compare A B; or another database: --other FILE");
    const char *words[2] = {n > 0 ? argv[optind] : NULL, n > 1 ? argv[optind + 1] : n > 0 ? argv[optind] : NULL};
    enum status st = query_open(asked.db, &sides[0].db, e);
    if (st == STATUS_OK)
        st = query_open(other != NULL ? other : asked.db, &sides[1].db, e);
    if (st == STATUS_OK)
        st = compare(sides, words, column, asked.format, e);
    sqlite3_close(sides[0].db);
    sqlite3_close(sides[1].db);
    return st;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "two sweeps or two points side by side",
    .usage = "[A [B]] [--other FILE] [--figure COLUMN]\n[--json|--json-lines|--csv|--markdown] [--db FILE]",
    .about = "Compares two sweeps or two points, of one database or of two. What differs throughout are the "
             "axes that have one value on each side, but not the same one (epochs 10 and 20). Points that "
             "agree in all other axes are pairs. For each pair it prints both figures, their difference B - "
             "A and the half width of the 95 % interval of this difference. Where both sides have two or "
             "more equal seeds, the interval is Student's t of the differences seed by seed; else it is that "
             "of the two means (Welch). Then comes the mean difference of every figure that was measured on "
             "both sides: of two points over their seeds, of two sweeps over their pairs. The column `over` "
             "says over what: `exact` is a figure that no seed changes. Last come the points that only one "
             "sweep has.",
    .options = options,
    .examples = "deltasweep compare bits bits-long\n"
                "deltasweep compare p3f2a91c04d p8de7\n"
                "deltasweep compare bits --other laptop.db --figure deployed_accuracy",
    .exits = exits,
    .run = run,
};
