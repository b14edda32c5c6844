#include "explorer/cli/cli.h"
#include "explorer/report/columns.h"
#include "explorer/report/query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row options[] = {
    {.id = OPERAND_POINT},
    {.id = OPTION_JSON, .help = "print one object: designs, runs, epochs, checks, inferences, timing, jobs"},
    {.id = OPTION_DB},
    {0},
};

static const struct exit_meaning exits[] = {
    {0, "good"},
    {2, "wrong usage, no such point or several, or no such database"},
    {0, NULL},
};

/* All that is read of a point. */
enum part { DESIGNS, RUNS, EPOCHS, CHECKS, INFERENCES, TIMING, VIVADO, JOBS, PARTS };

static const struct {
    const char *name;
    const char *sql; /* %lld: the point's row id */
} parts[PARTS] = {
    {"designs", "SELECT d.* FROM designs d JOIN points p ON p.point = d.point WHERE p.id = %lld ORDER BY d.n DESC"},
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
    {"jobs", "SELECT DISTINCT j.kind, j.state, j.seconds, j.attempts, j.git_revision, j.tools, substr(j.rtl_digest, 1, "
             "12) AS rtl, "
             "j.host, j.finished, j.digest, j.message FROM points p LEFT JOIN runs r ON r.point = p.id "
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

/* next_name: takes the next of the names that spaces separate. */
static bool next_name(const char **names, char name[64])
{
    *names += strspn(*names, " ");
    const size_t n = strcspn(*names, " ");
    snprintf(name, 64, "%.*s", (int)n, *names);
    *names += n;
    return n > 0;
}

/* print_columns: a line for each of the columns that the first row of t has a value for. */
static void print_columns(const struct table *t, const char *title, const char *names)
{
    bool started = false;
    char name[64];
    while (next_name(&names, name)) {
        const int column = table_column(t, name);
        const struct column *known = column_find(name);
        if (column < 0 || table_cell(t, 0, column)->type == CELL_NULL)
            continue;
        if (!started)
            printf("\n%s\n", title);
        started = true;
        printf("  %-26s ", known != NULL ? known->title : name);
        print_value(table_cell(t, 0, column), known != NULL ? known->unit : NULL, stdout);
        putchar('\n');
    }
}

static void print_fit(const struct table *t)
{
    static const struct {
        const char *title, *used, *share;
    } resources[] = {
        {"LUT", "lut", "lut_utilisation"},
        {"flip-flop", "ff", "ff_utilisation"},
        {"CARRY4", "carry4", "carry4_utilisation"},
        {"MUXF7", "muxf7", "muxf7_utilisation"},
        {"MUXF8", "muxf8", "muxf8_utilisation"},
        {"DSP48E1", "dsp", "dsp_utilisation"},
        {"block RAM", NULL, "bram_utilisation"},
        {"LUT RAM", "lutram", "lutram_utilisation"},
        {"weights (bit)", "weight_storage_bits", "weights_utilisation"},
    };
    const struct cell *fits = table_cell(t, 0, table_column(t, "fits"));
    const struct cell *binding = table_cell(t, 0, table_column(t, "binding_resource"));
    const struct cell *weights = table_cell(t, 0, table_column(t, "weights_utilisation"));
    if (fits->type == CELL_NULL && weights->type == CELL_NULL)
        return;
    printf("\nfit on %s: %s%s%s\n", table_cell(t, 0, table_column(t, "device"))->text,
           fits->type == CELL_NULL ? "the logic is not synthesised"
           : fits->integer != 0    ? "yes"
                                   : "no",
           binding->type == CELL_TEXT ? "; fullest: " : "", binding->type == CELL_TEXT ? binding->text : "");
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
        const double share = cell_number(table_cell(t, 0, table_column(t, resources[i].share)));
        if (isnan(share))
            continue;
        printf("  %-14s ", resources[i].title);
        if (resources[i].used != NULL)
            printf("%8lld", (long long)table_cell(t, 0, table_column(t, resources[i].used))->integer);
        else
            printf("%8s", "");
        printf("  %6.1f %%  ", 100.0 * share);
        enum { BAR = 25 };
        const int full = share >= 1.0 ? BAR : (int)(BAR * share + (share > 0.0 ? 0.999 : 0.0));
        for (int k = 0; k < BAR; k++)
            putchar(k < full ? '#' : '.');
        puts(share > 1.0 ? " over" : "");
    }
    for (const char *const *name = (const char *const[]){"weights_fit_bram", "weights_fit_lutram", NULL}; *name != NULL;
         name++) {
        const struct cell *c = table_cell(t, 0, table_column(t, *name));
        if (c->type == CELL_INT)
            printf("  %s: %s\n", column_find(*name)->title, c->integer != 0 ? "yes" : "no");
    }
}

/* print_table: the columns named that have a value in any row, under a title; only the last rows of each seed if
 * last is not 0. */
static enum status print_table(const struct table *t, const char *title, const char *names, int last, struct errmsg *e)
{
    int columns[32], n_rows = 0;
    struct table_view view = {.columns = columns};
    int *rows = malloc((size_t)t->n_rows * sizeof *rows + 1);
    const int seed = table_column(t, "seed");

    if (rows == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory for %d rows", t->n_rows);
    for (int i = 0; i < t->n_rows; i++) {
        const int later = i + last; /* of the same seed: then row i is not among the last */
        if (last > 0 && later < t->n_rows && table_cell(t, later, seed)->integer == table_cell(t, i, seed)->integer)
            continue;
        rows[n_rows++] = i;
    }
    char name[64];
    while (view.n_columns < 32 && next_name(&names, name)) {
        const int column = table_column(t, name);
        bool any = false;
        for (int i = 0; i < n_rows && column >= 0; i++)
            any |= table_cell(t, rows[i], column)->type != CELL_NULL;
        if (any)
            columns[view.n_columns++] = column;
    }
    view.rows = rows;
    view.n_rows = n_rows;
    enum status s = STATUS_OK;
    if (n_rows > 0 && view.n_columns > 0) {
        printf("\n%s\n", title);
        s = table_print(t, &view, stdout, TABLE_TEXT, e);
    }
    free(rows);
    return s;
}

static enum status print_text(struct table *const t[PARTS], const char *point, struct errmsg *e)
{
    const struct table *d = t[DESIGNS];
    enum status s;

    printf("point %s", point);
    for (int i = 0; i < d->n_rows; i++) {
        fputs(i == 0 ? "  of " : ", ", stdout);
        table_put_text(table_cell(d, i, table_column(d, "sweep"))->text,
                       (size_t)table_cell(d, i, table_column(d, "sweep"))->integer, stdout);
    }
    putchar('\n');
    if (d->n_rows > 0) {
        print_columns(d, "network", "network weights macs dataset");
        print_columns(d, "weight code",
                      "scheme reference span bucket codec rounding step weight_bits frac_bits frac_bits_layers delta_bits "
                      "delta_bits_layers delta_offset delta_offset_layers weight_storage_bits code_entropy_bits "
                      "compression_ratio");
        print_columns(d, "training", 
                      "train_mode epochs batch optimiser lr lr_decay warmup weight_decay clamp_gradient average "
                      "patience shuffle mirror gradients loaded best_epoch train_seconds");
        print_columns(d, "accuracy, over seeds",
                      "n train_accuracy validation_accuracy test_accuracy test_accuracy_sd "
                      "test_accuracy_low test_accuracy_high deployed_accuracy rtl_accuracy");
    }
    if ((s = print_table(t[RUNS], "runs",
                         "sweep seed train_accuracy validation_accuracy test_accuracy deployed_accuracy rtl_accuracy "
                         "train_seconds rtl_mismatches created",
                         0, e)) != STATUS_OK ||
        (s = print_table(t[EPOCHS], "last epochs of each seed",
                         "seed epoch loss train_accuracy validation_accuracy test_accuracy "
                         "seconds",
                         3, e)) != STATUS_OK)
        return s;
    if (d->n_rows > 0) {
        const struct cell *engine = table_cell(d, 0, table_column(d, "engine"));
        print_columns(d, engine->type == CELL_TEXT ? engine->text : "hardware",
                      "operator_inputs parallelism multiplier dsp_lanes weight_memory cycles_per_dot "
                      "cycles_per_inference schedule_cycles cycles_latency cycle_efficiency check_vectors rtl_images "
                      "rtl_mismatches sim_clocks_per_second lockstep_clocks_per_second build_seconds");
        print_columns(d, "speed",
                      "macs_per_second_at_1mhz critical_path_ns fmax_mhz fmax_mhz_low fmax_mhz_high "
                      "critical_path_2_ns fmax_2_mhz macs_per_second inferences_per_second latency_us power_mw "
                      "energy_uj synth_seconds");
        print_columns(d, "estimate, not synthesis",
                      "estimated_lut estimated_ff estimated_fmax_mhz estimated_fits");
        if (t[TIMING]->n_rows > 0 && table_cell(t[TIMING], 0, 1)->type == CELL_TEXT &&
            table_cell(t[TIMING], 0, 2)->type == CELL_TEXT)
            printf("  %-26s %s to %s\n", "its path", table_cell(t[TIMING], 0, 1)->text,
                   table_cell(t[TIMING], 0, 2)->text);
        print_fit(d);
    }
    if ((s = print_table(t[CHECKS], "RTL against the integer definition",
                         "seed vectors trained_vectors mismatches lockstep_clocks first_where "
                         "first_vector first_clock first_expected first_got",
                         0, e)) != STATUS_OK)
        return s;
    if ((s = print_table(t[INFERENCES], "RTL against the integer network",
                         "seed images right mismatches schedule_agrees lockstep_images cycles_per_inference "
                         "cycles_latency first_image first_where",
                         0, e)) != STATUS_OK)
        return s;
    s = print_table(t[VIVADO], "Vivado's reports, beside the estimate",
                    "imported tool_version part vivado_lut lut vivado_ff ff vivado_dsp dsp vivado_ramb18 ramb18 "
                    "vivado_fmax_mhz fmax_mhz vivado_power_mw",
                    0, e);
    if (s != STATUS_OK)
        return s;
    return print_table(t[JOBS], "made by", "kind state seconds git_revision rtl finished digest tools message", 0, e);
}

/* ---- JSON ---- */

static void print_json(struct table *const t[PARTS], const char *point)
{
    struct json j;
    json_put_begin(&j, stdout);
    json_put_open(&j, NULL, '{', false);
    json_put_text(&j, "point", point);
    for (int i = 0; i < PARTS; i++) {
        json_put_open(&j, parts[i].name, '[', false);
        for (int r = 0; r < t[i]->n_rows; r++) {
            const struct table_view everything = {.bold = false};
            json_put_open(&j, NULL, '{', true);
            table_row_json(t[i], &everything, r, &j);
            json_put_close(&j);
        }
        json_put_close(&j);
    }
    json_put_close(&j);
}

static enum status run(int argc, char **argv, struct errmsg *e)
{
    const char *path = DEFAULT_DATABASE;
    struct table *tables[PARTS] = {NULL}, *name = NULL;
    sqlite3 *db = NULL;
    bool as_json = false;
    char sql[96];
    long long id = 0;
    int v;

    while ((v = options_next(argc, argv, options, e)) != OPTIONS_END) {
        if (v == OPTIONS_BAD)
            return STATUS_USAGE;
        if (v == 'D')
            path = optarg;
        else
            as_json = true;
    }
    if (argc - optind != 1)
        return fail(e, STATUS_USAGE, "show takes one point (see `deltasweep show --help`)");
    enum status s = query_open(path, &db, e);
    if (s != STATUS_OK || (s = query_point(db, argv[optind], &id, e)) != STATUS_OK)
        goto done;
    snprintf(sql, sizeof sql, "SELECT point FROM points WHERE id = %lld", id);
    if ((s = query_table(db, sql, &name, e)) != STATUS_OK || (s = read_parts(db, id, tables, e)) != STATUS_OK)
        goto done;
    const char *point = name->n_rows == 1 ? table_cell(name, 0, 0)->text : argv[optind];
    if (as_json)
        print_json(tables, point);
    else
        s = print_text(tables, point, e);
done:
    for (int i = 0; i < PARTS; i++)
        table_free(tables[i]);
    table_free(name);
    sqlite3_close(db);
    return s;
}

const struct command command_show = {
    .name = "show",
    .summary = "everything that is recorded of one point",
    .usage = "POINT [--json] [--db FILE]",
    .about = "Prints everything that is recorded about one point: its axes, the storage of its weights, the "
             "accuracy of every seed, the clocks, speed and fit of its hardware, the last epochs of its "
             "training, and the jobs that produced all this, with their tools. Text leaves out what was not "
             "measured; JSON has null.",
    .options = options,
    .examples = "deltasweep show 3f2a91c04d\n"
             "deltasweep show 3f2 --json > point.json",
    .exits = exits,
    .run = run,
};
