#include "base/say.h"
#include "models/fpga/device/family.h"
#include "models/nn/io/pack.h"
#include "models/nn/integer/deploy.h"
#include "explorer/cli/cli.h"
#include "explorer/cli/export/export.h"
#include "db/store.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/points.h"
#include "explorer/report/query.h"
#include "explorer/cli/stored.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row options[] = {
    {.id = OPERAND_POINT},
    {OPERAND, "DIR", NULL, "the folder to write: it must not exist, or be empty", NULL},
    {'S', "seed", "N", "the seed whose weights are exported (default: the lowest seed that is trained)", NULL},
    {'I', "images", "N", "how many test images the test bench runs, 1 to 1000 (default: 16)", NULL},
    {'G', "speed-grade", "1|2", "the speed grade of the part, for constraints and script (default: 1)", NULL},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {1, "the trained network cannot be deployed as integers"},
    {2, "no such point, it is not trained or no accelerator, DIR cannot be written, or the data set is missing"},
    {3, "the data set is damaged, or not the one of the training"},
    {0, NULL},
};

struct settings {
    struct shared_options shared; /* the database */
    const char *folder;
    long seed, images, speed_grade; /* seed: -1: the lowest */
};

/* What one point needs to become a folder; all of it is owned. */
struct material {
    struct sweep *sweep;
    struct points *points; /* one */
    const struct point *point;
    long long id;
    char name[POINT_NAME_BYTES];
    long long seed;
    struct network *network;
    struct integer_network *integers;
    struct dataset *data;
    struct synth_result estimate;
    bool estimated;
    double test_accuracy, deployed_accuracy; /* NAN if unknown */
};

static void material_free(struct material *m)
{
    integer_network_free(m->integers);
    network_free(m->network);
    dataset_free(m->data);
    points_free(m->points);
    sweep_free(m->sweep);
}

static double column_or_nan(sqlite3_stmt *s, int column)
{
    return sqlite3_column_type(s, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, column);
}

/* read_point: what the database says that the point is. */
static enum status read_point(sqlite3 *db, const char *prefix, struct material *m, struct errmsg *e)
{
    enum status s = query_point(db, prefix, &m->id, e);
    if (s != STATUS_OK || (s = stored_sweep(db, prefix, "export", &m->sweep, e)) != STATUS_OK ||
        (s = expand_sweep(m->sweep, &m->points, e)) != STATUS_OK)
        return s;
    m->point = points_at(m->points, 0);
    point_name(m->point->digest, m->name);
    if (m->point->code.scheme == SCHEME_FLOAT)
        return fail(e, STATUS_USAGE,
                    "point %s is float: it has no integers to build from; export one of another scheme", m->name);
    struct errmsg why = {""};
    if (point_without_rtl(m->point, &why))
        return fail(e, STATUS_USAGE, "point %s cannot be exported: %s", m->name, why.text);
    if (m->point->hardware.engine != engine_at(ENGINE_ACCELERATOR))
        return fail(e, STATUS_USAGE,
                    "point %s is an operator, one multiply-accumulate unit: export a point of a sweep with `engine: "
                    "accelerator`",
                    m->name);
    if (m->point->device->family != &series7)
        return fail(e, STATUS_USAGE,
                    "point %s is for the %s: an export is a project for Vivado, which builds for the 7 series alone",
                    m->name, m->point->device->name);
    return STATUS_OK;
}

/* read_network: the trained weights of the seed, or of the lowest there is. */
static enum status read_network(sqlite3 *db, const struct settings *set, struct material *m, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    enum status s =
        query_prepare(db,
                      "SELECT r.seed, t.network, t.test_accuracy, t.deployed_accuracy FROM runs r "
                      "JOIN points p ON p.id = r.point JOIN training t ON t.job = r.train_job "
                      "JOIN jobs j ON j.digest = t.job WHERE (?2 < 0 OR r.seed = ?2) "
                      "AND (p.id = ?1 OR p.training = (SELECT training FROM points WHERE id = ?1)) " /* other hardware's */
                      "ORDER BY r.seed, p.id = ?1 DESC, j.finished DESC LIMIT 1",
                      &q, e);
    if (s != STATUS_OK)
        return s;
    sqlite3_bind_int64(q, 1, m->id);
    sqlite3_bind_int64(q, 2, set->seed);
    const int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        m->seed = sqlite3_column_int64(q, 0);
        m->test_accuracy = column_or_nan(q, 2);
        m->deployed_accuracy = column_or_nan(q, 3);
        s = pack_read(sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1), &m->network, e);
    } else if (rc != SQLITE_DONE) {
        s = store_fail(db, set->shared.db, "reading the trained network", e);
    } else if (set->seed >= 0) {
        s = fail(e, STATUS_USAGE, "point %s is not trained with seed %ld (`deltasweep show %s` lists its seeds)",
                 m->name, set->seed, m->name);
    } else {
        s = fail(e, STATUS_USAGE, "point %s is not trained: run its sweep with `deltasweep run` first", m->name);
    }
    sqlite3_finalize(q);
    return s;
}

/* read_estimate: what synthesis said, if it was done. */
static enum status read_estimate(sqlite3 *db, const struct settings *set, struct material *m, struct errmsg *e)
{
    sqlite3_stmt *q = NULL;
    enum status s =
        query_prepare(db,
                      "SELECT y.lut, y.lutram, y.ff, y.carry4, y.muxf7, y.muxf8, y.dsp, y.bram18, y.bram36, "
                      "y.critical_path_ns, y.fmax_mhz, y.critical_path_2_ns, y.fmax_2_mhz, y.fmax_mhz_low, "
                      "y.fmax_mhz_high, y.path_from, y.path_to "
                      "FROM points p JOIN syntheses y ON y.job = p.synth_job WHERE p.id = ?1",
                      &q, e);
    if (s != STATUS_OK)
        return s;
    sqlite3_bind_int64(q, 1, m->id);
    const int rc = sqlite3_step(q);
    m->estimated = rc == SQLITE_ROW;
    if (m->estimated) {
        struct synth_result *y = &m->estimate;
        int *const cells[] = {&y->cells.lut,   &y->cells.lutram, &y->cells.ff,     &y->cells.carry4, &y->cells.muxf7,
                              &y->cells.muxf8, &y->cells.dsp,    &y->cells.bram18, &y->cells.bram36};
        double *const times[] = {&y->critical_path_ns, &y->fmax_mhz,     &y->critical_path_2_ns,
                                 &y->fmax_2_mhz,       &y->fmax_mhz_low, &y->fmax_mhz_high};
        enum { CELLS = sizeof cells / sizeof cells[0], TIMES = sizeof times / sizeof times[0] };
        for (int i = 0; i < CELLS; i++)
            *cells[i] = sqlite3_column_int(q, i);
        for (int i = 0; i < TIMES; i++)
            *times[i] = column_or_nan(q, CELLS + i);
        y->timing_known = !isnan(y->fmax_mhz);
        const char *from = (const char *)sqlite3_column_text(q, CELLS + TIMES);
        const char *to = (const char *)sqlite3_column_text(q, CELLS + TIMES + 1);
        snprintf(y->path_from, sizeof y->path_from, "%s", from != NULL ? from : "?");
        snprintf(y->path_to, sizeof y->path_to, "%s", to != NULL ? to : "?");
    } else if (rc != SQLITE_DONE) {
        s = store_fail(db, set->shared.db, "reading the synthesis", e);
    }
    sqlite3_finalize(q);
    return s;
}

/* put_about: the paragraph of the README on what was trained. */
static void put_about(const struct material *m, FILE *f)
{
    const struct code *c = &m->point->code;
    say(f, "Trained on %s with seed %lld, weights %s", m->data->name, m->seed, scheme_name(c->scheme));
    if (scheme_has_reference(c->scheme))
        fprintf(f, " to the %s", reference_name(c->reference));
    if (scheme_is_delta(c->scheme))
        fprintf(f, ", deltas of %d bits", c->delta_bits);
    fputs(".\n", f);
    if (m->point->loaded != NULL)
        say(f, "%s the weights of the file %s%s%s.\n",
            m->point->train.epochs == 0 ? "Nothing was trained: these are" : "Training began with", m->point->loaded,
            m->point->load_order != NULL ? ", layers in the order " : "",
            m->point->load_order != NULL ? m->point->load_order : "");
    if (!isnan(m->test_accuracy))
        fprintf(f, "Test accuracy in training %.2f %%", 100.0 * m->test_accuracy);
    if (!isnan(m->test_accuracy) && !isnan(m->deployed_accuracy))
        fprintf(f, "; of the integers that this engine computes %.2f %%", 100.0 * m->deployed_accuracy);
    if (!isnan(m->test_accuracy))
        fputs(".\n", f);
}

static enum status write_folder(const struct settings *set, const struct material *m, struct errmsg *e)
{
    char *about = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&about, &bytes);
    if (f == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    put_about(m, f);
    if (fclose(f) != 0) {
        free(about);
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    }
    const struct export_job job = {
        .point = m->name,
        .device = m->point->device,
        .accelerator = &m->point->hardware.accelerator,
        .network = m->integers,
        .data = m->data,
        .n_images = set->images < m->data->test.n ? (int)set->images : m->data->test.n,
        .speed_grade = (int)set->speed_grade,
        .estimate = m->estimated ? &m->estimate : NULL,
        .about = about,
        .db = strcmp(set->shared.db, DEFAULT_DATABASE) != 0 ? set->shared.db : NULL,
    };
    const enum status s = export_write(&job, set->folder, e);
    free(about);
    return s;
}

static enum status export_point(const struct settings *set, const char *prefix, struct errmsg *e)
{
    struct material m;
    sqlite3 *db = NULL;
    memset(&m, 0, sizeof m);
    enum status s = query_open(set->shared.db, &db, e);
    if (s != STATUS_OK || (s = read_point(db, prefix, &m, e)) != STATUS_OK ||
        (s = read_network(db, set, &m, e)) != STATUS_OK || (s = read_estimate(db, set, &m, e)) != STATUS_OK ||
        (s = deploy(m.network, &m.integers, e)) != STATUS_OK ||
        (s = dataset_load(m.point->dataset, &m.data, e)) != STATUS_OK)
        goto done;
    if (m.data->features != m.point->shape.sizes[0]) {
        s = fail(e, STATUS_INPUT, "%s has %d features now, but point %s was trained with %d", m.data->name,
                 m.data->features, m.name, m.point->shape.sizes[0]);
        goto done;
    }
    s = write_folder(set, &m, e);
    if (s == STATUS_OK)
        say(stderr, "wrote %s (point %s, seed %lld); %s/README.md says what to do with it\n", set->folder, m.name,
            m.seed, set->folder);
done:
    material_free(&m);
    sqlite3_close(db);
    return s;
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    struct settings set = {{.db = DEFAULT_DATABASE}, NULL, -1, EXPORT_IMAGES, 1};
    enum status s = STATUS_OK;
    int v;

    while ((v = options_next(argc, argv, options, &set.shared, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == 'S')
            s = cli_int("seed", optarg, 0, SWEEP_LAST_SEED, &set.seed, e);
        else if (v == 'I')
            s = cli_int("images", optarg, 1, 1000, &set.images, e);
        else
            s = cli_int("speed-grade", optarg, 1, 2, &set.speed_grade, e);
        if (s != STATUS_OK)
            return s;
    }
    if (argc - optind != 2)
        return fail(e, STATUS_USAGE, "export takes a point and a folder (see `deltasweep export --help`)");
    set.folder = argv[optind + 1];
    return export_point(&set, argv[optind], e);
}

const struct command command_export = {
    .name = "export",
    .summary = "a trained accelerator as a folder for Vivado",
    .usage = "POINT DIR [--seed N] [--images N] [--speed-grade 1|2] [--db FILE]",
    .about = "Writes a trained accelerator into the folder DIR, from which Vivado can build it: its RTL with "
             "parameters and memories, a test bench that checks itself (./run.sh iverilog, ./run.sh "
             "verilator), constraints, a script for Vivado, and a README that says what to expect. The folder "
             "appears whole or not at all.",
    .options = options,
    .examples = "deltasweep export p3f2a91c04d engine && engine/run.sh verilator\n"
             "deltasweep export 3f2a --seed 3 --speed-grade 2 fast-engine",
    .exits = exits,
    .run = run,
};
