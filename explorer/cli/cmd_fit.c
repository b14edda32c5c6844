#include "explorer/cli/cli.h"
#include "explorer/report/fit.h"
#include "explorer/cli/onepoint.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/points.h"
#include "explorer/report/query.h"
#include "explorer/cli/stored.h"
#include "explorer/jobs/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row options[] = {
    {OPERAND, "SWEEP.yaml", NULL, "every point of this sweep file", NULL},
    {.id = OPERAND_POINT, .help = "a point of the database; options change it. Without SWEEP.yaml and POINT, "
         "the options describe the point, and its engine is the accelerator unless --engine is given"},
    {.id = OPTION_JSON},
    {.id = OPTION_DB},
    {.id = OPTIONS_OF_POINT},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "something fits its device, or may fit it"},
    {1, "nothing fits"},
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
static enum status devices_of(const struct point *p, struct point **out, int *n, struct errmsg *e)
{
    int n_devices = 0;
    const struct device *devices = device_list(&n_devices);
    enum status st = STATUS_OK;
    *n = 0;
    *out = calloc((size_t)n_devices, sizeof **out);
    if (*out == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    for (int i = 0; i < n_devices && st == STATUS_OK; i++)
        if ((st = fit_on(p, &devices[i], &(*out)[*n], e)) == STATUS_OK)
            (*n)++;
    return st;
}

/* print: of one point what its devices have, of several what tells them apart; JSON has every column. */
static enum status print(const struct table *t, bool single, enum table_format format, struct errmsg *e)
{
    int columns[FIT_MOST_COLUMNS];
    const struct table_view view = {
        .columns = columns, .n_columns = fit_shown(t, single, columns), .bold = cli_colour(1)};
    return table_print(t, format == TABLE_JSON ? NULL : &view, stdout, format, e);
}

static enum status report(const struct sweep *sweep, enum table_format format, struct errmsg *e)
{
    struct point *points = NULL, *everywhere = NULL;
    struct table *t = NULL;
    int n = 0, n_everywhere = 0, may_fit = 0, ignored = 0;
    enum status st = expand_sweep(sweep, &points, &n, e);
    if (st != STATUS_OK)
        return st;
    const bool single = n == 1;
    char lacking[2048];
    points_lacking(points, n, lacking, sizeof lacking);
    work_say(lacking);
    points_unused(sweep, points, n, lacking, sizeof lacking);
    work_say(lacking);
    st = fit_table(points, n, &t, &may_fit, e);
    if (st == STATUS_OK && single) {
        table_free(t);
        t = NULL;
        if ((st = devices_of(points, &everywhere, &n_everywhere, e)) == STATUS_OK)
            st = fit_table(everywhere, n_everywhere, &t, &ignored, e);
    }
    if (st == STATUS_OK)
        st = print(t, single, format, e);
    if (st == STATUS_OK && may_fit == 0 && single)
        st = fail(e, STATUS_VERDICT,
                  "it cannot fit %s: take fewer weights or delta_bits, another weight_memory, less parallelism, "
                  "fewer dsp_lanes, or a larger device",
                  points[0].device->name);
    else if (st == STATUS_OK && may_fit == 0)
        st = fail(e, STATUS_VERDICT, "none of the %d points can fit its device", n);
    table_free(t);
    free(everywhere);
    free(points);
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
    if (st == STATUS_OK)
        st = report(o.sweep, o.shared.format, e);
    onepoint_free(&o);
    return st;
}

const struct command command_fit = {
    .name = "fit",
    .summary = "what fits a device and what binds, before any training",
    .usage = "[SWEEP.yaml | POINT] [OPTION]...",
    .about = "Computes what a point needs and whether that fits a device: stored bits, RAMB18, DSPs, the LUTs "
             "that memories fill and the clocks of an inference; for accelerators also an estimate of the "
             "logic. Nothing is trained, simulated or synthesised, no tool is needed, and it takes "
             "milliseconds. One point is compared with every device, the points of a sweep with the devices of "
             "the sweep.\n\n"
             "The column `fits` is `yes` or `no` where the answer holds over the whole error band of the "
             "estimate. It is `open` where the limit lies within the band, or where there is no estimate; "
             "`deltasweep synth` then counts the cells.",
    .options = options,
    .examples = "deltasweep fit --scheme fixed-reference --delta-bits 4 --parallelism 96 --dsp-lanes 24\n"
             "deltasweep fit p3f2a91c04d --parallelism 128 --weight-memory lut --json",
    .exits = exits,
    .run = run,
};
