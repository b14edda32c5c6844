#include "base/say.h"
#include "db/columns.h"
#include "explorer/cli/cli.h"
#include "explorer/cli/objectives.h"
#include "explorer/report/dominators.h"
#include "explorer/report/query.h"
#include "models/fpga/device/resources.h"
#include "models/point/axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {.id = OPERAND_POINT},
    {.id = OPTION_MAX},
    {.id = OPTION_MIN},
    {.id = OPTION_JSON, .help = "print one object: designs, runs, epochs, checks, inferences, timing, vivado, jobs, dominated, "
     "dominated_by"},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, no such point or several, no such column, or no such database"},
    {0, NULL},
};

/* All that is read of a point. */
enum part { DESIGNS, RUNS, EPOCHS, CHECKS, INFERENCES, TIMING, VIVADO, JOBS, PARTS };

static const struct {
    const char *name;
    const char *sql; /* %lld: the point's row id */
} parts[PARTS] = {
    {"designs", "SELECT d.* FROM designs d JOIN points p ON p.point = d.point WHERE p.id = %lld"},
    {"runs", "SELECT r.* FROM results r JOIN points p ON p.point = r.point WHERE p.id = %lld ORDER BY r.sweep, r.seed"},
    {"epochs",
     "SELECT DISTINCT r.seed, e.epoch, e.loss, e.train_accuracy, e.validation_accuracy, e.test_accuracy, e.seconds "
     "FROM runs r JOIN epochs e ON e.job = r.train_job WHERE r.point = %lld ORDER BY r.seed, e.epoch"},
    {"checks", "SELECT DISTINCT r.seed, c.vectors, c.trained_vectors, c.mismatches, c.cycles_per_dot, c.clocks, "
               "c.lockstep_clocks, c.clocks_per_second, c.lockstep_clocks_per_second, c.first_where, c.first_vector, "
               "c.first_clock, c.first_expected, c.first_got FROM runs r JOIN checks c ON c.job = r.check_job "
               "WHERE r.point = %lld ORDER BY r.seed"},
    {"inferences", "SELECT DISTINCT r.seed, i.images, i.right, i.mismatches, i.schedule_agrees, i.lockstep_images, "
                   "i.cycles_per_inference, i.cycles_latency, i.clocks, i.lockstep_clocks, i.clocks_per_second, "
                   "i.lockstep_clocks_per_second, i.first_image, i.first_where FROM runs r "
                   "JOIN accelerator_checks i ON i.job = r.check_job WHERE r.point = %lld ORDER BY r.seed"},
    {"timing",
     "SELECT y.critical_path_ns, y.path_from, y.path_to FROM points p JOIN syntheses y ON y.job = p.synth_job "
     "WHERE p.id = %lld"},
    {"vivado", "SELECT v.* FROM vivado v JOIN points p ON p.point = v.point WHERE p.id = %lld ORDER BY v.id"},
    {"jobs", "SELECT DISTINCT j.kind, j.state, j.seconds, j.attempts, j.git_revision, j.tools, "
             "substr(j.rtl_digest, 1, 12) AS rtl, j.host, j.finished, substr(j.digest, 1, 10) AS job, j.digest, "
             "j.message FROM points p LEFT JOIN runs r ON r.point = p.id "
             "JOIN jobs j ON j.digest IN (r.train_job, r.check_job, p.build_job, p.synth_job) WHERE p.id = %lld "
             "ORDER BY j.kind, j.label, j.digest"},
};

static enum status read_parts(sqlite3 *db, long long id, struct table *tables[PARTS], struct errmsg *e)
{
    char sql[1024];
    for (int i = 0; i < PARTS; i++) {
        sqlite3_snprintf(sizeof sql, sql, parts[i].sql, id);
        const enum status s = query_table(db, sql, &tables[i], e);
        if (s != STATUS_OK)
            return s;
    }
    return STATUS_OK;
}

/* ---- text ---- */

static void print_value(const struct cell *c, const char *unit, FILE *f)
{
    if (c->type == CELL_TEXT)
        table_put_text(c->text, (size_t)c->integer, f);
    else if (c->type == CELL_INT)
        fprintf(f, "%lld", (long long)c->integer);
    else if (unit != NULL && strcmp(unit, "fraction") == 0)
        fprintf(f, "%.2f %%", 100.0 * cell_number(c));
    else if (fabs(cell_number(c)) >= 1e5)
        fprintf(f, "%.0f", cell_number(c));
    else
        fprintf(f, "%.5g", cell_number(c));
    if (unit != NULL && unit[0] != '\0' && strcmp(unit, "fraction") != 0)
        fprintf(f, " %s", unit);
}

/* is_answer: 1 is yes, 0 is no. */
static bool is_answer(const struct view_column *c)
{
    const int a = axis_find(c->name);
    return c->group == SHOW_ANSWERS || strcmp(c->name, "estimated_fits") == 0 ||
           (a >= 0 && axis_at((enum axis_id)a)->kind == AXIS_FLAGS);
}

/* title_width: of the longest title in the lists of print_group that has a value. */
static int title_width(const struct table *t)
{
    int n, width = 26;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++) {
        const int column = table_column(t, columns[i].name), length = (int)strlen(columns[i].title);
        if (column >= 0 && table_cell(t, 0, column)->type != CELL_NULL && length > width)
            width = length;
    }
    return width;
}

/* print_group: a line for each column of the group that has a value in the first row of t; above the first of them the
 * title, if there is one. */
static void print_group(const struct table *t, enum column_group group, const char *title)
{
    int n;
    const int width = title_width(t);
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++) {
        const struct view_column *c = &columns[i];
        const int column = c->group == group ? table_column(t, c->name) : -1;
        if (column < 0 || table_cell(t, 0, column)->type == CELL_NULL)
            continue;
        if (title != NULL)
            say(stdout, "\n%s\n", title);
        title = NULL;
        say(stdout, "  %-*s ", width, c->title);
        if (is_answer(c))
            fputs(table_cell(t, 0, column)->integer != 0 ? "yes" : "no", stdout);
        else
            print_value(table_cell(t, 0, column), c->unit, stdout);
        putchar('\n');
    }
}

/* print_share: how much of the device is used: "  DSP48E1  20  100.0 %  ####". used: a column, or NULL. */
static void print_share(const struct table *t, const char *title, const char *used, const char *share_column)
{
    enum { BAR = 25 };
    const double share = cell_number(table_cell(t, 0, table_column(t, share_column)));
    if (isnan(share))
        return;
    say(stdout, "  %-14s ", title);
    if (used != NULL)
        say(stdout, "%8lld", (long long)table_cell(t, 0, table_column(t, used))->integer);
    else
        say(stdout, "%8s", "");
    say(stdout, "  %6.1f %%  ", 100.0 * share);
    const int full = share >= 1.0 ? BAR : (int)(BAR * share + (share > 0.0 ? 0.999 : 0.0));
    for (int k = 0; k < BAR; k++)
        putchar(k < full ? '#' : '.');
    puts(share > 1.0 ? " over" : "");
}

static void print_fit(const struct table *t)
{
    const struct cell *fits = table_cell(t, 0, table_column(t, "fits"));
    const struct cell *binding = table_cell(t, 0, table_column(t, "binding_resource"));
    const struct cell *weights = table_cell(t, 0, table_column(t, "weights_utilisation"));
    int n;
    const struct share_kind *shares = share_kinds(&n);
    if (fits->type == CELL_NULL && weights->type == CELL_NULL)
        return;
    say(stdout, "\nfit on %s: %s%s%s\n", table_cell(t, 0, table_column(t, "device"))->text,
        fits->type == CELL_NULL ? "the logic is not synthesised"
        : fits->integer != 0    ? "yes"
                                : "no",
        binding->type == CELL_TEXT ? "; fullest: " : "", binding->type == CELL_TEXT ? binding->text : "");
    for (int i = 0; i < n; i++) {
        char column[64];
        snprintf(column, sizeof column, "%s_utilisation", shares[i].name);
        print_share(t, shares[i].title, shares[i].column, column);
    }
    print_share(t, "weights (bit)", "weight_storage_bits", "weights_utilisation");
    print_group(t, SHOW_FIT, NULL);
    print_group(t, SHOW_ANSWERS, NULL);
}

/* last_rows: of a table in the order of its seeds, the last rows of each seed; all rows if `last` is 0. Returns how
 * many. */
static int last_rows(const struct table *t, int last, int *rows)
{
    const int seed = table_column(t, "seed");
    int n = 0;
    for (int i = 0; i < t->n_rows; i++) {
        const int later = i + last; /* of the same seed: then row i is not among the last */
        if (last > 0 && later < t->n_rows && table_cell(t, later, seed)->integer == table_cell(t, i, seed)->integer)
            continue;
        rows[n++] = i;
    }
    return n;
}

enum { MOST_COLUMNS = 32 };

/* print_table: under a title, the columns of the list (NULL ends it) that have a value in some row; last: see
 * last_rows. */
static enum status print_table(const struct table *t, const char *title, const char *const *names, int last,
                               struct errmsg *e)
{
    int columns[MOST_COLUMNS];
    enum status s = STATUS_OK;
    int *rows = malloc((size_t)t->n_rows * sizeof *rows + 1);
    if (rows == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    struct table_view view = {.columns = columns, .rows = rows, .n_rows = last_rows(t, last, rows)};
    for (; *names != NULL && view.n_columns < MOST_COLUMNS; names++) {
        const int column = table_column(t, *names);
        if (table_has_value(t, column, rows, view.n_rows))
            columns[view.n_columns++] = column;
    }
    if (view.n_columns > 0) {
        say(stdout, "\n%s\n", title);
        s = table_print(t, &view, stdout, TABLE_TEXT, e);
    }
    free(rows);
    return s;
}

/* print_runs: what differs from seed to seed. */
static enum status print_runs(const struct table *t, struct errmsg *e)
{
    const char *names[MOST_COLUMNS + 1] = {NULL};
    int n, listed = 0;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n && listed < MOST_COLUMNS; i++) {
        const struct view_column *c = &columns[i];
        const bool of_training = c->group == SHOW_ACCURACY || c->group == SHOW_TRAINING;
        if (c->group == SHOW_RUNS || (of_training && c->seeds == SEEDS_MEAN))
            names[listed++] = c->name;
    }
    return print_table(t, "runs", names, 0, e);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void print_head(const struct table *designs, const char *point)
{
    static const char *const columns[] = {"sweeps", "training"}, *const titles[] = {"of", "training"};
    say(stdout, "point %s", point);
    for (int i = 0; i < 2 && designs->n_rows > 0; i++) {
        const struct cell *cell = table_cell(designs, 0, table_column(designs, columns[i]));
        if (cell->type != CELL_TEXT)
            continue;
        say(stdout, "  %s ", titles[i]);
        table_put_text(cell->text, (size_t)cell->integer, stdout);
    }
    putchar('\n');
}

/* print_hardware: d has a row. */
static void print_hardware(const struct table *d, const struct table *timing)
{
    const struct cell *engine = table_cell(d, 0, table_column(d, "engine"));
    print_group(d, SHOW_HARDWARE, engine->type == CELL_TEXT ? engine->text : "hardware");
    print_group(d, SHOW_SPEED, column_group_title(SHOW_SPEED));
    const struct cell *from = timing->n_rows > 0 ? table_cell(timing, 0, table_column(timing, "path_from")) : NULL;
    const struct cell *to = timing->n_rows > 0 ? table_cell(timing, 0, table_column(timing, "path_to")) : NULL;
    if (from != NULL && from->type == CELL_TEXT && to->type == CELL_TEXT)
        say(stdout, "  %-*s %s to %s\n", title_width(d), "critical path, its ends", from->text, to->text);
    print_group(d, SHOW_ESTIMATE, column_group_title(SHOW_ESTIMATE));
    print_fit(d);
}

static enum status print_checks(struct table *const t[PARTS], struct errmsg *e)
{
    enum status s = print_table(t[CHECKS], "RTL against the integer definition",
                                NAMES("seed", "vectors", "trained_vectors", "mismatches", "lockstep_clocks",
                                      "first_where", "first_vector", "first_clock", "first_expected", "first_got"),
                                0, e);
    if (s == STATUS_OK)
        s = print_table(t[INFERENCES], "RTL against the integer network",
                        NAMES("seed", "images", "right", "mismatches", "schedule_agrees", "lockstep_images",
                              "cycles_per_inference", "cycles_latency", "first_image", "first_where"),
                        0, e);
    if (s == STATUS_OK)
        s = print_table(t[VIVADO], "Vivado's reports, beside the estimate",
                        NAMES("imported", "tool_version", "part", "vivado_lut", "lut", "vivado_ff", "ff", "vivado_dsp",
                              "dsp", "vivado_ramb18", "ramb18", "vivado_fmax_mhz", "fmax_mhz", "vivado_power_mw"),
                        0, e);
    return s;
}

/* What the point is beside all others. */
struct beside {
    enum standing standing;
    struct table *dominators; /* NULL: none */
};

/* print_standing: whether it is on the front, and if not, what of the front beats it, and by how much. */
static enum status print_standing(const struct beside *b, const struct objectives *o, struct errmsg *e)
{
    enum { MOST = 10 };
    const int n = b->dominators == NULL ? 0 : b->dominators->n_rows;
    int rows[MOST] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const struct table_view view = {.rows = rows, .n_rows = n < MOST ? n : MOST};
    if (b->standing == STANDING_UNKNOWN)
        return STATUS_OK;
    fputs(n == 0 ? "\non the front of" : "\nbeaten in", stdout);
    for (int k = 0; k < o->K; k++)
        say(stdout, "%s %s (%s)", k > 0 ? "," : "", o->columns[k],
            o->maximise[k] ? "more is better" : "less is better");
    if (n == 0) {
        puts(": no other design beats it");
        return STATUS_OK;
    }
    puts(", by these designs of the front:");
    const enum status s = table_print(b->dominators, &view, stdout, TABLE_TEXT, e);
    if (n > MOST)
        say(stdout, "and %d more\n", n - MOST);
    return s;
}

static enum status print_text(struct table *const t[PARTS], const char *point, const struct beside *b,
                              const struct objectives *o, struct errmsg *e)
{
    const struct table *d = t[DESIGNS];
    print_head(d, point);
    if (d->n_rows > 0) {
        print_group(d, SHOW_NETWORK, column_group_title(SHOW_NETWORK));
        print_group(d, SHOW_CODE, column_group_title(SHOW_CODE));
        print_group(d, SHOW_TRAINING, column_group_title(SHOW_TRAINING));
        print_group(d, SHOW_ACCURACY, column_group_title(SHOW_ACCURACY));
    }
    enum status s = print_runs(t[RUNS], e);
    if (s == STATUS_OK)
        s = print_table(
            t[EPOCHS], "last epochs of each seed",
            NAMES("seed", "epoch", "loss", "train_accuracy", "validation_accuracy", "test_accuracy", "seconds"), 3, e);
    if (s != STATUS_OK)
        return s;
    if (d->n_rows > 0)
        print_hardware(d, t[TIMING]);
    if ((s = print_checks(t, e)) != STATUS_OK || (s = print_standing(b, o, e)) != STATUS_OK)
        return s;
    return print_table(
        t[JOBS], "made by",
        NAMES("kind", "state", "seconds", "git_revision", "rtl", "finished", "job", "message", "tools"), 0, e);
}

/* ---- JSON ---- */

static void print_json(struct table *const t[PARTS], const char *point, const struct beside *b)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    json_put_text(&j, "point", point);
    for (int i = 0; i < PARTS; i++)
        table_put_json(t[i], parts[i].name, &j);
    if (b->standing == STANDING_UNKNOWN)
        json_put_null(&j, "dominated");
    else
        json_put_bool(&j, "dominated", b->standing == STANDING_DOMINATED);
    if (b->dominators != NULL)
        table_put_json(b->dominators, "dominated_by", &j);
    else
        json_put_null(&j, "dominated_by");
    json_put_close(&j);
}

static enum status parse(int argc, char **argv, struct shared_options *asked, struct objectives *o, struct errmsg *e)
{
    int v;
    while ((v = options_next(argc, argv, options, asked, e)) != OPTIONS_END)
        if (v == OPTIONS_BAD || objectives_add(o, optarg, v == OPTION_MAX, e) != STATUS_OK)
            return STATUS_USAGE;
    objectives_default(o);
    return argc - optind == 1 ? STATUS_OK : fail(e, STATUS_USAGE, "show takes one point (see `deltasweep show --help`)");
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct shared_options asked = {.db = DEFAULT_DATABASE};
    struct table *tables[PARTS] = {NULL}, *name = NULL;
    struct beside beside = {STANDING_UNKNOWN, NULL};
    struct objectives of = {0};
    sqlite3 *db = NULL;
    char sql[96];
    long long id = 0;

    if (parse(argc, argv, &asked, &of, e) != STATUS_OK)
        return STATUS_USAGE;
    enum status s = query_open(asked.db, &db, e);
    if (s != STATUS_OK || (s = query_point(db, argv[optind], &id, e)) != STATUS_OK)
        goto done;
    snprintf(sql, sizeof sql, "SELECT point FROM points WHERE id = %lld", id);
    if ((s = query_table(db, sql, &name, e)) != STATUS_OK || (s = read_parts(db, id, tables, e)) != STATUS_OK)
        goto done;
    const char *point = name->n_rows == 1 ? table_cell(name, 0, 0)->text : argv[optind];
    if (tables[DESIGNS]->n_rows > 0 && (s = dominators_find(db, tables[DESIGNS], of.columns, of.maximise, of.K,
                                                            &beside.standing, &beside.dominators, e)) != STATUS_OK)
        goto done;
    if (asked.format == TABLE_JSON)
        print_json(tables, point, &beside);
    else
        s = print_text(tables, point, &beside, &of, e);
done:
    table_free(beside.dominators);
    for (int i = 0; i < PARTS; i++)
        table_free(tables[i]);
    table_free(name);
    sqlite3_close(db);
    return s;
}

const struct command command_show = {
    .name = "show",
    .summary = "everything that is recorded of one point",
    .usage = "POINT [--max COL]... [--min COL]... [--json] [--db FILE]",
    .about = "Prints everything that is recorded about one point: its axes, the storage of its weights, the "
             "accuracy of every seed, whichever hardware it was trained with, the clocks, speed and fit of its hardware, the last epochs of its "
             "training, the designs of the front that beat it and by how much, and the jobs that produced all this, with their tools. "
             "The front is that of its data set, over --max and --min. Text leaves out what was not "
             "measured; JSON has null.",
    .options = options,
    .examples = "deltasweep show p3f2a91c04d\n"
             "deltasweep show 3f2 --max test_accuracy --min lut\n"
             "deltasweep show 3f2 --json > point.json",
    .exits = exits,
    .run = run,
};
