#include "base/say.h"
#include "explorer/cli/cli.h"
#include "explorer/report/fit.h"
#include "explorer/cli/onepoint.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/points.h"
#include "explorer/report/query.h"
#include "explorer/report/select.h"
#include "explorer/cli/stored.h"
#include "explorer/jobs/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {OPERAND, "SWEEP.yaml", NULL, "every point of this sweep file", NULL},
    {.id = OPERAND_POINT, .help = "a point of the database; options change it. Without SWEEP.yaml and POINT, "
         "the options describe the point, and its engine is the accelerator unless --engine is given"},
    {.id = OPTION_WHERE},
    {ONEPOINT_ORDER, "order", "LIST", "print the rows in this order: SQL, for example \"test_accuracy DESC, fill\"", NULL},
    {ONEPOINT_COLUMNS, "columns", "COL,...",
     "print these columns instead of the most important ones; --json, --json-lines and --csv have all", NULL},
    {.id = OPTION_JSON},
    {.id = OPTION_JSON_LINES},
    {.id = OPTION_CSV},
    {.id = OPTION_MARKDOWN},
    {.id = OPTION_DB, .help = "the database that has POINT, and the accuracies of trainings (default: deltasweep.db, if "
         "it is there)"},
    {.id = OPTIONS_OF_POINT},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "something fits its device, or may fit it"},
    {1, "nothing fits, or nothing satisfies --where"},
    {2, "wrong usage, or no such point or database"},
    {3, "a bad sweep file"},
    {0, NULL},
};

static bool is_sweep_file(const char *name)
{
    const char *end = strrchr(name, '.');
    return strchr(name, '/') != NULL || (end != NULL && (strcmp(end, ".yaml") == 0 || strcmp(end, ".yml") == 0));
}

/* read_point: a point of the database, as the options change it. */
static enum status read_point(const char *point, struct onepoint *o, struct errmsg *e)
{
    sqlite3 *db = NULL;
    struct sweep *sweep = NULL;
    enum status st = query_open(o->shared.db, &db, e);
    if (st == STATUS_OK)
        st = stored_sweep(db, point, "fit", &sweep, e);
    sqlite3_close(db);
    return st == STATUS_OK ? onepoint_change(o, sweep, e) : st;
}

/* devices_of: the point on every device there is. */
static enum status devices_of(const struct sweep *s, const struct point *p, struct points **out, struct errmsg *e)
{
    int n_devices = 0;
    const struct device *devices = device_list(&n_devices);
    enum status st = STATUS_OK;
    struct point *all = calloc((size_t)n_devices, sizeof *all);
    if (all == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    for (int i = 0; i < n_devices && st == STATUS_OK; i++)
        st = fit_on(p, &devices[i], &all[i], e);
    if (st == STATUS_OK)
        return points_given(s, all, n_devices, out, e);
    free(all);
    return st;
}

/* print: the chosen columns; else of one point what its devices have, of several what tells them apart; CSV and JSON have
 * every column. */
static enum status print(const struct table *t, bool single, const struct onepoint *o, struct errmsg *e)
{
    int columns[FIT_MOST_COLUMNS];
    struct table_view view = {.columns = columns, .bold = cli_colour(1)};
    const enum table_format format = o->shared.format;
    enum status st = STATUS_OK;
    if (o->columns != NULL)
        st = query_columns("fit", t, o->columns, columns, FIT_MOST_COLUMNS, &view.n_columns, e);
    else
        view.n_columns = fit_shown(t, single, columns);
    const bool all = o->columns == NULL && format != TABLE_TEXT && format != TABLE_MARKDOWN;
    return st == STATUS_OK ? table_print(t, all ? NULL : &view, stdout, format, e) : st;
}

/* add_accuracies: of the trainings that the database has. The usual one need not be there, and may be an older one. */
static enum status add_accuracies(struct table *t, const char *path, struct errmsg *e)
{
    const bool usual = strcmp(path, DEFAULT_DATABASE) == 0;
    sqlite3 *db = NULL;
    if (usual && access(path, F_OK) != 0)
        return STATUS_OK;
    struct errmsg why = {""};
    enum status st = query_open(path, &db, &why);
    if (st == STATUS_OK)
        st = fit_accuracies(t, db, &why);
    sqlite3_close(db);
    if (st == STATUS_OK)
        return st;
    if (!usual)
        return fail(e, st, "%s", why.text);
    say(stderr, "no accuracies: %s\n", why.text);
    return STATUS_OK;
}

/* say_unknown: that an option asks for a column which has no value in any row. */
static void say_unknown(const struct table *t, const char *option, const char *sql, const char *db)
{
    bool of_trainings = false;
    const char *column = sql != NULL && t->n_rows > 0 ? fit_without_value(t, sql, &of_trainings) : NULL;
    if (column == NULL)
        return;
    say(stderr, "--%s: no row has a value of %s", option, column);
    if (of_trainings)
        say(stderr, ": %s has no training of these points (`deltasweep run` trains them)", db);
    fputc('\n', stderr);
}

/* choose: the rows that --where keeps, as --order wants them, in place of *t. */
static enum status choose(struct table **t, const struct onepoint *o, struct errmsg *e)
{
    struct table *kept = NULL;
    if (o->shared.where == NULL && o->order == NULL)
        return STATUS_OK;
    enum status st = select_rows(*t, "fit", o->shared.where, o->order, &kept, e);
    if (st == STATUS_OK)
        say_unknown(kept, "order", o->order, o->shared.db);
    if (st == STATUS_OK && kept->n_rows == 0) {
        say_unknown(*t, "where", o->shared.where, o->shared.db);
        st = fail(e, STATUS_VERDICT, "none of the %d rows satisfies --where \"%s\"", (*t)->n_rows,
                  o->shared.where != NULL ? o->shared.where : "");
    }
    if (st != STATUS_OK) {
        table_free(kept);
        return st;
    }
    table_free(*t);
    *t = kept;
    return STATUS_OK;
}

/* count_open: the rows that are not ruled out. */
static int count_open(const struct table *t)
{
    const int fits = table_column(t, "fits");
    int n = 0;
    for (int i = 0; i < t->n_rows; i++) {
        const struct cell *c = table_cell(t, i, fits);
        n += c->type != CELL_TEXT || strcmp(c->text, "no") != 0;
    }
    return n;
}

static enum status nothing_fits(const struct points *points, struct errmsg *e)
{
    if (points->n == 1)
        return fail(e, STATUS_VERDICT,
                    "it cannot fit %s: take fewer weights or delta_bits, another weight_memory, less parallelism, "
                    "fewer dsp_lanes, or a larger device",
                    points_at(points, 0)->device->name);
    return fail(e, STATUS_VERDICT, "none of the %d points can fit its device", points->n);
}

static enum status report(const struct onepoint *o, struct errmsg *e)
{
    struct points *points = NULL, *everywhere = NULL;
    struct table *t = NULL;
    int may_fit = 0, ignored = 0;
    enum status st = expand_sweep(o->sweep, &points, e);
    if (st != STATUS_OK)
        return st;
    const bool single = points->n == 1, everywhere_too = single && (o->sweep->command_line || !o->sweep->devices_given);
    char lacking[2048];
    points_lacking(points, lacking, sizeof lacking);
    work_say(lacking);
    points_unused(points, lacking, sizeof lacking);
    work_say(lacking);
    st = fit_table(points, &t, &may_fit, e);
    if (st == STATUS_OK && everywhere_too) {
        table_free(t);
        t = NULL;
        if ((st = devices_of(o->sweep, points_at(points, 0), &everywhere, e)) == STATUS_OK)
            st = fit_table(everywhere, &t, &ignored, e);
    }
    if (st == STATUS_OK)
        st = add_accuracies(t, o->shared.db, e);
    if (st == STATUS_OK)
        st = choose(&t, o, e);
    if (st == STATUS_OK)
        st = print(t, single, o, e);
    if (st == STATUS_OK && o->shared.where != NULL && count_open(t) == 0)
        st = fail(e, STATUS_VERDICT, "none of the %d rows that --where keeps can fit its device", t->n_rows);
    else if (st == STATUS_OK && o->shared.where == NULL && may_fit == 0)
        st = nothing_fits(points, e);
    table_free(t);
    points_free(everywhere);
    points_free(points);
    return st;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct onepoint o;
    enum status st = onepoint_options(argc, argv, options, &o, e);
    if (st != STATUS_OK)
        return st;
    const char *operand = optind < argc ? argv[optind++] : NULL;
    if (options_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    if (operand == NULL)
        st = onepoint_make(&o, argv[0], "accelerator", e);
    else if (!is_sweep_file(operand))
        st = read_point(operand, &o, e);
    else if (o.n_given > 0)
        st = fail(e, STATUS_USAGE,
                  "a sweep file describes its points itself: options of a point go with a POINT, or stand alone");
    else
        st = sweep_load(operand, &o.sweep, e);
    if (st == STATUS_OK && o.sweep->search != NULL)
        st = sweep_expand(o.sweep, e);
    if (st == STATUS_OK)
        st = report(&o, e);
    onepoint_free(&o);
    return st;
}

const struct command command_fit = {
    .name = "fit",
    .summary = "what fits a device, how fast it is and what binds, before any training",
    .usage = "[SWEEP.yaml | POINT] [OPTION]...",
    .about = "Computes what a point needs and whether that fits a device: stored bits, RAMB18, DSPs, the LUTs "
             "that memories fill and the clocks of an inference; for accelerators also an estimate of the "
             "logic. Nothing is trained, simulated or synthesised, no tool is needed, and it takes "
             "milliseconds. One point is compared with every device, unless a sweep file names its device; the "
             "points of a sweep file are compared with its devices (xc7s15 if it names none). MAC/s, inferences/s "
             "and energy follow from the schedule and the estimated clock. Where the database has a training of "
             "the same network, code and recipe, whatever its hardware, its mean test accuracy and the 95 % "
             "interval of it stand beside them.\n\n"
             "The column `fits` is `yes` or `no` where the answer holds over the whole error band of the "
             "estimate. It is `open` where the limit lies within the band, or where there is no estimate; "
             "`deltasweep synth` then counts the cells. The column `weights_fit` is 1 if block RAM and LUT RAM "
             "hold all weights. An accelerator may fit where it is 0: it only reads its weights, and any LUT holds "
             "64 bits of them. --where and --order take all columns that --json prints, and all axes.",
    .options = options,
    .examples = "deltasweep fit --scheme fixed-reference --delta-bits 4 --parallelism 96 --dsp-lanes 24\n"
             "deltasweep fit sweep.yaml --where \"fits <> 'no' AND estimated_macs_per_second >= 5e9\"\n"
             "               --order \"test_accuracy DESC\"\n"
             "deltasweep fit p3f2a91c04d --parallelism 128 --weight-memory lut --json",
    .exits = exits,
    .run = run,
};
