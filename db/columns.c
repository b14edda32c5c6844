#include "db/columns.h"

#include "models/fpga/device/resources.h"
#include "models/point/axis.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void add_cells(void);
static void add_shares(void);

/* A row is a column, or stands for all cells or shares, or for all axes of a group. */
struct row {
    struct view_column column;
    void (*add)(void);
    bool axes;
    enum axis_group which;
};

#define ROW(the_name, the_kind, the_direction, the_unit, the_title, the_description, the_sql, the_seeds, the_group)    \
    {.column = {.name = (the_name),                                                                                    \
                .kind = COLUMN_##the_kind,                                                                             \
                .direction = (the_direction),                                                                          \
                .unit = (the_unit),                                                                                    \
                .title = (the_title),                                                                                  \
                .description = (the_description),                                                                      \
                .sql = (the_sql),                                                                                      \
                .seeds = SEEDS_##the_seeds,                                                                            \
                .group = SHOW_##the_group}}
#define ROWS_OF(function) {.add = (function)}
#define AXES(the_group) {.axes = true, .which = GROUP_##the_group, .column = {.group = SHOW_##the_group}}
enum { LESS = -1, NEITHER = 0, MORE = 1 };

/* Student's interval of the mean, cut to what an accuracy can be: that leaves its coverage as it is. */
#define T_LOW "max(0.0, g.test_accuracy - g.half)"
#define T_HIGH "min(1.0, g.test_accuracy + g.half)"
/* Wilson's interval of a proportion: 1.959964 is the 0.975 quantile of the normal distribution, 3.841459 its square. */
#define WILSON_BOUND(outer, sign)                                                                                      \
    outer "({test_accuracy}, max(0.0, min(1.0, ({test_images} * {test_accuracy} + 3.841459 / 2 " sign " 1.959964 * "   \
          "sqrt({test_images} * {test_accuracy} * (1 - {test_accuracy}) + 3.841459 / 4)) / ({test_images} + "          \
          "3.841459))))"
/* Multiplications of a clock: as simulated, or else by the schedule, which the simulation is checked against. */
#define MACS_PER_CLOCK                                                                                                 \
    "coalesce(1.0 * p.operator_inputs / coalesce({cycles_per_dot}, p.schedule_cycles_per_dot), "                       \
    "1.0 * p.weights / coalesce({cycles_per_inference}, a.schedule_cycles))"
#define WIDER_BOUND(end)                                                                                               \
    "CASE {test_accuracy_interval} WHEN 'seeds' THEN {test_accuracy_seeds_" end "} WHEN 'sampling' THEN "              \
    "{test_accuracy_sampling_" end "} END"

static const struct row rows[] = {
    ROW("point", NAME, NEITHER, NULL, "point", "name of the combination of axes (for `show`)", "p.", SAME, HEAD),
    ROW("sweep", NAME, NEITHER, NULL, "sweep", "name of the sweep that asked for it", "s.name", APART, RUNS),
    ROW("sweeps", NAME, NEITHER, NULL, "sweeps", "names of all sweeps that asked for the point",
        "(SELECT group_concat(name, ', ') FROM (SELECT DISTINCT s.name FROM runs r JOIN sweeps s ON s.id = r.sweep "
        "WHERE r.point = p.id ORDER BY s.name))",
        ONLY, HEAD),
    ROW("training", NAME, NEITHER, NULL, "training",
        "name of network, data set, code and recipe: points that differ in hardware alone share it",
        "coalesce(p.training, p.point)", SAME, HEAD),
    ROW("dataset", AXIS, NEITHER, NULL, "data set", "name or folder", "p.", SAME, NETWORK),
    AXES(NETWORK),
    AXES(CODE),
    AXES(HARDWARE),
    ROW("device", AXIS, NEITHER, NULL, "device", "the FPGA whose budgets count", "p.", SAME, BUDGET),
    ROW("seed", NAME, NEITHER, "", "seed", "seed of the initial weights and of the shuffling", "r.", APART, RUNS),
    ROW("n", NAME, NEITHER, "", "seeds n", "how many seeds are trained", "coalesce(g.n, 0)", ONLY, ACCURACY),

    /* Accuracy. */
    ROW("train_accuracy", RESULT, MORE, "fraction", "training accuracy", "on the training images, after the last epoch",
        "t.", MEAN, ACCURACY),
    ROW("validation_accuracy", RESULT, MORE, "fraction", "validation accuracy",
        "on held-out training images, which a loaded network may have been trained on; NULL in mode paper", "t.", MEAN, ACCURACY),
    ROW("test_accuracy", RESULT, MORE, "fraction", "test accuracy", "on the test images", "t.", MEAN, ACCURACY),
    ROW("test_images", RESULT, NEITHER, "", "test images", "rows of the test set", "t.", GREATEST, ACCURACY),
    ROW("test_accuracy_sd", RESULT, LESS, "fraction", "test accuracy, deviation",
        "standard deviation over seeds; NULL for one seed", "g.sd", ONLY, ACCURACY),
    ROW("test_accuracy_seeds_low", RESULT, MORE, "fraction", "test accuracy, lower bound over seeds",
        "95 % interval of the mean over seeds, lower end: Student's t, cut to 0 to 1; NULL for one seed", T_LOW, ONLY,
        ACCURACY),
    ROW("test_accuracy_seeds_high", RESULT, MORE, "fraction", "test accuracy, upper bound over seeds",
        "upper end of that interval", T_HIGH, ONLY, ACCURACY),
    ROW("test_accuracy_sampling_low", RESULT, MORE, "fraction", "test accuracy, lower bound by sampling",
        "95 % interval for other test sets of as many rows, lower end: Wilson's, of test_images", WILSON_BOUND("min", "-"),
        SAME, ACCURACY),
    ROW("test_accuracy_sampling_high", RESULT, MORE, "fraction", "test accuracy, upper bound by sampling",
        "upper end of that interval", WILSON_BOUND("max", "+"), SAME, ACCURACY),
    ROW("test_accuracy_interval", RESULT, NEITHER, NULL, "test accuracy, interval",
        "which of the two intervals is wider: seeds or sampling",
        "CASE WHEN {test_accuracy_seeds_low} IS NULL THEN iif({test_accuracy_sampling_low} IS NULL, NULL, 'sampling') "
        "WHEN {test_accuracy_sampling_high} - {test_accuracy_sampling_low} > "
        "{test_accuracy_seeds_high} - {test_accuracy_seeds_low} THEN 'sampling' ELSE 'seeds' END",
        ONLY, ACCURACY),
    ROW("test_accuracy_low", RESULT, MORE, "fraction", "test accuracy, lower bound",
        "lower end of the wider of the two 95 % intervals", WIDER_BOUND("low"), ONLY, ACCURACY),
    ROW("test_accuracy_high", RESULT, MORE, "fraction", "test accuracy, upper bound",
        "upper end of the wider of the two 95 % intervals", WIDER_BOUND("high"), ONLY, ACCURACY),
    ROW("deployed_accuracy", RESULT, MORE, "fraction", "deployed accuracy",
        "accuracy of the integer network on the test images; NULL if the code has no integer network", "t.", MEAN,
        ACCURACY),
    ROW("rtl_accuracy", RESULT, MORE, "fraction", "RTL accuracy",
        "accuracy of the accelerator's RTL on rtl_images test images", "1.0 * i.right / i.images", MEAN, ACCURACY),

    /* Storage of the weights. */
    ROW("weight_storage_bits", RESULT, LESS, "bit", "weight storage",
        "all that is stored of the network's weights: deltas or weights, and references", "p.", SAME, CODE),
    ROW("code_entropy_bits", RESULT, LESS, "bit", "entropy of the codes",
        "what an ideal variable-length code of weight_storage_bits would take", "t.", MEAN, CODE),
    ROW("compression_ratio", RESULT, MORE, "", "compression ratio", "weights * weight_bits / weight_storage_bits", "p.",
        SAME, CODE),
    ROW("layer_formats", RESULT, NEITHER, NULL, "formats of layers",
        "f5o0-f6o1: f and o of each layer, as step auto or learned chose them", "t.", APART, RUNS),
    ROW("weights", RESULT, NEITHER, "", "weights", "how many weights the network has", "p.", SAME, NETWORK),
    ROW("macs", RESULT, LESS, "", "multiplications",
        "multiplications for one image; a weight of a convolution counts once for every position", "p.", SAME, NETWORK),

    /* The RTL in simulation: c of an operator, i of an accelerator. */
    ROW("cycles_per_dot", RESULT, LESS, "clocks", "clocks per dot product",
        "clocks of the operator for one dot product, counted in the simulated RTL", "c.", GREATEST, HARDWARE),
    ROW("cycles_per_inference", RESULT, LESS, "clocks", "clocks per inference",
        "clocks of the accelerator for an image of a steady stream, counted in the simulated RTL", "i.",
        GREATEST, HARDWARE),
    ROW("cycles_latency", RESULT, LESS, "clocks", "latency",
        "clocks of the accelerator from the first pixel of an image to its result, counted in the simulated RTL", "i.",
        GREATEST, HARDWARE),
    ROW("schedule_cycles", RESULT, LESS, "clocks", "clocks by its schedule",
        "cycles_per_inference as the accelerator's schedule gives it, without simulation", "a.", SAME, HARDWARE),
    ROW("schedule_latency", RESULT, LESS, "clocks", "latency by its schedule",
        "cycles_latency as the accelerator's schedule gives it, without simulation", "a.", SAME, HARDWARE),
    ROW("schedule_cycles_per_dot", RESULT, LESS, "clocks", "clocks per dot product by definition",
        "cycles_per_dot as the operator's definition gives it, without simulation", "p.", SAME, HARDWARE),
    ROW("cycle_efficiency", RESULT, MORE, "fraction", "cycle efficiency",
        "weights / (parallelism * cycles_per_inference); without simulation schedule_cycles",
        "1.0 * p.weights / (p.parallelism * coalesce({cycles_per_inference}, a.schedule_cycles))", SAME, HARDWARE),
    ROW("rtl_mismatches", RESULT, LESS, "", "RTL mismatches",
        "outputs or clock counts of the RTL that differ from the integer definition; 0 is correct",
        "coalesce(c.mismatches, i.mismatches + (NOT i.schedule_agrees))", SUM, HARDWARE),
    ROW("rtl_images", RESULT, NEITHER, "", "images through the RTL",
        "test images that the accelerator's RTL classified", "i.images", SUM, HARDWARE),
    ROW("check_vectors", RESULT, NEITHER, "", "dot products checked",
        "dot products in which the operator's RTL was compared with the integer definition", "c.vectors", SUM,
        HARDWARE),
    ROW("sim_clocks_per_second", RESULT, MORE, "clocks/s", "simulation speed",
        "simulated clocks per second, Verilator alone", "coalesce(c.clocks_per_second, i.clocks_per_second)", MEAN,
        HARDWARE),
    ROW("lockstep_clocks_per_second", RESULT, MORE, "clocks/s", "lock-step simulation speed",
        "simulated clocks per second, SystemC model and RTL side by side",
        "coalesce(c.lockstep_clocks_per_second, i.lockstep_clocks_per_second)", MEAN, HARDWARE),
    ROW("build_seconds", RESULT, LESS, "s", "simulator build time",
        "time that building the simulator took; 0: it was in the cache", "b.seconds", SAME, HARDWARE),

    /* Synthesis and static timing. */
    ROWS_OF(add_cells),
    ROW("fits", RESULT, MORE, "", "fits", "1: logic and weights both fit the device; 0: they do not", "f.", SAME,
        BUDGET),
    ROW("binding_resource", RESULT, NEITHER, NULL, "binding resource", "the resource that is fullest", "f.", SAME,
        BUDGET),
    ROW("estimated_lut", RESULT, LESS, "", "LUTs, estimated",
        "LUTs of the accelerator by an estimate that needs no synthesis (docs/estimates.md)", "o.lut", SAME, ESTIMATE),
    ROW("estimated_ff", RESULT, LESS, "", "flip-flops, estimated", "flip-flops by the same estimate", "o.ff", SAME,
        ESTIMATE),
    ROW("estimated_fits", RESULT, MORE, "", "fits by the estimate",
        "1: yes, 0: no, NULL: the error band leaves it open, or there is no estimate", "o.fits", SAME, ESTIMATE),
    ROW("estimated_fmax_mhz", RESULT, MORE, "MHz", "highest clock, estimated",
        "clock of the accelerator at speed grade -1, without synthesis or static timing", "o.fmax_mhz", SAME, ESTIMATE),
    ROW("estimated_macs_per_second", RESULT, MORE, "MAC/s", "throughput, estimated",
        "estimated_fmax_mhz * weights / schedule_cycles", "1e6 * o.fmax_mhz * p.weights / a.schedule_cycles", SAME,
        ESTIMATE),
    ROW("estimated_inferences_per_second", RESULT, MORE, "1/s", "inferences per second, estimated",
        "estimated_fmax_mhz / schedule_cycles", "1e6 * o.fmax_mhz / a.schedule_cycles", SAME, ESTIMATE),
    ROW("estimated_latency_us", RESULT, LESS, "us", "latency of an inference, estimated",
        "schedule_latency at estimated_fmax_mhz", "a.schedule_latency / o.fmax_mhz", SAME, ESTIMATE),
    ROW("estimated_power_mw", RESULT, LESS, "mW", "power, estimated",
        "first-order estimate at estimated_fmax_mhz, of the estimated cells", "o.power_mw", SAME, ESTIMATE),
    ROW("estimated_energy_uj", RESULT, LESS, "uJ", "energy of an inference, estimated",
        "estimated_power_mw * schedule_cycles / estimated_fmax_mhz",
        "1e-3 * o.power_mw * a.schedule_cycles / o.fmax_mhz", SAME, ESTIMATE),
    ROW("critical_path_ns", RESULT, LESS, "ns", "critical path",
        "longest path by static timing with estimated routing, speed grade -1", "y.", SAME, SPEED),
    ROW("fmax_mhz", RESULT, MORE, "MHz", "highest clock", "estimate: 1000 / critical_path_ns", "y.", SAME, SPEED),
    ROW("fmax_mhz_low", RESULT, MORE, "MHz", "highest clock, lower bound", "lower end of the error band of fmax_mhz",
        "y.", SAME, SPEED),
    ROW("fmax_mhz_high", RESULT, MORE, "MHz", "highest clock, upper bound", "upper end of the error band of fmax_mhz",
        "y.", SAME, SPEED),
    ROW("critical_path_2_ns", RESULT, LESS, "ns", "critical path at -2", "as critical_path_ns, speed grade -2", "y.",
        SAME, SPEED),
    ROW("fmax_2_mhz", RESULT, MORE, "MHz", "highest clock at -2", "estimate: 1000 / critical_path_2_ns", "y.", SAME,
        SPEED),
    ROW("macs_per_second_at_1mhz", RESULT, MORE, "MAC/s", "throughput at 1 MHz",
        "macs_per_second for a clock of 1 MHz: needs no timing estimate", "1e6 * " MACS_PER_CLOCK, SAME, SPEED),
    ROW("macs_per_second", RESULT, MORE, "MAC/s", "throughput",
        "fmax_mhz * operator_inputs / cycles_per_dot, or fmax_mhz * weights / cycles_per_inference; clocks that were "
        "not simulated are those of the schedule",
        "1e6 * y.fmax_mhz * " MACS_PER_CLOCK, SAME, SPEED),
    ROW("inferences_per_second", RESULT, MORE, "1/s", "inferences per second",
        "fmax_mhz / cycles_per_inference; without simulation schedule_cycles",
        "1e6 * y.fmax_mhz / coalesce({cycles_per_inference}, a.schedule_cycles)", SAME, SPEED),
    ROW("latency_us", RESULT, LESS, "us", "latency of an inference",
        "cycles_latency at fmax_mhz; without simulation schedule_latency",
        "coalesce({cycles_latency}, a.schedule_latency) / y.fmax_mhz", SAME, SPEED),
    ROW("power_mw", RESULT, LESS, "mW", "power", "first-order estimate at fmax_mhz (docs/estimates.md)", "y.", SAME,
        SPEED),
    ROW("energy_uj", RESULT, LESS, "uJ", "energy of an inference",
        "estimate for the accelerator: power_mw * cycles_per_inference / fmax_mhz; without simulation schedule_cycles",
        "1e-3 * y.power_mw * coalesce({cycles_per_inference}, a.schedule_cycles) / y.fmax_mhz", SAME, SPEED),
    ROW("synth_seconds", RESULT, LESS, "s", "synthesis time", "time of the run that filled the cache", "y.seconds",
        SAME, SPEED),
    ROWS_OF(add_shares),
    ROW("weights_utilisation", RESULT, LESS, "fraction", "weight memory utilisation",
        "weight_storage_bits / bits of the device's memory that can hold them", "f.", SAME, BUDGET),
    ROW("weights_fit_bram", RESULT, MORE, "", "weights fit block RAM", "1: block RAM holds all weights, 0: no", "f.", SAME,
        ANSWERS),
    ROW("weights_fit_lutram", RESULT, MORE, "", "weights fit LUT RAM", "1: LUT RAM holds all weights, 0: no", "f.", SAME,
        ANSWERS),
    ROW("weights_fit", RESULT, MORE, "", "weights fit",
        "1: block RAM and LUT RAM together hold all weights, if the logic takes none; an accelerator may fit where it is 0: "
        "it only reads its weights, and any LUT holds 64 bits of them", "f.", SAME, ANSWERS),

    AXES(TRAINING),
    ROW("loaded", AXIS, NEITHER, NULL, "loaded weights",
        "file whose weights training began with; NULL: it began with random weights", "p.", SAME, TRAINING),
    ROW("best_epoch", RESULT, NEITHER, "", "best epoch",
        "the epoch whose weights were kept: the last one, or with patience the best one", "t.", MEAN, TRAINING),
    ROW("train_seconds", RESULT, LESS, "s", "training time", "wall clock of training", "t.seconds", MEAN, TRAINING),
    ROW("git_revision", ORIGIN, NEITHER, NULL, "git revision", "revision of the program that made the row, after a g",
        "'g' || coalesce(jt.git_revision, jc.git_revision, jy.git_revision)", APART, JOBS),
    ROW("rtl_digest", ORIGIN, NEITHER, NULL, "RTL digest", "SHA-256 of the RTL sources",
        "coalesce(jc.rtl_digest, jy.rtl_digest)", APART, JOBS),
    ROW("tool_versions", ORIGIN, NEITHER, NULL, "tool versions", "versions of the tools that made the row",
        "nullif(trim(coalesce(jt.tools, '') || coalesce('; ' || jc.tools, '') || coalesce('; ' || jy.tools, ''), "
        "'; '), '')",
        APART, JOBS),
    ROW("synthesis_tools", ORIGIN, NEITHER, NULL, "synthesis tools",
        "versions of the tools that counted the cells and found the clock", "(SELECT tools FROM jobs WHERE digest = y.job)",
        SAME, SPEED),
    ROW("created", ORIGIN, NEITHER, NULL, "created", "when the run was first asked for, UTC", "r.", APART, RUNS),
};

enum { MOST = 192, TEXT_BYTES = 64 };
static struct view_column columns[MOST];
static char texts[MOST][TEXT_BYTES];
static int n_columns, n_texts;

static void add(struct view_column c)
{
    assert(n_columns < MOST);
    columns[n_columns++] = c;
}

/* joined: a and b, as one text that stays. */
static const char *joined(const char *a, const char *b)
{
    assert(n_texts < MOST);
    snprintf(texts[n_texts], TEXT_BYTES, "%s%s", a, b);
    return texts[n_texts++];
}

static void add_axes(enum axis_group which, enum column_group group)
{
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct axis *x = axis_at((enum axis_id)a);
        if (x->group != which)
            continue;
        struct view_column c = {.name = x->column,
                                .kind = COLUMN_AXIS,
                                .unit = x->unit,
                                .title = x->title,
                                .description = x->description,
                                .sql = "p.",
                                .group = group};
        add(c);
        if (x->kind != AXIS_FORMATS)
            continue;
        c.name = joined(x->column, "_layers");
        c.unit = NULL;
        c.title = x->layers_title;
        c.description = x->layers_description;
        add(c);
    }
}

/* has_share: whether the share of some budget stands beside the cells. */
static bool has_share(const char *cells)
{
    int n;
    const struct share_kind *shares = share_kinds(&n);
    for (int i = 0; i < n; i++)
        if (shares[i].column != NULL && strcmp(shares[i].column, cells) == 0)
            return true;
    return false;
}

static void add_cells(void)
{
    int n;
    const struct cell_kind *cells = cell_kinds(&n);
    for (int i = 0; i < n; i++)
        add((struct view_column){.name = cells[i].name,
                                 .kind = COLUMN_RESULT,
                                 .direction = LESS,
                                 .unit = "",
                                 .title = cells[i].title,
                                 .description = cells[i].description,
                                 .sql = "y.",
                                 .group = has_share(cells[i].name) ? SHOW_BUDGET : SHOW_FIT});
}

static void add_shares(void)
{
    int n;
    const struct share_kind *shares = share_kinds(&n);
    for (int i = 0; i < n; i++)
        add((struct view_column){.name = joined(shares[i].name, "_utilisation"),
                                 .kind = COLUMN_RESULT,
                                 .direction = LESS,
                                 .unit = "fraction",
                                 .title = joined(shares[i].title, " utilisation"),
                                 .description = shares[i].description,
                                 .sql = "f.",
                                 .group = SHOW_BUDGET});
}

const struct view_column *column_list(int *n)
{
    static bool made;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !made; i++)
        if (rows[i].axes)
            add_axes(rows[i].which, rows[i].column.group);
        else if (rows[i].add != NULL)
            rows[i].add();
        else
            add(rows[i].column);
    made = true;
    *n = n_columns;
    return columns;
}

bool column_of_training(const struct view_column *c)
{
    return strncmp(c->sql, "t.", 2) == 0;
}

bool column_in_trainings(const struct view_column *c)
{
    const bool follows = c->group == SHOW_ACCURACY && c->seeds == SEEDS_SAME; /* from columns of the training */
    return column_of_training(c) || follows || c->group == SHOW_NETWORK || c->group == SHOW_CODE ||
           c->group == SHOW_TRAINING || strncmp(c->sql, "r.", 2) == 0 || strcmp(c->name, "training") == 0;
}

const char *column_group_title(enum column_group group)
{
    static const char *const titles[] = {[SHOW_NETWORK] = "network",
                                         [SHOW_CODE] = "weight code",
                                         [SHOW_TRAINING] = "training",
                                         [SHOW_ACCURACY] = "accuracy, over seeds",
                                         [SHOW_HARDWARE] = "hardware",
                                         [SHOW_SPEED] = "speed",
                                         [SHOW_ESTIMATE] = "estimate, not synthesis",
                                         [SHOW_BUDGET] = "fit",
                                         [SHOW_FIT] = "cells without a budget",
                                         [SHOW_ANSWERS] = "weights and memories",
                                         [SHOW_JOBS] = NULL};
    return titles[group];
}

const struct view_column *column_find(const char *name)
{
    int n;
    const struct view_column *c = column_list(&n);
    for (int i = 0; i < n; i++)
        if (strcmp(c[i].name, name) == 0)
            return &c[i];
    return NULL;
}

bool column_may_be_published(const struct view_column *c)
{
    return c->kind == COLUMN_AXIS || c->kind == COLUMN_RESULT;
}
